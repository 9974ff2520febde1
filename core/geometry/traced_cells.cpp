// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <unordered_map>

#include "core/base/error.h"
#include "core/geometry/law_cells.h"

namespace monge {
namespace {

struct Place {
  double x, y;
};

/// A side of a lattice square: from a lattice point to the next in its row (0) or column (1).
using Side = std::int64_t;

/// Where walls cross the sides of the lattice's squares.
class Crossings {
 public:
  Crossings(const CellLaw& law, const RowsF& sites, const LabelledPoints& labelled, const Lattice& lattice,
            const std::vector<int>& owners, const std::vector<int>& nearest)
      : m_law(law),
        m_sites(sites),
        m_labelled(labelled),
        m_lattice(lattice),
        m_owners(owners),
        m_nearest(nearest) {}

  int owner(int column, int row) const { return m_owners[m_lattice.index(column, row)]; }
  Side side(int column, int row, int direction) const {
    return static_cast<Side>(2 * m_lattice.index(column, row)) + direction;
  }

  Place at(Side side) {
    const auto found = m_known.find(side);
    if (found != m_known.end()) return found->second;
    const auto index = static_cast<std::size_t>(side / 2);
    const auto column = static_cast<int>(index % static_cast<std::size_t>(m_lattice.columns));
    const auto row = static_cast<int>(index / static_cast<std::size_t>(m_lattice.columns));
    const bool up = side % 2 == 1;
    const Place from{m_lattice.x(column), m_lattice.y(row)};
    const Place to{m_lattice.x(column + (up ? 0 : 1)), m_lattice.y(row + (up ? 1 : 0))};
    const double t = crossing(index, m_lattice.index(column + (up ? 0 : 1), row + (up ? 1 : 0)), from, to);
    return m_known[side] = {from.x + t * (to.x - from.x), from.y + t * (to.y - from.y)};
  }

 private:
  /// Where on the way from one lattice point to its neighbour the values of their owners are equal; where
  /// their labels differ, where the two nearest labelled points are equally near.
  double crossing(std::size_t from, std::size_t to, const Place& a, const Place& b) const {
    const bool labels = !m_nearest.empty() && labelOf(from) != labelOf(to);
    const auto value = [&](std::size_t node, const double* x) {
      if (labels) return m_law.between(x, m_labelled.points.row(m_nearest[node]).data(), 2);
      const auto site = static_cast<std::size_t>(m_owners[node]);
      return m_law.theta(m_nearest.empty() ? -1 : labelOf(from), site) *
                 m_law.between(x, m_sites.row(m_owners[node]).data(), 2) -
             m_law.weight(site);
    };
    const auto difference = [&](double t) {
      const double x[] = {a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)};
      return value(from, x) - value(to, x);
    };
    return root(difference);
  }

  int labelOf(std::size_t node) const { return m_labelled.labels[static_cast<std::size_t>(m_nearest[node])]; }

  /// Of a function that is not positive at 0 and not negative at 1, to a thousandth (regula falsi, Illinois).
  template <class F>
  static double root(const F& difference) {
    double low = 0, high = 1, atLow = difference(0), atHigh = difference(1);
    if (!(atLow < 0 && atHigh > 0)) return 0.5;  // a third site in between, or a tie at an end
    int last = 0;
    for (int step = 0; step < 20 && high - low > 1e-3; ++step) {
      const double t = low + (high - low) * atLow / (atLow - atHigh);
      const double middle = std::clamp(t, low + 2e-4 * (high - low), high - 2e-4 * (high - low));
      const double value = difference(middle);
      if (std::abs(value) <= 1e-3 * (atHigh - atLow) * (high - low)) return middle;
      if (value < 0) {
        low = middle, atLow = value;
        if (last < 0) atHigh /= 2;
        last = -1;
      } else {
        high = middle, atHigh = value;
        if (last > 0) atLow /= 2;
        last = 1;
      }
    }
    return (low + high) / 2;
  }

  const CellLaw& m_law;
  const RowsF& m_sites;
  const LabelledPoints& m_labelled;
  const Lattice& m_lattice;
  const std::vector<int>&m_owners, &m_nearest;
  std::unordered_map<Side, Place> m_known;
};

void append(std::vector<double>& line, const Place& place) {
  line.push_back(place.x);
  line.push_back(place.y);
}

/// Leaves out points that a straight line misses by less than `tolerance`. The ends stay.
std::vector<double> straightened(const std::vector<double>& line, double tolerance) {
  const std::size_t count = line.size() / 2;
  std::vector<double> result;
  std::size_t anchor = 0;
  const auto keep = [&](std::size_t i) {
    append(result, {line[2 * i], line[2 * i + 1]});
    anchor = i;
  };
  const auto strays = [&](std::size_t end) {
    const double dx = line[2 * end] - line[2 * anchor], dy = line[2 * end + 1] - line[2 * anchor + 1];
    const double length = std::hypot(dx, dy);
    for (std::size_t i = anchor + 1; i < end; ++i) {
      const double px = line[2 * i] - line[2 * anchor], py = line[2 * i + 1] - line[2 * anchor + 1];
      if (length == 0 ? std::hypot(px, py) > tolerance : std::abs(dx * py - dy * px) > tolerance * length)
        return true;
    }
    return false;
  };
  constexpr std::size_t kFarthest = 64;  // what is looked at again for each point
  for (std::size_t i = 0; i < count; ++i)
    if (i == 0 || i + 1 == count)
      keep(i);
    else if (strays(i + 1) || i - anchor >= kFarthest)
      keep(i);
  return result;
}

/// Follows the walls through the squares of the lattice.
class Tracer {
 public:
  Tracer(const Lattice& lattice, Crossings& crossings, int sites)
      : m_lattice(lattice), m_crossings(crossings), m_next(static_cast<std::size_t>(sites)) {
    for (int row = 0; row + 1 < lattice.rows; ++row)
      for (int column = 0; column + 1 < lattice.columns; ++column) square(column, row);
    walkBorder();
  }

