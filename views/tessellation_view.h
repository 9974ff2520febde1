// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <functional>

#include "views/tessellation_painter.h"

namespace monge::views {

/// The tessellation, live: zoom at the cursor (wheel, pinch), pan (drag on empty ground), hover card, drag of prototypes,
/// double click adds one, Delete removes the selected one. Emits wishes; it changes nothing itself but, while a prototype is
/// dragged, shows it (and its cells, through `cellsFor`) where the mouse is. Paints static layers into a cached pixmap.
class TessellationView : public QWidget {
  Q_OBJECT
 public:
  explicit TessellationView(QWidget* parent = nullptr);

  void setScene(const Scene& scene);          ///< new moment; repaints at most once per event-loop turn
  void setTheme(Theme theme);
  void setLayers(const LayerSet& layers);
  LayerSet layers() const;
  void setSelected(int id);
  /// Geometry for the cells while the mouse moves; given by the application so that views need no CGAL.
  void setCellFunction(std::function<std::shared_ptr<const CellComplex>(const RowsF& sites, const Box2& box)> cellsFor);
  void setEditable(bool editable);
  void fit();
  Box2 visibleBox() const;
  const Scene& scene() const;
  const PlaneMap& planeMap() const;
  TessellationStyle figureStyle() const;

 signals:
  void prototypeMoved(int id, double x, double y, double fromX, double fromY);  ///< once, at the end of a drag
  void prototypeDragged(int id, double x, double y);                            ///< while dragging
  void prototypeAdded(double x, double y);
  void prototypeDeleted(int id);
  void selectionChanged(int id);
  void visibleBoxChanged(const monge::Box2& box);
  void filesDropped(const QStringList& files);
};

}  // namespace monge::views
