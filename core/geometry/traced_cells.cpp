// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <cmath>

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
        m_nearest(nearest),
        m_numbers(2 * lattice.size(), -1) {}

  int owner(int column, int row) const { return m_owners[m_lattice.index(column, row)]; }
  Side side(int column, int row, int direction) const {
    return static_cast<Side>(2 * m_lattice.index(column, row)) + direction;
  }

  /// The crossing on a side whose ends belong to different cells, by its number from 0.
  int number(Side side) {
    int& number = m_numbers[static_cast<std::size_t>(side)];
    if (number >= 0) return number;
    number = static_cast<int>(m_places.size());
    m_places.push_back(find(side));
    return number;
  }
  const Place& place(int number) const { return m_places[static_cast<std::size_t>(number)]; }
  int count() const { return static_cast<int>(m_places.size()); }

 private:
  Place find(Side side) const {
    const auto index = static_cast<std::size_t>(side / 2);
    const auto column = static_cast<int>(index % static_cast<std::size_t>(m_lattice.columns));
    const auto row = static_cast<int>(index / static_cast<std::size_t>(m_lattice.columns));
    const bool up = side % 2 == 1;
    const Place from{m_lattice.x(column), m_lattice.y(row)};
    const Place to{m_lattice.x(column + (up ? 0 : 1)), m_lattice.y(row + (up ? 1 : 0))};
    const double t = crossing(index, m_lattice.index(column + (up ? 0 : 1), row + (up ? 1 : 0)), from, to);
    return {from.x + t * (to.x - from.x), from.y + t * (to.y - from.y)};
  }

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
  std::vector<int> m_numbers;  ///< per side, -1: not crossed, or not asked for yet
  std::vector<Place> m_places;
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
      : m_lattice(lattice), m_crossings(crossings), m_sites(sites) {
    for (int row = 0; row + 1 < lattice.rows; ++row)
      for (int column = 0; column + 1 < lattice.columns; ++column) square(column, row);
    walkBorder();
  }

  CellComplex cells() {
    CellComplex complex;
    complex.box = m_lattice.box;
    complex.bent = true;
    complex.cells.resize(static_cast<std::size_t>(m_sites));
    for (int site = 0; site < m_sites; ++site) complex.cells[static_cast<std::size_t>(site)].site = site;
    addLoops(complex);
    addWalls(complex);
    return complex;
  }

 private:
  /// A piece of a cell's outline, the cell to the left: from a crossing to another, by way of some corners.
  struct Piece {
    int site = -1;  ///< none
    int end = 0;
    int firstCorner = 0, corners = 0;
    bool done = false;
  };
  /// A piece of wall within a square, without direction.
  struct Link {
    int end = -1;  ///< a crossing; -1: a place where three cells meet
    Place middle{};
  };
  /// A crossing lies between two cells and on the side of one or two squares.
  struct Node {
    Piece pieces[2];
    Link links[2];
    int linkCount = 0;
    bool done = false;
  };

  Node& node(int crossing) {
    if (m_nodes.size() <= static_cast<std::size_t>(crossing))
      m_nodes.resize(static_cast<std::size_t>(crossing) + 1);
    return m_nodes[static_cast<std::size_t>(crossing)];
  }
  void addPiece(int from, const Piece& piece) {
    Node& at = node(from);
    at.pieces[at.pieces[0].site < 0 ? 0 : 1] = piece;
  }

  void square(int column, int row) {
    const std::array<int, 4> owner{m_crossings.owner(column, row), m_crossings.owner(column + 1, row),
                                   m_crossings.owner(column + 1, row + 1),
                                   m_crossings.owner(column, row + 1)};
    if (owner[0] == owner[1] && owner[1] == owner[2] && owner[2] == owner[3]) return;
    // Sides counter-clockwise: side k lies between corners k and k + 1.
    const std::array<Side, 4> sides{m_crossings.side(column, row, 0), m_crossings.side(column + 1, row, 1),
                                    m_crossings.side(column, row + 1, 0), m_crossings.side(column, row, 1)};
    std::array<int, 4> crossed{}, next{};
    std::size_t count = 0;
    Place middle{0, 0};
    for (std::size_t k = 0; k < 4; ++k) {
      if (owner[k] == owner[(k + 1) % 4]) continue;
      crossed[count] = m_crossings.number(sides[k]);
      next[count++] = owner[(k + 1) % 4];
      middle.x += m_crossings.place(crossed[count - 1]).x;
      middle.y += m_crossings.place(crossed[count - 1]).y;
    }
    middle = {middle.x / static_cast<double>(count), middle.y / static_cast<double>(count)};
    const bool meet = count > 2;
    const int corner = static_cast<int>(m_corners.size());
    if (meet) m_corners.push_back(middle);
    for (std::size_t c = 0; c < count; ++c) {
      // The corners from one crossing to the next belong to one cell; its outline comes back the other way.
      const int first = crossed[c], last = crossed[(c + 1) % count];
      addPiece(last, {next[c], first, corner, meet ? 1 : 0});
      Node& at = node(first);
      at.links[at.linkCount++] = meet ? Link{-1, middle} : Link{last, {}};
    }
  }

  /// A step along the box's border from lattice point to lattice point, counter-clockwise.
  struct Step {
    Side side;
    int owner;  ///< at its end
    Place end;
    bool atCorner;  ///< of the box
  };
  std::vector<Step> borderSteps() const {
    std::vector<Step> steps;
    const int right = m_lattice.columns - 1, top = m_lattice.rows - 1;
    const auto add = [&](int column, int row, int direction, int endColumn, int endRow) {
      const bool atCorner = (endColumn == 0 || endColumn == right) && (endRow == 0 || endRow == top);
      steps.push_back({m_crossings.side(column, row, direction),
                       m_crossings.owner(endColumn, endRow),
                       {m_lattice.x(endColumn), m_lattice.y(endRow)},
                       atCorner});
    };
    for (int i = 0; i < right; ++i) add(i, 0, 0, i + 1, 0);
    for (int i = 0; i < top; ++i) add(right, i, 1, right, i + 1);
    for (int i = right; i > 0; --i) add(i - 1, top, 0, i - 1, top);
    for (int i = top; i > 0; --i) add(0, i - 1, 1, 0, i - 1);
    return steps;
  }

  /// Each cell goes along the border from where it begins to where it ends.
  void walkBorder() {
    const std::vector<Step> steps = borderSteps();
    const auto changes = [&](std::size_t i) {
      return steps[i].owner != steps[(i + steps.size() - 1) % steps.size()].owner;
    };
    std::size_t begin = 0;
    while (begin < steps.size() && !changes(begin)) ++begin;
    if (begin == steps.size()) {
      m_borderOwner = steps[0].owner;
      return;
    }
    Piece piece;
    piece.firstCorner = static_cast<int>(m_corners.size());
    int from = m_crossings.number(steps[begin].side);
    for (std::size_t n = 1; n <= steps.size(); ++n) {
      const Step &before = steps[(begin + n - 1) % steps.size()], &step = steps[(begin + n) % steps.size()];
      if (before.atCorner) m_corners.push_back(before.end);
      if (!changes((begin + n) % steps.size())) continue;
      piece.site = before.owner;
      piece.end = m_crossings.number(step.side);
      piece.corners = static_cast<int>(m_corners.size()) - piece.firstCorner;
      addPiece(from, piece);
      piece.firstCorner = static_cast<int>(m_corners.size());
      from = piece.end;
    }
  }

  void addLoops(CellComplex& complex) {
    const double tolerance = kStraight * m_lattice.box.width() / (m_lattice.columns - 1);
    for (int start = 0; start < static_cast<int>(m_nodes.size()); ++start)
      for (const Piece& first : node(start).pieces)
        if (first.site >= 0 && !first.done)
          complex.cells[static_cast<std::size_t>(first.site)].loops.push_back(
              straightened(loopFrom(start, first.site), tolerance));
    if (m_borderOwner < 0) return;
    const Box2& box = m_lattice.box;
    complex.cells[static_cast<std::size_t>(m_borderOwner)].loops.push_back(
        {box.xMin, box.yMin, box.xMax, box.yMin, box.xMax, box.yMax, box.xMin, box.yMax});
  }

  std::vector<double> loopFrom(int start, int site) {
    std::vector<double> loop;
    int at = start;
    do {
      append(loop, m_crossings.place(at));
      auto& pieces = node(at).pieces;
      Piece& piece = pieces[pieces[0].site == site && !pieces[0].done ? 0 : 1];
      for (int c = 0; c < piece.corners; ++c)
        append(loop, m_corners[static_cast<std::size_t>(piece.firstCorner + c)]);
      piece.done = true;
      at = piece.end;
    } while (at != start);
    return loop;
  }

  /// Each wall once, from end to end; then those that close.
  void addWalls(CellComplex& complex) {
    const double tolerance = kStraight * m_lattice.box.width() / (m_lattice.columns - 1);
    const auto isEnd = [](const Node& at) {
      return at.linkCount < 2 || at.links[0].end < 0 || at.links[1].end < 0;
    };
    for (const bool fromEnds : {true, false})
      for (int start = 0; start < static_cast<int>(m_nodes.size()); ++start)
        if (!node(start).done && (!fromEnds || isEnd(node(start))))
          complex.walls.push_back(straightened(wallFrom(start), tolerance));
  }

  std::vector<double> wallFrom(int start) {
    std::vector<double> wall;
    const Node& first = node(start);
    // One of its links may be where it begins; what is left leads on.
    int used = -1;
    for (int l = 0; l < first.linkCount && used < 0; ++l)
      if (first.links[l].end < 0) used = l;
    if (used >= 0) append(wall, first.links[used].middle);
    int before = -1, at = start;
    while (at >= 0 && !node(at).done) {
      Node& here = node(at);
      here.done = true;
      append(wall, m_crossings.place(at));
      int next = -1;
      for (int l = 0; l < here.linkCount; ++l) {
        if (at == start && l == used) continue;
        if (here.links[l].end < 0)
          append(wall, here.links[l].middle);
        else if (here.links[l].end != before)
          next = here.links[l].end;
      }
      before = at;
      at = next;
    }
    if (at == start) append(wall, m_crossings.place(start));  // closed
    return wall;
  }

  static constexpr double kStraight = 0.02;  ///< of a step, that a point may be off a line to be left out

  const Lattice& m_lattice;
  Crossings& m_crossings;
  int m_sites;
  std::vector<Node> m_nodes;
  std::vector<Place> m_corners;  ///< of all pieces
  int m_borderOwner = -1;        ///< who has all of the box's border
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
