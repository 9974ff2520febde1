// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <map>
#include <string>

#include "app/cli/cli.h"
#include "core/snapshot/snapshot.h"

namespace monge {

/// Says how far a run is: on a terminal one line that is drawn anew, elsewhere a line every 5 % of the run.
class ProgressReport {
 public:
  ProgressReport(CliContext& context, std::string label);

  /// Takes the newest value of every metric; those without a value keep their last.
  void learn(const HistoryChunk& history);
  void show(const RunProgress& progress);
  /// Ends the moving line, so that other text can follow.
  void finish(const RunProgress& progress);

 private:
  std::string bar(const RunProgress& progress) const;
  std::string sentence(const RunProgress& progress) const;
  std::string figures() const;
  void redraw(const RunProgress& progress);

  CliContext& m_context;
  std::string m_label;
  std::map<std::string, double> m_figures;
  std::chrono::steady_clock::time_point m_drawn{};
  std::int64_t m_step = -1;  ///< of 5 %, that was said last
};

}  // namespace monge
