// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/snapshot/json_text.h"

#include <algorithm>

#include "core/base/error.h"

namespace monge {

namespace {

constexpr int kMaxDepth = 64;

std::string place(std::string_view text, std::size_t byte) {
  const std::string_view before = text.substr(0, std::min(byte > 0 ? byte - 1 : 0, text.size()));
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const std::size_t lastBreak = before.rfind('\n');
  const std::size_t column = before.size() - (lastBreak == std::string_view::npos ? 0 : lastBreak + 1) + 1;
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

}  // namespace

nlohmann::json parseJson(std::string_view text, const std::string& subject) {
  const auto guard = [&](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
    if (depth > kMaxDepth)
      throw Error(subject, "lists nested deeper than " + std::to_string(kMaxDepth), "a document of Monge");
    return true;
  };
  try {
    return nlohmann::json::parse(text, guard);
  } catch (const nlohmann::json::parse_error& error) {
    throw Error(subject, "no JSON at " + place(text, error.byte), "a JSON document");
  } catch (const nlohmann::json::exception&) {  // e.g. a number beyond the range of double
    throw Error(subject, "a number that is out of range", "a JSON document");
  }
}

std::string shown(const nlohmann::json& value) {
  std::string text = value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  if (text.size() <= 80) return text;
  std::size_t end = 77;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80u) --end;  // not inside a letter
  return text.substr(0, end) + "...";
}

}  // namespace monge
