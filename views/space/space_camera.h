// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <Eigen/Core>
#include <QPointF>
#include <QRectF>
#include <QString>
#include <optional>
#include <vector>

#include "views/surface_painter.h"

namespace monge::views {

using Vec3 = Eigen::Vector3d;

/// Where space is looked at from: the camera of surfaces, and whether what is nearer looks larger.
struct SpaceCamera {
  OrbitCamera orbit{-60, 24, 1, {}};
  bool perspective = false;
  bool operator==(const SpaceCamera&) const = default;
};

/// A direction to look from, by the name that the menus and the command line know it by.
struct CameraPreset {
  QString id;    ///< "front"
  QString name;  ///< "Front"
  double azimuth = 0, elevation = 0;
};
/// front, back, left, right, top, bottom, isometric
const std::vector<CameraPreset>& cameraPresets();
std::optional<CameraPreset> cameraPreset(const QString& id);

/// From data units to a target's pixels; the one place where both the painter and OpenGL take it from.
///
/// A ball around the middle of what is shown fills the target at zoom 1 from everywhere, so that turning
/// keeps the size. Zoom and pan scale and move the picture, never the eye.
class SpaceProjection {
 public:
  /// @param middle,radius  of the ball, data units; a radius of 0 counts as 1
  SpaceProjection(const Vec3& middle, double radius, const SpaceCamera& camera, const QRectF& target);

  QPointF onTarget(const Vec3& at) const;
  /// Along the line of sight from the middle, data units; larger is farther.
  double depth(const Vec3& at) const { return m_forward.dot(at - m_middle); }
  /// Direction from the eye to a point; of unit length in parallel projection.
  Vec3 sight(const Vec3& at) const { return m_perspective ? Vec3(at - eye()) : m_forward; }
  struct Ray {
    Vec3 from, along;  ///< nothing that is shown lies before `from`
  };
  Ray rayAt(const QPointF& point) const;

  const Vec3& right() const { return m_right; }
  const Vec3& up() const { return m_up; }
  const Vec3& forward() const { return m_forward; }
  const Vec3& middle() const { return m_middle; }
  Vec3 eye() const { return m_middle - m_distance * m_forward; }
  bool perspective() const { return m_perspective; }
  double radius() const { return m_radius; }          ///< of the ball, data units
  double distance() const { return m_distance; }      ///< from the eye to the middle
  double scale() const { return m_scale; }            ///< pixels a data unit, at the middle's depth
  const QPointF& centre() const { return m_centre; }  ///< where the middle is, in pixels

 private:
  Vec3 m_middle, m_right, m_up, m_forward;
  double m_radius = 1, m_distance = 1, m_scale = 1;
  bool m_perspective = false;
  QPointF m_centre;
};

/// The camera after a zoom by `factor` that keeps the point under `cursor` in its place.
SpaceCamera zoomedAt(const SpaceCamera& camera, const QPointF& cursor, const QRectF& target, double factor);

}  // namespace monge::views
