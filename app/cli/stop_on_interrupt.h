// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <stop_token>
#include <thread>

#include "app/cli/interrupt.h"

namespace monge {

/// Asks a solver to stop once the person has pressed Ctrl-C; a signal handler may not do so itself. One at a
/// time.
class StopOnInterrupt {
 public:
  std::stop_token token() const { return m_source.get_token(); }

 private:
  Interrupt m_interrupt;
  std::stop_source m_source;
  std::jthread m_watch{[this](std::stop_token ended) {
    while (!ended.stop_requested()) {
      if (m_interrupt.requested()) {
        m_source.request_stop();
        return;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }};
};

}  // namespace monge
