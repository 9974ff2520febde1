// SPDX-License-Identifier: GPL-3.0-or-later
// Let D be the triangulation of all sites, P that of a part, all with ties broken alike: a tetrahedron is in
// that of a set if and only if its four vertices are in the set and nothing of the set is in its circumsphere
// (the half-space beyond its facet if it is infinite).
//
// A tetrahedron of P is called final where the sphere is clear of the boxes of all other parts: it is in D.
// Let B be the vertices of those that are not final. A tetrahedron T of D that is not final has all its
// vertices in B. For with all of them in one part it is in P, and not final. Else let v be one of them, in a
// part where not all vertices are: were all tetrahedra of P around v final, they would be those of D around
// v, and T were one of them. So T is in the triangulation of B as well, whose sites are fewer.
//
// Beyond a facet of a final tetrahedron F lies in D either the final tetrahedron that is there in P too, or
// else one that is not final, in the triangulation of B. From there on the facets of the triangulation of B
// lead to others that are in D, but for facets of final tetrahedra, where it ends. All are reached like that,
// since D is connected, where there is one final tetrahedron at least.
#include "core/geometry/delaunay_parts_3.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "core/base/parallel_for.h"
#include "core/geometry/box_3.h"
#include "core/geometry/delaunay_3.h"
#include "core/geometry/delaunay_facet_3.h"
#include "core/geometry/predicates_3.h"
#include "core/geometry/tetrahedron_corners.h"

namespace monge {
namespace {

constexpr std::int64_t kChunk = 4096;
constexpr int kLeastPart = 4;
/// From so many sites on it is worth to cut, and to try with a few first.
constexpr int kManySites = 5000, kFewSites = 512;
constexpr double kTooMuchBorder = 0.8;

double largest(Point3 p) {
  return std::max(std::abs(p.x), std::max(std::abs(p.y), std::abs(p.z)));
}

int smallest(const int (&values)[4]) {
  return std::min(std::min(values[0], values[1]), std::min(values[2], values[3]));
}

/// Tetrahedra of a part or of the border, of which some are in the triangulation of all.
struct Piece {
  std::vector<DelaunayTetrahedron> tetrahedra;
  std::vector<char> isKept;
  std::vector<int> places;  ///< of those kept, in the result
};

/// A facet of a final tetrahedron beyond which there is something else than in its part. The two tetrahedra
/// there have ~(number of the seam) for a neighbour.
struct Seam {
  int part, final, opposite;
  int beyond = -1;  ///< in the border's piece
};
constexpr int kWall = std::numeric_limits<int>::min();  ///< a seam's facet, from where the final one is

class Parts {
 public:
  Parts(std::span<const Point3> sites, int parts, ThreadTeam& team);

  /// False where it takes one piece.
  bool cut();
  bool triangulate();
  bool joinBorder(const std::function<void()>& beside);
  void takeWhole(const std::function<void()>& beside);
  /// Of what has been taken or joined.
  std::vector<RegularMesh3::Tetrahedron> result();

 private:
  void halve(std::vector<int> rows, int parts);
  void triangulatePart(int part);
  bool isFinal(const DelaunayTetrahedron& tetrahedron, int part) const;
  bool isClear(const DelaunayTetrahedron& tetrahedron, const Box3& box) const;
  bool isBehind(const DelaunayTetrahedron& tetrahedron, const Box3& box) const;
  void findSeams(int part);
  void triangulateBorder();
  std::vector<DelaunayTetrahedron> triangulationOf(std::vector<int> rows) const;
  bool isMostlyBorder() const;
  bool isJoined();
  bool matchSeams();
  bool keepBeyondSeams();
  bool hasAllOfBorder() const;
  void makeRoom();
  void count(const DelaunayTetrahedron& tetrahedron) { ++m_starts[smallest(tetrahedron.vertex) + 1]; }
  void place(Piece& piece);
  void write(const Piece& piece);

