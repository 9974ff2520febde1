// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/diagram_view.h"

#include <QFontInfo>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

#include "views/cell_facts.h"
#include "views/hover_card.h"

namespace monge::views {
namespace {

constexpr double kGrab = 10, kClickSlack = 4;
/// A diagram that takes longer than this to paint is moved as a picture while the hand moves, and painted
/// once it is still.
constexpr double kSmooth = 25;
constexpr int kSettle = 120;

}  // namespace

DiagramView::DiagramView(QWidget* parent) : QWidget(parent) {
  setMouseTracking(true);
  setFocusPolicy(Qt::StrongFocus);
  setAttribute(Qt::WA_OpaquePaintEvent);
  setMinimumSize(160, 120);
  setAccessibleName(tr("Power diagram"));
  setAccessibleDescription(tr(
      "The cell of each site. Drag a site to move it, double click to add one, Delete removes the selected "
      "one, Ctrl and the wheel change its weight, Shift and a drag choose the cells in a box."));
  m_settle.setSingleShot(true);
  connect(&m_settle, &QTimer::timeout, this, [this] {
    renderDiagram();
    update();
  });
}

void DiagramView::setMoment(TransportSnapshotPtr moment) {
  const bool other =
      !m_moment || !moment || m_moment->name != moment->name || m_moment->domain != moment->domain;
  if (m_moment && moment && m_moment->revision != moment->revision) m_gesture = Gesture::None;
  m_moment = std::move(moment);
  if (m_moment && m_selected >= m_moment->count()) setSelected(-1);
  if (m_moment && !m_chosen.empty() && m_chosen.back() >= m_moment->count()) m_chosen.clear();
  if (other) m_followsFit = true;
  if (m_followsFit && m_gesture == Gesture::None) fit();
  touchDiagram();
}

void DiagramView::setTheme(Theme theme) {
  m_theme = theme;
  touchDiagram();
}

void DiagramView::setLayers(const DiagramLayers& layers) {
  m_layers = layers;
  touchDiagram();
}

void DiagramView::setColour(CellColour colour) {
  m_colour = colour;
  touchDiagram();
}

void DiagramView::setSelected(int site) {
  if (site == m_selected) return;
  m_selected = site;
  update();
  emit selectionChanged(site);
}

void DiagramView::setHovered(int site) {
  if (site == m_hovered) return;
  m_hovered = site;
  update();
}

void DiagramView::setChosen(std::vector<int> sites) {
  m_chosen = std::move(sites);
  update();
}

void DiagramView::setTool(DiagramTool tool) {
  m_tool = tool;
  m_track.end();
  if (m_gesture == Gesture::Track) m_gesture = Gesture::None;
  setCursor(tool == DiagramTool::Hand ? Qt::ArrowCursor : Qt::CrossCursor);
  update();
}

void DiagramView::setBrushRadius(double pixels) {
  m_brush = std::clamp(pixels, 4.0, 200.0);
  update();
}

void DiagramView::touchDiagram() {
  m_stale = true;
  update();
}

void DiagramView::fit() {
  m_followsFit = true;
  if (m_moment) setMap(PlaneMap::fitted(diagramBox(*m_moment), QRectF(rect())));
}

void DiagramView::flyTo(const Box2& box) {
  m_followsFit = false;
  const double air = 0.3 * std::max({box.width(), box.height(), 1e-9});
  setMap(PlaneMap::fitted({box.xMin - air, box.yMin - air, box.xMax + air, box.yMax + air}, QRectF(rect())));
}

void DiagramView::setMap(const PlaneMap& map) {
  m_map = map.bounded();
  update();
}

void DiagramView::zoomAt(const QPointF& point, double factor) {
  m_followsFit = false;
  setMap(m_map.zoomedAt(point, factor, QRectF(rect())));
}

DiagramStyle DiagramView::style() const {
  DiagramStyle style;
  style.theme = m_theme;
  style.layers = m_layers;
  style.colour = m_colour;
  style.textSize = QFontInfo(font()).pixelSize();
  style.fast = true;
  return style;
}

void DiagramView::renderDiagram() {
  QElapsedTimer taken;
  taken.start();
  const double ratio = devicePixelRatioF();
  if (m_kept.size() != size() * ratio) {
    m_kept = QPixmap(size() * ratio);
    m_kept.setDevicePixelRatio(ratio);
  }
  QPainter painter(&m_kept);
  painter.setFont(font());
  paintDiagram(painter, QRectF(rect()), *m_moment, m_map, style());
  m_keptMap = m_map;
  m_stale = false;
  m_renderMs = static_cast<double>(taken.nsecsElapsed()) / 1e6;
}

/// The picture as it lies now: where it was painted, moved and scaled.
void DiagramView::paintKept(QPainter& painter) {
  const QRectF target(rect());
  const double scale = m_map.scale / m_keptMap.scale;
  const QPointF middle = m_map.toTarget(m_keptMap.centerX, m_keptMap.centerY, target);
  painter.fillRect(target, colors(m_theme).canvas);
  painter.save();
  painter.translate(middle);
  painter.scale(scale, scale);
  painter.translate(-target.center());
  painter.drawPixmap(QPointF(0, 0), m_kept);
  painter.restore();
}

void DiagramView::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  if (!m_moment) {
    painter.fillRect(rect(), colors(m_theme).canvas);
    painter.setPen(colors(m_theme).muted);
    painter.drawText(rect().adjusted(24, 24, -24, -24), Qt::AlignCenter | Qt::TextWordWrap,
                     tr("Drop a CSV or NPY file with points of the plane here, or start with a preset."));
    return;
  }
  const bool sameMap = m_map == m_keptMap;
  const bool sameSize = m_kept.size() == size() * devicePixelRatioF();
  if (m_stale || !sameSize || (!sameMap && m_renderMs < kSmooth))
    renderDiagram();
  else if (!sameMap)
    m_settle.start(kSettle);
  paintKept(painter);
  DiagramStyle marks = style();
  marks.selected = m_selected;
  marks.hovered = m_hovered;
  marks.chosen = m_chosen;
  paintDiagramMarks(painter, QRectF(rect()), *m_moment, m_map, marks);
  paintTool(painter);
  const bool isQuiet =
      isBrush(m_tool) || m_gesture == Gesture::Track || (m_gesture == Gesture::Pan && m_moved);
  const QStringList lines = isQuiet ? QStringList() : siteFacts(*m_moment, m_hovered);
  if (!lines.isEmpty() && rect().contains(m_mouse.toPoint()) && underMouse())
    paintTextCard(painter, cardPlace(m_mouse, textCardSize(font(), lines), QRectF(rect())), lines, font(),
                  m_theme);
}

