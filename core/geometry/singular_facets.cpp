// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/singular_facets.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/geometry/disjoint_sets.h"
#include "core/geometry/facet_jump.h"

namespace monge {
namespace {

constexpr std::size_t kMostJumps = 3;

double jumpOf(const PowerDiagram2& diagram, const PowerDiagram2::Facet& facet) {
  return norm(diagram.sites[facet.second] - diagram.sites[facet.first]);
}

/// Per site: jump and neighbour of each of its facets.
std::vector<std::vector<std::pair<double, int>>> jumpsOfSites(std::size_t sites,
                                                              std::span<const SiteJump> jumps) {
  std::vector<std::vector<std::pair<double, int>>> around(sites);
  for (const auto& [first, second, length] : jumps) {
    around[first].emplace_back(length, second);
    around[second].emplace_back(length, first);
  }
  return around;
}

std::vector<SiteJump> jumpsOf(const PowerDiagram2& diagram) {
  std::vector<SiteJump> jumps;
  for (const auto& facet : diagram.facets)
    jumps.push_back({facet.first, facet.second, jumpOf(diagram, facet)});
  return jumps;
}

std::vector<int> facetsAbove(const PowerDiagram2& diagram, const SingularRule& rule,
                             const std::vector<double>& spacing) {
  std::vector<int> found;
  for (std::size_t row = 0; row < diagram.facets.size(); ++row) {
    const auto& facet = diagram.facets[row];
    double value = 0, scale = 1;
    if (rule.by == SingularRule::By::Angle)
      value = graphAngle(diagram.sites[facet.first], diagram.sites[facet.second]);
    else
      value = jumpOf(diagram, facet);
    if (rule.by == SingularRule::By::Spacing) scale = std::max(spacing[facet.first], spacing[facet.second]);
    if (value > rule.threshold * scale) found.push_back(static_cast<int>(row));
  }
  return found;
}

/// Area of the triangles that meet in a vertex, in squared spacings.
double tearAt(const PowerDiagram2& diagram, const PowerComplex2& complex, int vertex,
              const std::vector<double>& spacing) {
  double sum = 0;
  for (const int triangle : complex.trianglesAt(vertex)) {
    const auto [a, b, c] = diagram.triangles[triangle];
    const double area = cross(diagram.sites[b] - diagram.sites[a], diagram.sites[c] - diagram.sites[a]) / 2;
    const double scale = std::max({spacing[a], spacing[b], spacing[c]});
    if (scale > 0) sum += area / (scale * scale);
  }
  return sum;
}

/// Keeps the facets of those connected pieces that tear enough.
void dropSmallTears(const PowerComplex2& complex, SingularFacets& facets) {
  DisjointSets pieces(static_cast<int>(complex.vertices.size()));
  for (const int row : facets.rows) pieces.unite(complex.facetEnds[row][0], complex.facetEnds[row][1]);
  std::vector<double> sum(complex.vertices.size(), 0.0);
  for (int vertex = 0; vertex < pieces.size(); ++vertex) sum[pieces.find(vertex)] += facets.tear[vertex];
  std::erase_if(facets.rows,
                [&](int row) { return sum[pieces.find(complex.facetEnds[row][0])] < facets.leastTear; });
}

void requireNumber(const char* subject, double value) {
  if (!(value >= 0)) throw Error(subject, numberText(value), "a number of at least 0");
}

}  // namespace

void requireValid(const SingularRule& rule) {
  requireNumber("threshold of singular facets", rule.threshold);
  requireNumber("least tear of singular facets", rule.leastTear);
}

std::vector<double> targetSpacing(std::size_t sites, std::span<const SiteJump> all) {
  auto jumps = jumpsOfSites(sites, all);
  std::vector<double> own(jumps.size(), 0.0), spacing(jumps.size(), 0.0);
  for (std::size_t site = 0; site < jumps.size(); ++site) {
    auto& list = jumps[site];
    const std::size_t count = std::min((list.size() + 1) / 2, kMostJumps);
    std::partial_sort(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(count), list.end());
    for (std::size_t at = 0; at < count; ++at) own[site] += list[at].first / static_cast<double>(count);
  }
  std::vector<double> around;
  for (std::size_t site = 0; site < jumps.size(); ++site) {
    around.assign(1, own[site]);
    for (const auto& [jump, other] : jumps[site]) around.push_back(own[other]);
    const auto middle = around.begin() + static_cast<std::ptrdiff_t>(around.size() / 2);
    std::nth_element(around.begin(), middle, around.end());
    spacing[site] = *middle;
  }
  return spacing;
}

std::vector<double> targetSpacing(const PowerDiagram2& diagram) {
  return targetSpacing(diagram.sites.size(), jumpsOf(diagram));
}

SingularFacets singularFacets(const PowerDiagram2& diagram, const PowerComplex2& complex,
                              const SingularRule& rule) {
  requireValid(rule);
  SingularFacets facets;
  if (rule.by != SingularRule::By::Spacing) {
    facets.rows = facetsAbove(diagram, rule, {});
    return facets;
  }
  const std::vector<double> spacing = targetSpacing(diagram);
  facets.rows = facetsAbove(diagram, rule, spacing);
  for (std::size_t vertex = 0; vertex < complex.vertices.size(); ++vertex)
    facets.tear.push_back(tearAt(diagram, complex, static_cast<int>(vertex), spacing));
  facets.leastTear = rule.leastTear * std::log(static_cast<double>(diagram.sites.size()));
  dropSmallTears(complex, facets);
  return facets;
}

}  // namespace monge
