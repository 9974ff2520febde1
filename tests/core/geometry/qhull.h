// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

extern "C" {
#include <libqhull_r/qhull_ra.h>
}

namespace monge {

/// A convex hull by Qhull, which shares no code with CGAL: facets merged where rounding cannot tell them
/// apart, then triangulated.
struct QhullHull {
  struct Facet {
    std::vector<int> vertices;   ///< rows of the points
    std::vector<double> normal;  ///< outwards, of length 1; <normal, x> + offset = 0 on the facet
    double offset = 0;
  };
  std::vector<Facet> facets;
  double volume = 0;
  std::string problem;  ///< what Qhull said when it found none
};

/// @param points  row after row, `dimension` coordinates each
inline QhullHull qhullHull(int dimension, std::span<const double> points) {
  QhullHull hull;
  std::vector<double> copy(points.begin(), points.end());
  qhT state;
  qhT* qh = &state;
  char* words = nullptr;
  std::size_t size = 0;
  FILE* said = open_memstream(&words, &size);
  qh_zero(qh, said);
  char command[] = "qhull Qt Pp";
  const int count = static_cast<int>(copy.size()) / dimension;
  if (qh_new_qhull(qh, dimension, count, copy.data(), False, command, said, said) == 0) {
    qh_getarea(qh, qh->facet_list);
    hull.volume = qh->totvol;
    facetT* facet = nullptr;
    FORALLfacets {
      QhullHull::Facet found{{}, {facet->normal, facet->normal + dimension}, facet->offset};
      vertexT *vertex = nullptr, **vertexp = nullptr;
      FOREACHvertex_(facet->vertices) found.vertices.push_back(qh_pointid(qh, vertex->point));
      hull.facets.push_back(std::move(found));
    }
  }
  int unused = 0, unusedToo = 0;
  qh_freeqhull(qh, !qh_ALL);
  qh_memfreeshort(qh, &unused, &unusedToo);
  std::fclose(said);
  hull.problem.assign(words, size);
  std::free(words);
  return hull;
}

}  // namespace monge
