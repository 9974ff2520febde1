// SPDX-License-Identifier: GPL-3.0-or-later
// libFuzzer: any sites in space have one Delaunay triangulation, in one piece and in parts; cells that follow
// weights are those of fresh ones; a few Newton steps from anywhere neither crash nor leave a cell empty. See
// tests/fuzz/README.md.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <set>
#include <vector>

#include "core/base/error.h"
#include "core/geometry/delaunay_parts_3.h"
#include "core/geometry/power_cells_3.h"
#include "core/geometry/predicates_3.h"
#include "core/transport/site_transport.h"
#include "tests/fuzz/numbers.h"

using namespace monge;

namespace {

using Sites = std::vector<Point3>;

std::set<std::array<int, 4>> verticesOf(const std::vector<RegularMesh3::Tetrahedron>& tetrahedra) {
  std::set<std::array<int, 4>> all;
  for (const RegularMesh3::Tetrahedron& tetrahedron : tetrahedra) {
    auto [a, b, c, d] = tetrahedron.vertex;
    std::array<int, 4> vertices{a, b, c, d};
    std::sort(vertices.begin(), vertices.end());
    require(all.insert(vertices).second, "no tetrahedron comes twice");
  }
  return all;
}

void checkLinks(const std::vector<RegularMesh3::Tetrahedron>& all, const Sites& sites) {
  const int infinite = static_cast<int>(sites.size());
  for (int at = 0; at < static_cast<int>(all.size()); ++at) {
    const auto& v = all[at].vertex;
    if (std::find(std::begin(v), std::end(v), infinite) == std::end(v))
      require(orientation(sites[v[0]], sites[v[1]], sites[v[2]], sites[v[3]]) > 0, "tetrahedra are positive");
    for (const int other : all[at].neighbour) {
      const auto& back = all[other].neighbour;
      require(std::find(std::begin(back), std::end(back), at) != std::end(back), "links answer");
    }
  }
}

void checkDelaunay(Sites sites) {
  std::set<std::array<double, 3>> known;
  std::erase_if(sites, [&](Point3 site) {
    return !isFinite(site) || !known.insert({site.x, site.y, site.z}).second;
  });
  ThreadTeam team(1);
  const auto whole = delaunayInParts(sites, 1, team).tetrahedra;
  checkLinks(whole, sites);
  for (const int parts : {2, 3}) {
    const auto made = delaunayInParts(sites, parts, team).tetrahedra;
    checkLinks(made, sites);
    require(verticesOf(made) == verticesOf(whole), "parts make the same triangulation");
  }
}

void checkCells(const Sites& sites, const std::vector<double>& weights) {
  ThreadTeam team(1);
  const Domain3 domain = Domain3::cube();
  PowerCells3 cells(sites, domain, uniformDensity(domain), team);
  CellSystem system, again;
  std::vector<double> trial(sites.size(), 0);
  double scale = 1;
  for (std::size_t site = 0; site < sites.size(); ++site)
    for (const double value : {sites[site].x, sites[site].y, sites[site].z, weights[site]}) {
      if (!isTame(value)) return;
      scale = std::max(scale, std::abs(value));
    }
  for (const double share : {0.0, 1.0, 0.01, 0.0, 0.010001}) {
    for (std::size_t site = 0; site < sites.size(); ++site) trial[site] = share * weights[site];
    PowerCells3 fresh(sites, domain, uniformDensity(domain), team);
    const bool isEmpty = cells.evaluate(trial, system).has_value();
    if (isEmpty || fresh.evaluate(trial, again)) continue;
    double total = 0, largest = 0;
    for (std::size_t site = 0; site < sites.size(); ++site) {
      total += system.masses[site];
      largest = std::max(largest, std::abs(system.masses[site] - again.masses[site]));
    }
    require(std::abs(total - 1) < 1e-8 * scale * scale, "masses sum to 1");
    require(largest < 1e-8 * scale * scale, "cells that follow are those of fresh ones");
  }
}

void checkSolver(const Sites& sites, const std::vector<double>& masses) {
  SpaceProblem problem{Domain3::cube(), {}, sites, {}};
  for (const double mass : masses) problem.masses.push_back(std::abs(mass));
  NewtonOptions options;
  options.maxIterations = 8;
  SpaceTransport solver(std::move(problem), options, 1);
  solver.run();
  for (const double mass : solver.masses()) require(mass > 0, "no cell is left empty");
  for (const double weight : solver.weights()) require(std::isfinite(weight), "weights are finite");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  Numbers numbers(bytes, std::min<std::size_t>(size, 4096));
  const std::uint8_t mode = numbers.byte();
  Sites sites;
  std::vector<double> weights;
  while (!numbers.empty() && sites.size() < 48) {
    const double x = numbers.next(), y = numbers.next(), z = numbers.next();
    sites.push_back({x, y, z});
    weights.push_back(mode & 1 ? numbers.next() : 0);
  }
  try {
    if (mode & 2)
      checkDelaunay(sites);
    else if (mode & 4)
      checkSolver(sites, weights);
    else
      checkCells(sites, weights);
  } catch (const Error&) {  // said clearly
  }
  return 0;
}
