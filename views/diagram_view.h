// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QPixmap>
#include <QTimer>
#include <QWidget>

#include "views/diagram_painter.h"
#include "views/diagram_tool.h"

namespace monge::views {

/// The power diagram, live: zoom at the cursor, pan, hover card, drag of sites, Ctrl and wheel for a weight;
/// cells chosen by box and lasso, sites and density painted with a brush. Emits wishes; it changes nothing
/// itself.
class DiagramView : public QWidget {
  Q_OBJECT
 public:
  explicit DiagramView(QWidget* parent = nullptr);

  void setMoment(TransportSnapshotPtr moment);
  void setTheme(Theme theme);
  void setLayers(const DiagramLayers& layers);
  void setColour(CellColour colour);
  void setSelected(int site);
  void setHovered(int site);
  void setChosen(std::vector<int> sites);  ///< ascending
  const std::vector<int>& chosen() const { return m_chosen; }
  void setTool(DiagramTool tool);
  void setBrushRadius(double pixels);
  void fit();
  void flyTo(const Box2& box);  ///< shows the box with air around it
  const PlaneMap& planeMap() const { return m_map; }
  Box2 visibleBox() const { return m_map.visible(QRectF(rect())); }

 signals:
  void siteDragged(int site, double x, double y, bool done);
  void siteAdded(double x, double y);
  void sitesRemoved(const std::vector<int>& sites);
  void weightTurned(int site, double notches);
  void selectionChanged(int site);
  void hoverChanged(int site);
  void regionChosen(const QPolygonF& region,
                    bool add);  ///< data units; in place of, or beside, what is chosen
  /// A stroke of the brush so far, in data units; `done` once the button is up.
  void painted(monge::views::DiagramTool brush, const QPolygonF& stroke, double radius, bool erases,
               bool done);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  enum class Gesture { None, Pan, Drag, Track };
  DiagramTool toolFor(const QMouseEvent& event) const;
  void endTrack();
  void emitStroke(bool done);
  void paintTool(QPainter& painter) const;
  DiagramStyle style() const;
  void setMap(const PlaneMap& map);
  void zoomAt(const QPointF& point, double factor);
  void touchDiagram();
  void renderDiagram();
  void paintKept(QPainter& painter);
  void hoverAt(const QPointF& point);

  TransportSnapshotPtr m_moment;
  Theme m_theme = Theme::Light;
  DiagramLayers m_layers;
  CellColour m_colour = CellColour::Site;
  PlaneMap m_map, m_pressedMap, m_keptMap;
  bool m_followsFit = true, m_moved = false, m_stale = true;
  int m_selected = -1, m_hovered = -1, m_dragged = -1;
  Gesture m_gesture = Gesture::None;
  DiagramTool m_tool = DiagramTool::Hand, m_pressedTool = DiagramTool::Hand;
  ToolTrack m_track;
  double m_brush = 24;  ///< radius, pixels
  std::vector<int> m_chosen;
  QPointF m_pressedAt, m_mouse;
  QPixmap m_kept;  ///< everything but the selection, as it was at m_keptMap
  QTimer m_settle;
  double m_renderMs = 0;
};

}  // namespace monge::views
