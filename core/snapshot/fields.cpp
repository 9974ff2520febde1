// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/snapshot/fields.h"

#include "core/base/error.h"
#include "core/snapshot/json_text.h"

namespace monge {

namespace {

[[noreturn]] void refuse(const std::string& subject, const char* key, const nlohmann::json& value,
                         const std::string& expectation) {
  throw Error(subject + "." + key, shown(value), expectation);
}

}  // namespace

Fields::Fields(const nlohmann::json& object, std::string subject)
    : m_object(object), m_subject(std::move(subject)) {
  if (!object.is_object()) throw Error(m_subject, object.type_name(), "an object");
}

bool Fields::has(const char* key) const {
  return m_object.contains(key);
}

const nlohmann::json& Fields::value(const char* key) const {
  const auto found = m_object.find(key);
  if (found == m_object.end()) throw Error(m_subject + "." + key, "missing", "a value");
  return *found;
}

Fields Fields::object(const char* key) const {
  return Fields(value(key), m_subject + "." + key);
}

std::string Fields::text(const char* key) const {
  const nlohmann::json& found = value(key);
  if (!found.is_string()) refuse(m_subject, key, found, "text");
  return found.get<std::string>();
}

bool Fields::boolean(const char* key) const {
  const nlohmann::json& found = value(key);
  if (!found.is_boolean()) refuse(m_subject, key, found, "true or false");
  return found.get<bool>();
}

double Fields::number(const char* key) const {
  const nlohmann::json& found = value(key);
  if (!found.is_number()) refuse(m_subject, key, found, "a number");
  return found.get<double>();
}

std::int64_t Fields::integer(const char* key, std::int64_t minimum, std::int64_t maximum) const {
  const nlohmann::json& found = value(key);
  const std::string expectation =
      "a whole number from " + std::to_string(minimum) + " to " + std::to_string(maximum);
  if (!found.is_number_integer()) refuse(m_subject, key, found, expectation);
  const bool tooLarge =
      found.is_number_unsigned() &&
      found.get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (tooLarge) refuse(m_subject, key, found, expectation);
  const auto result = found.get<std::int64_t>();
  if (result < minimum || result > maximum) refuse(m_subject, key, found, expectation);
  return result;
}

std::uint64_t Fields::natural(const char* key) const {
  const nlohmann::json& found = value(key);
  if (!found.is_number_unsigned()) refuse(m_subject, key, found, "a whole number, 0 or more");
  return found.get<std::uint64_t>();
}

}  // namespace monge