  CellComplex cells() {
    CellComplex complex;
    complex.box = m_lattice.box;
    complex.bent = true;
    const double step = m_lattice.box.width() / (m_lattice.columns - 1);
    for (std::size_t site = 0; site < m_next.size(); ++site) {
      CellComplex::Cell cell;
      cell.site = static_cast<int>(site);
      for (auto& loop : loops(site)) cell.loops.push_back(straightened(loop, 0.02 * step));
      complex.cells.push_back(std::move(cell));
    }
    for (auto& wall : walls()) complex.walls.push_back(straightened(wall, 0.02 * step));
    return complex;
  }

 private:
  /// A piece of a cell's outline, the cell to the left: to `end`, by way of some corners.
  struct Piece {
    Side end;
    std::vector<Place> corners;
  };
  /// A piece of wall within a square, without direction.
  struct Link {
    Side end;        ///< -1: a place where three meet
    Place middle{};  ///< that place
  };

  void square(int column, int row) {
    const std::array<int, 4> owner{m_crossings.owner(column, row), m_crossings.owner(column + 1, row),
                                   m_crossings.owner(column + 1, row + 1),
                                   m_crossings.owner(column, row + 1)};
    if (owner[0] == owner[1] && owner[1] == owner[2] && owner[2] == owner[3]) return;
    // Sides counter-clockwise: side k lies between corners k and k + 1.
    const std::array<Side, 4> sides{m_crossings.side(column, row, 0), m_crossings.side(column + 1, row, 1),
                                    m_crossings.side(column, row + 1, 0), m_crossings.side(column, row, 1)};
    std::vector<int> crossed;
    Place middle{0, 0};
    for (int k = 0; k < 4; ++k) {
      if (owner[static_cast<std::size_t>(k)] == owner[static_cast<std::size_t>((k + 1) % 4)]) continue;
      crossed.push_back(k);
      const Place place = m_crossings.at(sides[static_cast<std::size_t>(k)]);
      middle.x += place.x;
      middle.y += place.y;
    }
    middle.x /= static_cast<double>(crossed.size());
    middle.y /= static_cast<double>(crossed.size());
    const bool meet = crossed.size() > 2;
    for (std::size_t c = 0; c < crossed.size(); ++c) {
      // The corners from one crossing to the next belong to one cell; its outline comes back the other way.
      const Side first = sides[static_cast<std::size_t>(crossed[c])];
      const Side last = sides[static_cast<std::size_t>(crossed[(c + 1) % crossed.size()])];
      const int site = owner[static_cast<std::size_t>((crossed[c] + 1) % 4)];
      Piece piece{first, {}};
      if (meet) piece.corners.push_back(middle);
      m_next[static_cast<std::size_t>(site)][last] = piece;
      m_links[first].push_back(meet ? Link{-1, middle} : Link{last, {}});
    }
  }

  /// The box's border, counter-clockwise: each cell goes along it from where it begins to where it ends.
  void walkBorder() {
    struct Step {
      Side side;
      int owner;  ///< at its end
      Place end;
    };
    std::vector<Step> steps;
    const int right = m_lattice.columns - 1, top = m_lattice.rows - 1;
    const auto place = [&](int column, int row) { return Place{m_lattice.x(column), m_lattice.y(row)}; };
    const auto add = [&](int column, int row, int direction, int endColumn, int endRow) {
      steps.push_back({m_crossings.side(column, row, direction), m_crossings.owner(endColumn, endRow),
                       place(endColumn, endRow)});
    };
    for (int i = 0; i < right; ++i) add(i, 0, 0, i + 1, 0);
    for (int i = 0; i < top; ++i) add(right, i, 1, right, i + 1);
    for (int i = right; i > 0; --i) add(i - 1, top, 0, i - 1, top);
    for (int i = top; i > 0; --i) add(0, i - 1, 1, 0, i - 1);
    const auto isCorner = [&](std::size_t i) {
      const auto n = static_cast<std::size_t>(right), m = static_cast<std::size_t>(top);
      return i + 1 == n || i + 1 == n + m || i + 1 == 2 * n + m || i + 1 == 2 * n + 2 * m;
    };
    const int first = m_crossings.owner(0, 0);
    const auto changes = [&](std::size_t i) {
      return steps[i].owner != (i == 0 ? first : steps[i - 1].owner);
    };
    std::size_t begin = 0;
    while (begin < steps.size() && !changes(begin)) ++begin;
    if (begin == steps.size()) {
      for (std::size_t i = 0; i < steps.size(); ++i)
        if (isCorner(i)) append(m_wholeBorder, steps[i].end);
      m_borderOwner = first;
      return;
    }
    Piece piece{steps[begin].side, {}};
    Side from = steps[begin].side;
    for (std::size_t n = 1; n <= steps.size(); ++n) {
      const std::size_t before = (begin + n - 1) % steps.size(), i = (begin + n) % steps.size();
      if (isCorner(before)) piece.corners.push_back(steps[before].end);
      if (!changes(i)) continue;
      piece.end = steps[i].side;
      m_next[static_cast<std::size_t>(steps[before].owner)][from] = piece;
      piece.corners.clear();
      from = steps[i].side;
    }
  }

