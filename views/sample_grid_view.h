// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "views/palette.h"
#include "views/scene.h"

namespace monge::views {

/// A row per generator: prototype first, then samples of fixed noise; hover shows a sample beside the nearest
/// real image with their distance. Points (not images) are drawn as small scatter plots of each generator's
/// samples.
void paintSampleGrid(QPainter& painter, const QRectF& target, const Scene& scene, Theme theme);

class SampleGridCanvas;

class SampleGridView : public QWidget {
  Q_OBJECT
 public:
  explicit SampleGridView(QWidget* parent = nullptr);
  void setScene(const Scene& scene);
  void setTheme(Theme theme);
  void setSelected(int id);
  void setHovered(int id);

 signals:
  void selectionChanged(int id);
  void hoverChanged(int id);

 private:
  SampleGridCanvas* m_canvas;  ///< lies in a scroll area: many generators need more rows than fit
};

}  // namespace monge::views