  std::span<const Point3> m_sites;
  int m_count, m_parts;
  ThreadTeam& m_team;
  std::vector<std::vector<int>> m_rowsOf;  ///< of each part its sites, in order
  std::vector<Box3> m_boxes;
  std::vector<Piece> m_pieces;  ///< of the parts, then of the border
  std::vector<std::vector<Seam>> m_seamsOf;
  std::vector<Seam> m_seams;
  std::vector<char> m_isBorder;  ///< of sites
  std::vector<int> m_starts;  ///< of the tetrahedra of a smallest vertex in the result, once all are counted
  std::vector<RegularMesh3::Tetrahedron> m_result;
};

Parts::Parts(std::span<const Point3> sites, int parts, ThreadTeam& team)
    : m_sites(sites),
      m_count(static_cast<int>(sites.size())),
      m_parts(parts),
      m_team(team),
      m_starts(sites.size() + 1, 0) {}

bool Parts::cut() {
  if (m_parts < 2 || m_count < kLeastPart * m_parts) return false;
  std::vector<int> rows(m_count);
  std::iota(rows.begin(), rows.end(), 0);
  halve(std::move(rows), m_parts);
  if (m_count >= kManySites && isMostlyBorder()) return false;
  m_pieces.resize(m_parts + 1);
  m_seamsOf.resize(m_parts);
  m_isBorder.assign(m_count, false);
  return true;
}

/// By a plane across the longest side of the sites' box, again and again. What is left of a space-filling
/// curve on either side keeps its order.
void Parts::halve(std::vector<int> rows, int parts) {
  const Box3 box = boxOf(m_sites, rows);
  if (parts == 1) {
    m_boxes.push_back(box);
    m_rowsOf.push_back(std::move(rows));
    return;
  }
  const Point3 sides = box.high - box.low;
  const double longest = largest(sides);
  const auto place = [&](int row) {
    const Point3 site = m_sites[row];
    return std::pair(sides.x == longest ? site.x : sides.y == longest ? site.y : site.z, row);
  };
  std::vector<std::pair<double, int>> places;
  for (const int row : rows) places.push_back(place(row));
  const auto middle = places.begin() + std::ssize(rows) * (parts / 2) / parts;
  std::nth_element(places.begin(), middle, places.end());
  std::vector<int> low, high;
  for (const int row : rows) (place(row) < *middle ? low : high).push_back(row);
  halve(std::move(low), parts / 2);
  halve(std::move(high), parts - parts / 2);
}

bool Parts::triangulate() {
  parallelChunks(m_team, m_parts, 1, [&](std::int64_t part, std::int64_t, std::int64_t) {
    triangulatePart(static_cast<int>(part));
  });
  for (int part = 0; part < m_parts; ++part)
    if (m_pieces[part].tetrahedra.empty()) return false;
  return true;
}

/// And all about it that needs to know no other part but by its box.
void Parts::triangulatePart(int part) {
  auto& [tetrahedra, isKept, places] = m_pieces[part];
  tetrahedra = triangulationOf(m_rowsOf[part]);
  isKept.resize(tetrahedra.size());
  for (std::size_t at = 0; at < tetrahedra.size(); ++at) {
    if (!tetrahedra[at].isUsed()) continue;
    isKept[at] = isFinal(tetrahedra[at], part);
    if (isKept[at]) {
      count(tetrahedra[at]);
      continue;
    }
    for (const int vertex : tetrahedra[at].vertex)
      if (vertex != m_count) m_isBorder[vertex] = true;
  }
  findSeams(part);
}

bool Parts::isFinal(const DelaunayTetrahedron& tetrahedron, int part) const {
  const bool isInfinite = tetrahedron.has(m_count);
  for (int other = 0; other < m_parts; ++other)
    if (other != part &&
        !(isInfinite ? isBehind(tetrahedron, m_boxes[other]) : isClear(tetrahedron, m_boxes[other])))
      return false;
  return true;
}

/// Whether rounding leaves no doubt that the circumsphere is off the box.
bool Parts::isClear(const DelaunayTetrahedron& tetrahedron, const Box3& box) const {
  const Point3 centre = m_sites[tetrahedron.vertex[0]] + tetrahedron.centre;
  const double radius = norm(tetrahedron.centre);
  const double doubt = 4 * tetrahedron.error + 1e-12 * (radius + largest(centre));
  return distance(centre, box) > radius + doubt;
}

/// Whether the half-space beyond the facet is off the box.
bool Parts::isBehind(const DelaunayTetrahedron& tetrahedron, const Box3& box) const {
  const auto& [low, high] = box;
  for (int corner = 0; corner < 8; ++corner) {
    const Point3 place{corner & 1 ? low.x : high.x, corner & 2 ? low.y : high.y, corner & 4 ? low.z : high.z};
    Point3 at[4];
    for (int i = 0; i < 4; ++i)
      at[i] = tetrahedron.vertex[i] == m_count ? place : m_sites[tetrahedron.vertex[i]];
    if (orientation(at[0], at[1], at[2], at[3]) >= 0) return false;
  }
  return true;
}

void Parts::findSeams(int part) {
  const auto& [tetrahedra, isKept, places] = m_pieces[part];
  for (int at = 0; at < static_cast<int>(tetrahedra.size()); ++at) {
    if (isKept[at] || !tetrahedra[at].isUsed()) continue;
    for (const int other : tetrahedra[at].neighbour)
      if (isKept[other]) m_seamsOf[part].push_back({part, other, cornerOf(tetrahedra[other].neighbour, at)});
  }
}

/// False where the pieces do not fit.
bool Parts::joinBorder(const std::function<void()>& beside) {
  bool joined = false;
  const auto join = [&] {
    triangulateBorder();
    joined = isJoined();
  };
  const auto rest = [&] {
    if (beside) beside();
  };
  const std::array<std::function<void()>, 3> tasks{join, rest, [&] { makeRoom(); }};
  parallelChunks(m_team, 3, 1, [&](std::int64_t task, std::int64_t, std::int64_t) { tasks[task](); });
  return joined;
}

void Parts::triangulateBorder() {
  std::vector<int> rows;
  for (int site = 0; site < m_count; ++site)
    if (m_isBorder[site]) rows.push_back(site);
  m_pieces.back().tetrahedra = triangulationOf(rows);
  m_pieces.back().isKept.resize(m_pieces.back().tetrahedra.size());
}

/// Of some of the sites, with the numbers that they have among all.
std::vector<DelaunayTetrahedron> Parts::triangulationOf(std::vector<int> rows) const {
  std::vector<Point3> sites;
  for (const int row : rows) sites.push_back(m_sites[row]);
  rows.push_back(m_count);
  std::vector<DelaunayTetrahedron> tetrahedra = delaunayTetrahedra(sites);
  for (DelaunayTetrahedron& tetrahedron : tetrahedra)
    for (int& vertex : tetrahedron.vertex) vertex = rows[vertex];
  return tetrahedra;
}

/// Where sites lie on surfaces their circumspheres are large, however many sites there are. A few of the
/// first part tell.
bool Parts::isMostlyBorder() const {
  std::vector<int> rows;
  for (int at = 0; at < kFewSites; ++at) rows.push_back(m_rowsOf[0][m_rowsOf[0].size() * at / kFewSites]);
  std::unordered_set<int> border;
  for (const DelaunayTetrahedron& tetrahedron : triangulationOf(rows))
    if (tetrahedron.isUsed() && !isFinal(tetrahedron, 0))
      border.insert(std::begin(tetrahedron.vertex), std::end(tetrahedron.vertex));
  return static_cast<double>(border.size()) > kTooMuchBorder * kFewSites;
}

bool Parts::isJoined() {
  for (const auto& seams : m_seamsOf) m_seams.insert(m_seams.end(), seams.begin(), seams.end());
  return !m_seams.empty() && matchSeams() && keepBeyondSeams() && hasAllOfBorder();
}

/// About as much as is needed, for the first touch of so much memory takes its time.
void Parts::makeRoom() {
  std::size_t used = 0;
  for (int part = 0; part < m_parts; ++part) used += m_pieces[part].tetrahedra.size();
  m_result.resize(used + used / 64);
}

bool Parts::matchSeams() {
  struct Known {
    int seam;
    bool even;
  };
  std::unordered_map<std::array<int, 3>, Known, HashVertices> known;
  known.reserve(m_seams.size());
  std::vector<char> isOnSeam(m_count + 1, false);
  for (int seam = 0; seam < static_cast<int>(m_seams.size()); ++seam) {
    auto& [part, at, opposite, beyond] = m_seams[seam];
    DelaunayTetrahedron& final = m_pieces[part].tetrahedra[at];
    final.neighbour[opposite] = ~seam;
    const DelaunayFacet facet = facetOf(final, opposite);
    if (!known.try_emplace(facet.vertices, Known{seam, facet.even}).second) return false;
    for (const int vertex : facet.vertices) isOnSeam[vertex] = true;
  }
  auto& border = m_pieces.back().tetrahedra;
  std::size_t found = 0;
  for (int at = 0; at < static_cast<int>(border.size()); ++at) {
    if (!border[at].isUsed()) continue;
    int onSeam = 0;
    for (const int vertex : border[at].vertex) onSeam += isOnSeam[vertex];
    if (onSeam < 3) continue;
    for (int opposite = 0; opposite < 4; ++opposite) {
      const DelaunayFacet facet = facetOf(border[at], opposite);
      const auto& [a, b, c] = facet.vertices;
      if (!isOnSeam[a] || !isOnSeam[b] || !isOnSeam[c]) continue;
      const auto seam = known.find(facet.vertices);
      if (seam == known.end()) continue;
      const bool isBeyond = seam->second.even != facet.even;
      border[at].neighbour[opposite] = isBeyond ? ~seam->second.seam : kWall;
      if (isBeyond) m_seams[seam->second.seam].beyond = at, ++found;
    }
  }
  return found == m_seams.size();
}

bool Parts::keepBeyondSeams() {
  Piece& piece = m_pieces.back();
  std::vector<int> next;
  const auto keep = [&](int at) {
    if (std::exchange(piece.isKept[at], true)) return;
    count(piece.tetrahedra[at]);
    next.push_back(at);
  };
  for (const Seam& seam : m_seams) keep(seam.beyond);
  while (!next.empty()) {
    const int at = next.back();
    next.pop_back();
    for (const int other : piece.tetrahedra[at].neighbour) {
      if (other == kWall) return false;
      if (other >= 0) keep(other);
    }
  }
  return true;
}

bool Parts::hasAllOfBorder() const {
  std::vector<char> missing = m_isBorder;
  missing.push_back(false);
  const Piece& piece = m_pieces.back();
  for (std::size_t at = 0; at < piece.tetrahedra.size(); ++at)
    if (piece.isKept[at])
      for (const int vertex : piece.tetrahedra[at].vertex) missing[vertex] = false;
  return std::none_of(missing.begin(), missing.end(), [](char isMissing) { return isMissing != 0; });
}

void Parts::takeWhole(const std::function<void()>& beside) {
  m_pieces.assign(1, {});
  m_seams.clear();
  parallelChunks(m_team, 2, 1, [&](std::int64_t task, std::int64_t, std::int64_t) {
    if (task == 0)
      m_pieces[0].tetrahedra = delaunayTetrahedra(m_sites);
    else if (beside)
      beside();
  });
  m_starts.assign(m_count + 1, 0);
  for (const DelaunayTetrahedron& tetrahedron : m_pieces[0].tetrahedra) {
    m_pieces[0].isKept.push_back(tetrahedron.isUsed());
    if (tetrahedron.isUsed()) count(tetrahedron);
  }
}

/// What a part has for a smallest vertex comes before what the border has.
std::vector<RegularMesh3::Tetrahedron> Parts::result() {
  for (std::size_t at = 1; at < m_starts.size(); ++at) m_starts[at] += m_starts[at - 1];
  m_result.resize(m_starts.back());
  // No two parts have a smallest vertex in common.
  const auto parts = static_cast<std::int64_t>(std::max<std::size_t>(m_pieces.size() - 1, 1));
  parallelChunks(m_team, parts, 1,
                 [&](std::int64_t part, std::int64_t, std::int64_t) { place(m_pieces[part]); });
  if (m_pieces.size() > 1) place(m_pieces.back());
  for (const Piece& piece : m_pieces) write(piece);
  return std::move(m_result);
}

void Parts::place(Piece& piece) {
  piece.places.resize(piece.tetrahedra.size());
  for (std::size_t at = 0; at < piece.tetrahedra.size(); ++at)
    if (piece.isKept[at]) piece.places[at] = m_starts[smallest(piece.tetrahedra[at].vertex)]++;
}

void Parts::write(const Piece& piece) {
  const bool isBorder = &piece == &m_pieces.back();
  const auto placeOf = [&](int neighbour) {
    if (neighbour >= 0) return piece.places[neighbour];
    const Seam& seam = m_seams[~neighbour];
    return isBorder ? m_pieces[seam.part].places[seam.final] : m_pieces.back().places[seam.beyond];
  };
  parallelChunks(m_team, static_cast<std::int64_t>(piece.tetrahedra.size()), kChunk,
                 [&](std::int64_t begin, std::int64_t end, std::int64_t) {
                   for (std::int64_t at = begin; at < end; ++at) {
                     if (!piece.isKept[at]) continue;
                     const DelaunayTetrahedron& from = piece.tetrahedra[at];
                     RegularMesh3::Tetrahedron& to = m_result[piece.places[at]];
                     for (int i = 0; i < 4; ++i) {
                       to.vertex[i] = from.vertex[i];
                       to.neighbour[i] = placeOf(from.neighbour[i]);
                     }
                   }
                 });
}

}  // namespace

int delaunayParts(std::size_t sites) {
  return sites < kManySites ? 1 : 2;
}

DelaunayInParts delaunayInParts(std::span<const Point3> sites, int parts, ThreadTeam& team,
                                const std::function<void()>& beside) {
  Parts pieces(sites, parts, team);
  bool isDone = false;
  const auto once = [&] {
    if (beside && !std::exchange(isDone, true)) beside();
  };
  if (!pieces.cut() || !pieces.triangulate() || !pieces.joinBorder(once)) {
    pieces.takeWhole(once);
    parts = 1;
  }
  return {pieces.result(), parts};
}

}  // namespace monge
