// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/capacity_assignment.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <utility>

#include "core/base/error.h"

namespace monge {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

void requireValid(const RowsF& costs, std::span<const std::int64_t> capacities,
                  std::span<const double> start) {
  if (costs.rows() < 1 || costs.cols() < 1) throw Error("costs", "none", "at least one site and one point");
  if (!costs.allFinite()) throw Error("costs", "a value that is not finite", "finite costs");
  const auto k = static_cast<std::size_t>(costs.rows());
  if (capacities.size() != k)
    throw Error("capacities", std::to_string(capacities.size()), std::to_string(k) + ", one for each site");
  std::int64_t sum = 0;
  for (const std::int64_t capacity : capacities) {
    if (capacity < 0) throw Error("capacities", std::to_string(capacity), "0 or more");
    sum += capacity;
  }
  if (sum != costs.cols())
    throw Error("capacities", "a sum of " + std::to_string(sum),
                std::to_string(costs.cols()) + ", the number of points");
  if (!start.empty() && start.size() != k)
    throw Error("weights", std::to_string(start.size()), std::to_string(k) + ", one for each site");
  if (!std::all_of(start.begin(), start.end(), [](double g) { return std::isfinite(g); }))
    throw Error("weights", "a value that is not finite", "finite weights");
}

/// The way from one cell to another costs what its cheapest point pays more there.
class Solver {
 public:
  Solver(const RowsF& costs, std::span<const std::int64_t> capacities, std::span<const double> start)
      : m_costs(costs),
        m_k(static_cast<int>(costs.rows())),
        m_n(static_cast<int>(costs.cols())),
        m_weights(start.empty() ? std::vector<double>(static_cast<std::size_t>(m_k))
                                : std::vector<double>(start.begin(), start.end())),
        m_surplus(static_cast<std::size_t>(m_k)),
        m_ways(static_cast<std::size_t>(m_k)) {
    for (int j = 0; j < m_k; ++j) at(m_surplus, j) = -capacities[static_cast<std::size_t>(j)];
    takeCells();
  }

  CapacityAssignment solve() {
    CapacityAssignment result;
    while (std::any_of(m_surplus.begin(), m_surplus.end(), [](std::int64_t s) { return s > 0; }))
      result.moves += moveOne();
    result.weights = middleWeights();
    for (int i = 0; i < m_n; ++i) result.cost += cost(owner(i), i);
    result.owner = std::move(m_owner);
    return result;
  }

 private:
  struct Candidate {
    double extra;  ///< c(x_i, there) - c(x_i, here)
    int point;
    /// For heaps whose top is the cheapest, of equal ones the lowest point.
    bool operator<(const Candidate& other) const {
      return extra != other.extra ? extra > other.extra : point > other.point;
    }
  };
  using Heap = std::vector<Candidate>;

  template <class T>
  static T& at(std::vector<T>& values, int index) {
    return values[static_cast<std::size_t>(index)];
  }
  double cost(int site, int point) const { return m_costs(site, point); }
  int owner(int point) const { return m_owner[static_cast<std::size_t>(point)]; }

  /// Every point to its cell under the weights: optimal for the numbers that the cells then hold.
  void takeCells() {
    m_owner.assign(static_cast<std::size_t>(m_n), 0);
    std::vector<double> least(static_cast<std::size_t>(m_n), kInfinity);
    for (int j = 0; j < m_k; ++j) {
      const double weight = at(m_weights, j);
      for (int i = 0; i < m_n; ++i) {
        const double value = cost(j, i) - weight;
        if (!(value < at(least, i))) continue;
        at(least, i) = value;
        at(m_owner, i) = j;
      }
    }
    for (const int j : m_owner) ++at(m_surplus, j);
  }

  /// The cheapest point of `from` for each other site; made when a path first comes by.
  void openWays(int from) {
    auto& ways = at(m_ways, from);
    if (!ways.empty()) return;
    ways.resize(static_cast<std::size_t>(m_k));
    for (int i = 0; i < m_n; ++i)
      if (owner(i) == from)
        for (int to = 0; to < m_k; ++to)
          if (to != from) at(ways, to).push_back({cost(to, i) - cost(from, i), i});
    for (Heap& heap : ways) std::make_heap(heap.begin(), heap.end());
  }

  /// The cheapest point on the way, null when `from` is empty. Points that have left are dropped here.
  const Candidate* cheapest(int from, int to) {
    Heap& heap = at(at(m_ways, from), to);
    while (!heap.empty() && owner(heap.front().point) != from) {
      std::pop_heap(heap.begin(), heap.end());
      heap.pop_back();
    }
    return heap.empty() ? nullptr : &heap.front();
  }

  /// Dijkstra from all sites with a surplus to the nearest one that lacks points; lengths are what a way
  /// costs beyond what the weights allow, never negative. Moves a point along each step of the path.
  std::int64_t moveOne() {
    std::vector<double> distance(static_cast<std::size_t>(m_k), kInfinity);
    std::vector<int> before(static_cast<std::size_t>(m_k), -1);
    std::vector<char> done(static_cast<std::size_t>(m_k));
    for (int j = 0; j < m_k; ++j)
      if (at(m_surplus, j) > 0) at(distance, j) = 0;
    int site = nearestOpen(distance, done);
    while (at(m_surplus, site) >= 0) {
      at(done, site) = 1;
      relax(site, distance, before, done);
      site = nearestOpen(distance, done);
    }
    for (int j = 0; j < m_k; ++j) at(m_weights, j) += std::min(at(distance, j), at(distance, site));
    std::vector<int> path{site};
    while (at(before, path.back()) >= 0) path.push_back(at(before, path.back()));
    return moveAlong(path);
  }

