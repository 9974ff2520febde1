// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "app/window/transport/transport_picture.h"
#include "core/base/thread_team.h"
#include "core/geometry/singular_facets.h"
#include "core/transport/density_source.h"
#include "core/transport/site_transport.h"

namespace monge {

/// A problem and what its density was made of.
struct EditedProblem {
  PlaneProblem problem{Domain2::square(), {}, {}, {}};
  DensitySource density;
  std::shared_ptr<const RowsD> painted;  ///< in place of the source: as paintedDensity() has it
};

/// A transport problem in the plane that is solved step by step, edited, and looked back upon: what the
/// thread of TransportSolver works on. Every change ends in a moment that is announced. Not shared between
/// threads.
///
/// An edit that cannot be solved throws and leaves everything as it was.
class TransportSession {
 public:
  using Announce = std::function<void(std::shared_ptr<const TransportSnapshot>)>;
  explicit TransportSession(Announce announce) : m_announce(std::move(announce)) {}

  /// Takes the place of the problem that was open, with all that can be undone of it.
  void open(EditedProblem problem, std::string name);
  /// A folder as `monge-cli transport` writes it, cells aside: it opens again with every digit.
  /// @throws Error when it cannot be written
  void save(const std::filesystem::path& folder);

  void solve(std::stop_token stop);  ///< steps until the solver ends
  void step(std::stop_token stop);   ///< one
  void back();                       ///< to before the last one
  void reset();                      ///< to before the first one

  void moveSite(int site, Point2 to, bool follow, bool done, std::stop_token stop);
  void addSites(const std::vector<Point2>& sites, std::stop_token stop);
  void removeSites(std::vector<int> sites, std::stop_token stop);
  void setMass(int site, double share, std::stop_token stop);
  void setWeight(int site, double weight);
  void turnWeight(int site, double change);
  /// Another domain, density or masses for the same sites.
  void change(EditedProblem problem, std::stop_token stop);
  /// Adds to the density, or takes from it, along a stroke; the whole stroke each time.
  void paint(const std::vector<Point2>& stroke, double radius, bool erases, bool done, std::stop_token stop);
  void setRule(const SingularRule& rule);

  void undo();
  void redo();

  /// Grows when rows of the problem change their meaning.
  int revision() const { return m_revision; }
  /// @throws Error on a row that is not there
  void requireSite(int site) const;
  const EditedProblem& edited() const { return m_now; }

 private:
  /// All that an edit changes.
  struct State : EditedProblem {
    std::vector<double> weights;
    std::string status = "new";
    std::vector<SolveStep> steps;
    TransportCertificate certificate;
  };
  struct Edit {
    std::string name;   ///< "move", "add", "remove", "mass", "weight", "problem", "density"
    int site = -1;      ///< edits of one site that follow one another are undone together
    bool open = false;  ///< the hand is not still yet
    State before;
  };

  std::vector<double> shares() const;
  void start();
  void forgetSteps();
  void prepare(std::stop_token stop);
  bool advance(std::stop_token stop);
  void rest(std::stop_token stop);
  void solveEdited(Edit edit, EditedProblem edited, std::stop_token stop, double tolerance);
  void drawEdited(Edit edit, std::vector<double> weights, PictureDetail detail);
  void remember(Edit edit);
  void exchange(std::deque<Edit>& from, std::deque<Edit>& to);
  PictureDetail detail(int most) const;
  PictureDetail whileMoving() const;
  PictureDetail atRest() const;
  void show(PictureDetail detail, std::string status);

  Announce m_announce;
  std::string m_name;
  State m_now;
  std::unique_ptr<PlaneTransport> m_solver;  ///< null once the problem or its weights were edited
  std::vector<std::vector<double>> m_past;   ///< weights before each step
  std::deque<Edit> m_undo, m_redo;           ///< newest last
  std::shared_ptr<const RowsD> m_canvas;     ///< of the stroke that is painted: the density before it
  SingularRule m_rule;
  int m_revision = 0;
  std::shared_ptr<const DensityField> m_field;
  Density2Ptr m_fieldOf;  ///< the density that m_field shows
  ThreadTeam m_team{ThreadTeam::availableCores()};
  QElapsedTimer m_sinceMoment;
};

}  // namespace monge
