// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <span>
#include <string>

#include "core/geometry/domain_2.h"
#include "core/geometry/point.h"

namespace monge {

/// Mass and moments of a density over a polygon: the integrals of 1, x, y, x^2, x y, y^2, in coordinates
/// about some point.
struct Moments2 {
  double mass = 0, x = 0, y = 0, xx = 0, xy = 0, yy = 0;
};

/// A probability density on a convex domain. Immutable; all functions are pure and may run on any thread.
/// Polygons are convex, counter-clockwise and inside the domain.
class Density2 {
 public:
  virtual ~Density2() = default;

  virtual std::string name() const = 0;
  /// What integrals may be off by, relative to the whole mass; rounding (about 1e-15) where they are exact.
  virtual double quadratureError() const = 0;
  /// The density's constant value, or 0 when it is not constant.
  virtual double constant() const { return 0; }
  virtual double at(Point2 point) const = 0;
  virtual double mass(std::span<const Point2> polygon) const = 0;
  virtual Moments2 moments(std::span<const Point2> polygon, Point2 about) const = 0;
  /// Integral along the segment a b, by length.
  virtual double alongSegment(Point2 a, Point2 b) const = 0;
};

using Density2Ptr = std::shared_ptr<const Density2>;

/// 1 / area, exact.
Density2Ptr uniformDensity(const Domain2& domain);

}  // namespace monge
