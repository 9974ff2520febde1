// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QPixmap>
#include <QTimer>
#include <QWidget>

#include "views/diagram_painter.h"

namespace monge::views {

/// The power diagram, live: zoom at the cursor, pan, hover card, drag of sites, Ctrl and wheel for a weight.
/// Emits wishes; it changes nothing itself.
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
  void fit();
  void flyTo(const Box2& box);  ///< shows the box with air around it
  const PlaneMap& planeMap() const { return m_map; }
  Box2 visibleBox() const { return m_map.visible(QRectF(rect())); }

 signals:
  void siteDragged(int site, double x, double y, bool done);
  void siteAdded(double x, double y);
  void siteRemoved(int site);
  void weightTurned(int site, double notches);
  void selectionChanged(int site);
  void hoverChanged(int site);

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
  enum class Gesture { None, Pan, Drag };
  DiagramStyle style() const;
  void setMap(const PlaneMap& map);
  void zoomAt(const QPointF& point, double factor);
  void touchDiagram();
  void renderDiagram();
  void paintKept(QPainter& painter);
  void hoverAt(const QPointF& point);
  QStringList hoverLines() const;

  TransportSnapshotPtr m_moment;
  Theme m_theme = Theme::Light;
  DiagramLayers m_layers;
  CellColour m_colour = CellColour::Site;
  PlaneMap m_map, m_pressedMap, m_keptMap;
  bool m_followsFit = true, m_moved = false, m_stale = true;
  int m_selected = -1, m_hovered = -1, m_dragged = -1;
  Gesture m_gesture = Gesture::None;
  QPointF m_pressedAt, m_mouse;
  QPixmap m_kept;  ///< everything but the selection, as it was at m_keptMap
  QTimer m_settle;
  double m_renderMs = 0;
};

}  // namespace monge::views