  int nearestOpen(std::vector<double>& distance, std::vector<char>& done) const {
    int best = -1;
    for (int j = 0; j < m_k; ++j)
      if (!at(done, j) && (best < 0 || at(distance, j) < at(distance, best))) best = j;
    return best;
  }

  void relax(int from, std::vector<double>& distance, std::vector<int>& before, std::vector<char>& done) {
    openWays(from);
    for (int to = 0; to < m_k; ++to) {
      if (at(done, to) || to == from) continue;
      const Candidate* way = cheapest(from, to);
      if (!way) continue;
      const double slack = way->extra - at(m_weights, to) + at(m_weights, from);
      const double length = at(distance, from) + std::max(slack, 0.0);  // below 0 by rounding alone
      if (!(length < at(distance, to))) continue;
      at(distance, to) = length;
      at(before, to) = from;
    }
  }

  /// @param path  its end first
  std::int64_t moveAlong(const std::vector<int>& path) {
    std::vector<int> points;
    for (std::size_t step = 1; step < path.size(); ++step)
      points.push_back(cheapest(path[step], path[step - 1])->point);
    for (std::size_t step = 1; step < path.size(); ++step) settle(points[step - 1], path[step - 1]);
    --at(m_surplus, path.back());
    ++at(m_surplus, path.front());
    return static_cast<std::int64_t>(points.size());
  }

  void settle(int point, int site) {
    at(m_owner, point) = site;
    auto& ways = at(m_ways, site);
    if (ways.empty()) return;
    for (int to = 0; to < m_k; ++to) {
      if (to == site) continue;
      Heap& heap = at(ways, to);
      heap.push_back({cost(to, point) - cost(site, point), point});
      std::push_heap(heap.begin(), heap.end());
    }
  }

  /// All g with g_j - g_l <= D_lj, D_lj the cheapest way from l to j, prove the optimum. The shortest paths
  /// from each site are corners of that set; their mean is in its inside wherever it has one.
  VectorD middleWeights() const {
    RowsD paths = RowsD::Constant(m_k, m_k, kInfinity);
    for (int j = 0; j < m_k; ++j)
      for (int i = 0; i < m_n; ++i)
        paths(owner(i), j) = std::min(paths(owner(i), j), cost(j, i) - cost(owner(i), i));
    paths.diagonal().setZero();
    for (int through = 0; through < m_k; ++through)
      for (int l = 0; l < m_k; ++l)
        if (paths(l, through) < kInfinity)
          paths.row(l) = paths.row(l).cwiseMin((paths.row(through).array() + paths(l, through)).matrix());
    std::vector<char> holds(static_cast<std::size_t>(m_k));
    for (const int j : m_owner) at(holds, j) = 1;
    VectorD weights = VectorD::Zero(m_k);
    for (int l = 0; l < m_k; ++l)
      if (at(holds, l)) weights += paths.row(l).transpose();
    weights /= static_cast<double>(std::count(holds.begin(), holds.end(), 1));
    // A cell that is to stay empty ends where its first point would come in: away from there.
    const double scale = std::max<double>(m_costs.cwiseAbs().maxCoeff(), 1e-30);
    for (int j = 0; j < m_k; ++j)
      if (!at(holds, j)) weights[j] -= 1e-3 * scale;
    return weights.array() - weights.mean();
  }

  const RowsF& m_costs;
  int m_k, m_n;
  std::vector<double> m_weights;
  std::vector<std::int64_t> m_surplus;
  std::vector<int> m_owner;
  std::vector<std::vector<Heap>> m_ways;
};

}  // namespace

CapacityAssignment assignWithCapacities(const RowsF& costs, std::span<const std::int64_t> capacities,
                                        std::span<const double> start) {
  requireValid(costs, capacities, start);
  return Solver(costs, capacities, start).solve();
}

std::vector<std::int64_t> wholeCapacities(std::int64_t count, std::span<const double> shares) {
  double sum = 0;
  for (const double share : shares) {
    if (!(share > 0) || !std::isfinite(share))
      throw Error("shares", std::to_string(share), "finite numbers above 0");
    sum += share;
  }
  std::vector<std::int64_t> whole;
  std::vector<std::pair<double, std::size_t>> rest;
  std::int64_t given = 0;
  for (std::size_t j = 0; j < shares.size(); ++j) {
    const double exact = shares[j] / sum * static_cast<double>(count);
    whole.push_back(static_cast<std::int64_t>(exact));
    given += whole.back();
    rest.emplace_back(std::floor(exact) - exact, j);
  }
  std::sort(rest.begin(), rest.end());
  for (std::size_t r = 0; given < count; r = (r + 1) % rest.size(), ++given) ++whole[rest[r].second];
  return whole;
}

}  // namespace monge