void DiagramView::paintTool(QPainter& painter) const {
  m_track.paint(painter, m_theme);
  if (!isBrush(m_tool) || !underMouse()) return;
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(colors(m_theme).accent, 1.25));
  painter.setBrush(Qt::NoBrush);
  painter.drawEllipse(m_mouse, m_brush, m_brush);
}

void DiagramView::hoverAt(const QPointF& point) {
  m_mouse = point;
  if (!m_moment) return;
  const int marker = diagramMarkerAt(*m_moment, point, QRectF(rect()), m_map, kGrab);
  const QPointF at = m_map.toData(point, QRectF(rect()));
  const int site = marker >= 0 ? marker : diagramSiteAt(*m_moment, at.x(), at.y());
  if (m_tool == DiagramTool::Hand) setCursor(marker >= 0 ? Qt::OpenHandCursor : Qt::ArrowCursor);
  if (site != m_hovered) {
    m_hovered = site;
    emit hoverChanged(site);
  }
  update();
}

/// The middle button always moves the paper; Shift and the hand choose by box.
DiagramTool DiagramView::toolFor(const QMouseEvent& event) const {
  if (event.button() != Qt::LeftButton) return DiagramTool::Hand;
  const bool shift = event.modifiers() & Qt::ShiftModifier;
  return m_tool == DiagramTool::Hand && shift ? DiagramTool::Box : m_tool;
}

void DiagramView::emitStroke(bool done) {
  QPolygonF stroke;
  for (const QPointF& point : m_track.points()) stroke << m_map.toData(point, QRectF(rect()));
  emit painted(m_pressedTool, stroke, m_brush / m_map.scale, m_track.erases(), done);
}

void DiagramView::endTrack() {
  if (isBrush(m_pressedTool))
    emitStroke(true);
  else
    emit regionChosen(m_moved ? m_track.region(m_map, QRectF(rect())) : QPolygonF(), m_track.erases());
  m_track.end();
  update();
}

