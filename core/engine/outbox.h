// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "core/snapshot/message.h"

namespace monge {

/// What the writer sends next. Answers go first, in order; then, when the other side has taken the last
/// snapshot, the news of the run. Bounded: a side that asks without reading loses answers rather than the
/// engine its memory. Any thread.
class Outbox {
 public:
  static constexpr std::size_t kMostAnswers = 4096;

  /// @param then  called by the writer's thread when the message has been sent
  void answer(Message message, std::function<void()> then = {});
  void error(const std::string& subject, const std::string& text, bool fatal = false);
  /// There may be a new snapshot.
  void news();
  void sent(std::uint64_t sequence);
  void acknowledged(std::uint64_t sequence);
  /// Sends what is there, then ends.
  void close();

  struct Answer {
    Message message;
    std::function<void()> then;
  };
  enum class Next { Answer, News, End };
  /// Waits for something to send; fills `answer` when it is one. After `opened` nothing of the last run is
  /// waited for.
  Next wait(Answer& answer);

 private:
  std::mutex m_mutex;
  std::condition_variable m_wake;
  std::deque<Answer> m_answers;
  std::optional<std::uint64_t> m_outstanding;
  bool m_news = false;
  bool m_closed = false;
};

}  // namespace monge
