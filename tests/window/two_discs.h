// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/transport/transport_picture.h"
#include "core/base/random.h"
#include "core/transport/site_transport.h"

namespace monge::test {

/// The unit square carried to two discs of points, apart along x: one tear between them.
struct TwoDiscs {
  PlaneProblem problem{Domain2::square(), {}, {}, {}};
  TransportSnapshot moment;

  explicit TwoDiscs(int count = 60) {
    problem.density = uniformDensity(problem.domain);
    Random random(3);
    while (static_cast<int>(problem.sites.size()) < count) {
      const Point2 at{random.uniform(-1, 1), random.uniform(-1, 1)};
      if (squaredNorm(at) > 1) continue;
      const double side = problem.sites.size() % 2 ? 0.8 : 0.2;
      problem.sites.push_back({side + 0.15 * at.x, 0.5 + 0.15 * at.y});
    }
    PlaneTransport solver(problem, {}, 1);
    solver.run();
    ThreadTeam team(1);
    const PowerDiagram2 diagram =
        powerDiagram(problem.sites, solver.weights(), problem.domain, *problem.density, team);
    moment = transportPicture(diagram, problem.domain, solver.problem().masses, {}, PictureDetail::Whole);
  }
};

}  // namespace monge::test
