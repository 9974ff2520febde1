// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/space/space_camera.h"

#include <Eigen/Geometry>
#include <QCoreApplication>
#include <algorithm>
#include <cmath>

namespace monge::views {
namespace {

/// The eye's distance in radii: a lens of about 35 degrees.
constexpr double kEyeDistance = 3.4;
/// Of the target's smaller side, left free around the ball for axes and their numbers.
constexpr double kRoom = 0.86;
constexpr double kLeastZoom = 0.1, kMostZoom = 200;

QString tr(const char* text) {
  return QCoreApplication::translate("SpaceCamera", text);
}

}  // namespace

const std::vector<CameraPreset>& cameraPresets() {
  // As in technical drawing the front looks along y, so that x points right and z up.
  static const std::vector<CameraPreset> presets{
      {QStringLiteral("front"), tr("Front"), -90, 0},
      {QStringLiteral("back"), tr("Back"), 90, 0},
      {QStringLiteral("left"), tr("Left"), 180, 0},
      {QStringLiteral("right"), tr("Right"), 0, 0},
      {QStringLiteral("top"), tr("Top"), -90, 90},
      {QStringLiteral("bottom"), tr("Bottom"), -90, -90},
      {QStringLiteral("isometric"), tr("Isometric"), -45, 35.264389682754654},
  };
  return presets;
}

std::optional<CameraPreset> cameraPreset(const QString& id) {
  for (const CameraPreset& preset : cameraPresets())
    if (preset.id.compare(id, Qt::CaseInsensitive) == 0) return preset;
  return std::nullopt;
}

SpaceProjection::SpaceProjection(const Vec3& middle, double radius, const SpaceCamera& camera,
                                 const QRectF& target)
    : m_middle(middle), m_radius(radius > 0 ? radius : 1), m_perspective(camera.perspective) {
  const double a = camera.orbit.azimuth * M_PI / 180, e = camera.orbit.elevation * M_PI / 180;
  m_right = Vec3(-std::sin(a), std::cos(a), 0);
  m_forward = -Vec3(std::cos(e) * std::cos(a), std::cos(e) * std::sin(a), std::sin(e));
  m_up = m_right.cross(m_forward);
  m_distance = kEyeDistance * m_radius;
  const double smaller = std::min(target.width(), target.height());
  // Seen from near, the ball's outline is a little larger than the ball.
  const double outline =
      m_perspective ? m_radius * kEyeDistance / std::sqrt(kEyeDistance * kEyeDistance - 1) : m_radius;
  m_scale = camera.orbit.zoom * kRoom * smaller / (2 * outline);
  m_centre = target.center() + camera.orbit.pan * smaller;
}

QPointF SpaceProjection::onTarget(const Vec3& at) const {
  const Vec3 offset = at - m_middle;
  double scale = m_scale;
  // What is behind the eye has no picture; there is none of it unless somebody explodes cells without end.
  if (m_perspective) scale *= m_distance / std::max(m_distance + m_forward.dot(offset), 1e-3 * m_distance);
  return m_centre + scale * QPointF(m_right.dot(offset), -m_up.dot(offset));
}

SpaceProjection::Ray SpaceProjection::rayAt(const QPointF& point) const {
  const QPointF flat = (point - m_centre) / m_scale;
  const Vec3 on = m_middle + flat.x() * m_right - flat.y() * m_up;
  if (m_perspective) return {eye(), (on - eye()).normalized()};
  return {on - m_distance * m_forward, m_forward};
}

SpaceCamera zoomedAt(const SpaceCamera& camera, const QPointF& cursor, const QRectF& target, double factor) {
  SpaceCamera result = camera;
  result.orbit.zoom = std::clamp(camera.orbit.zoom * factor, kLeastZoom, kMostZoom);
  const double applied = result.orbit.zoom / camera.orbit.zoom;
  const double smaller = std::max(1.0, std::min(target.width(), target.height()));
  const QPointF centre = target.center() + camera.orbit.pan * smaller;
  result.orbit.pan = (cursor + applied * (centre - cursor) - target.center()) / smaller;
  return result;
}

}  // namespace monge::views
