// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "core/base/error.h"

namespace monge {

/// Runs a check and writes down what it finds wrong, so that a person hears of every bad field at once.
template <class Check>
void collectProblem(std::vector<std::string>& problems, const Check& check) {
  try {
    check();
  } catch (const Error& error) {
    problems.emplace_back(error.what());
  }
}

/// @throws Error that lists all that is wrong with `subject`; nothing when the list is empty
inline void throwProblems(const std::string& subject, const std::vector<std::string>& problems) {
  if (problems.empty()) return;
  if (problems.size() == 1) throw Error(subject, problems[0], "");
  std::string lines = std::to_string(problems.size()) + " fields are wrong";
  for (const std::string& problem : problems) lines += "\n  " + problem;
  throw Error(subject, lines, "");
}

}  // namespace monge
