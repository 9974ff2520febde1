// SPDX-License-Identifier: GPL-3.0-or-later
// How RegularMesh3 becomes regular again: bistellar flips of irregular facets.
#include <algorithm>
#include <limits>

#include "core/geometry/predicates_3.h"
#include "core/geometry/regular_mesh_3.h"
#include "core/geometry/tetrahedron_corners.h"

namespace monge {
namespace {

/// The vertices opposite to vertex i, ordered so that with vertex i as the fourth they are positively
/// oriented.
constexpr int kFacet[4][3] = {{1, 3, 2}, {0, 2, 3}, {0, 3, 1}, {0, 1, 2}};

}  // namespace

int RegularMesh3::neighbourOpposite(int tetrahedron, int vertex) const {
  const Tetrahedron& t = m_tetrahedra[tetrahedron];
  return t.neighbour[cornerOf(t.vertex, vertex)];
}

RegularMesh3::Pair RegularMesh3::pairAt(int tetrahedron, int opposite) const {
  const Tetrahedron& t = m_tetrahedra[tetrahedron];
  const int second = t.neighbour[opposite];
  const Tetrahedron& other = m_tetrahedra[second];
  const int(&facet)[3] = kFacet[opposite];
  return {tetrahedron,
          second,
          t.vertex[facet[0]],
          t.vertex[facet[1]],
          t.vertex[facet[2]],
          t.vertex[opposite],
          other.vertex[cornerOf(other.neighbour, tetrahedron)]};
}

/// The five sites satisfy one affine dependence l_d d + l_e e = alpha a + beta b + gamma c with l_d, l_e > 0;
/// the signs of alpha, beta and gamma, which are those of the orientations below, say what the segment d e
/// meets:
/// - all positive: the facet, which three tetrahedra around d e can replace;
/// - gamma < 0: it passes beyond the edge a b. Where only three tetrahedra are around that edge, two can
/// replace them;
/// - gamma = 0: it meets the edge a b. Where only four are around that edge, four around d e can replace
/// them;
/// - one positive, alpha: a is in the hull of the others, and its lifted point above theirs since the facet
/// is
///   irregular: a is hidden.
/// Turns the pair so that gamma or alpha is the one that stands out.
RegularMesh3::Move RegularMesh3::chooseMove(Pair& pair) const {
  const auto sign = [&](int u, int v) {
    return orientation(m_sites[u], m_sites[v], m_sites[pair.e], m_sites[pair.d]);
  };
  int alpha = sign(pair.b, pair.c), beta = sign(pair.c, pair.a), gamma = sign(pair.a, pair.b);
  const int positive = (alpha > 0) + (beta > 0) + (gamma > 0);
  if (positive == 3) return Move::TwoToThree;
  const auto turn = [&] {
    std::swap(pair.a, pair.b), std::swap(pair.b, pair.c);  // a, b, c = b, c, a
    std::swap(alpha, beta), std::swap(beta, gamma);
  };
  if (positive == 1) {
    while (alpha <= 0) turn();
    return Move::Hidden;
  }
  while (gamma > 0) turn();
  const int overAbe = neighbourOpposite(pair.second, pair.c), overAbd = neighbourOpposite(pair.first, pair.c);
  if (gamma < 0) return overAbe == overAbd ? Move::ThreeToTwo : Move::Stuck;
  return neighbourOpposite(overAbe, pair.e) == overAbd ? Move::FourToFour : Move::Stuck;
}

int RegularMesh3::newTetrahedron() {
  if (m_holes.empty()) {
    m_tetrahedra.emplace_back();
    return static_cast<int>(m_tetrahedra.size()) - 1;
  }
  const int place = m_holes.back();
  m_holes.pop_back();
  return place;
}

void RegularMesh3::relink(int tetrahedron, int from, int to) {
  auto& neighbours = m_tetrahedra[tetrahedron].neighbour;
  neighbours[cornerOf(neighbours, from)] = to;
}

void RegularMesh3::set(int tetrahedron, std::array<int, 4> vertices, std::array<int, 4> neighbours) {
  Tetrahedron& t = m_tetrahedra[tetrahedron];
  std::copy(vertices.begin(), vertices.end(), t.vertex);
  std::copy(neighbours.begin(), neighbours.end(), t.neighbour);
  for (const int vertex : vertices) {
    if (vertex != infinite()) m_tetrahedronOf[vertex] = tetrahedron;
    m_lastChange[vertex] = m_changes;
  }
  findCentre(t);
}

/// (a, b, c, d) and (a, c, b, e) become (a, b, e, d), (b, c, e, d) and (c, a, e, d).
void RegularMesh3::flipTwoToThree(const Pair& pair, std::array<int, 3>& made) {
  const auto [first, second, a, b, c, d, e] = pair;
  const int third = newTetrahedron();
  const int bcd = neighbourOpposite(first, a), cad = neighbourOpposite(first, b),
            abd = neighbourOpposite(first, c);
  const int bce = neighbourOpposite(second, a), cae = neighbourOpposite(second, b),
            abe = neighbourOpposite(second, c);
  set(first, {a, b, e, d}, {second, third, abd, abe});
  set(second, {b, c, e, d}, {third, first, bcd, bce});
  set(third, {c, a, e, d}, {first, second, cad, cae});
  relink(abe, second, first);
  relink(bcd, first, second);
  relink(cad, first, third);
  relink(cae, second, third);
  made = {first, second, third};
  ++m_flips;
}

/// (a, b, c, d), (a, c, b, e) and (a, b, d, e) become (c, e, d, a) and (c, d, e, b).
void RegularMesh3::flipThreeToTwo(const Pair& pair, std::array<int, 2>& made) {
  const auto [first, second, a, b, c, d, e] = pair;
  const int third = neighbourOpposite(first, c);
  const int bcd = neighbourOpposite(first, a), cad = neighbourOpposite(first, b);
  const int bce = neighbourOpposite(second, a), cae = neighbourOpposite(second, b);
  const int bde = neighbourOpposite(third, a), ade = neighbourOpposite(third, b);
  set(first, {c, e, d, a}, {ade, cad, cae, second});
  set(second, {c, d, e, b}, {bde, bce, bcd, first});
  relink(cae, second, first);
  relink(ade, third, first);
  relink(bcd, first, second);
  relink(bde, third, second);
  m_tetrahedra[third].vertex[0] = kHole;
  m_tetrahedra[third].error = std::numeric_limits<double>::infinity();
  m_holes.push_back(third);
  made = {first, second};
  ++m_flips;
}

/// (a, b, c, d), (a, c, b, e) and the two beyond them at the edge a b become four around the edge d e.
void RegularMesh3::flipFourToFour(const Pair& pair, std::array<int, 4>& made) {
  std::array<int, 3> three{};
  std::array<int, 2> two{};
  flipTwoToThree(pair, three);  // the first one, (a, b, e, d), is flat and goes with the second flip
  const int beyond = neighbourOpposite(three[0], pair.d);
  const Tetrahedron& t = m_tetrahedra[beyond];
  const int f = t.vertex[cornerOf(t.neighbour, three[0])];
  flipThreeToTwo({three[0], beyond, pair.a, pair.b, pair.e, pair.d, f}, two);
  made = {three[1], three[2], two[0], two[1]};
}

/// Ends where every facet is regular or stuck; or at a hidden site, with what is left to do in `work`.
std::optional<int> RegularMesh3::flipAll(Work& work) {
  const auto add = [&](const auto& tetrahedra) {
    for (const int tetrahedron : tetrahedra)
      for (int opposite = 0; opposite < 4; ++opposite) work.facets.push_back({tetrahedron, opposite});
  };
  // Of five sites one triangulation is regular: facets between tetrahedra of one flip need no second look.
  const auto addAround = [&](const auto& made) {
    for (const int tetrahedron : made)
      for (int opposite = 0; opposite < 4; ++opposite)
        if (std::find(made.begin(), made.end(), m_tetrahedra[tetrahedron].neighbour[opposite]) == made.end())
          work.facets.push_back({tetrahedron, opposite});
  };
  std::array<int, 2> two{};
  std::array<int, 3> three{};
  std::array<int, 4> four{};
  for (long before = -1; before != m_flips;) {
    before = m_flips;
    while (!work.facets.empty()) {
      const Facet facet = work.facets.back();
      work.facets.pop_back();
      if (m_tetrahedra[facet.tetrahedron].vertex[0] == kHole ||
          !isIrregular(facet.tetrahedron, facet.opposite))
        continue;
      Pair pair = pairAt(facet.tetrahedron, facet.opposite);
      switch (chooseMove(pair)) {
        case Move::TwoToThree:
          flipTwoToThree(pair, three), addAround(three);
          break;
        case Move::ThreeToTwo:
          flipThreeToTwo(pair, two), addAround(two);
          break;
        case Move::FourToFour:
          flipFourToFour(pair, four), add(four);
          break;
        case Move::Stuck:
          work.stuck.push_back(facet);
          break;
        case Move::Hidden:
          work.facets.push_back(facet);
          return pair.a;
      }
    }
    if (m_flips != before) work.facets.swap(work.stuck);  // flips elsewhere may have freed them
  }
  return std::nullopt;
}

std::vector<int> RegularMesh3::tetrahedraAround(int site) const {
  std::vector<int> found{m_tetrahedronOf[site]};
  for (std::size_t next = 0; next < found.size(); ++next) {
    const Tetrahedron& t = m_tetrahedra[found[next]];
    for (int i = 0; i < 4; ++i)
      if (t.vertex[i] != site && std::find(found.begin(), found.end(), t.neighbour[i]) == found.end())
        found.push_back(t.neighbour[i]);
  }
  return found;
}

void RegularMesh3::addFacetsAround(int site, std::vector<Facet>& facets) const {
  for (const int tetrahedron : tetrahedraAround(site))
    for (int opposite = 0; opposite < 4; ++opposite) facets.push_back({tetrahedron, opposite});
}

/// Those at the facets and all their neighbours, in order.
std::vector<int> RegularMesh3::sitesAround(const std::vector<Facet>& facets) const {
  std::vector<int> found;
  for (const Facet& facet : facets)
    for (const int site : m_tetrahedra[facet.tetrahedron].vertex) {
      if (m_tetrahedra[facet.tetrahedron].vertex[0] == kHole || site == infinite()) continue;
      for (const int tetrahedron : tetrahedraAround(site))
        for (const int other : m_tetrahedra[tetrahedron].vertex)
          if (other != infinite()) found.push_back(other);
    }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

/// A site that some others hide is hidden among all.
std::optional<int> RegularMesh3::hiddenAmong(const std::vector<int>& sites) const {
  std::vector<Point3> points;
  std::vector<double> weights;
  for (const int site : sites) {
    points.push_back(m_sites[site]);
    weights.push_back(m_weights[site]);
  }
  const std::optional<int> hidden = regularGraph(points, weights).hidden;
  return hidden ? std::optional(sites[*hidden]) : std::nullopt;
}

void RegularMesh3::moveWeight(int site, double weight) {
  m_weights[site] = weight;
  for (const int tetrahedron : tetrahedraAround(site)) findCentre(m_tetrahedra[tetrahedron]);
}

/// Flips may get stuck about a site that is hidden; or they came in a bad order. Then one of the sites about
/// a stuck facet a, b, c that lets the edge d e grow or the edge a b shrink is given another weight for a
/// while: most often that gives another order.
std::optional<int> RegularMesh3::freeStuck(Work& work) {
  constexpr int kAttempts = 12;
  if (work.stuck.empty()) return std::nullopt;
  if (const auto hidden = hiddenAmong(sitesAround(work.stuck))) return hidden;
  for (int attempt = 0; attempt < kAttempts && !work.stuck.empty(); ++attempt) {
    const Facet facet = work.stuck[attempt % work.stuck.size()];
    Pair pair = pairAt(facet.tetrahedron, facet.opposite);
    chooseMove(pair);
    const int sites[] = {pair.d, pair.a, pair.e, pair.b};
    const int site = sites[attempt % 4];
    const double wanted = m_weights[site],
                 change = squaredNorm(m_sites[pair.a] - m_sites[pair.b]) / (4 << attempt / 4);
    work.facets.swap(work.stuck);
    moveWeight(site, wanted + (attempt % 2 == 0 ? change : -change));
    addFacetsAround(site, work.facets);
    flipAll(work);  // a site that is hidden meanwhile need not be so at the end
    moveWeight(site, wanted);
    work.facets.insert(work.facets.end(), work.stuck.begin(), work.stuck.end());
    work.stuck.clear();
    addFacetsAround(site, work.facets);
    if (const auto hidden = flipAll(work)) return hidden;
  }
  return std::nullopt;
}

}  // namespace monge
