// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/nearest_lattice.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/thread_team.h"

namespace monge {
namespace {

constexpr int kTile = 32;  ///< points along a side that are compared one by one
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Rectangle of lattice points, ends excluded.
struct Tile {
  int left, right, bottom, top;
  bool isSmall() const { return right - left <= kTile && top - bottom <= kTile; }
};

class Search {
 public:
  Search(const CellLaw& law, const RowsF& sites, const Lattice& lattice, const std::vector<int>& labels,
         std::vector<int>& owners)
      : m_law(law), m_sites(sites), m_lattice(lattice), m_labels(labels), m_owners(owners) {}

  void run(const Tile& tile) {
    std::vector<int> all(static_cast<std::size_t>(m_sites.rows()));
    for (std::size_t j = 0; j < all.size(); ++j) all[j] = static_cast<int>(j);
    search(tile, all);
  }

 private:
  void search(const Tile& tile, const std::vector<int>& candidates) {
    const std::vector<int> left = candidates.size() > 1 ? possible(tile, candidates) : candidates;
    if (left.size() == 1) return fill(tile, left.front());
    if (tile.isSmall()) return compare(tile, left);
    const int column = split(tile.left, tile.right), row = split(tile.bottom, tile.top);
    for (const Tile& part :
         {Tile{tile.left, column, tile.bottom, row}, Tile{column, tile.right, tile.bottom, row},
          Tile{tile.left, column, row, tile.top}, Tile{column, tile.right, row, tile.top}})
      if (part.left < part.right && part.bottom < part.top) search(part, left);
  }

  static int split(int begin, int end) { return end - begin <= kTile ? end : (begin + end) / 2; }

  /// Sites that own a point of the tile unless another one owns all of it.
  std::vector<int> possible(const Tile& tile, const std::vector<int>& candidates) const {
    const double x0 = m_lattice.x(tile.left), x1 = m_lattice.x(tile.right - 1);
    const double y0 = m_lattice.y(tile.bottom), y1 = m_lattice.y(tile.top - 1);
    std::vector<double> least;
    double bound = kInfinity;
    for (const int j : candidates) {
      const auto [nearX, farX] = reach(x0, x1, m_sites(j, 0));
      const auto [nearY, farY] = reach(y0, y1, m_sites(j, 1));
      const auto [low, high] = thetas(j);
      const double weight = m_law.weight(static_cast<std::size_t>(j));
      least.push_back(low * whole(m_law.part(nearX) + m_law.part(nearY)) - weight);
      bound = std::min(bound, high * whole(m_law.part(farX) + m_law.part(farY)) - weight);
    }
    std::vector<int> left;
    for (std::size_t c = 0; c < candidates.size(); ++c) {
      const double rounding = 1e-12 * (std::abs(least[c]) + std::abs(bound));
      if (least[c] <= bound + rounding) left.push_back(candidates[c]);
    }
    return left;
  }

  /// Least and largest |x - y| of an interval.
  static std::pair<double, double> reach(double begin, double end, double y) {
    const double nearest = y < begin ? begin - y : y > end ? y - end : 0;
    return {nearest, std::max(std::abs(begin - y), std::abs(end - y))};
  }
  /// Whatever the label of the point.
  std::pair<double, double> thetas(int site) const {
    if (!m_law.usesLabels() || m_law.siteLabels[static_cast<std::size_t>(site)] < 0) return {1, 1};
    return {std::min({m_law.same, m_law.other, 1.0}), std::max({m_law.same, m_law.other, 1.0})};
  }
  double whole(double sum) const { return m_law.cost == CellCost::L2 ? std::sqrt(sum) : sum; }

  void fill(const Tile& tile, int site) {
    for (int row = tile.bottom; row < tile.top; ++row)
      std::fill_n(m_owners.begin() + static_cast<std::ptrdiff_t>(m_lattice.index(tile.left, row)),
                  tile.right - tile.left, site);
  }

  /// Every cost is a sum of a column's and a row's part.
  void compare(const Tile& tile, const std::vector<int>& candidates) {
    const int width = tile.right - tile.left;
    m_columns.resize(candidates.size() * kTile);
    m_rows.resize(candidates.size() * kTile);
    for (std::size_t c = 0; c < candidates.size(); ++c) {
      const int j = candidates[c];
      for (int i = 0; i < width; ++i)
        m_columns[c * kTile + static_cast<std::size_t>(i)] =
            m_law.part(std::abs(m_lattice.x(tile.left + i) - m_sites(j, 0)));
      for (int i = 0; i < tile.top - tile.bottom; ++i)
        m_rows[c * kTile + static_cast<std::size_t>(i)] =
            m_law.part(std::abs(m_lattice.y(tile.bottom + i) - m_sites(j, 1)));
    }
    for (int row = tile.bottom; row < tile.top; ++row) compareRow(tile, row, candidates);
  }

  void compareRow(const Tile& tile, int row, const std::vector<int>& candidates) {
    const int width = tile.right - tile.left;
    int* owners = m_owners.data() + m_lattice.index(tile.left, row);
    double best[kTile];
    std::fill_n(best, kTile, kInfinity);
    for (std::size_t c = 0; c < candidates.size(); ++c) {
      const int j = candidates[c];
      const double weight = m_law.weight(static_cast<std::size_t>(j));
      const double across = m_rows[c * kTile + static_cast<std::size_t>(row - tile.bottom)];
      const double* along = m_columns.data() + c * kTile;
      for (int i = 0; i < width; ++i) {
        double value = along[i] + across;
        if (m_law.cost == CellCost::L2) value = std::sqrt(value);
        if (m_law.usesLabels())
          value *= m_law.theta(m_labels[m_lattice.index(tile.left + i, row)], static_cast<std::size_t>(j));
        value -= weight;
        owners[i] = value < best[i] ? j : owners[i];
        best[i] = std::min(value, best[i]);
      }
    }
  }

  const CellLaw& m_law;
  const RowsF& m_sites;
  const Lattice& m_lattice;
  const std::vector<int>& m_labels;
  std::vector<int>& m_owners;
  std::vector<double> m_columns, m_rows;  ///< parts of the costs of a tile, kTile for each candidate
};

}  // namespace

std::vector<int> nearestOnLattice(const CellLaw& law, const RowsF& sites, const Lattice& lattice,
                                  const std::vector<int>& labels, int threads) {
  std::vector<int> owners(lattice.size());
  // Bands of whole tiles; a thread takes every so many of them.
  const int bands = (lattice.rows + 2 * kTile - 1) / (2 * kTile);
  ThreadTeam team(std::clamp(threads, 1, bands));
  team.run([&](int member) {
    Search search(law, sites, lattice, labels, owners);
    for (int band = member; band < bands; band += team.size())
      search.run({0, lattice.columns, band * 2 * kTile, std::min((band + 1) * 2 * kTile, lattice.rows)});
  });
  return owners;
}

}  // namespace monge