void DiagramView::mousePressEvent(QMouseEvent* event) {
  if (!m_moment || (event->button() != Qt::LeftButton && event->button() != Qt::MiddleButton)) return;
  m_pressedAt = event->position();
  m_pressedMap = m_map;
  m_moved = false;
  m_pressedTool = toolFor(*event);
  if (m_pressedTool != DiagramTool::Hand) {
    m_gesture = Gesture::Track;
    m_track.begin(m_pressedTool, event->position(), m_brush, event->modifiers() & Qt::ShiftModifier);
    if (isBrush(m_pressedTool)) emitStroke(false);
    return update();
  }
  m_gesture = Gesture::Pan;
  const int site = event->button() == Qt::LeftButton
                       ? diagramMarkerAt(*m_moment, event->position(), QRectF(rect()), m_map, kGrab)
                       : -1;
  if (site < 0) return;
  setSelected(site);
  m_gesture = Gesture::Drag;
  m_dragged = site;
}

void DiagramView::mouseMoveEvent(QMouseEvent* event) {
  const QPointF offset = event->position() - m_pressedAt;
  if (m_gesture != Gesture::None && std::hypot(offset.x(), offset.y()) >= kClickSlack) m_moved = true;
  if (m_gesture == Gesture::Track) {
    m_mouse = event->position();
    m_track.extend(event->position());
    if (isBrush(m_pressedTool)) emitStroke(false);
    return update();
  }
  if (m_gesture == Gesture::Drag && m_moved) {
    m_mouse = event->position();
    const QPointF at = m_map.toData(event->position(), QRectF(rect()));
    emit siteDragged(m_dragged, at.x(), at.y(), false);
    return;
  }
  if (m_gesture == Gesture::Pan && m_moved) {
    m_followsFit = false;
    setMap(m_pressedMap.panned(offset));
    return;
  }
  hoverAt(event->position());
}

void DiagramView::mouseReleaseEvent(QMouseEvent* event) {
  const Gesture gesture = std::exchange(m_gesture, Gesture::None);
  const QPointF at = m_map.toData(event->position(), QRectF(rect()));
  if (gesture == Gesture::Track) {
    endTrack();
  } else if (gesture == Gesture::Drag && m_moved) {
    emit siteDragged(m_dragged, at.x(), at.y(), true);
  } else if (gesture == Gesture::Pan && !m_moved && m_moment) {
    const int site = diagramSiteAt(*m_moment, at.x(), at.y());
    setSelected(site == m_selected ? -1 : site);
  }
  m_dragged = -1;
  hoverAt(event->position());
}

void DiagramView::mouseDoubleClickEvent(QMouseEvent* event) {
  if (!m_moment || event->button() != Qt::LeftButton || m_tool != DiagramTool::Hand) return;
  if (diagramMarkerAt(*m_moment, event->position(), QRectF(rect()), m_map, kGrab) >= 0) return;
  const QPointF at = m_map.toData(event->position(), QRectF(rect()));
  emit siteAdded(at.x(), at.y());
}

void DiagramView::wheelEvent(QWheelEvent* event) {
  const double notches = event->angleDelta().y() / 120.0;
  if (event->modifiers() & Qt::ControlModifier) {
    if (m_hovered >= 0) emit weightTurned(m_hovered, notches);
  } else {
    zoomAt(event->position(), std::pow(1.2, notches));
  }
  event->accept();
}

void DiagramView::keyPressEvent(QKeyEvent* event) {
  switch (event->key()) {
    case Qt::Key_Delete:
    case Qt::Key_Backspace:
      m_gesture = Gesture::None;  // the row in the hand is another one afterwards
      if (!m_chosen.empty())
        emit sitesRemoved(m_chosen);
      else if (m_selected >= 0)
        emit sitesRemoved({m_selected});
      return;
    case Qt::Key_F:
      return fit();
    case Qt::Key_Plus:
    case Qt::Key_Equal:
      return zoomAt(QRectF(rect()).center(), 1.2);
    case Qt::Key_Minus:
      return zoomAt(QRectF(rect()).center(), 1 / 1.2);
    case Qt::Key_BracketLeft:
      return setBrushRadius(m_brush / 1.25);
    case Qt::Key_BracketRight:
      return setBrushRadius(m_brush * 1.25);
    case Qt::Key_Escape:
      m_track.end();
      m_gesture = Gesture::None;
      if (!m_chosen.empty()) emit regionChosen({}, false);
      return setSelected(-1);
    default:
      QWidget::keyPressEvent(event);
  }
}

void DiagramView::resizeEvent(QResizeEvent*) {
  m_stale = true;
  if (m_followsFit) fit();
}

void DiagramView::leaveEvent(QEvent*) {
  m_hovered = -1;
  emit hoverChanged(-1);
  update();
}

}  // namespace monge::views
