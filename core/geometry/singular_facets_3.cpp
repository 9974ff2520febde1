// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/singular_facets_3.h"

#include <algorithm>
#include <cmath>

#include "core/geometry/facet_jump.h"

namespace monge {
namespace {

std::vector<SiteJump> jumpsOf(const std::vector<Point3>& sites, const PowerComplex3& complex) {
  std::vector<SiteJump> jumps;
  for (const auto& facet : complex.facets)
    jumps.push_back({facet.first, facet.second, norm(sites[facet.second] - sites[facet.first])});
  return jumps;
}

double tearAt(const std::vector<Point3>& sites, const PowerComplex3::Vertex& vertex,
              const std::vector<double>& spacing) {
  const auto [a, b, c, d] = vertex.sites;
  const double volume =
      std::abs(dot(sites[b] - sites[a], cross(sites[c] - sites[a], sites[d] - sites[a]))) / 6;
  const double scale = std::max({spacing[a], spacing[b], spacing[c], spacing[d]});
  return scale > 0 ? volume / (scale * scale * scale) : 0;
}

/// Keeps the facets of those connected pieces that tear enough.
void dropSmallTears(const PowerComplex3& complex, SingularFacets3& facets) {
  DisjointSets pieces = touchingFacets(complex, facets.isSingular);
  std::vector<double> sum(complex.facets.size(), 0.0);
  for (std::size_t row = 0; row < complex.vertices.size(); ++row) {
    std::vector<int> touched;
    for (const int edge : complex.vertices[row].edges)
      for (const int facet : complex.edges[edge].facets)
        if (facets.isSingular[facet]) touched.push_back(pieces.find(facet));
    std::sort(touched.begin(), touched.end());
    touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
    for (const int piece : touched) sum[piece] += facets.tear[row];
  }
  for (int row = 0; row < static_cast<int>(complex.facets.size()); ++row)
    if (facets.isSingular[row] && sum[pieces.find(row)] < facets.leastTear) facets.isSingular[row] = false;
}

}  // namespace

DisjointSets touchingFacets(const PowerComplex3& complex, const std::vector<char>& isSingular) {
  DisjointSets pieces(static_cast<int>(complex.facets.size()));
  for (const auto& edge : complex.edges) {
    int known = -1;
    for (const int facet : edge.facets) {
      if (!isSingular[facet]) continue;
      if (known >= 0) pieces.unite(known, facet);
      known = facet;
    }
  }
  return pieces;
}

SingularRule spaceRule() {
  SingularRule rule;
  rule.threshold = 4.5;
  rule.leastTear = 6;
  return rule;
}

SingularFacets3 singularFacets(const std::vector<Point3>& sites, const PowerComplex3& complex,
                               const SingularRule& rule) {
  requireValid(rule);
  SingularFacets3 found;
  const std::vector<SiteJump> jumps = jumpsOf(sites, complex);
  const bool bySpacing = rule.by == SingularRule::By::Spacing;
  std::vector<double> spacing;
  if (bySpacing) spacing = targetSpacing(sites.size(), jumps);
  for (const auto& [first, second, length] : jumps) {
    const double value =
        rule.by == SingularRule::By::Angle ? graphAngle(sites[first], sites[second]) : length;
    const double scale = bySpacing ? std::max(spacing[first], spacing[second]) : 1;
    found.isSingular.push_back(value > rule.threshold * scale);
  }
  if (!bySpacing) return found;
  for (const auto& vertex : complex.vertices) found.tear.push_back(tearAt(sites, vertex, spacing));
  found.leastTear = rule.leastTear * std::log(static_cast<double>(sites.size()));
  dropSmallTears(complex, found);
  return found;
}

}  // namespace monge
