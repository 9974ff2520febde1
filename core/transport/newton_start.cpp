// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/newton_start.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace monge {
namespace {

/// Where given shares of a distribution on a line lie: from a table, linear between its entries.
class Quantiles {
 public:
  /// Uniform between two places.
  Quantiles(double low, double high) : m_places{low, high}, m_shares{0, 1} {}
  /// Of a distribution on [low, high] without atoms, by its share below a place. Entries are near to each
  /// other in share, and the nearer the fewer shares are left beyond them, so that tails keep their shape.
  template <class ShareBelow>
  Quantiles(double low, double high, const ShareBelow& shareBelow) : m_places{low}, m_shares{0} {
    refine(shareBelow, high, 1, kDeepest);
  }

  double at(double share) const {
    const auto after = std::upper_bound(m_shares.begin() + 1, m_shares.end() - 1, share);
    const auto piece = static_cast<std::size_t>(after - m_shares.begin()) - 1;
    const double rise = m_shares[piece + 1] - m_shares[piece];
    const double part = rise > 0 ? (share - m_shares[piece]) / rise : 0.5;
    return m_places[piece] + part * (m_places[piece + 1] - m_places[piece]);
  }

 private:
  static constexpr int kDeepest = 40;
  static constexpr double kStep = 1.0 / 256, kLeastStep = 1e-9, kOfTheRest = 0.25;

  /// From the last entry up to the given one.
  template <class ShareBelow>
  void refine(const ShareBelow& shareBelow, double place, double share, int depth) {
    const double low = m_places.back(), lowShare = m_shares.back(), step = share - lowShare;
    const bool isFine = step <= std::min(kStep, kOfTheRest * std::min(share, 1 - lowShare));
    if (!isFine && step > kLeastStep && depth > 0) {
      const double middle = (low + place) / 2;
      refine(shareBelow, middle, std::clamp(shareBelow(middle), lowShare, share), depth - 1);
      refine(shareBelow, place, share, depth - 1);
      return;
    }
    m_places.push_back(place), m_shares.push_back(share);
  }

  std::vector<double> m_places, m_shares;
};

/// An increasing piecewise linear function and its integral, a convex function.
class MonotoneMap {
 public:
  /// Carries masses at places on a line to the distribution of given quantiles, in coordinates about
  /// `centre`.
  MonotoneMap(const std::vector<double>& places, std::span<const double> masses, const Quantiles& onto,
              double centre, int knots);

  double value(double place) const;
  double integral(double place) const;

 private:
  std::size_t piece(double place) const;
  double slope(std::size_t piece) const {
    return (m_values[piece + 1] - m_values[piece]) / (m_places[piece + 1] - m_places[piece]);
  }

  std::vector<double> m_places, m_values, m_integrals;
};

MonotoneMap::MonotoneMap(const std::vector<double>& places, std::span<const double> masses,
                         const Quantiles& onto, double centre, int knots) {
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
    m_values.push_back(onto.at(share) - centre);
    next = static_cast<int>(share * knots) + 1;
  }
  if (m_places.size() < 2) {  // all on one spot of this axis: any increasing map will do
    const double place = places[order.front()], room = std::max(1.0, std::abs(place));
    m_places = {place - room, place + room};
    m_values = {onto.at(0) - centre, onto.at(1) - centre};
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

/// What of the domain has <axis, x> <= place, measured by the density.
double massBelow(const Domain2& domain, const Density2& density, int axis, double place) {
  std::vector<Point2> part;
  const auto& corners = domain.corners();
  for (std::size_t at = 0; at < corners.size(); ++at) {
    const Point2 from = corners[at], to = corners[at + 1 == corners.size() ? 0 : at + 1];
    const double here = coordinate(from, axis) - place, there = coordinate(to, axis) - place;
    if (here <= 0) part.push_back(from);
    if ((here < 0 && there > 0) || (here > 0 && there < 0))
      part.push_back(from + here / (here - there) * (to - from));
  }
  return density.mass(part);
}

double massBelow(const Domain3& domain, const Density3& density, int axis, double place) {
  PolyhedronClipper3 clipper;
  clipper.start(domain.polyhedron());
  const Point3 normal{axis == 0 ? 1.0 : 0.0, axis == 1 ? 1.0 : 0.0, axis == 2 ? 1.0 : 0.0};
  clipper.cut({}, normal, place, -1);
  return clipper.polyhedron().isEmpty() ? 0 : density.mass(clipper.polyhedron());
}

template <class Domain, class Density>
Quantiles quantilesAlong(const Domain& domain, const Density& density, int axis, double low, double high) {
  if (density.constant() > 0) return Quantiles(low, high);
  return Quantiles(low, high, [&](double place) { return massBelow(domain, density, axis, place); });
}

/// In coordinates about a site and about the domain's centroid: squares of those about the origin would leave
/// no digits for cells far from it.
template <class Point, class Domain, std::size_t D>
std::vector<double> separableStart(std::span<const Point> sites, std::span<const double> masses,
                                   const Domain& domain, const std::array<Quantiles, D>& onto, int knots) {
  const Point middle = sites[sites.size() / 2], centre = domain.centroid();
  std::vector<MonotoneMap> along;
  for (int axis = 0; axis < static_cast<int>(D); ++axis) {
    std::vector<double> places;
    for (const Point site : sites) places.push_back(coordinate(site, axis) - coordinate(middle, axis));
    along.emplace_back(places, masses, onto[axis], coordinate(centre, axis), knots);
  }
  std::vector<Point> images;
  std::vector<double> potentials;
  for (const Point site : sites) {
    double values[D], potential = 0;
    for (int axis = 0; axis < static_cast<int>(D); ++axis) {
      const double place = coordinate(site, axis) - coordinate(middle, axis);
      values[axis] = along[axis].value(place);
      potential += along[axis].integral(place);
    }
    potentials.push_back(potential);
    if constexpr (D == 2) {
      images.push_back(centre + Point{values[0], values[1]});
    } else {
      images.push_back(centre + Point{values[0], values[1], values[2]});
    }
  }
  const double factor = drawIn(domain, images);
  std::vector<double> weights;
  for (std::size_t row = 0; row < sites.size(); ++row) {
    // grad phi = factor (image - centre); |site - centre|^2 but for what all have in common
    const Point place = sites[row] - middle;
    weights.push_back(dot(place, place + 2 * (middle - centre)) - 2 * factor * potentials[row]);
  }
  const double mean =
      std::accumulate(weights.begin(), weights.end(), 0.0) / static_cast<double>(weights.size());
  for (double& weight : weights) weight -= mean;
  return weights;
}

}  // namespace

std::vector<double> quantileStart(std::span<const Point2> sites, std::span<const double> masses,
                                  const Domain2& domain, const Density2& density, int knots) {
  const Box2& box = domain.bounds();
  const std::array onto = {quantilesAlong(domain, density, 0, box.xMin, box.xMax),
                           quantilesAlong(domain, density, 1, box.yMin, box.yMax)};
  return separableStart(sites, masses, domain, onto, knots);
}

std::vector<double> quantileStart(std::span<const Point3> sites, std::span<const double> masses,
                                  const Domain3& domain, const Density3& density, int knots) {
  const auto& [low, high] = domain.bounds();
  const std::array onto = {quantilesAlong(domain, density, 0, low.x, high.x),
                           quantilesAlong(domain, density, 1, low.y, high.y),
                           quantilesAlong(domain, density, 2, low.z, high.z)};
  return separableStart(sites, masses, domain, onto, knots);
}

}  // namespace monge
