// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/gaussian_density_2.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/geometry/gaussian_line.h"

namespace monge {
namespace {

using namespace gaussian;

class GaussianDensity2 final : public Density2 {
 public:
  GaussianDensity2(const Domain2& domain, Point2 mean, double sigma) : m_mean(mean), m_sigma(sigma) {
    m_scale = 1;
    const double held = mass(domain.corners());
    if (!(held > 1e-6))
      throw Error("density", "a Gaussian of which the domain holds " + numberText(held),
                  "at least 1e-6 of it");
    m_scale = 1 / held;
  }

  std::string name() const override { return "gaussian"; }
  double quadratureError() const override { return 1e-12; }
  double at(Point2 point) const override {
    const Point2 u = scaled(point);
    return m_scale / (m_sigma * m_sigma) * bell(u.x) * bell(u.y);
  }

  double mass(std::span<const Point2> polygon) const override {
    // From the x of the first corner on: the constant drops out around the polygon, and with it the
    // cancellation.
    const double start = polygon.empty() ? 0 : area(scaled(polygon[0]).x);
    double sum = 0;
    overSides(polygon, [&](Point2 u, double rise) { sum += rise * (area(u.x) - start) * bell(u.y); });
    return m_scale * sum;
  }

  Moments2 moments(std::span<const Point2> polygon, Point2 about) const override {
    Moments2 sum;
    const double start = polygon.empty() ? 0 : area(scaled(polygon[0]).x);
    overSides(polygon, [&](Point2 u, double rise) {
      const double flat = (area(u.x) - start) * rise * bell(u.y);
      const double first = -bell(u.x) * rise * bell(u.y);  // d/du (-bell) = u bell
      sum.mass += flat;
      sum.x += first;
      sum.y += u.y * flat;
      sum.xx += flat + u.x * first;  // d/du (area - u bell) = u^2 bell
      sum.xy += u.y * first;
      sum.yy += u.y * u.y * flat;
    });
    return shifted(sum, m_mean - about);
  }

  double alongSegment(Point2 a, Point2 b) const override {
    const Point2 from = scaled(a), to = scaled(b);
    const double length = norm(to - from);
    if (length == 0) return 0;
    const Point2 along = 1 / length * (to - from);
    const double aside = cross(along, from), start = dot(along, from);
    return m_scale / m_sigma * bell(aside) * areaBetween(start, start + length);
  }

 private:
  Point2 scaled(Point2 point) const { return 1 / m_sigma * (point - m_mean); }

  template <class Task>
  void overSides(std::span<const Point2> polygon, const Task& task) const {
    for (std::size_t at = 0; at < polygon.size(); ++at) {
      const Point2 a = scaled(polygon[at]), b = scaled(polygon[at + 1 == polygon.size() ? 0 : at + 1]);
      // From the same end in both cells that share the side, so that its rounding is the same for them.
      const Point2 low = std::min(a, b), high = std::max(a, b);
      alongNearSide(low, high, [&](Point2 u, double weight) { task(u, weight * (b.y - a.y)); });
    }
  }

  /// From moments in units of sigma about the mean to data units about the point that the mean is `by` from.
  Moments2 shifted(const Moments2& u, Point2 by) const {
    const double mass = m_scale * u.mass, x = m_scale * m_sigma * u.x, y = m_scale * m_sigma * u.y;
    const double square = m_scale * m_sigma * m_sigma;
    return {mass,
            x + by.x * mass,
            y + by.y * mass,
            square * u.xx + 2 * by.x * x + by.x * by.x * mass,
            square * u.xy + by.x * y + by.y * x + by.x * by.y * mass,
            square * u.yy + 2 * by.y * y + by.y * by.y * mass};
  }

  Point2 m_mean;
  double m_sigma, m_scale = 1;
};

}  // namespace

Density2Ptr gaussianDensity(const Domain2& domain, Point2 mean, double sigma) {
  if (!(sigma > 0) || !std::isfinite(sigma))
    throw Error("sigma of the density", numberText(sigma), "a number above 0");
  if (!isFinite(mean))
    throw Error("mean of the density", "a coordinate that is not finite", "finite coordinates");
  const double least = gaussian::kLeastSigma * std::max(domain.bounds().width(), domain.bounds().height());
  if (sigma < least)
    throw Error("sigma of the density", numberText(sigma),
                "at least " + numberText(least) + ", a millionth of the domain's extent");
  return std::make_shared<GaussianDensity2>(domain, mean, sigma);
}

}  // namespace monge
