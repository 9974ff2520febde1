// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/outbox.h"

#include <utility>

namespace monge {

void Outbox::answer(Message message, std::function<void()> then) {
  {
    std::lock_guard lock(m_mutex);
    if (m_answers.size() >= kMostAnswers) return;
    m_answers.push_back({std::move(message), std::move(then)});
  }
  m_wake.notify_one();
}

void Outbox::error(const std::string& subject, const std::string& text, bool fatal) {
  Message message("error");
  message.fields = {{"subject", subject}, {"message", text}, {"fatal", fatal}};
  answer(std::move(message));
}

void Outbox::news() {
  {
    std::lock_guard lock(m_mutex);
    m_news = true;
  }
  m_wake.notify_one();
}

void Outbox::sent(std::uint64_t sequence) {
  std::lock_guard lock(m_mutex);
  m_outstanding = sequence;
}

void Outbox::acknowledged(std::uint64_t sequence) {
  {
    std::lock_guard lock(m_mutex);
    if (m_outstanding == sequence) m_outstanding.reset();
    m_news = true;
  }
  m_wake.notify_one();
}

void Outbox::close() {
  {
    std::lock_guard lock(m_mutex);
    m_closed = true;
  }
  m_wake.notify_one();
}

Outbox::Next Outbox::wait(Answer& answer) {
  std::unique_lock lock(m_mutex);
  m_wake.wait(lock, [this] { return !m_answers.empty() || m_closed || (m_news && !m_outstanding); });
  if (!m_answers.empty()) {
    answer = std::move(m_answers.front());
    m_answers.pop_front();
    if (answer.message.type == "opened") m_outstanding.reset();
    return Next::Answer;
  }
  if (m_closed) return Next::End;
  m_news = false;
  return Next::News;
}

}  // namespace monge
