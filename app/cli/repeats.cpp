// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/repeats.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>
#include <optional>

#include "app/cli/text.h"

namespace monge {

namespace {

std::optional<double> value(const RepeatResult& result, const std::string& name) {
  const auto found = result.metrics.find(name);
  if (found == result.metrics.end() || !found->is_number() || !std::isfinite(found->get<double>()))
    return std::nullopt;
  return found->get<double>();
}

std::vector<std::string> metricNames(const std::vector<RepeatResult>& results) {
  std::vector<std::string> names;
  for (const RepeatResult& result : results)
    for (const auto& [name, entry] : result.metrics.items())
      // Whole numbers count or name things: they describe the run and measure nothing.
      if (entry.is_number_float() && std::find(names.begin(), names.end(), name) == names.end())
        names.push_back(name);
  return names;
}

MetricSummary summarizeOne(const std::string& name, const std::vector<RepeatResult>& results) {
  MetricSummary summary{name, 0, 0, std::numeric_limits<double>::quiet_NaN()};
  double squares = 0;
  for (const RepeatResult& result : results) {  // Welford's update: no cancellation
    const std::optional<double> x = value(result, name);
    if (!x) continue;
    ++summary.count;
    const double difference = *x - summary.mean;
    summary.mean += difference / summary.count;
    squares += difference * (*x - summary.mean);
  }
  if (summary.count > 1) summary.deviation = std::sqrt(squares / (summary.count - 1));
  return summary;
}

std::string exact(double number) {
  if (std::isnan(number)) return "";
  char digits[32];
  return {digits, std::to_chars(digits, digits + sizeof digits, number).ptr};
}

std::string decimals(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f", number);
  return text;
}

std::string texEscaped(const std::string& name) {
  std::string text;
  for (const char c : name) text += c == '_' ? ' ' : c;
  return text;
}

}  // namespace

std::vector<MetricSummary> summarize(const std::vector<RepeatResult>& results) {
  std::vector<MetricSummary> list;
  for (const std::string& name : metricNames(results)) {
    const MetricSummary summary = summarizeOne(name, results);
    if (summary.count > 0) list.push_back(summary);
  }
  return list;
}

std::string summaryText(const std::vector<MetricSummary>& summary) {
  std::vector<std::vector<std::string>> rows;
  for (const MetricSummary& entry : summary) {
    const std::string spread = std::isnan(entry.deviation) ? "" : " ± " + decimals(entry.deviation);
    rows.push_back({entry.name, decimals(entry.mean) + spread, "(" + std::to_string(entry.count) + ")"});
  }
  return table(rows);
}

std::string summaryCsv(const std::vector<RepeatResult>& results, const std::vector<MetricSummary>& summary) {
  std::string text = "seed", means = "mean", deviations = "standard deviation";
  for (const MetricSummary& entry : summary) {
    text += "," + entry.name;
    means += "," + exact(entry.mean);
    deviations += "," + exact(entry.deviation);
  }
  text += "\n";
  for (const RepeatResult& result : results) {
    text += std::to_string(result.seed);
    for (const MetricSummary& entry : summary) {
      const std::optional<double> x = value(result, entry.name);
      text += "," + (x ? exact(*x) : std::string());
    }
    text += "\n";
  }
  return text + means + "\n" + deviations + "\n";
}

std::string summaryTex(const std::vector<MetricSummary>& summary) {
  std::string text = "\\begin{tabular}{lc}\n\\hline\n";
  for (const MetricSummary& entry : summary) {
    text += texEscaped(entry.name) + " & $" + decimals(entry.mean);
    if (!std::isnan(entry.deviation)) text += " \\pm " + decimals(entry.deviation);
    text += "$ \\\\\n";
  }
  return text + "\\hline\n\\end{tabular}\n";
}

std::filesystem::path repeatFolder(const std::filesystem::path& out, std::uint64_t seed) {
  const std::string digits = std::to_string(seed);
  return out / ("seed-" + std::string(digits.size() < 2 ? 1 : 0, '0') + digits);
}

}  // namespace monge