  std::vector<std::vector<double>> loops(std::size_t site) {
    std::vector<std::vector<double>> result;
    auto& next = m_next[site];
    while (!next.empty()) {
      std::vector<double> loop;
      auto at = next.begin();
      const Side start = at->first;
      do {
        append(loop, m_crossings.at(at->first));
        for (const Place& corner : at->second.corners) append(loop, corner);
        const Side end = at->second.end;
        next.erase(at);
        at = next.find(end);
        if (end == start) break;
      } while (at != next.end());
      result.push_back(std::move(loop));
    }
    if (m_borderOwner == static_cast<int>(site)) result.push_back(m_wholeBorder);
    return result;
  }

  /// Each wall once, from end to end.
  std::vector<std::vector<double>> walls() {
    std::vector<std::vector<double>> result;
    std::map<Side, bool> done;
    const auto isEnd = [](const std::vector<Link>& links) {
      return links.size() < 2 || links[0].end < 0 || links[1].end < 0;
    };
    for (const bool fromEnds : {true, false})
      for (const auto& [side, links] : m_links)
        if (!done[side] && (!fromEnds || isEnd(links))) result.push_back(wallFrom(side, done));
    return result;
  }

  std::vector<double> wallFrom(Side start, std::map<Side, bool>& done) {
    std::vector<double> wall;
    for (const Link& link : m_links[start])
      if (link.end < 0) {
        append(wall, link.middle);
        break;
      }
    const bool begunInMiddle = !wall.empty();
    Side before = -1, at = start;
    bool usedMiddle = begunInMiddle;
    while (at >= 0 && !done[at]) {
      done[at] = true;
      append(wall, m_crossings.at(at));
      Side next = -1;
      for (const Link& link : m_links[at]) {
        if (link.end < 0) {
          if (at == start && usedMiddle) {
            usedMiddle = false;
            continue;
          }
          append(wall, link.middle);
        } else if (link.end != before) {
          next = link.end;
        }
      }
      before = at;
      at = next;
    }
    if (at == start) append(wall, m_crossings.at(start));  // closed
    return wall;
  }

  const Lattice& m_lattice;
  Crossings& m_crossings;
  std::vector<std::map<Side, Piece>> m_next;  ///< per site: from a crossing on
  std::map<Side, std::vector<Link>> m_links;
  std::vector<double> m_wholeBorder;
  int m_borderOwner = -1;
};

void requireValid(const CellLaw& law, const RowsF& sites, const LabelledPoints& labelled,
                  const Lattice& lattice) {
  if (!law.isPointwise()) throw Error("cells", toString(law.cost), "a cost of the coordinates");
  if (sites.rows() < 1 || sites.cols() != 2 || !sites.allFinite())
    throw Error("sites of the tessellation",
                std::to_string(sites.rows()) + " x " + std::to_string(sites.cols()),
                "at least one finite point of the plane");
  if (law.usesLabels() && labelled.labels.empty()) throw Error("labelled points", "none", "at least one");
  if (lattice.columns < 2 || lattice.rows < 2)
    throw Error("lattice", "fewer than 2 points a side", "at least 2");
  if (!(lattice.box.width() > 0) || !(lattice.box.height() > 0))
    throw Error("box of the tessellation", "no extent", "a finite box with positive width and height");
}

}  // namespace

CellComplex tracedCells(const CellLaw& law, const RowsF& sites, const LabelledPoints& labelled,
                        const Lattice& lattice, int threads) {
  requireValid(law, sites, labelled, lattice);
  std::vector<int> nearest, labels;
  if (law.usesLabels()) {
    CellLaw plain;
    plain.cost = law.cost;
    plain.power = law.power;
    nearest = nearestOnLattice(plain, labelled.points, lattice, {}, threads);
    for (const int point : nearest) labels.push_back(labelled.labels[static_cast<std::size_t>(point)]);
  }
  const std::vector<int> owners = nearestOnLattice(law, sites, lattice, labels, threads);
  Crossings crossings(law, sites, labelled, lattice, owners, nearest);
  return Tracer(lattice, crossings, static_cast<int>(sites.rows())).cells();
}

}  // namespace monge
