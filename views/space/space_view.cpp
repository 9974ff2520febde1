// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/space/space_view.h"

#include <QElapsedTimer>
#include <QFontInfo>
#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>
#include <exception>
#include <utility>

#include "views/cell_facts.h"
#include "views/hover_card.h"
#include "views/space/solid_renderer.h"
#include "views/space/space_frame.h"
#include "views/space/space_page.h"
#include "views/space/space_painter.h"
#include "views/space/wall_order.h"

namespace monge::views {
namespace {

constexpr double kDegreesAPixel = 0.4, kClickSlack = 4, kFlyZoom = 2.5;
constexpr int kStill = 120;  ///< milliseconds
/// Milliseconds of a frame: beyond the one, pixels are left out while the hand moves; below the other, all
/// are drawn again.
constexpr double kSmooth = 40, kQuick = 12;

}  // namespace

SpaceView::SpaceView(QWidget* parent) : QWidget(parent), m_usesOpenGl(missingOpenGl().isEmpty()) {
  setMouseTracking(true);
  setFocusPolicy(Qt::StrongFocus);
  setAttribute(Qt::WA_OpaquePaintEvent);
  setMinimumSize(240, 200);
  setAccessibleName(tr("Cells in space"));
  setAccessibleDescription(
      tr("Drag to turn, Shift and drag to pan, the wheel zooms, a double click comes back, a click picks a "
         "cell."));
  m_rest.setSingleShot(true);
  m_rest.setInterval(kStill);
  connect(&m_rest, &QTimer::timeout, this, [this] {
    if (m_isRough) refresh();
  });
}

SpaceView::~SpaceView() = default;

void SpaceView::refresh() {
  m_frame = {};
  update();
}

void SpaceView::setMoment(SpaceSnapshotPtr moment) {
  m_moment = std::move(moment);
  m_solid.reset();
  const int count = m_moment ? m_moment->count() : 0;
  if (m_style.selected >= count) m_style.selected = -1;
  if (m_style.hovered >= count) m_style.hovered = -1;
  refresh();
}

void SpaceView::setStyle(const SpaceStyle& style) {
  const int selected = m_style.selected, hovered = m_style.hovered;
  m_style = style;
  m_style.selected = selected;
  m_style.hovered = hovered;
  m_solid.reset();
  refresh();
}

void SpaceView::setSelected(int site) {
  m_style.selected = site;
  update();
}

void SpaceView::setHovered(int site) {
  if (site == m_style.hovered) return;
  m_style.hovered = site;
  update();
}

void SpaceView::changeHovered(int site) {
  if (site == m_style.hovered) return;
  setHovered(site);
  emit hoverChanged(site);
}

QStringList SpaceView::card() const {
  if (!m_moment || !m_mouse || (m_pressed && m_moved) || m_style.hovered < 0) return {};
  return m_facts ? m_facts(m_style.hovered) : siteFacts(*m_moment, m_style.hovered);
}

void SpaceView::setCamera(const SpaceCamera& camera) {
  if (camera == m_camera) return;
  m_camera = camera;
  if (m_style.clip && m_style.clip->across == SpaceClip::Across::Sight) m_solid.reset();
  refresh();
}

void SpaceView::setUsesOpenGl(bool uses) {
  m_usesOpenGl = uses && missingOpenGl().isEmpty();
  refresh();
}

void SpaceView::turn(const SpaceCamera& camera) {
  m_rest.start();
  setCamera(camera);
  emit cameraChanged();
}

SpaceStyle SpaceView::styleAt(double unit) const {
  SpaceStyle style = m_style;
  style.unit = unit;
  style.textSize = QFontInfo(font()).pixelSize();
  return style;
}

SpaceProjection SpaceView::projection(const QRectF& target, double unit) const {
  return spaceProjection(*m_moment, styleAt(unit), m_camera, target);
}

QPointF SpaceView::placeOf(const Vec3& at) const {
  return m_moment ? projection(QRectF(rect()), 1).onTarget(at) : QPointF();
}

void SpaceView::flyTo(const Vec3& place) {
  if (!m_moment) return;
  SpaceCamera camera = m_camera;
  camera.orbit.zoom = std::max(camera.orbit.zoom, kFlyZoom);
  camera.orbit.pan = {};
  const QRectF target(rect());
  const QPointF seen = spaceProjection(*m_moment, m_style, camera, target).onTarget(place);
  camera.orbit.pan = (target.center() - seen) / std::max(1.0, std::min(target.width(), target.height()));
  turn(camera);
}

void SpaceView::prepareSolid(const SpaceProjection& seen) {
  if (m_solid) return;
  m_solid = std::make_shared<SpaceSolid>(
      spaceSolid(*m_moment, styleAt(1), cutPlane(*m_moment, m_style.clip, seen)));
}

/// The cells as they are seen now, in the pixels of the screen; in fewer where a hand would have to wait.
void SpaceView::drawFrame() {
  QElapsedTimer taken;
  taken.start();
  const double ratio = devicePixelRatioF();
  m_framePixels = (QSizeF(size()) * ratio).toSize();
  SolidRenderer::Frame frame{m_framePixels, ratio, colors(m_style.theme).canvas};
  const bool isNew = !m_solid;
  prepareSolid(projection(frame.target(), ratio));
  m_isRough = m_rest.isActive();
  if (m_isRough) frame = SolidRenderer::moving(frame, *m_solid, m_isCoarse);
  const SpaceProjection seen = projection(frame.target(), frame.unit);
  try {
    if (!m_renderer) m_renderer = std::make_unique<SolidRenderer>();
    if (m_renderer->solid() != m_solid) m_renderer->setSolid(m_solid);
    if (m_solid->blends)
      m_renderer->setOrder(
          wallsBackToFront(*m_solid, cellsBackToFront(*m_moment, seen, m_style.explode), seen));
    m_frame = m_renderer->render(seen, frame);
  } catch (const std::exception&) {
    m_usesOpenGl = false;  // the driver has gone; the painter stays
    m_renderer.reset();
  }
  if (m_isRough && !isNew)
    m_isCoarse = static_cast<double>(taken.elapsed()) > (m_isCoarse ? kQuick : kSmooth);
}

void SpaceView::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const QRectF target(rect());
  if (!m_moment) return painter.fillRect(rect(), colors(m_style.theme).canvas);
  if (m_usesOpenGl && (m_frame.isNull() || m_framePixels != (QSizeF(size()) * devicePixelRatioF()).toSize()))
    drawFrame();
  if (!m_usesOpenGl) {
    if (!m_solid) prepareSolid(projection(target, 1));
    paintSpace(painter, target, *m_moment, m_camera, styleAt(1));
    return paintCardAtMouse(painter);
  }
  painter.setRenderHint(QPainter::SmoothPixmapTransform, m_frame.size() != m_framePixels);
  painter.drawImage(target, m_frame);
  const SpaceStyle style = styleAt(1);
  const SpaceProjection seen = projection(target, 1);
  paintSpaceFrame(painter, target, *m_moment, seen, style);
  paintSpaceMarks(painter, target, m_solid->bodies, seen, style);
  paintCardAtMouse(painter);
}

