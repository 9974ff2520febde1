// SPDX-License-Identifier: GPL-3.0-or-later
// libFuzzer: any sites and weights give a diagram whose masses sum to 1, or one clear error; a few Newton
// steps from anywhere neither crash nor leave a cell empty. See tests/fuzz/README.md.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "core/base/error.h"
#include "core/geometry/power_diagram_2.h"
#include "core/transport/site_transport.h"
#include "tests/fuzz/numbers.h"

using namespace monge;

namespace {

void checkDiagram(const std::vector<Point2>& sites, const std::vector<double>& weights,
                  const Domain2& domain) {
  ThreadTeam team(1);
  const PowerDiagram2 diagram = powerDiagram(sites, weights, domain, *uniformDensity(domain), team);
  double total = 0, scale = 1;
  bool tame = true;
  for (std::size_t site = 0; site < sites.size(); ++site) {
    total += diagram.cells[site].mass;
    tame = tame && isTame(sites[site].x) && isTame(sites[site].y) && isTame(weights[site]);
    scale = std::max(
        {scale, std::abs(sites[site].x), std::abs(sites[site].y), std::sqrt(std::abs(weights[site]))});
  }
  // Bisectors are as exact as the weights' digits: at sites and weights far larger than the domain less is
  // left of them.
  if (tame) require(std::abs(total - 1) < 1e-9 * scale * scale, "masses sum to 1");
}

void checkSolver(const std::vector<Point2>& sites, const std::vector<double>& masses, const Domain2& domain) {
  PlaneProblem problem{Domain2::square(), {}, {}, {}};
  problem.domain = domain;
  problem.sites = sites;
  for (const double mass : masses) problem.masses.push_back(std::abs(mass));
  NewtonOptions options;
  options.maxIterations = 12;
  PlaneTransport solver(std::move(problem), options, 1);
  solver.run();
  for (const double mass : solver.masses()) require(mass > 0, "no cell is left empty");
  for (const double weight : solver.weights()) require(std::isfinite(weight), "weights are finite");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  Numbers numbers(bytes, std::min<std::size_t>(size, 4096));
  const std::uint8_t mode = numbers.byte();
  std::vector<Point2> sites;
  std::vector<double> weights;
  while (!numbers.empty() && sites.size() < 64) {
    const double x = numbers.next(), y = numbers.next();
    sites.push_back({x, y});
    weights.push_back(mode & 1 ? numbers.next() : 0);
  }
  try {
    const Domain2 domain = mode & 2 ? Domain2::disc({0.5, 0.5}, 0.6, 1e-2) : Domain2::square();
    if (mode & 4)
      checkSolver(sites, weights, domain);
    else
      checkDiagram(sites, weights, domain);
  } catch (const Error&) {  // said clearly
  }
  return 0;
}
