// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>

#include "core/geometry/point.h"

namespace monge {

/// The angle between the normals (a, -1) and (a + d, -1) of two planes of a Brenier potential's graph, in
/// radians from 0 (flat) to pi, in any dimension. Written with the jump d, so that a small angle keeps its
/// digits: |n x m|^2 = |d|^2 (1 + |a|^2) - <a, d>^2, <n, m> = 1 + |a|^2 + <a, d>.
/// @param squaredSite  |a|^2
/// @param along        <a, d>
/// @param squaredJump  |d|^2
inline double graphAngle(double squaredSite, double along, double squaredJump) {
  const double squaredSine = std::fmax(squaredJump * (1 + squaredSite) - along * along, 0.0);
  return std::atan2(std::sqrt(squaredSine), 1 + squaredSite + along);
}

inline double graphAngle(Point2 a, Point2 b) {
  return graphAngle(squaredNorm(a), dot(a, b - a), squaredNorm(b - a));
}

inline double graphAngle(Point3 a, Point3 b) {
  return graphAngle(squaredNorm(a), dot(a, b - a), squaredNorm(b - a));
}

}  // namespace monge
