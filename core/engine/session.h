// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/engine/outbox.h"
#include "core/engine/serial_worker.h"
#include "core/engine/server.h"
#include "core/snapshot/fields.h"
#include "core/training/training_run.h"

namespace monge {

/// The commands of docs/protocol.md on the run that is open. obey() on one thread, in the order of arrival;
/// answers go to the outbox, those that wait for the trainer from a thread of their own.
class Session {
 public:
  Session(const EngineFactory& factory, Outbox& outbox, std::function<void(const std::string&)> log);
  ~Session();

  /// Never throws: what is refused is answered with an error and changes nothing.
  void obey(const Message& message);
  std::size_t pendingAnswers() const { return m_answers.pending(); }

  // Any thread.
  double busySeconds() const;
  /// The newest snapshot that was not taken yet, behind the history that goes with it; empty when there is
  /// none.
  struct News {
    std::optional<HistoryChunk> history;
    SnapshotPtr snapshot;
  };
  News takeNews() const;

  /// Ends the run with a checkpoint. False when that could not be written.
  bool finish();

 private:
  using Handler = void (Session::*)(const Fields&);
  static const std::vector<std::pair<std::string, Handler>>& handlers();

  void open(const Fields& fields);
  void openRun(const Fields& fields);
  void play(const Fields& fields);
  void pause(const Fields& fields);
  void step(const Fields& fields);
  void target(const Fields& fields);
  void speed(const Fields& fields);
  void reset(const Fields& fields);
  void set(const Fields& fields);
  void movePrototype(const Fields& fields);
  void addPrototype(const Fields& fields);
  void deletePrototype(const Fields& fields);
  void restorePrototype(const Fields& fields);
  void setMass(const Fields& fields);
  void layers(const Fields& fields);
  void checkpoint(const Fields& fields);
  void resumeCheckpoint(const Fields& fields);

  void start(const Experiment& experiment, std::optional<RunDirectory> directory, bool resume);
  bool stopRun();
  void showNewsOf(const std::shared_ptr<TrainingRun>& run);
  std::shared_ptr<TrainingRun> current() const;
  TrainingRun& requireRun() const;
  template <class Result, class Done>
  void answerLater(const std::string& subject, std::future<Result> future, Done done);
  template <class Work>
  void answered(const std::string& subject, Work work);

  EngineFactory m_factory;
  Outbox& m_outbox;
  std::function<void(const std::string&)> m_log;
  SnapshotRequest m_request;
  std::string m_folder;  ///< of the run, or empty

  mutable std::mutex m_mutex;
  std::shared_ptr<TrainingRun> m_run;
  std::shared_ptr<TrainingRun> m_shownRun;  ///< whose news are sent
  SerialWorker m_answers;
};

}  // namespace monge
