// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/experiment/parameters.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <sstream>

#include "core/base/error.h"
#include "core/experiment/kgans_parameters.h"
#include "core/experiment/nearest.h"
#include "core/snapshot/json_text.h"

namespace monge {

namespace {

using nlohmann::json;
using Type = ParameterSpec::Type;

constexpr std::size_t kMaxListLength = 16, kMaxShares = 256, kMaxTextLength = 4096;

/// 65536 rather than 65536.000000, 1e-06 rather than 0.000001.
std::string plain(double value) {
  std::ostringstream text;
  text.precision(12);
  text << value;
  return text.str();
}

std::string range(const ParameterSpec& spec) {
  return "from " + plain(spec.minimum) + " to " + plain(spec.maximum);
}

bool inRange(const ParameterSpec& spec, const json& value) {
  const double number = value.get<double>();
  return std::isfinite(number) && number >= spec.minimum && number <= spec.maximum;
}

/// 5 and 5.0 are the same number to a person; 5.5 is no integer.
bool isWhole(const json& value) {
  if (value.is_number_integer()) return true;
  return value.is_number_float() && std::nearbyint(value.get<double>()) == value.get<double>();
}

json validatedList(const ParameterSpec& spec, const json& value, const Error& wrong) {
  if (!value.is_array() || value.empty() || value.size() > kMaxListLength) throw wrong;
  json list = json::array();
  for (const json& element : value) {
    if (!isWhole(element) || !inRange(spec, element)) throw wrong;
    list.push_back(element.get<std::int64_t>());
  }
  return list;
}

json validatedShares(const ParameterSpec& spec, const json& value, const Error& wrong) {
  if (value.is_string()) {
    if (std::find(spec.choices.begin(), spec.choices.end(), value.get<std::string>()) == spec.choices.end())
      throw wrong;
    return value;
  }
  if (!value.is_array() || value.empty() || value.size() > kMaxShares) throw wrong;
  json list = json::array();
  for (const json& element : value) {
    if (!element.is_number() || !inRange(spec, element)) throw wrong;
    list.push_back(element.get<double>());
  }
  return list;
}

std::string expectation(const ParameterSpec& spec) {
  switch (spec.type) {
    case Type::Integer:
      return "a whole number " + range(spec);
    case Type::Real:
      return "a number " + range(spec);
    case Type::Boolean:
      return "true or false";
    case Type::Choice:
      return "one of " + joined(spec.choices);
    case Type::IntegerList:
      return "1 to " + std::to_string(kMaxListLength) + " whole numbers " + range(spec);
    case Type::ChoiceOrShares:
      return joined(spec.choices) + ", or a list of numbers " + range(spec);
    case Type::Text:
      return "text of at most " + std::to_string(kMaxTextLength) + " characters";
  }
  return "";
}

Error refusal(const ParameterSpec& spec, const std::string& found, const std::string& where) {
  return Error(where.empty() ? spec.key : where + "." + spec.key, found, expectation(spec));
}

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// The whole text as one number, whatever the locale; null when it is something else.
json parseNumber(const std::string& text) {
  std::int64_t whole = 0;
  const char* end = text.data() + text.size();
  if (const auto [rest, code] = std::from_chars(text.data(), end, whole); code == std::errc() && rest == end)
    return whole;
  double real = 0;
  if (const auto [rest, code] = std::from_chars(text.data(), end, real); code == std::errc() && rest == end)
    return real;
  return nullptr;
}

json parseBoolean(const std::string& text) {
  if (text == "true" || text == "on" || text == "yes" || text == "1") return true;
  if (text == "false" || text == "off" || text == "no" || text == "0") return false;
  return nullptr;
}

/// "32,16,8", with or without brackets.
json parseList(std::string text) {
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']') text = text.substr(1, text.size() - 2);
  json list = json::array();
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    list.push_back(parseNumber(trimmed(text.substr(begin, end - begin))));
    begin = end + 1;
  }
  return list;
}

}  // namespace

bool ParameterSpec::counts(const json& parameters) const {
  const auto found = parameters.find(needsKey);
  if (needsKey.empty() || found == parameters.end()) return true;
  // A list of shares is none of the choices.
  const std::string value = found->is_string()    ? found->get<std::string>()
                            : found->is_boolean() ? found->dump()
                                                  : "list";
  return std::find(needsOneOf.begin(), needsOneOf.end(), value) != needsOneOf.end();
}

const ParameterSpec* MethodSpec::find(const std::string& key) const {
  const auto found = std::find_if(parameters.begin(), parameters.end(),
                                  [&](const ParameterSpec& spec) { return spec.key == key; });
  return found == parameters.end() ? nullptr : &*found;
}

const ParameterSpec& MethodSpec::at(const std::string& key) const {
  if (const ParameterSpec* spec = find(key)) return *spec;
  std::vector<std::string> keys;
  for (const ParameterSpec& spec : parameters) keys.push_back(spec.key);
  throw Error(title, "no parameter named " + key, suggestion(key, keys));
}

const std::vector<MethodSpec>& methods() {
  static const std::vector<MethodSpec> list = {kGansSpec()};
  return list;
}

const MethodSpec& method(const std::string& name) {
  std::vector<std::string> names;
  for (const MethodSpec& spec : methods()) {
    if (spec.name == name) return spec;
    names.push_back(spec.name);
  }
  throw Error("method", name.empty() ? "no name" : name, "one of " + joined(names));
}

json validated(const ParameterSpec& spec, const json& value, const std::string& where) {
  const Error wrong = refusal(spec, shown(value), where);
  switch (spec.type) {
    case Type::Integer:
      if (!isWhole(value) || !inRange(spec, value)) throw wrong;
      return value.get<std::int64_t>();
    case Type::Real:
      if (!value.is_number() || !inRange(spec, value)) throw wrong;
      return value.get<double>();
    case Type::Boolean:
      if (!value.is_boolean()) throw wrong;
      return value;
    case Type::Choice:
      if (!value.is_string()) throw wrong;
      if (std::find(spec.choices.begin(), spec.choices.end(), value.get<std::string>()) == spec.choices.end())
        throw wrong;
      return value;
    case Type::IntegerList:
      return validatedList(spec, value, wrong);
    case Type::ChoiceOrShares:
      return validatedShares(spec, value, wrong);
    case Type::Text:
      if (!value.is_string() || value.get_ref<const std::string&>().size() > kMaxTextLength) throw wrong;
      return value;
  }
  throw wrong;
}

json parseParameter(const ParameterSpec& spec, const std::string& text, const std::string& where) {
  const std::string value = trimmed(text);
  json parsed;
  switch (spec.type) {
    case Type::Integer:
    case Type::Real:
      parsed = parseNumber(value);
      break;
    case Type::Boolean:
      parsed = parseBoolean(value);
      break;
    case Type::Choice:
    case Type::Text:
      parsed = value;
      break;
    case Type::IntegerList:
      parsed = parseList(value);
      break;
    case Type::ChoiceOrShares:
      parsed = value;
      if (std::find(spec.choices.begin(), spec.choices.end(), value) == spec.choices.end())
        parsed = parseList(value);
      break;
  }
  try {
    return validated(spec, parsed, where);
  } catch (const Error&) {
    throw refusal(spec, value.empty() ? "nothing" : value, where);  // in the words that were typed
  }
}

}  // namespace monge
