// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/density_2.h"

namespace monge {
namespace {

class UniformDensity2 final : public Density2 {
 public:
  explicit UniformDensity2(double value) : m_value(value) {}

  std::string name() const override { return "uniform"; }
  double quadratureError() const override { return 1e-15; }
  double constant() const override { return m_value; }
  double at(Point2) const override { return m_value; }
  double alongSegment(Point2 a, Point2 b) const override { return m_value * norm(b - a); }

  double mass(std::span<const Point2> polygon) const override {
    double twice = 0;
    for (std::size_t at = 1; at + 1 < polygon.size(); ++at)
      twice += cross(polygon[at] - polygon[0], polygon[at + 1] - polygon[0]);
    return m_value * twice / 2;
  }

  /// A fan of triangles about the first corner; on each, the integral of a quadratic is its mean over the
  /// middles of the sides.
  Moments2 moments(std::span<const Point2> polygon, Point2 about) const override {
    Moments2 sum;
    for (std::size_t at = 1; at + 1 < polygon.size(); ++at) {
      const Point2 a = polygon[0] - about, b = polygon[at] - about, c = polygon[at + 1] - about;
      const double mass = m_value * cross(b - a, c - a) / 2;
      sum.mass += mass;
      for (const Point2 middle : {0.5 * (a + b), 0.5 * (b + c), 0.5 * (c + a)}) {
        sum.x += mass / 3 * middle.x;
        sum.y += mass / 3 * middle.y;
        sum.xx += mass / 3 * middle.x * middle.x;
        sum.xy += mass / 3 * middle.x * middle.y;
        sum.yy += mass / 3 * middle.y * middle.y;
      }
    }
    return sum;
  }

 private:
  double m_value;
};

}  // namespace

Density2Ptr uniformDensity(const Domain2& domain) {
  return std::make_shared<UniformDensity2>(1 / domain.area());
}

}  // namespace monge
