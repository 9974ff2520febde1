// SPDX-License-Identifier: GPL-3.0-or-later
// How RegularMesh3 becomes regular again: bistellar flips of irregular facets.
#include <algorithm>

#include "core/geometry/predicates_3.h"
#include "core/geometry/regular_mesh_3.h"

namespace monge {
namespace {

/// The vertices opposite to vertex i, ordered so that with vertex i as the fourth they are positively
/// oriented.
constexpr int kFacet[4][3] = {{1, 3, 2}, {0, 2, 3}, {0, 3, 1}, {0, 1, 2}};

int indexOf(const int (&values)[4], int value) {
  return values[0] == value ? 0 : values[1] == value ? 1 : values[2] == value ? 2 : 3;
}

}  // namespace

int RegularMesh3::neighbourOpposite(int tetrahedron, int vertex) const {
  const Tetrahedron& t = m_tetrahedra[tetrahedron];
  return t.neighbour[indexOf(t.vertex, vertex)];
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
          other.vertex[indexOf(other.neighbour, tetrahedron)]};
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
    m_centres.emplace_back();
    return static_cast<int>(m_tetrahedra.size()) - 1;
  }
  const int place = m_holes.back();
  m_holes.pop_back();
  return place;
}

void RegularMesh3::relink(int tetrahedron, int from, int to) {
  auto& neighbours = m_tetrahedra[tetrahedron].neighbour;
  neighbours[indexOf(neighbours, from)] = to;
}

void RegularMesh3::set(int tetrahedron, std::array<int, 4> vertices, std::array<int, 4> neighbours) {
  Tetrahedron& t = m_tetrahedra[tetrahedron];
  std::copy(vertices.begin(), vertices.end(), t.vertex);
  std::copy(neighbours.begin(), neighbours.end(), t.neighbour);
  for (const int vertex : vertices)
    if (vertex != infinite()) m_tetrahedronOf[vertex] = tetrahedron;
  m_centres[tetrahedron].error = -1;
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
  m_centres[third].error = -1;
  m_holes.push_back(third);
  made = {first, second};
  ++m_flips;
}

std::optional<int> RegularMesh3::flipAll(std::vector<Facet>& facets, std::vector<Facet>& stuck) {
  const auto pushFacets = [&](std::span<const int> tetrahedra) {
    for (const int tetrahedron : tetrahedra)
      for (int opposite = 0; opposite < 4; ++opposite) facets.push_back({tetrahedron, opposite});
  };
  std::array<int, 3> three{};
  std::array<int, 2> two{};
  long before = m_flips;
  while (true) {
    while (!facets.empty()) {
      const auto [tetrahedron, opposite] = facets.back();
      facets.pop_back();
      if (m_tetrahedra[tetrahedron].vertex[0] == kHole || !isIrregular(tetrahedron, opposite)) continue;
      Pair pair = pairAt(tetrahedron, opposite);
      switch (chooseMove(pair)) {
        case Move::Hidden:
          return pair.a;
        case Move::Stuck:
          stuck.push_back({tetrahedron, opposite});
          break;
        case Move::TwoToThree:
          flipTwoToThree(pair, three);
          pushFacets(three);
          break;
        case Move::ThreeToTwo:
          flipThreeToTwo(pair, two);
          pushFacets(two);
          break;
        case Move::FourToFour: {
          flipTwoToThree(pair, three);  // the first one is flat, and goes with the second flip
          const Pair flat{three[0], neighbourOpposite(three[0], pair.d), pair.a, pair.b, pair.e, pair.d,
                          kHole};
          Pair around = flat;
          const Tetrahedron& beyond = m_tetrahedra[flat.second];
          around.e = beyond.vertex[indexOf(beyond.neighbour, flat.first)];
          flipThreeToTwo(around, two);
          pushFacets(two);
          pushFacets(std::span(three).subspan(1));
          break;
        }
      }
    }
    if (stuck.empty() || m_flips == before) return std::nullopt;
    before = m_flips;  // flips elsewhere may have freed what was stuck
    facets.swap(stuck);
  }
}

}  // namespace monge
