// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

namespace monge {

/// Strict access to the fields of a message. Each throws Error naming `subject.key`, what is there and what
/// was expected.
class Fields {
 public:
  /// `object` must be a JSON object and outlive this.
  Fields(const nlohmann::json& object, std::string subject);

  bool has(const char* key) const;
  const nlohmann::json& value(const char* key) const;
  Fields object(const char* key) const;
  std::string text(const char* key) const;
  bool boolean(const char* key) const;
  double number(const char* key) const;
  std::int64_t integer(const char* key, std::int64_t minimum = std::numeric_limits<std::int64_t>::min(),
                       std::int64_t maximum = std::numeric_limits<std::int64_t>::max()) const;
  std::uint64_t natural(const char* key) const;

 private:
  const nlohmann::json& m_object;
  std::string m_subject;
};

}  // namespace monge
