// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/interrupt.h"

namespace monge {

namespace {

volatile std::sig_atomic_t stopRequested = 0;

void askToStop(int) {
  stopRequested = 1;
}

}  // namespace

Interrupt::Interrupt() {
  stopRequested = 0;
  struct sigaction ask {};
  ask.sa_handler = askToStop;
  // Reset by the first signal: a program that does not come to its end can still be ended.
  ask.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;
  ::sigaction(SIGINT, &ask, &m_int);
  ::sigaction(SIGTERM, &ask, &m_term);
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignore, &m_pipe);
  ::sigaction(SIGXFSZ, &ignore, &m_size);
}

Interrupt::~Interrupt() {
  ::sigaction(SIGINT, &m_int, nullptr);
  ::sigaction(SIGTERM, &m_term, nullptr);
  ::sigaction(SIGPIPE, &m_pipe, nullptr);
  ::sigaction(SIGXFSZ, &m_size, nullptr);
}

bool Interrupt::requested() const {
  return stopRequested != 0;
}

}  // namespace monge
