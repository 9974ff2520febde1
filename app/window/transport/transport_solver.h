// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <functional>
#include <memory>
#include <stop_token>
#include <vector>

#include "app/window/job_thread.h"
#include "app/window/newest_moment.h"
#include "core/geometry/singular_facets.h"
#include "core/snapshot/transport_snapshot.h"
#include "core/transport/site_transport.h"

namespace monge {

class TransportSession;
struct EditedProblem;

/// A transport problem in the plane that is solved, stepped and edited while it is looked at. The work is
/// done on a thread of its own; every function here returns at once, and the signals come on the GUI thread.
///
/// Edits are answered at display rate: while one is worked on, only the newest of those that follow it is
/// kept. A problem that cannot be solved as it is edited (two sites on one spot) leaves the last good moment.
class TransportSolver : public QObject {
  Q_OBJECT
 public:
  explicit TransportSolver(QObject* parent = nullptr);
  ~TransportSolver() override;

  /// Takes the place of the problem that was open; solve() begins from a start of its own.
  void open(const EditedProblem& problem, const QString& name);
  /// Into a folder, as TransportSession::save(); saved() or problem() tells the end of it.
  void save(const QString& folder);

  /// What is open now, with all edits, handed to `answer` on the GUI thread.
  void ask(std::function<void(const EditedProblem&)> answer);

  void solve();  ///< Newton steps until it ends or pause()
  void step();   ///< one
  void back();   ///< to before the last one
  void reset();  ///< to before the first one
  void pause();  ///< at once, in the middle of a step

  /// @param follow  whether the problem is solved again, or only its diagram drawn with the old weights
  /// @param done    the hand is still: to the last digit, with the surfaces
  void moveSite(int site, Point2 to, bool follow, bool done = true);
  void addSites(std::vector<Point2> sites);
  void removeSites(std::vector<int> sites);
  void setMass(int site, double share);     ///< of the whole, in (0, 1): the others keep their proportions
  void setWeight(int site, double weight);  ///< squared data units; the diagram with it, unsolved
  void turnWeight(int site, double change);
  /// Another domain, density or masses for the sites.
  void change(const EditedProblem& problem);
  /// Of the density, as TransportSession::paint().
  void paint(std::vector<Point2> stroke, double radius, bool erases, bool done);
  /// Which walls are singular; no edit, and so not undone.
  void setRule(const SingularRule& rule);

  void undo();  ///< the last edit
  void redo();

  bool isSolving() const;
  /// The newest moment; null before the first.
  const TransportSnapshotPtr& moment() const { return m_moment; }

 signals:
  void momentChanged();
  void solvingChanged(bool solving);
  void saved(const QString& folder);
  void problem(const QString& message);  ///< the last good moment stays

 private:
  struct Job {
    enum class Kind { Other, Move, Mass, Weight, Paint, Rule, Step, Solve };
    Kind kind = Kind::Other;
    int site = -1;  ///< a newer edit of the same kind and site takes the place of one that waits
    std::function<void(TransportSession&, std::stop_token)> run;
    bool isReplaced() const { return kind != Kind::Other && !isSolve(); }
    bool isSolve() const { return kind == Kind::Step || kind == Kind::Solve; }
  };
  void edit(Job::Kind kind, int site, std::function<void(TransportSession&, std::stop_token)> change);
  void queue(Job job);

  TransportSnapshotPtr m_moment;
  NewestMoment<TransportSnapshot> m_newest;
  std::unique_ptr<TransportSession> m_session;  ///< the jobs alone touch it
  std::unique_ptr<JobThread> m_jobs;            ///< last: it ends before what its jobs touch
};

}  // namespace monge
