// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <vector>

#include "views/palette.h"

class QLabel;

namespace monge {

/// The diagram of the method: noise -> G1..Gk -> critic, assign, prototypes; with fixed masses the dual
/// weights before assign. The node of the sub-phase that comes next is lit; a click on a generator selects
/// it, the mouse over it marks its cell.
class PipelineDiagram : public QWidget {
  Q_OBJECT
 public:
  explicit PipelineDiagram(QWidget* parent = nullptr);
  void setGenerators(const std::vector<int>& ids);
  void setPhase(const QString& phase);  ///< empty: none is lit
  void setFixedMasses(bool fixed);
  void setSelected(int id);
  void setHovered(int id);
  void setTheme(views::Theme theme);
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return sizeHint(); }

 signals:
  void generatorClicked(int id);
  void generatorHovered(int id);  ///< -1 for none

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;

 private:
  struct Layout;
  Layout layout() const;
  int generatorAt(const QPointF& point) const;
  void changeHovered(int id);
  int shownGenerators() const;
  double rowStep() const;
  void paintNode(QPainter& painter, const QRectF& box, const QString& text, bool lit) const;
  void paintLinks(QPainter& painter, const Layout& nodes) const;
  void paintGenerators(QPainter& painter, const Layout& nodes) const;
  bool lit(const char* phase) const;

  std::vector<int> m_ids;
  QString m_phase;
  int m_selected = -1, m_hovered = -1;
  bool m_fixedMasses = false;
  views::Theme m_theme = views::Theme::Light;
};

/// The diagram with the equation of the sub-phase below it.
class PipelinePanel : public QWidget {
  Q_OBJECT
 public:
  explicit PipelinePanel(QWidget* parent = nullptr);
  void setGenerators(const std::vector<int>& ids);
  /// @param stepping  the run stands before `phase`; while it runs at full speed no single phase is worth
  /// lighting
  void setPhase(const QString& phase, bool stepping);
  void setFixedMasses(bool fixed);  ///< the dual weights are solved for, a node of its own
  void setSelected(int id);
  void setHovered(int id);
  void setTheme(views::Theme theme);

 signals:
  void generatorClicked(int id);
  void generatorHovered(int id);

 private:
  PipelineDiagram* m_diagram;
  QLabel *m_formula, *m_caption;
  QString m_shown;
};

}  // namespace monge
