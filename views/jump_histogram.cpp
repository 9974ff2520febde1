// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/jump_histogram.h"

#include <QComboBox>
#include <QFontMetricsF>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>
#include <functional>

#include "views/numbers.h"

namespace monge::views {
namespace {

constexpr double kLeft = 16, kRight = 16, kTop = 40, kBottom = 22;
constexpr int kBins = 48;

}  // namespace

JumpHistogram::JumpHistogram(QWidget* parent) : QWidget(parent), m_counts(kBins, 0) {
  setMinimumSize(200, 110);
  setMouseTracking(true);
  setFocusPolicy(Qt::StrongFocus);
  setAccessibleName(tr("Jumps of the walls"));
  setAccessibleDescription(
      tr("Drag the line, or use the arrow keys, to set the threshold above which walls are singular."));
  m_choice = new QComboBox;
  m_choice->setObjectName(QStringLiteral("wallMeasure"));
  m_choice->addItems({tr("by spacing"), tr("by jump"), tr("by angle")});
  m_choice->setAccessibleName(tr("What decides whether a wall is singular"));
  connect(m_choice, &QComboBox::currentIndexChanged, this,
          [this](int index) { setBy(static_cast<WallRule::By>(index)); });
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(0, 4, 8, 0);
  row->addStretch(1);
  row->addWidget(m_choice, 0, Qt::AlignTop);
}

void JumpHistogram::setMoment(const TransportSnapshotPtr& moment) {
  if (!moment || (moment->potential.faces() == 0 && !moment->facets.empty())) return;
  m_moment = moment;
  if (!m_dragging && moment->rule.by == m_rule.by) m_rule.threshold = moment->rule.threshold;
  gather();
}

void JumpHistogram::setTheme(Theme theme) {
  m_theme = theme;
  update();
}

/// Another measure of the walls, at the threshold that as many of them are above.
void JumpHistogram::setBy(WallRule::By by) {
  if (by == m_rule.by) return;
  m_rule = {by, by == WallRule::By::Spacing ? WallRule().threshold : 0};
  if (m_moment && by != WallRule::By::Spacing && m_walls > 0) {
    std::vector<double> values;
    for (const auto& facet : m_moment->facets) values.push_back(facet.value(by));
    const auto at = values.begin() + std::min(m_walls - 1, m_above);
    std::nth_element(values.begin(), at, values.end(), std::greater<>());
    m_rule.threshold = *at;
  }
  gather();
  emit ruleChanged(m_rule);
}

void JumpHistogram::gather() {
  std::fill(m_counts.begin(), m_counts.end(), 0);
  m_above = m_walls = 0;
  if (m_moment) {
    if (!m_dragging) m_largest = reach();  // the scale stays while the line is in the hand
    for (const auto& facet : m_moment->facets) {
      const double value = facet.value(m_rule.by);
      ++m_counts[static_cast<std::size_t>(std::min(kBins - 1, static_cast<int>(value / m_largest * kBins)))];
      m_above += value > m_rule.threshold;
      ++m_walls;
    }
  }
  update();
}

/// What the axis shows: all walls and, where nothing tears, the threshold too.
double JumpHistogram::reach() const {
  double largest = 0;
  for (const auto& facet : m_moment->facets) largest = std::max(largest, facet.value(m_rule.by));
  return std::max({largest, 1.25 * m_rule.threshold, 1e-12}) * 1.02;
}

QRectF JumpHistogram::area() const {
  return QRectF(rect()).adjusted(kLeft, kTop, -kRight, -kBottom);
}

double JumpHistogram::place(double value) const {
  return area().left() + std::clamp(value / m_largest, 0.0, 1.0) * area().width();
}

double JumpHistogram::valueAt(double x) const {
  return std::clamp((x - area().left()) / std::max(1.0, area().width()), 0.0, 1.0) * m_largest;
}

QString JumpHistogram::heading() const {
  if (!m_moment || m_walls == 0) return tr("Jumps of the walls");
  const QString number = numberText(m_rule.threshold, 3);
  const QString above = m_rule.by == WallRule::By::Spacing ? tr("%1 spacings").arg(number)
                        : m_rule.by == WallRule::By::Angle ? tr("angle %1").arg(number)
                                                           : tr("jump %1").arg(number);
  return tr("%1 of %2 walls above %3").arg(m_above).arg(m_walls).arg(above);
}

/// Few walls tear and many do not: the counts stand on a logarithmic scale.
void JumpHistogram::paintBars(QPainter& painter) const {
  const QRectF area = this->area();
  const int most = *std::max_element(m_counts.begin(), m_counts.end());
  if (most == 0) return;
  const double width = area.width() / kBins;
  for (int bin = 0; bin < kBins; ++bin) {
    const int count = m_counts[static_cast<std::size_t>(bin)];
    if (count == 0) continue;
    const double height = std::max(2.0, std::log1p(count) / std::log1p(most) * area.height());
    const bool above = (bin + 0.5) / kBins * m_largest > m_rule.threshold;
    painter.fillRect(QRectF(area.left() + bin * width + 0.5, area.bottom() - height, width - 1, height),
                     above ? singularColour(m_theme) : colors(m_theme).muted);
  }
}

void JumpHistogram::paintThreshold(QPainter& painter) const {
  const QRectF area = this->area();
  const double x = place(m_rule.threshold);
  painter.setPen(QPen(colors(m_theme).accent, hasFocus() || m_dragging ? 2 : 1.25));
  painter.drawLine(QPointF(x, area.top() - 6), QPointF(x, area.bottom()));
  painter.setBrush(colors(m_theme).accent);
  painter.drawEllipse(QPointF(x, area.top() - 6), 3.5, 3.5);
}

void JumpHistogram::paintEvent(QPaintEvent*) {
  const Colors& c = colors(m_theme);
  QPainter painter(this);
  painter.fillRect(rect(), c.surface);
  painter.setRenderHint(QPainter::Antialiasing);
  const QFontMetricsF metrics(painter.font());
  painter.setPen(c.muted);
  painter.drawText(QPointF(12, 4 + metrics.ascent()),
                   metrics.elidedText(heading(), Qt::ElideRight, m_choice->x() - 20));
  if (m_walls == 0) return;
  paintBars(painter);
  painter.setPen(QPen(c.line, 1));
  painter.drawLine(area().bottomLeft(), area().bottomRight());
  paintThreshold(painter);
  painter.setPen(c.muted);
  const QString largest = numberText(m_largest / 1.02, 3);
  painter.drawText(QPointF(area().left(), height() - 6), QStringLiteral("0"));
  painter.drawText(QPointF(area().right() - metrics.horizontalAdvance(largest), height() - 6), largest);
}

void JumpHistogram::moveTo(double value) {
  if (value == m_rule.threshold) return;
  m_rule.threshold = value;
  gather();
  emit ruleChanged(m_rule);
}

void JumpHistogram::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton || m_walls == 0) return;
  m_dragging = true;
  moveTo(valueAt(event->position().x()));
}

void JumpHistogram::mouseMoveEvent(QMouseEvent* event) {
  setCursor(std::abs(event->position().x() - place(m_rule.threshold)) < 8 || m_dragging ? Qt::SplitHCursor
                                                                                        : Qt::ArrowCursor);
  if (m_dragging) moveTo(valueAt(event->position().x()));
}

void JumpHistogram::mouseReleaseEvent(QMouseEvent*) {
  m_dragging = false;
  update();
}

void JumpHistogram::keyPressEvent(QKeyEvent* event) {
  const double step = m_largest / 100;
  if (event->key() == Qt::Key_Left) return moveTo(std::max(0.0, m_rule.threshold - step));
  if (event->key() == Qt::Key_Right) return moveTo(m_rule.threshold + step);
  QWidget::keyPressEvent(event);
}

}  // namespace monge::views
