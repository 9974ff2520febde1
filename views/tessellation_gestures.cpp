// SPDX-License-Identifier: GPL-3.0-or-later
// The tessellation view: what mouse, keys and dropped files do.
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QKeyEvent>
#include <QMimeData>
#include <QMouseEvent>
#include <QNativeGestureEvent>
#include <QUrl>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

#include "views/tessellation_view.h"

namespace monge::views {
namespace {

constexpr double kGrab = 12;       ///< pixels around a prototype that take hold of it
constexpr double kClickSlack = 4;  ///< pixels the mouse may move in a click

}  // namespace

int TessellationView::prototypeAt(const QPointF& point) const {
  if (!isPlane() || !m_layers.has(Layer::Prototypes)) return -1;
  const EnsembleSnapshot& snapshot = *m_shown.snapshot;
  int nearest = -1;
  double least = kGrab;
  for (int j = 0; j < snapshot.prototypes.rows(); ++j) {
    const QPointF center =
        m_map.toTarget(snapshot.prototypes(j, 0), snapshot.prototypes(j, 1), QRectF(rect()));
    const double distance = std::hypot(center.x() - point.x(), center.y() - point.y());
    if (distance <= least) {
      least = distance;
      nearest = snapshot.ids[static_cast<std::size_t>(j)];
    }
  }
  return nearest;
}

QPointF TessellationView::prototypePosition(int id) const {
  const int row = rowOfGenerator(*m_shown.snapshot, id);
  return {m_shown.snapshot->prototypes(row, 0), m_shown.snapshot->prototypes(row, 1)};
}

void TessellationView::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton && event->button() != Qt::MiddleButton) return;
  m_pressedAt = event->position();
  m_pressedMap = m_map;
  m_moved = false;
  const int id = event->button() == Qt::LeftButton ? prototypeAt(event->position()) : -1;
  m_gesture = Gesture::Pan;
  if (id >= 0) {
    select(id);
    if (m_editable) {
      m_gesture = Gesture::Drag;
      const QPointF from = prototypePosition(id);
      m_override = Override{id, from, from, false, {}};
    }
  }
}

void TessellationView::mouseMoveEvent(QMouseEvent* event) {
  m_mouse = event->position();
  const QPointF offset = m_mouse - m_pressedAt;
  if (m_gesture != Gesture::None && std::hypot(offset.x(), offset.y()) >= kClickSlack) m_moved = true;
  if (m_gesture == Gesture::Drag && m_moved) {
    movePrototypeTo(m_mouse);
  } else if (m_gesture == Gesture::Pan && m_moved && m_scene.data && !m_scene.data->image.isImage()) {
    m_followsFit = false;
    setMap(m_pressedMap.panned(offset));
  }
  updateHover(m_mouse);
}

void TessellationView::movePrototypeTo(const QPointF& point) {
  const QRectF target(rect());
  const QPointF grabbed = m_map.toTarget(m_override->from.x(), m_override->from.y(), target) - m_pressedAt;
  m_override->at = m_map.toData(point + grabbed, target);
  m_moveWaits = true;
  if (!m_nextMove.isActive()) showMove();
}

/// Cells and masses of a moved prototype, once a frame.
void TessellationView::showMove() {
  m_moveWaits = false;
  m_nextMove.start(kFrameTime);
  refresh();
  emit prototypeDragged(m_override->id, m_override->at.x(), m_override->at.y());
}

void TessellationView::mouseReleaseEvent(QMouseEvent* event) {
  if (m_gesture == Gesture::None) return;
  if (m_gesture == Gesture::Drag) {
    finishDrag();
  } else if (!m_moved && event->button() == Qt::LeftButton && isPlane() &&
             prototypeAt(event->position()) < 0) {
    const QPointF at = m_map.toData(event->position(), QRectF(rect()));
    const int row = cellAt(m_shown, at.x(), at.y());
    const auto& ids = m_shown.snapshot->ids;
    const int id = row >= 0 && row < static_cast<int>(ids.size()) ? ids[static_cast<std::size_t>(row)] : -1;
    select(id == m_selected ? -1 : id);
  }
  m_gesture = Gesture::None;
  updateHover(event->position());
}

