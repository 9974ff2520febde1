// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <memory>

#include "app/window/job_thread.h"
#include "app/window/newest_moment.h"
#include "core/snapshot/space_snapshot.h"
#include "core/transport/site_transport.h"

namespace monge {

class SpaceSession;

/// A transport problem in space that is solved and stepped while it is looked at, on a thread of its own:
/// the twin of TransportSolver. Every function returns at once, and the signals come on the GUI thread.
class SpaceSolver : public QObject {
  Q_OBJECT
 public:
  explicit SpaceSolver(QObject* parent = nullptr);
  ~SpaceSolver() override;

  void open(const SpaceProblem& problem, const QString& name);
  void solve();  ///< Newton steps until it ends or pause()
  void step();   ///< one
  void back();   ///< to before the last one
  void reset();  ///< to before the first one
  void pause();  ///< at once, in the middle of a step

  bool isSolving() const;
  /// The newest moment; null before the first.
  const SpaceSnapshotPtr& moment() const { return m_moment; }

 signals:
  void momentChanged();
  void solvingChanged(bool solving);
  void problem(const QString& message);  ///< the last good moment stays

 private:
  SpaceSnapshotPtr m_moment;
  NewestMoment<SpaceSnapshot> m_newest;
  std::unique_ptr<SpaceSession> m_session;  ///< the jobs alone touch it
  std::unique_ptr<JobThread> m_jobs;        ///< last: it ends before what its jobs touch
};

}  // namespace monge
