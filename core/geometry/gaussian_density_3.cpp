// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/gaussian_density_3.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <numbers>
#include <vector>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/geometry/gaussian_line.h"

namespace monge {
namespace {

using namespace gaussian;

/// area(r) / r, an entire function of q = r^2.
double ratio(double q) {
  const double r = std::sqrt(q);
  return r > 0 ? area(r) / r : kPeak;
}

/// Minus its derivative by q: below 1 its series, 1 / sqrt(2 pi) sum (-q / 2)^k / (2 k! (2 k + 3)).
double fall(double q) {
  if (q >= 1) {
    const double r = std::sqrt(q);
    return (area(r) - r * bell(r)) / (2 * r * q);
  }
  double term = kPeak / 2, sum = 0;
  for (int k = 0; k < 15; ++k, term *= -q / (2 * k)) sum += term / (2 * k + 3);
  return sum;
}

/// (ratio(q) - ratio(q + s)) / s, s >= 0, without cancellation: for small s the mean of fall() by
/// Gauss-Legendre.
double meanFall(double q, double ratioOfQ, double s) {
  if (s >= 0.1) return (ratioOfQ - ratio(q + s)) / s;
  return (kMiddleWeight * fall(q + s / 2) +
          kFewWeight * (fall(q + s / 2 * (1 - kFewNode)) + fall(q + s / 2 * (1 + kFewNode)))) /
         2;
}

/// (1 - exp(-s / 2)) / s.
double meanBell(double s) {
  return s > 0 ? -std::expm1(-s / 2) / s : 0.5;
}

/// Integrals that belong to a facet.
struct FacetIntegrals {
  double cone = 0;  ///< over the cone from the mean to the facet, negative where the mean sees its back
  double flat = 0;  ///< over the facet
};

/// One facet's plane, in units of sigma about the mean.
class FacetPlane {
 public:
  /// @param normal  of length 1
  FacetPlane(Point3 normal, Point3 corner)
      : m_normal(normal), m_height(dot(normal, corner)), m_ratio(ratio(m_height * m_height)) {}

  double height() const { return m_height; }
  Point3 normal() const { return m_normal; }

  /// Adds what the side a b has of the integrals, both without their factor in front.
  void addSide(Point3 a, Point3 b, FacetIntegrals& sum) const {
    const double length = norm(b - a);
    if (!(length > 0)) return;
    const Point3 along = 1 / length * (b - a);
    // The side's nearest point to the mean is at time 0, reach inside the far sphere.
    const double start = dot(along, a), end = start + length;
    const double squaredNearest = std::max(squaredNorm(a) - start * start, 0.0);
    const double reach = std::sqrt(std::max(kFar * kFar - squaredNearest, 0.0));
    const double aside = dot(m_normal, cross(a, along));
    const double from = std::clamp(start, -reach, reach), to = std::clamp(end, -reach, reach);
    const Point3 nearest = a - start * along;
    if (to > from) addNear(nearest + from * along, nearest + to * along, aside * (to - from), sum);
    if (start < from) addFar(start, std::min(from, end), aside, sum);
    if (end > to) addFar(std::max(to, start), end, aside, sum);
  }

 private:
  /// d theta = twice / rho^2 along the side, as its parameter goes from 0 to 1.
  void addNear(Point3 a, Point3 b, double twice, FacetIntegrals& sum) const {
    const double square = m_height * m_height;
    alongSide(a, b, norm(b - a), [&](Point3 u, double weight) {
      const double s = squaredNorm(u - m_height * m_normal);
      sum.cone += weight * twice * m_height * meanFall(square, m_ratio, s);
      sum.flat += weight * twice * meanBell(s);
    });
  }

  /// Where A(r) = 1/2: int d theta = atan(t / d) and int h / r d theta = atan(h t / (d r)), t along the side,
  /// d its distance from the foot of the mean.
  void addFar(double from, double to, double aside, FacetIntegrals& sum) const {
    const double sign = std::copysign(1, aside), apart = std::abs(aside);
    const auto turn = [&](double t) { return std::atan2(t, apart); };
    const auto tilted = [&](double t) {
      return std::atan2(m_height * t, apart * std::sqrt(m_height * m_height + apart * apart + t * t));
    };
    const double turned = sign * (turn(to) - turn(from));
    sum.cone += area(m_height) * turned - sign / 2 * (tilted(to) - tilted(from));
    sum.flat += turned;
  }

  Point3 m_normal;
  double m_height, m_ratio;
};

class GaussianDensity3 final : public Density3 {
 public:
  GaussianDensity3(const Domain3& domain, Point3 mean, double sigma) : m_mean(mean), m_sigma(sigma) {
    const double held = mass(domain.polyhedron());
    if (!(held > 1e-6))
      throw Error("density", "a Gaussian of which the domain holds " + numberText(held),
                  "at least 1e-6 of it");
    m_scale = 1 / held;
  }

  std::string name() const override { return "gaussian"; }
  double quadratureError() const override { return 1e-12; }

  double at(Point3 point) const override {
    const Point3 u = scaled(point);
    return m_scale / (m_sigma * m_sigma * m_sigma) * bell(u.x) * bell(u.y) * bell(u.z);
  }

  double mass(const ConvexPolyhedron3& polyhedron) const override {
    thread_local std::vector<double> unused;
    return massAndFacets(polyhedron, unused);
  }