void TessellationView::finishDrag() {
  if (!m_moved) {
    m_override.reset();
    return;
  }
  if (m_moveWaits) showMove();
  m_override->dropped = true;
  m_override->sinceDrop.start();
  const Override done = *m_override;  // a slot may set a scene, which settles the override
  emit prototypeMoved(done.id, done.at.x(), done.at.y(), done.from.x(), done.from.y());
}

void TessellationView::cancelDrag() {
  if (m_gesture != Gesture::Drag) return;
  const Override dropped = *m_override;
  m_override.reset();
  m_gesture = Gesture::None;
  refresh();
  if (m_moved) emit prototypeDragged(dropped.id, dropped.from.x(), dropped.from.y());
}

void TessellationView::mouseDoubleClickEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton || !m_editable || !isPlane() || prototypeAt(event->position()) >= 0)
    return;
  const QPointF at = m_map.toData(event->position(), QRectF(rect()));
  emit prototypeAdded(at.x(), at.y());
}

void TessellationView::wheelEvent(QWheelEvent* event) {
  if (m_scene.data && m_scene.data->image.isImage()) return;
  // 120 units are one notch of a mouse wheel: a fifth larger or smaller.
  zoomAt(event->position(), std::pow(1.2, event->angleDelta().y() / 120.0));
  event->accept();
}

bool TessellationView::event(QEvent* event) {
  if (event->type() == QEvent::NativeGesture) {
    auto* gesture = static_cast<QNativeGestureEvent*>(event);
    if (gesture->gestureType() == Qt::ZoomNativeGesture) {
      zoomAt(gesture->position(), 1 + gesture->value());
      return true;
    }
  }
  return QWidget::event(event);
}

void TessellationView::keyPressEvent(QKeyEvent* event) {
  constexpr double step = 8;
  switch (event->key()) {
    case Qt::Key_Delete:
    case Qt::Key_Backspace:
      if (m_editable && m_selected >= 0 && isPlane()) emit prototypeDeleted(m_selected);
      return;
    case Qt::Key_F:
      return fit();
    case Qt::Key_Plus:
    case Qt::Key_Equal:
      return zoomAt(QRectF(rect()).center(), 1.2);
    case Qt::Key_Minus:
      return zoomAt(QRectF(rect()).center(), 1 / 1.2);
    case Qt::Key_Left:
      return nudgeSelected({-step, 0});
    case Qt::Key_Right:
      return nudgeSelected({step, 0});
    case Qt::Key_Up:
      return nudgeSelected({0, -step});
    case Qt::Key_Down:
      return nudgeSelected({0, step});
    case Qt::Key_Escape:
      return m_gesture == Gesture::Drag ? cancelDrag() : select(-1);
    default:
      QWidget::keyPressEvent(event);
  }
}

void TessellationView::nudgeSelected(const QPointF& pixels) {
  if (!m_editable || m_selected < 0 || !isPlane() || m_gesture == Gesture::Drag) return;
  const QPointF from = prototypePosition(m_selected);
  const QPointF at = from + QPointF(pixels.x(), -pixels.y()) / m_map.scale;
  m_override = Override{m_selected, from, at, true, {}};
  m_override->sinceDrop.start();
  refresh();
  emit prototypeMoved(m_selected, at.x(), at.y(), from.x(), from.y());
}

void TessellationView::dragEnterEvent(QDragEnterEvent* event) {
  const QList<QUrl> urls = event->mimeData()->urls();
  if (std::any_of(urls.begin(), urls.end(), [](const QUrl& url) { return url.isLocalFile(); }))
    event->acceptProposedAction();
}

void TessellationView::dropEvent(QDropEvent* event) {
  QStringList files;
  for (const QUrl& url : event->mimeData()->urls()) {
    if (url.isLocalFile()) files << url.toLocalFile();
  }
  if (files.isEmpty()) return;
  event->acceptProposedAction();
  emit filesDropped(files);
}

}  // namespace monge::views
