// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/server.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <new>
#include <string>
#include <thread>
#include <utility>

#include "core/base/error.h"
#include "core/engine/frame_pipe.h"
#include "core/engine/outbox.h"
#include "core/engine/serial_worker.h"
#include "core/engine/session.h"
#include "core/snapshot/fields.h"
#include "core/snapshot/snapshot_message.h"

namespace monge {

namespace {

/// More commands than anybody can click; a flood is refused rather than kept.
constexpr std::size_t kMostCommands = 4096;
constexpr std::chrono::milliseconds kLastWords{2000};
/// Commands carry a document at most, and no arrays.
constexpr MessageLimits kCommandLimits{4ull << 20, 1ull << 20};

/// While it lives, what libraries print to standard output goes to standard error.
class OutputDescriptor {
 public:
  explicit OutputDescriptor(int fd) : m_fd(fd) {
    if (fd != STDOUT_FILENO) return;
    m_own = OwnedFd(::fcntl(fd, F_DUPFD_CLOEXEC, 3));
    m_fd = m_own.get();
    ::dup2(STDERR_FILENO, STDOUT_FILENO);
  }
  ~OutputDescriptor() {
    if (m_own.get() >= 0) ::dup2(m_own.get(), STDOUT_FILENO);
  }
  OutputDescriptor(const OutputDescriptor&) = delete;
  OutputDescriptor& operator=(const OutputDescriptor&) = delete;
  int get() const { return m_fd; }

 private:
  int m_fd;
  OwnedFd m_own;
};

/// A window that died is the end of the output, not of the engine.
class IgnoreBrokenPipes {
 public:
  IgnoreBrokenPipes() {
    struct sigaction ignore {};
    ignore.sa_handler = SIG_IGN;
    ::sigaction(SIGPIPE, &ignore, &m_before);
  }
  ~IgnoreBrokenPipes() { ::sigaction(SIGPIPE, &m_before, nullptr); }
  IgnoreBrokenPipes(const IgnoreBrokenPipes&) = delete;
  IgnoreBrokenPipes& operator=(const IgnoreBrokenPipes&) = delete;

 private:
  struct sigaction m_before {};
};

class LogLines {
 public:
  explicit LogLines(std::ostream& out) : m_out(out) {}
  void write(const std::string& line) {
    std::lock_guard lock(m_mutex);
    m_out << line << std::endl;
  }

 private:
  std::mutex m_mutex;
  std::ostream& m_out;
};

Message helloMessage(const DeviceInfo& info) {
  Message hello("hello");
  hello.fields = {{"protocol", kProtocol},
                  {"version", MONGE_VERSION},
                  {"torch", info.torch},
                  {"devices", info.devices},
                  {"threads", std::thread::hardware_concurrency()},
                  {"warnings", info.warnings}};
  return hello;
}

/// Three threads: the caller's reads and answers pings, one obeys commands (loading data may take seconds),
/// one writes.
class Server {
 public:
  Server(int inputFd, int outputFd, std::ostream& log, const EngineFactory& factory)
      : m_log(log),
        m_input(inputFd, kCommandLimits),
        m_output(outputFd),
        m_session(factory, m_outbox, [this](const std::string& line) { m_log.write(line); }) {
    m_outbox.answer(helloMessage(factory.deviceInfo()));
    m_writer = std::jthread([this] { write(); });
  }

  int run() {
    const bool whole = read();
    m_commands.finish();
    const bool saved = m_session.finish();
    m_outbox.close();
    m_output.hurry(kLastWords);
    m_writer.join();
    return whole && saved ? 0 : 1;
  }

 private:
  /// False when the link was lost.
  bool read() {
    try {
      if (!greeted()) return m_input.ended();
      while (const std::optional<Message> message = m_input.next())
        if (!take(*message)) return true;
      m_log.write("the input has ended");
      return true;
    } catch (const Error& error) {
      fatal(error.subject(), error.what());
      return false;
    }
  }

  /// The first message must be a hello of our protocol.
  bool greeted() {
    const std::optional<Message> hello = m_input.next();
    if (!hello) return false;
    if (hello->type != "hello") throw Error("message", hello->type.substr(0, 80), "hello first");
    const std::int64_t protocol = Fields(hello->fields, "hello").integer("protocol");
    if (protocol != kProtocol)
      throw Error("protocol", std::to_string(protocol),
                  std::to_string(kProtocol) + "; update the older side");
    return true;
  }

  /// False after `quit`.
  bool take(const Message& message) {
    if (message.type == "quit") return false;
    try {
      if (message.type == "ping")
        pong(message);
      else if (message.type == "ack")
        m_outbox.acknowledged(Fields(message.fields, "ack").natural("sequence"));
      else
        enqueue(message);
    } catch (const Error& error) {
      m_outbox.error(error.subject(), error.what());
    }
    return true;
  }

  void pong(const Message& ping) {
    Message pong("pong");
    pong.fields = {{"id", Fields(ping.fields, "ping").value("id")},
                   {"busy_seconds", m_session.busySeconds()}};
    m_outbox.answer(std::move(pong));
  }

  void enqueue(const Message& message) {
    if (m_commands.pending() + m_session.pendingAnswers() >= kMostCommands)
      throw Error(message.type, "too many commands wait", "to wait for answers");
    m_commands.post([this, message] { m_session.obey(message); });
  }

  void fatal(const std::string& subject, const std::string& text) {
    m_log.write("the link is lost: " + text);
    m_outbox.error(subject, text, true);
  }

  void write() {
    Outbox::Answer answer;
    for (;;) {
      const Outbox::Next next = m_outbox.wait(answer);
      if (next == Outbox::Next::End) return;
      try {
        if (!(next == Outbox::Next::Answer ? sendAnswer(answer) : sendNews())) break;
      } catch (const std::bad_alloc&) {
        m_log.write("no memory to send a message");
      }
    }
    m_log.write("nobody reads the output any more");
    m_input.wake();
  }

  bool sendAnswer(const Outbox::Answer& answer) {
    if (!m_output.send(encode(answer.message))) return false;
    if (answer.then) answer.then();
    return true;
  }

  bool sendNews() {
    const Session::News news = m_session.takeNews();
    if (!news.snapshot) return true;
    const std::string snapshot = encode(toMessage(*news.snapshot));
    if (news.history && !m_output.send(encode(toMessage(*news.history)))) return false;
    m_outbox.sent(news.snapshot->sequence);
    return m_output.send(snapshot);
  }

  LogLines m_log;
  FrameInput m_input;
  FrameOutput m_output;
  Outbox m_outbox;
  Session m_session;
  SerialWorker m_commands;
  std::jthread m_writer;
};

}  // namespace

int serve(int inputFd, int outputFd, std::ostream& log, const EngineFactory& factory) {
  const IgnoreBrokenPipes quiet;
  const OutputDescriptor output(outputFd);
  return Server(inputFd, output.get(), log, factory).run();
}

}  // namespace monge
