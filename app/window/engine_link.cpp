// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/engine_link.h"

#include <QCoreApplication>
#include <QFileInfo>

#include "core/base/error.h"
#include "core/experiment/experiment.h"
#include "core/snapshot/snapshot_message.h"

namespace monge {

namespace {

constexpr int kFrameMs = 33;  // 30 Hz: what the views redraw at

QStringList textList(const nlohmann::json& list) {
  QStringList texts;
  for (const auto& item : list) texts << QString::fromStdString(item.get<std::string>());
  return texts;
}

QString text(const nlohmann::json& fields, const char* key) {
  return QString::fromStdString(fields.at(key).get<std::string>());
}

}  // namespace

EngineLink::EngineLink(QObject* parent) : QObject(parent) {
  m_ackTimer.setSingleShot(true);
  connect(&m_ackTimer, &QTimer::timeout, this, &EngineLink::acknowledge);
  connect(&m_beat, &QTimer::timeout, this, &EngineLink::beat);
}

EngineLink::~EngineLink() {
  stop();
}

QString defaultEngineCommand() {
  const QString own = qEnvironmentVariable("MONGE_ENGINE");
  if (!own.isEmpty()) return own;
  return QStringLiteral("\"%1/monge-cli\" serve").arg(QCoreApplication::applicationDirPath());
}

bool EngineLink::isRemote() const {
  const QStringList parts = QProcess::splitCommand(m_command);
  return !parts.isEmpty() && QFileInfo(parts.first()).baseName() == QLatin1String("ssh");
}

void EngineLink::start(const QString& command) {
  dropProcess();
  m_command = command;
  m_reader = std::make_unique<MessageReader>();
  m_log.clear();
  m_partialLine.clear();
  m_fatal.clear();
  m_info = {};
  m_unacknowledged = 0;
  m_ackTimer.stop();
  setState(State::Starting);
  QStringList arguments = QProcess::splitCommand(command);
  if (arguments.isEmpty()) return lose(tr("No engine is named: the command is empty."));
  const QString program = arguments.takeFirst();
  m_process = new QProcess(this);
  connectProcess(m_process);
  m_sinceStart.start();
  m_sinceWord.start();
  m_beat.start(m_timing.pingMs);
  m_process->start(program, arguments);
}

void EngineLink::connectProcess(QProcess* process) {
  connect(process, &QProcess::started, this, [this] {
    Message message("hello");
    message.fields["protocol"] = kProtocol;
    write(message);
  });
  connect(process, &QProcess::readyReadStandardOutput, this, &EngineLink::readOutput);
  connect(process, &QProcess::readyReadStandardError, this, &EngineLink::readLog);
  connect(process, &QProcess::finished, this, &EngineLink::finished);
  connect(process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
    // A crash comes through finished() too, with what the engine said last already read.
    if (error == QProcess::FailedToStart) {
      lose(tr("The engine did not start: %1 (%2).").arg(m_process->program(), m_process->errorString()));
    }
  });
}

bool EngineLink::send(const Message& message) {
  if (m_state != State::Ready) return false;
  write(message);
  return true;
}

void EngineLink::write(const Message& message) {
  const std::string bytes = encode(message);
  m_process->write(bytes.data(), static_cast<qint64>(bytes.size()));
}

void EngineLink::readOutput() {
  if (m_process) takeBytes(m_process->readAllStandardOutput());
}

void EngineLink::takeBytes(const QByteArray& bytes) {
  if (bytes.isEmpty() || m_state == State::Lost) return;
  m_sinceWord.restart();
  m_reader->feed(std::string_view(bytes.constData(), static_cast<std::size_t>(bytes.size())));
  if (m_reading) return;  // a slot opened a dialog; the loop below goes on when it returns
  m_reading = true;
  try {
    const MessageReader* reader = m_reader.get();
    while (m_reader.get() == reader && m_state != State::Lost && m_state != State::Stopped) {
      const std::optional<Message> message = m_reader->next();
      if (!message) break;
      take(*message);
    }
  } catch (const std::exception& error) {
    // monge::Error from the frame, or a field that is missing or of another type: either way it is not our
    // protocol.
    lose(tr("The engine spoke nonsense: %1.").arg(QString::fromUtf8(error.what())));
  }
  m_reading = false;
}

void EngineLink::take(const Message& message) {
  const nlohmann::json& fields = message.fields;
  if (message.type == "hello") {
    takeHello(message);
  } else if (message.type == "error") {
    takeError(message);
  } else if (m_state != State::Ready) {
    throw Error("engine", "\"" + message.type + "\" before its hello", "hello");
  } else if (message.type == "snapshot") {
    takeSnapshot(message);
  } else if (message.type == "history") {
    emit history(historyFromMessage(message));
  } else if (message.type == "data") {
    emit data(std::make_shared<const DataView>(dataViewFromMessage(message)));
  } else if (message.type == "opened") {
    takeOpened(message);
  } else if (message.type == "added") {
    emit added(fields.at("id").get<int>());
  } else if (message.type == "saved") {
    emit saved(fields.at("iteration").get<qint64>(), text(fields, "run"));
  } else if (message.type == "pong") {
    emit busy(fields.at("busy_seconds").get<double>());
  }
  // Other types come from a newer engine of the same protocol number: not for us.
}

