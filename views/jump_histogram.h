// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <vector>

#include "views/transport_scene.h"

class QComboBox;

namespace monge::views {

/// How many walls jump how far, and the threshold above which they are singular, to be dragged. Emits
/// wishes; it changes nothing itself.
class JumpHistogram : public QWidget {
  Q_OBJECT
 public:
  explicit JumpHistogram(QWidget* parent = nullptr);

  /// A moment without values of its walls passes by.
  void setMoment(const TransportSnapshotPtr& moment);
  void setTheme(Theme theme);
  const WallRule& rule() const { return m_rule; }
  /// The pixel of a value, and back.
  double place(double value) const;
  double valueAt(double x) const;

 signals:
  void ruleChanged(const monge::WallRule& rule);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  void setBy(WallRule::By by);
  void gather();
  double reach() const;
  void moveTo(double value);
  QRectF area() const;
  void paintBars(QPainter& painter) const;
  void paintThreshold(QPainter& painter) const;
  QString heading() const;

  TransportSnapshotPtr m_moment;
  Theme m_theme = Theme::Light;
  WallRule m_rule;
  double m_largest = 1;
  QComboBox* m_choice;
  bool m_dragging = false;
  std::vector<int> m_counts;
  int m_above = 0, m_walls = 0;
};

}  // namespace monge::views
