// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/solve_chart.h"

#include <QFontMetricsF>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "views/numbers.h"

namespace monge::views {
namespace {

/// At the top room for the heading and, below it, the damping of the first step.
constexpr double kLeft = 52, kRight = 16, kTop = 40, kBottom = 22;
constexpr double kLeastResidual = 1e-17;

/// Ten to a whole power as people write it.
QString decade(int power) {
  return power == 0 ? QStringLiteral("1") : QStringLiteral("1e%1").arg(power).replace('-', QChar(0x2212));
}

}  // namespace

SolveChart::SolveChart(QWidget* parent) : QWidget(parent) {
  setMinimumHeight(110);
  setAccessibleName(tr("Mass error after each step"));
}

void SolveChart::setSteps(const std::vector<SolveStep>& steps) {
  m_steps = steps;
  update();
}

void SolveChart::setTheme(Theme theme) {
  m_theme = theme;
  update();
}

void SolveChart::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), colors(m_theme).surface);
  paintSolveChart(painter, QRectF(rect()), m_steps, m_theme);
}

void paintSolveChart(QPainter& painter, const QRectF& target, const std::vector<SolveStep>& steps,
                     Theme theme) {
  const Colors& c = colors(theme);
  const QRectF area = target.adjusted(kLeft, kTop, -kRight, -kBottom);
  if (area.width() < 20 || area.height() < 20) return;
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing);
  const QFontMetricsF metrics(painter.font());
  painter.setPen(c.muted);
  painter.drawText(QPointF(target.left() + 12, target.top() + 4 + metrics.ascent()),
                   steps.empty() ? SolveChart::tr("Largest mass error: no step yet")
                                 : SolveChart::tr("Largest mass error after each Newton step"));
  if (!steps.empty()) {
    double least = 1, largest = 1e-3;
    for (const SolveStep& step : steps) {
      least = std::min(least, std::max(step.residual, kLeastResidual));
      largest = std::max(largest, step.residual);
    }
    const double low = std::floor(std::log10(least)),
                 high = std::max(low + 1, std::ceil(std::log10(largest)));
    const auto place = [&](std::size_t at) {
      const double x =
          steps.size() < 2 ? 0.5 : static_cast<double>(at) / static_cast<double>(steps.size() - 1);
      const double y = (std::log10(std::max(steps[at].residual, kLeastResidual)) - low) / (high - low);
      return QPointF(area.left() + x * area.width(), area.bottom() - y * area.height());
    };
    const int apart = std::max(1, static_cast<int>(std::ceil((high - low) * 18 / area.height())));
    for (int power = static_cast<int>(low); power <= static_cast<int>(high); power += apart) {
      const double y = area.bottom() - (power - low) / (high - low) * area.height();
      painter.setPen(QPen(c.line, 0.5));
      painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
      painter.setPen(c.muted);
      const QString text = decade(power);
      painter.drawText(
          QPointF(area.left() - 8 - metrics.horizontalAdvance(text), y + metrics.capHeight() / 2), text);
    }
    QPolygonF line;
    for (std::size_t at = 0; at < steps.size(); ++at) line << place(at);
    painter.setPen(QPen(c.accent, 1.5));
    painter.drawPolyline(line);
    for (std::size_t at = 0; at < steps.size(); ++at) {
      const bool damped = steps[at].damping < 1;
      painter.setPen(QPen(c.accent, 1.5));
      painter.setBrush(damped ? c.surface : c.accent);
      painter.drawEllipse(place(at), 3.5, 3.5);
      if (!damped) continue;
      painter.setPen(c.text);
      painter.drawText(place(at) + QPointF(6, -4), numberText(steps[at].damping));
    }
    painter.setPen(c.muted);
    const double uniform = 100 * steps.back().uniformShare;
    const QString last = uniform > 0 ? SolveChart::tr("step %1, with %2 % of a uniform density")
                                           .arg(QString::number(steps.back().iteration), numberText(uniform))
                                     : SolveChart::tr("step %1").arg(steps.back().iteration);
    painter.drawText(QPointF(area.right() - metrics.horizontalAdvance(last), target.bottom() - 6), last);
  }
  painter.restore();
}

}  // namespace monge::views