void EngineLink::takeHello(const Message& message) {
  const int protocol = message.fields.at("protocol").get<int>();
  if (protocol != kProtocol) {
    return lose(tr("The engine speaks protocol %1 and this window %2. Use programs of the same release.")
                    .arg(protocol)
                    .arg(kProtocol));
  }
  m_info.version = text(message.fields, "version");
  const QString own = QStringLiteral(MONGE_VERSION);
  if (m_info.version != own) return loseToVersion(tr("it is %1 and this window %2").arg(m_info.version, own));
  m_info.torch = text(message.fields, "torch");
  m_info.devices = textList(message.fields.at("devices"));
  m_info.warnings = textList(message.fields.at("warnings"));
  m_info.threads = message.fields.at("threads").get<int>();
  m_sinceAck.start();
  setState(State::Ready);
  emit hello(m_info);
}

void EngineLink::takeOpened(const Message& message) {
  const nlohmann::json& experiment = message.fields.at("experiment");
  try {
    experimentFromJson(experiment, "its experiment");
  } catch (const Error& error) {
    // Builds of one version may differ in their parameters too.
    return loseToVersion(QString::fromUtf8(error.what()));
  }
  emit opened(experiment, textList(message.fields.at("phases")), text(message.fields, "run"));
}

void EngineLink::takeError(const Message& message) {
  const QString subject = text(message.fields, "subject");
  const QString words = text(message.fields, "message");
  if (message.fields.at("fatal").get<bool>()) {
    m_fatal = words;  // lost() follows when the process has ended
  } else {
    emit errorReported(subject, words);
  }
}

void EngineLink::takeSnapshot(const Message& message) {
  auto value = std::make_shared<const EnsembleSnapshot>(snapshotFromMessage(message));
  m_unacknowledged = value->sequence;
  emit snapshot(value);
  // A zero timer still lets the paint event of this moment come first.
  m_ackTimer.start(static_cast<int>(qMax<qint64>(0, kFrameMs - m_sinceAck.elapsed())));
}

void EngineLink::acknowledge() {
  Message message("ack");
  message.fields["sequence"] = m_unacknowledged;
  send(message);
  m_sinceAck.restart();
}

void EngineLink::beat() {
  if (m_state == State::Starting && m_sinceStart.elapsed() > m_timing.helloMs) {
    return lose(tr("The engine did not answer within %1 s of its start.").arg(m_timing.helloMs / 1000));
  }
  if (m_state != State::Ready) return;
  if (m_sinceWord.elapsed() > m_timing.silenceMs) {
    return lose(tr("The engine has not answered for %1 s.").arg(m_timing.silenceMs / 1000.0, 0, 'g', 3));
  }
  Message message("ping");
  message.fields["id"] = ++m_pings;
  send(message);
}

void EngineLink::readLog() {
  if (!m_process) return;
  m_partialLine += m_process->readAllStandardError();
  qsizetype end = 0;
  while ((end = m_partialLine.indexOf('\n')) >= 0) {
    const QString line = QString::fromUtf8(m_partialLine.left(end));
    m_partialLine.remove(0, end + 1);
    m_log << line;
    if (m_log.size() > kKeptLogLines) m_log.removeFirst();
    emit logLine(line);
  }
}

void EngineLink::finished(int code, QProcess::ExitStatus status) {
  readLog();
  if (!m_partialLine.isEmpty()) m_log << QString::fromUtf8(m_partialLine);
  readOutput();
  if (m_state == State::Lost || m_state == State::Stopped) return;
  if (!m_fatal.isEmpty()) return lose(tr("The engine gave up: %1").arg(m_fatal));
  // QProcess reports the signal's number as the exit code of a crash on Unix.
  lose(status == QProcess::CrashExit ? tr("The engine was ended by signal %1.").arg(code)
                                     : tr("The engine ended by itself with exit status %1.").arg(code));
}

void EngineLink::lose(const QString& reason) {
  if (m_state == State::Lost) return;
  readLog();
  m_beat.stop();
  m_ackTimer.stop();
  setState(State::Lost);
  if (m_process && m_process->state() != QProcess::NotRunning) m_process->kill();
  emit lost(reason, m_log);
}

void EngineLink::loseToVersion(const QString& difference) {
  lose(tr("The engine is of another version of Monge (%1). Rebuild it, or point --engine to a matching one.")
           .arg(difference));
}

void EngineLink::stop() {
  if (m_process && m_process->state() == QProcess::Running && m_state == State::Ready) write(Message("quit"));
  dropProcess();
  setState(State::Stopped);
}

void EngineLink::dropProcess() {
  m_beat.stop();
  m_ackTimer.stop();
  if (!m_process) return;
  QProcess* process = m_process;
  m_process = nullptr;
  process->disconnect(this);
  process->closeWriteChannel();
  const bool alive = process->state() != QProcess::NotRunning;
  if (alive && m_state == State::Ready) process->waitForFinished(kShutdownMs);
  if (process->state() != QProcess::NotRunning) {
    process->kill();
    process->waitForFinished(kShutdownMs);
  }
  process->deleteLater();
}

void EngineLink::setState(State state) {
  if (m_state == state) return;
  m_state = state;
  emit stateChanged(state);
}

}  // namespace monge
