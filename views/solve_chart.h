// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "views/transport_scene.h"

namespace monge::views {

/// The largest relative mass error after each step, on a logarithmic scale; a damped step is an open ring
/// with its length beside it.
class SolveChart : public QWidget {
  Q_OBJECT
 public:
  explicit SolveChart(QWidget* parent = nullptr);
  void setSteps(const std::vector<SolveStep>& steps);
  void setTheme(Theme theme);

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  std::vector<SolveStep> m_steps;
  Theme m_theme = Theme::Light;
};

/// The same onto any painter.
void paintSolveChart(QPainter& painter, const QRectF& target, const std::vector<SolveStep>& steps,
                     Theme theme);

}  // namespace monge::views
