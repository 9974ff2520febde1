// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QPointer>
#include <QProcess>
#include <QStringList>
#include <QTimer>
#include <memory>
#include <vector>

#include "core/snapshot/message.h"
#include "core/snapshot/snapshot.h"

namespace monge {

/// What an engine says of itself in its hello.
struct EngineInfo {
  QString version;
  QString torch;
  QStringList devices;
  QStringList warnings;
  int threads = 0;
};

/// The window's end of docs/protocol.md: starts an engine as a child process, speaks with it over its
/// standard streams, and notices when it is gone. GUI thread only; nothing here waits, except stop() for at
/// most `kShutdownMs` twice.
///
/// A snapshot is acknowledged after the slots of snapshot() have returned and not sooner than a thirtieth of
/// a second after the last one, so a slow window slows the stream and never the trainer.
class EngineLink : public QObject {
  Q_OBJECT
 public:
  enum class State { Stopped, Starting, Ready, Lost };

  static constexpr int kProtocol = 2;
  static constexpr int kKeptLogLines = 200;
  static constexpr int kShutdownMs = 3000;

  struct Timing {
    int pingMs = 1000;
    int silenceMs = 5000;  ///< without a word from the engine it counts as hung
    int helloMs = 60000;   ///< LibTorch may load from a cold disk
  };

  explicit EngineLink(QObject* parent = nullptr);
  ~EngineLink() override;

  void setTiming(const Timing& timing) { m_timing = timing; }
  /// Starts a fresh engine; one that still lives is ended first. `command` is split as a shell would split
  /// it.
  void start(const QString& command);
  /// Asks the engine to end (it writes its checkpoint), then kills it.
  void stop();

  State state() const { return m_state; }
  const EngineInfo& info() const { return m_info; }
  const QString& command() const { return m_command; }
  QStringList logLines() const { return m_log; }
  /// Over ssh: folders are the other machine's.
  bool isRemote() const;

  /// Sends when the engine is ready, else does nothing and answers false.
  bool send(const Message& message);

 signals:
  void stateChanged(monge::EngineLink::State state);
  void hello(const monge::EngineInfo& info);
  void opened(const nlohmann::json& experiment, const QStringList& phases, const QString& run);
  void data(const monge::DataViewPtr& data);
  void snapshot(const monge::SnapshotPtr& snapshot);
  void history(const monge::HistoryChunk& chunk);
  void added(int id);
  void saved(qint64 iteration, const QString& run);
  void errorReported(const QString& subject, const QString& message);
  void busy(double seconds);  ///< how long the trainer's current step has taken
  void logLine(const QString& line);
  /// The engine is gone. `reason` is a sentence; `log` its last lines.
  void lost(const QString& reason, const QStringList& log);

 private:
  void connectProcess(QProcess* process);
  void readOutput();
  void readLog();
  void finished(int code, QProcess::ExitStatus status);
  void takeBytes(const QByteArray& bytes);
  void take(const Message& message);
  void takeHello(const Message& message);
  void takeOpened(const Message& message);
  void takeError(const Message& message);
  void takeSnapshot(const Message& message);
  void acknowledge();
  void beat();
  void lose(const QString& reason);
  void loseToVersion(const QString& difference);
  void setState(State state);
  void dropProcess();
  void write(const Message& message);

  Timing m_timing;
  State m_state = State::Stopped;
  EngineInfo m_info;
  QString m_command;
  QPointer<QProcess> m_process;
  std::unique_ptr<MessageReader> m_reader;
  QStringList m_log;
  QByteArray m_partialLine;
  QString m_fatal;  ///< the engine's own last words
  QTimer m_beat, m_ackTimer;
  QElapsedTimer m_sinceStart, m_sinceWord, m_sinceAck;
  std::uint64_t m_unacknowledged = 0;
  bool m_reading = false;
  int m_pings = 0;
};

/// `monge-cli serve` beside this program, or what MONGE_ENGINE says.
QString defaultEngineCommand();

}  // namespace monge

Q_DECLARE_METATYPE(nlohmann::json)