void SpaceView::paintCardAtMouse(QPainter& painter) const {
  const QStringList lines = card();
  if (lines.isEmpty()) return;
  paintTextCard(painter, cardPlace(*m_mouse, textCardSize(font(), lines), QRectF(rect())), lines, font(),
                m_style.theme);
}

int SpaceView::siteAt(const QPointF& point) const {
  if (!m_moment || !m_solid || !m_style.layers.has(SpaceLayer::Cells)) return -1;
  return firstCellAlong(m_solid->bodies, projection(QRectF(rect()), 1).rayAt(point)).site;
}

void SpaceView::mousePressEvent(QMouseEvent* event) {
  m_pressed = true;
  m_moved = false;
  m_pans = event->button() == Qt::MiddleButton || (event->modifiers() & Qt::ShiftModifier);
  m_pressedAt = event->position();
  m_pressedCamera = m_camera;
}

void SpaceView::mouseMoveEvent(QMouseEvent* event) {
  const QPointF offset = event->position() - m_pressedAt;
  if (m_pressed && std::hypot(offset.x(), offset.y()) >= kClickSlack) m_moved = true;
  if (!m_pressed) return hoverAt(event->position());
  m_mouse = event->position();
  if (!m_moved) return;
  SpaceCamera camera = m_pressedCamera;
  if (m_pans) {
    camera.orbit.pan += offset / std::max(1, std::min(width(), height()));
  } else {
    camera.orbit.azimuth = std::remainder(camera.orbit.azimuth - kDegreesAPixel * offset.x(), 360.0);
    camera.orbit.elevation = std::clamp(camera.orbit.elevation + kDegreesAPixel * offset.y(), -90.0, 90.0);
  }
  turn(camera);
}

void SpaceView::hoverAt(const QPointF& point) {
  m_mouse = point;
  changeHovered(siteAt(point));
  update();  // the card follows
}

void SpaceView::mouseReleaseEvent(QMouseEvent* event) {
  if (m_pressed && !m_moved && event->button() == Qt::LeftButton) {
    const int site = siteAt(event->position());
    setSelected(site == m_style.selected ? -1 : site);
    emit selectionChanged(m_style.selected);
  }
  m_pressed = false;
  hoverAt(event->position());
}

void SpaceView::mouseDoubleClickEvent(QMouseEvent*) {
  SpaceCamera camera;
  camera.perspective = m_camera.perspective;
  turn(camera);
}

void SpaceView::wheelEvent(QWheelEvent* event) {
  turn(zoomedAt(m_camera, event->position(), QRectF(rect()), std::pow(1.2, event->angleDelta().y() / 120.0)));
  event->accept();
}

void SpaceView::leaveEvent(QEvent*) {
  m_mouse.reset();
  changeHovered(-1);
  update();
}

}  // namespace monge::views