  double massAndFacets(const ConvexPolyhedron3& polyhedron, std::vector<double>& facets) const override {
    double sum = 0;
    facets.assign(polyhedron.facets(), 0);
    thread_local std::vector<Point3> corners;
    for (int facet = 0; facet < polyhedron.facets(); ++facet) {
      takeCorners(polyhedron, facet, corners);
      const FacetIntegrals found = integrals(corners);
      sum += found.cone;
      facets[facet] = m_scale / m_sigma * found.flat;
    }
    return m_scale * sum;
  }

  double overPolygon(std::span<const Point3> polygon) const override {
    thread_local std::vector<Point3> corners;
    corners.clear();
    for (const Point3 corner : polygon) corners.push_back(scaled(corner));
    return m_scale / m_sigma * integrals(corners).flat;
  }

  Moments3 moments(const ConvexPolyhedron3& polyhedron) const override;

 private:
  Point3 scaled(Point3 point) const { return 1 / m_sigma * (point - m_mean); }

  void takeCorners(const ConvexPolyhedron3& polyhedron, int facet, std::vector<Point3>& corners) const {
    corners.clear();
    for (const int corner : polyhedron.loop(facet)) corners.push_back(scaled(polyhedron.corners[corner]));
  }

  /// The area vector's direction; 0 for a polygon without area.
  static Point3 normalOf(const std::vector<Point3>& corners) {
    Point3 twice;
    for (std::size_t at = 1; at + 1 < corners.size(); ++at)
      twice = twice + cross(corners[at] - corners[0], corners[at + 1] - corners[0]);
    const double size = norm(twice);
    return size > 0 ? 1 / size * twice : Point3{};
  }

  /// In units of sigma, without m_scale.
  static FacetIntegrals integrals(const std::vector<Point3>& corners) {
    FacetIntegrals sum;
    const Point3 normal = normalOf(corners);
    if (normal == Point3{}) return sum;
    const FacetPlane plane(normal, corners[0]);
    for (std::size_t at = 0; at < corners.size(); ++at)
      plane.addSide(corners[at], corners[at + 1 == corners.size() ? 0 : at + 1], sum);
    sum.cone /= 2 * std::numbers::pi;
    // Where nearly nothing is left of it, rounding may be more than the integral.
    sum.flat = std::max(sum.flat * bell(plane.height()) / (2 * std::numbers::pi), 0.0);
    return sum;
  }

  Point3 m_mean;
  double m_sigma, m_scale = 1;
};

/// Integral of u g over a facet, u about the mean: along the normal h times that of g; within the plane the
/// sides' integrals of g, inwards.
Point3 facetMoment(const std::vector<Point3>& corners, Point3 normal, double flat) {
  Point3 sum = flat * dot(normal, corners[0]) * normal;
  for (std::size_t at = 0; at < corners.size(); ++at) {
    const Point3 a = corners[at], b = corners[at + 1 == corners.size() ? 0 : at + 1];
    const double length = norm(b - a);
    if (!(length > 0)) continue;
    const Point3 along = 1 / length * (b - a);
    const double start = dot(along, a), nearest = norm(a - start * along);
    const double held = kPeak * bell(nearest) * areaBetween(start, start + length);
    sum = sum - held * cross(along, normal);
  }
  return sum;
}

/// int u g = -sum over facets n int g, int u_i u_j g = delta_ij int g - sum over facets n_j int u_i g; then
/// from units of sigma about the mean to data units.
Moments3 GaussianDensity3::moments(const ConvexPolyhedron3& polyhedron) const {
  double mass = 0;
  Point3 u, rows[3];
  std::vector<Point3> corners;
  for (int facet = 0; facet < polyhedron.facets(); ++facet) {
    takeCorners(polyhedron, facet, corners);
    const Point3 normal = normalOf(corners);
    const FacetIntegrals found = integrals(corners);
    const Point3 moment = facetMoment(corners, normal, found.flat);
    mass += found.cone;
    u = u - found.flat * normal;
    rows[0] = rows[0] - moment.x * normal;
    rows[1] = rows[1] - moment.y * normal;
    rows[2] = rows[2] - moment.z * normal;
  }
  const double whole = m_scale * mass, square = m_scale * m_sigma * m_sigma;
  const Point3 first = m_scale * m_sigma * u, m = m_mean;
  const auto second = [&](double about, double a, double ofA, double b, double ofB) {
    return square * about + a * ofB + b * ofA + a * b * whole;
  };
  return {whole,
          first.x + m.x * whole,
          first.y + m.y * whole,
          first.z + m.z * whole,
          second(mass + rows[0].x, m.x, first.x, m.x, first.x),
          second(rows[0].y, m.x, first.x, m.y, first.y),
          second(rows[0].z, m.x, first.x, m.z, first.z),
          second(mass + rows[1].y, m.y, first.y, m.y, first.y),
          second(rows[1].z, m.y, first.y, m.z, first.z),
          second(mass + rows[2].z, m.z, first.z, m.z, first.z)};
}

}  // namespace

Density3Ptr gaussianDensity(const Domain3& domain, Point3 mean, double sigma) {
  if (!(sigma > 0) || !std::isfinite(sigma))
    throw Error("sigma of the density", numberText(sigma), "a number above 0");
  if (!isFinite(mean))
    throw Error("mean of the density", "a coordinate that is not finite", "finite coordinates");
  const auto [low, high] = domain.bounds();
  const double least = gaussian::kLeastSigma * std::max({high.x - low.x, high.y - low.y, high.z - low.z});
  if (sigma < least)
    throw Error("sigma of the density", numberText(sigma),
                "at least " + numberText(least) + ", a millionth of the domain's extent");
  return std::make_shared<GaussianDensity3>(domain, mean, sigma);
}

}  // namespace monge
