// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "core/geometry/point.h"
#include "core/snapshot/arrays.h"

namespace monge {

/// A convex polygon: where the source measure lives. Value; data units.
class Domain2 {
 public:
  /// @param corners  at least three, in order around a convex polygon of positive area, either way round;
  /// corners in
  ///                 the middle of a side are dropped
  /// @throws Error on fewer, a coordinate that is not finite, or a polygon that is not convex
  explicit Domain2(std::vector<Point2> corners, std::string name = "polygon");

  static Domain2 square();  ///< [0, 1]^2
  static Domain2 box(const Box2& box);
  /// A regular polygon with the disc's area. Its boundary is nowhere farther from the circle than `accuracy`
  /// radii.
  static Domain2 disc(Point2 centre = {0, 0}, double radius = 1, double accuracy = 1e-6);

  const std::string& name() const { return m_name; }
  const std::vector<Point2>& corners() const { return m_corners; }  ///< counter-clockwise
  double area() const { return m_area; }
  Point2 centroid() const { return m_centroid; }
  const Box2& bounds() const { return m_bounds; }
  bool contains(Point2 point) const;  ///< with its boundary; O(log corners)

 private:
  std::string m_name;
  std::vector<Point2> m_corners;
  double m_area = 0;
  Point2 m_centroid;
  Box2 m_bounds;
};

}  // namespace monge
