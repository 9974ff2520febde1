// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdexcept>
#include <string>

namespace monge {

/// The one exception type of Monge. It says which file or parameter is wrong, what was found there and
/// what was expected. Caught at the worker's edge, in commands and in UI actions, nowhere else.
class Error : public std::runtime_error {
 public:
  /// BadInput: the user can mend it (exit status 2). Failed: the world said no, e.g. a full disk (1).
  enum class Kind { BadInput, Failed };

  /// what() reads "subject: found; expected expectation". An empty expectation drops the second half.
  Error(std::string subject, std::string found, std::string expectation, Kind kind = Kind::BadInput)
      : std::runtime_error(subject + ": " + found + (expectation.empty() ? "" : "; expected " + expectation)),
        m_subject(std::move(subject)),
        m_kind(kind) {}

  /// A failure of the machine rather than of the input: "subject: found".
  static Error failed(std::string subject, std::string found) {
    return Error(std::move(subject), std::move(found), "", Kind::Failed);
  }

  const std::string& subject() const { return m_subject; }
  Kind kind() const { return m_kind; }

 private:
  std::string m_subject;
  Kind m_kind;
};

}  // namespace monge
