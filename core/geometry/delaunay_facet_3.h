// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "core/geometry/delaunay_3.h"

namespace monge {

/// The vertices of a facet in rising order; `even` tells the tetrahedron on one side from that on the other.
struct DelaunayFacet {
  std::array<int, 3> vertices;
  bool even;
};

/// That of a tetrahedron opposite to one of its vertices.
inline DelaunayFacet facetOf(const DelaunayTetrahedron& tetrahedron, int opposite) {
  DelaunayFacet facet{{}, opposite % 2 == 0};
  for (int i = 0, at = 0; i < 4; ++i)
    if (i != opposite) facet.vertices[at++] = tetrahedron.vertex[i];
  const auto order = [&](int& low, int& high) {
    if (low < high) return;
    std::swap(low, high);
    facet.even = !facet.even;
  };
  auto& [a, b, c] = facet.vertices;
  order(a, b), order(b, c), order(a, b);
  return facet;
}

struct HashVertices {
  std::size_t operator()(const std::array<int, 3>& vertices) const {
    std::uint64_t mixed = 0;
    for (const int vertex : vertices)
      mixed = (mixed ^ static_cast<std::uint64_t>(vertex)) * 0x9e3779b97f4a7c15U;
    return mixed ^ mixed >> 32;
  }
};

}  // namespace monge
