// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <csignal>

namespace monge {

/// While it lives, the first SIGINT or SIGTERM only asks to stop; the second ends the program as ever. A
/// reader of our output that goes away (SIGPIPE) or a file that may not grow (SIGXFSZ) is an error of the
/// write, not the end of the program. At most one at a time.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  bool requested() const;

 private:
  struct sigaction m_int, m_term, m_pipe, m_size;  // as they were before
};

}  // namespace monge
