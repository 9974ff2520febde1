// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/progress_report.h"

#include <algorithm>
#include <cmath>

#include "app/cli/text.h"

namespace monge {

namespace {

constexpr int kPercentPerLine = 5;
constexpr std::size_t kBarWidth = 24;
constexpr auto kRedrawInterval = std::chrono::milliseconds(100);

double share(const RunProgress& progress) {
  if (progress.target <= 0) return 1;
  return std::clamp(static_cast<double>(progress.iteration) / static_cast<double>(progress.target), 0.0, 1.0);
}

std::string percent(const RunProgress& progress) {
  return std::to_string(static_cast<int>(100 * share(progress))) + " %";
}

std::string rate(const RunProgress& progress) {
  const double perSecond = progress.iterationsPerSecond;
  return perSecond >= 10 ? grouped(std::llround(perSecond)) : figure(perSecond);
}

}  // namespace

ProgressReport::ProgressReport(CliContext& context, std::string label)
    : m_context(context), m_label(std::move(label)) {}

void ProgressReport::learn(const HistoryChunk& history) {
  for (Eigen::Index j = 0; j < std::min(history.rows.cols(), std::ssize(history.columns)); ++j) {
    const std::string& name = history.columns[static_cast<std::size_t>(j)];
    if (name != "coverage" && name != "precision") continue;
    for (Eigen::Index i = 0; i < history.rows.rows(); ++i)
      if (!std::isnan(history.rows(i, j))) m_figures[name] = history.rows(i, j);
  }
}

std::string ProgressReport::figures() const {
  std::string text;
  for (const auto& [name, value] : m_figures) text += ", " + name + " " + figure(value);
  return text;
}

std::string ProgressReport::bar(const RunProgress& progress) const {
  const auto done = static_cast<std::size_t>(share(progress) * kBarWidth);
  std::string text = m_label.empty() ? "" : m_label + "  ";
  text += "[" + std::string(done, '#') + std::string(kBarWidth - done, '-') + "] " + percent(progress) +
          "  " + grouped(progress.iteration) + " of " + grouped(progress.target);
  if (progress.iterationsPerSecond > 0) text += ", " + rate(progress) + "/s";
  if (progress.secondsLeft > 0) text += ", " + duration(progress.secondsLeft) + " left";
  text += figures();
  // A line that wraps cannot be drawn over.
  return text.substr(0, static_cast<std::size_t>(std::max(m_context.columns - 1, 20)));
}

std::string ProgressReport::sentence(const RunProgress& progress) const {
  std::string text = m_label.empty() ? "" : m_label + ": ";
  text += "iteration " + std::to_string(progress.iteration) + " of " + std::to_string(progress.target) +
          " (" + percent(progress) + ")";
  if (progress.iterationsPerSecond > 0) text += ", " + rate(progress) + " per second";
  if (progress.secondsLeft > 0) text += ", " + duration(progress.secondsLeft) + " left";
  return text + figures();
}

void ProgressReport::redraw(const RunProgress& progress) {
  m_context.out << "\r\x1b[K" << bar(progress) << std::flush;
  m_drawn = std::chrono::steady_clock::now();
}

void ProgressReport::show(const RunProgress& progress) {
  if (m_context.terminal) {
    if (std::chrono::steady_clock::now() - m_drawn > kRedrawInterval) redraw(progress);
    return;
  }
  const auto step = static_cast<std::int64_t>(100 * share(progress)) / kPercentPerLine;
  if (step <= m_step) return;
  m_step = step;
  m_context.out << sentence(progress) << std::endl;
}

void ProgressReport::finish(const RunProgress& progress) {
  if (!m_context.terminal) return show(progress);
  redraw(progress);
  m_context.out << "\n" << std::flush;
}

}  // namespace monge
