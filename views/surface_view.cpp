// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/surface_view.h"

#include <QFontInfo>
#include <QMouseEvent>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

namespace monge::views {
namespace {

constexpr int kMostHovered = 5000;
constexpr double kDegreesAPixel = 0.4, kClickSlack = 4, kReach = 14;

}  // namespace

SurfaceView::SurfaceView(Surface surface, QWidget* parent) : QWidget(parent), m_surface(surface) {
  setMouseTracking(true);
  setFocusPolicy(Qt::StrongFocus);
  setAttribute(Qt::WA_OpaquePaintEvent);
  setMinimumSize(160, 120);
  setAccessibleName(surface == Surface::Potential ? tr("Brenier potential") : tr("Legendre dual"));
  setAccessibleDescription(
      tr("Drag to turn, Shift and drag to pan, the wheel zooms, a double click comes back."));
}

void SurfaceView::setMoment(TransportSnapshotPtr moment) {
  // A moment without surfaces passes by: what is on screen stays until the next whole one.
  const bool whole = moment && (moment->potential.faces() > 0 || !m_moment);
  if (!whole && moment && m_moment && m_moment->count() == moment->count()) return;
  m_moment = std::move(moment);
  update();
}

void SurfaceView::setTheme(Theme theme) {
  m_theme = theme;
  update();
}

void SurfaceView::setColour(CellColour colour) {
  m_colour = colour;
  update();
}

void SurfaceView::setSelected(int site) {
  if (site == m_selected) return;
  m_selected = site;
  update();
}

void SurfaceView::setHovered(int site) {
  if (site == m_hovered) return;
  m_hovered = site;
  update();
}

void SurfaceView::setChosen(std::vector<int> sites) {
  m_chosen = std::move(sites);
  update();
}

void SurfaceView::setCamera(const OrbitCamera& camera) {
  if (camera == m_camera) return;
  m_camera = camera;
  update();
}

void SurfaceView::setHeightScale(double height) {
  m_height = height;
  update();
}

SurfaceStyle SurfaceView::style() const {
  SurfaceStyle style;
  style.theme = m_theme;
  style.colour = m_colour;
  style.height = m_height;
  style.textSize = QFontInfo(font()).pixelSize();
  style.selected = m_selected;
  style.hovered = m_hovered;
  style.chosen = m_chosen;
  return style;
}

void SurfaceView::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), colors(m_theme).canvas);
  if (m_moment) paintSurface(painter, QRectF(rect()), *m_moment, m_surface, m_camera, style());
}

int SurfaceView::siteAt(const QPointF& point) const {
  return m_moment ? surfaceSiteAt(point, QRectF(rect()), *m_moment, m_surface, m_camera, style(), kReach)
                  : -1;
}

void SurfaceView::turn(const OrbitCamera& camera) {
  setCamera(camera);
  emit cameraChanged(m_camera);
}

void SurfaceView::mousePressEvent(QMouseEvent* event) {
  m_pressed = true;
  m_moved = false;
  m_pans = event->button() == Qt::MiddleButton || (event->modifiers() & Qt::ShiftModifier);
  m_pressedAt = event->position();
  m_pressedCamera = m_camera;
}

void SurfaceView::mouseMoveEvent(QMouseEvent* event) {
  const QPointF offset = event->position() - m_pressedAt;
  if (m_pressed && std::hypot(offset.x(), offset.y()) >= kClickSlack) m_moved = true;
  if (m_pressed && m_moved) {
    OrbitCamera camera = m_pressedCamera;
    if (m_pans) {
      camera.pan += offset / std::max(1, std::min(width(), height()));
    } else {
      camera.azimuth = std::remainder(camera.azimuth - kDegreesAPixel * offset.x(), 360.0);
      camera.elevation = std::clamp(camera.elevation + kDegreesAPixel * offset.y(), -90.0, 90.0);
    }
    return turn(camera);
  }
  // Looking for the face under the mouse takes as long as painting all of them.
  if (!m_moment || m_moment->count() > kMostHovered) return;
  const int site = siteAt(event->position());
  if (site == m_hovered) return;
  setHovered(site);
  emit hoverChanged(site);
}

void SurfaceView::mouseReleaseEvent(QMouseEvent* event) {
  if (m_pressed && !m_moved && event->button() == Qt::LeftButton) {
    const int site = siteAt(event->position());
    setSelected(site == m_selected ? -1 : site);
    emit selectionChanged(m_selected);
  }
  m_pressed = false;
}

void SurfaceView::mouseDoubleClickEvent(QMouseEvent*) {
  turn({});
}

void SurfaceView::wheelEvent(QWheelEvent* event) {
  OrbitCamera camera = m_camera;
  camera.zoom = std::clamp(camera.zoom * std::pow(1.2, event->angleDelta().y() / 120.0), 0.1, 100.0);
  turn(camera);
  event->accept();
}

void SurfaceView::leaveEvent(QEvent*) {
  setHovered(-1);
  emit hoverChanged(-1);
}

}  // namespace monge::views
