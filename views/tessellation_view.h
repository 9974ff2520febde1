// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QTimer>
#include <QWidget>
#include <functional>
#include <memory>
#include <optional>

#include "views/tessellation_painter.h"

namespace monge::views {

class KeptLayers;

/// The tessellation, live: zoom at the cursor (wheel, pinch), pan (drag on empty ground), hover card, drag of
/// prototypes, double click adds one, Delete removes the selected one. Emits wishes; it changes nothing
/// itself but, while a prototype is dragged, shows it (and its cells, through `cellsFor`) where the mouse is.
/// Keeps the pixels of layers that hardly change.
class TessellationView : public QWidget {
  Q_OBJECT
 public:
  explicit TessellationView(QWidget* parent = nullptr);
  ~TessellationView() override;

  void setScene(const Scene& scene);  ///< new moment; repaints at display rate
  void setTheme(Theme theme);
  void setLayers(const LayerSet& layers);
  LayerSet layers() const;
  void setSelected(int id);
  void setHovered(int id);
  /// Geometry for the cells; given by the application so that views need no CGAL. It answers at once, or with
  /// null and takeCells() later: what is shown meanwhile is what was.
  using CellFunction = std::function<std::shared_ptr<const CellComplex>(const CellQuestion& question)>;
  void setCellFunction(CellFunction cellsFor);
  void takeCells(const CellQuestion& question, const std::shared_ptr<const CellComplex>& cells);
  void setEditable(bool editable);
  void fit();
  Box2 visibleBox() const;
  const Scene& scene() const;
  /// The same with a prototype that is being dragged, its masses among the shown points, and its cells.
  const Scene& shown() const;
  const PlaneMap& planeMap() const;
  TessellationStyle figureStyle() const;

 signals:
  void prototypeMoved(int id, double x, double y, double fromX,
                      double fromY);                  ///< once, at the end of a drag
  void prototypeDragged(int id, double x, double y);  ///< while dragging, once a frame at most
  void prototypeAdded(double x, double y);
  void prototypeDeleted(int id);
  void selectionChanged(int id);
  void hoverChanged(int id);
  void visibleBoxChanged(const monge::Box2& box);
  void filesDropped(const QStringList& files);

 protected:
  bool event(QEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;

 private:
  static constexpr int kFrameTime = 30;  ///< milliseconds between repaints, at least
  enum class Gesture { None, Pan, Drag };
  /// A prototype shown away from where the run has it: under the mouse, or just dropped and not yet answered.
  struct Override {
    int id = -1;
    QPointF from, at;  ///< data units
    bool dropped = false;
    QElapsedTimer sinceDrop;
  };

  void refresh();
  void repaintSoon();
  void showMove();
  void settleOverride();
  std::shared_ptr<const CellComplex> cellsOf(const SnapshotPtr& snapshot);
  void setMap(const PlaneMap& map);
  void zoomAt(const QPointF& point, double factor);
  bool isPlane() const;
  int prototypeAt(const QPointF& point) const;
  QPointF prototypePosition(int id) const;
  void select(int id);
  void movePrototypeTo(const QPointF& point);
  void finishDrag();
  void cancelDrag();
  void nudgeSelected(const QPointF& pixels);
  void updateHover(const QPointF& point);
  void paintEmptyState(QPainter& painter);
  void paintHoverCard(QPainter& painter);
  void changeHovered(int id);

  Scene m_scene;  ///< as given
  Scene m_shown;  ///< with the override and cells that cover the view
  Theme m_theme = Theme::Light;
  LayerSet m_layers;
  PlaneMap m_map;
  bool m_followsFit = true;  ///< until the person zooms or pans
  int m_selected = -1, m_hovered = -1;
  bool m_editable = true;
  CellFunction m_cellsFor;
  std::shared_ptr<const CellComplex> m_ownCells;
  CellQuestion m_ownQuestion, m_asked;  ///< whose answer m_ownCells is; asked last

  Gesture m_gesture = Gesture::None;
  bool m_moved = false, m_isMouseHere = false;
  QPointF m_pressedAt, m_mouse;
  PlaneMap m_pressedMap;
  std::optional<Override> m_override;

  std::unique_ptr<KeptLayers> m_kept;
  QElapsedTimer m_sincePaint;
  QTimer m_repaint, m_nextMove;
  bool m_moveWaits = false;  ///< the mouse has moved on since the last frame
};

}  // namespace monge::views
