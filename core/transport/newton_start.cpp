// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/newton_start.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace monge {
namespace {

/// An increasing piecewise linear function and its integral, a convex function.
class MonotoneMap {
 public:
  /// Carries masses at places on a line to the uniform distribution on [low, high].
  MonotoneMap(const std::vector<double>& places, std::span<const double> masses, double low, double high,
              int knots);

  double value(double place) const;
  double integral(double place) const;

 private:
  std::size_t piece(double place) const;
  double slope(std::size_t piece) const {
    return (m_values[piece + 1] - m_values[piece]) / (m_places[piece + 1] - m_places[piece]);
  }

  std::vector<double> m_places, m_values, m_integrals;
};

MonotoneMap::MonotoneMap(const std::vector<double>& places, std::span<const double> masses, double low,
                         double high, int knots) {
  std::vector<int> order(places.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](int a, int b) { return places[a] < places[b]; });
  const double total = std::accumulate(masses.begin(), masses.end(), 0.0);
  const double extent = places[order.back()] - places[order.front()];
  // Half a knot of room at each end keeps the outermost sites off the boundary.
  double before = 0;
  int next = 0;
  const double least = 1e-9 * extent;
  for (const int site : order) {
    const double share = (before + masses[site] / 2) / total;
    before += masses[site];
    const bool last = site == order.back();
    if (share * knots < next && !last) continue;
    if (!m_places.empty() && places[site] - m_places.back() <= least) continue;
    m_places.push_back(places[site]);
    m_values.push_back(low + (high - low) * share);
    next = static_cast<int>(share * knots) + 1;
  }
  if (m_places.size() < 2) {  // all on one spot of this axis: any increasing map will do
    m_places = {places[order.front()] - 1, places[order.front()] + 1};
    m_values = {low, high};
  }
  m_integrals.push_back(0);
  for (std::size_t at = 1; at < m_places.size(); ++at)
    m_integrals.push_back(m_integrals.back() +
                          (m_values[at] + m_values[at - 1]) / 2 * (m_places[at] - m_places[at - 1]));
}

std::size_t MonotoneMap::piece(double place) const {
  const auto after = std::upper_bound(m_places.begin() + 1, m_places.end() - 1, place);
  return static_cast<std::size_t>(after - m_places.begin()) - 1;
}

double MonotoneMap::value(double place) const {
  const std::size_t at = piece(place);
  return m_values[at] + slope(at) * (place - m_places[at]);
}

double MonotoneMap::integral(double place) const {
  const std::size_t at = piece(place);
  const double along = place - m_places[at];
  return m_integrals[at] + along * (m_values[at] + slope(at) * along / 2);
}

double coordinate(Point2 point, int axis) {
  return axis == 0 ? point.x : point.y;
}
double coordinate(Point3 point, int axis) {
  return axis == 0 ? point.x : axis == 1 ? point.y : point.z;
}

/// Largest factor up to 1 that brings all points into the domain when they are drawn in towards its centroid.
template <class Domain, class Point>
double drawIn(const Domain& domain, const std::vector<Point>& points) {
  const Point centre = domain.centroid();
  double factor = 1;
  for (const Point point : points) {
    if (domain.contains(centre + factor * (point - centre))) continue;
    double inside = 0, outside = factor;
    for (int round = 0; round < 40; ++round) {
      const double middle = (inside + outside) / 2;
      (domain.contains(centre + middle * (point - centre)) ? inside : outside) = middle;
    }
    factor = inside;
  }
  return factor < 1 ? 0.999 * factor : 1;
}

struct Range {
  double low, high;
};

template <class Point, class Domain, std::size_t D>
std::vector<double> separableStart(std::span<const Point> sites, std::span<const double> masses,
                                   const Domain& domain, const std::array<Range, D>& extent, int knots) {
  std::vector<MonotoneMap> along;
  for (int axis = 0; axis < static_cast<int>(D); ++axis) {
    std::vector<double> places;
    for (const Point site : sites) places.push_back(coordinate(site, axis));
    along.emplace_back(places, masses, extent[axis].low, extent[axis].high, knots);
  }
  std::vector<Point> images;
  std::vector<double> potentials;
  for (const Point site : sites) {
    double values[D], potential = 0;
    for (int axis = 0; axis < static_cast<int>(D); ++axis) {
      values[axis] = along[axis].value(coordinate(site, axis));
      potential += along[axis].integral(coordinate(site, axis));
    }
    potentials.push_back(potential);
    if constexpr (D == 2) {
      images.push_back({values[0], values[1]});
    } else {
      images.push_back({values[0], values[1], values[2]});
    }
  }
  const double factor = drawIn(domain, images);
  std::vector<double> weights;
  for (std::size_t row = 0; row < sites.size(); ++row) {
    // grad phi = centre + factor (image - centre)
    const double potential = factor * potentials[row] + (1 - factor) * dot(domain.centroid(), sites[row]);
    weights.push_back(squaredNorm(sites[row]) - 2 * potential);
  }
  const double mean =
      std::accumulate(weights.begin(), weights.end(), 0.0) / static_cast<double>(weights.size());
  for (double& weight : weights) weight -= mean;
  return weights;
}

}  // namespace

std::vector<double> quantileStart(std::span<const Point2> sites, std::span<const double> masses,
                                  const Domain2& domain, int knots) {
  const Box2& box = domain.bounds();
  return separableStart(sites, masses, domain,
                        std::array<Range, 2>{{{box.xMin, box.xMax}, {box.yMin, box.yMax}}}, knots);
}

std::vector<double> quantileStart(std::span<const Point3> sites, std::span<const double> masses,
                                  const Domain3& domain, int knots) {
  const auto& [low, high] = domain.bounds();
  return separableStart(sites, masses, domain,
                        std::array<Range, 3>{{{low.x, high.x}, {low.y, high.y}, {low.z, high.z}}}, knots);
}

}  // namespace monge
