// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace monge {

/// Which of a tetrahedron's vertices is the given one, known to be one of them. Without a branch: where a
/// site stands in the tetrahedra around it cannot be foretold.
inline int cornerOf(const int (&vertices)[4], int vertex) {
  return (vertices[1] == vertex) + 2 * (vertices[2] == vertex) + 3 * (vertices[3] == vertex);
}

/// The other three vertices k, l, m of a positively oriented tetrahedron for each of its vertices i, such
/// that i, k, l, m are positively oriented too: around the edge from i to k the next tetrahedron,
/// counter-clockwise as k sees it, is the one opposite to l; around l it is the one opposite to m, and around
/// m that opposite to k.
inline constexpr int kOthers[4][3] = {{1, 2, 3}, {0, 3, 2}, {0, 1, 3}, {0, 2, 1}};

}  // namespace monge
