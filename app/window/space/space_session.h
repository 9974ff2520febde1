// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "app/window/space/space_picture.h"
#include "core/base/thread_team.h"
#include "core/geometry/singular_facets_3.h"
#include "core/transport/site_transport.h"

namespace monge {

/// A transport problem in space that is solved step by step and looked back upon: what the thread of
/// SpaceSolver works on. Every change ends in a moment that is announced. Not shared between threads.
class SpaceSession {
 public:
  using Announce = std::function<void(std::shared_ptr<const SpaceSnapshot>)>;
  explicit SpaceSession(Announce announce) : m_announce(std::move(announce)) {}

  /// Takes the place of the problem that was open, which stays on an error.
  /// @throws Error as SpaceTransport does
  void open(const SpaceProblem& problem, const std::string& name);
  void solve(std::stop_token stop);  ///< steps until the solver ends
  void step(std::stop_token stop);   ///< one
  void back();                       ///< to before the last one
  void reset();                      ///< to before the first one

 private:
  void start();
  bool advance(std::stop_token stop);
  void prepare(std::stop_token stop);
  void rest(std::stop_token stop);
  void show(SpaceDetail detail, const std::string& status);
  SpaceDetail atRest() const;
  SpaceDetail whileMoving() const;

  Announce m_announce;
  std::string m_name;
  int m_revision = 0;
  ThreadTeam m_team{ThreadTeam::availableCores()};
  std::unique_ptr<SpaceTransport> m_solver;  ///< null after a look back
  std::unique_ptr<SpaceProblem> m_problem;   ///< its masses sum to 1
  std::unique_ptr<SpacePictures> m_pictures;
  std::vector<double> m_weights;
  std::vector<std::vector<double>> m_past;  ///< weights before each step
  std::vector<SolveStep> m_steps;
  TransportCertificate m_certificate;
  QElapsedTimer m_sinceMoment;
};

}  // namespace monge
