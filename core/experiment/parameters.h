// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace monge {

/// One parameter of a method, described once: the form, the command line, the validation of experiments and
/// the documentation's table are made from it.
struct ParameterSpec {
  /// ChoiceOrShares: one of `choices`, or a list of numbers (the form's and the command line's "1, 2, 0.5").
  enum class Type { Integer, Real, Boolean, Choice, IntegerList, ChoiceOrShares, Text };
  /// Live: takes effect at the next iteration. Reset: after a reset of the run.
  enum class Takes { Live, Reset };

  std::string key;    ///< "critic_steps"
  std::string label;  ///< "Critic steps"
  std::string group;  ///< "Critic": forms show groups in order of first appearance
  Type type = Type::Real;
  nlohmann::json defaultValue;
  double minimum = 0, maximum = 0;  ///< of numbers and of a list's elements
  bool logarithmic = false;         ///< a rate: forms step by factors
  bool slider = false;              ///< forms show a slider below it
  std::vector<std::string> choices;
  std::vector<std::string> choiceHelp;  ///< one line per choice
  std::string unit;
  std::string help;    ///< one or two sentences, plain text
  std::string source;  ///< "eq. (28)", or empty
  Takes takes = Takes::Live;

  /// The parameter counts only while the choice `needsKey` has one of these values; always when empty. Forms
  /// grey it out otherwise.
  std::string needsKey;
  std::vector<std::string> needsOneOf;
  bool counts(const nlohmann::json& parameters) const;
};

struct MethodSpec {
  std::string name;     ///< "k-gans"
  std::string title;    ///< "k-GANs"
  std::string summary;  ///< one sentence
  std::string source;   ///< "Ambrogioni, Guclu, van Gerven 2019, Algorithm 1"
  std::vector<ParameterSpec> parameters;
  const ParameterSpec* find(const std::string& key) const;
  /// @throws Error with the nearest known key when there is no such parameter.
  const ParameterSpec& at(const std::string& key) const;
};

/// Methods in the order of registration. Free of LibTorch: the window reads them too.
const std::vector<MethodSpec>& methods();
/// @throws Error listing the known names.
const MethodSpec& method(const std::string& name);

/// The value in the parameter's own type. @throws Error naming `where.key`, the value and the range or
/// choices.
nlohmann::json validated(const ParameterSpec& spec, const nlohmann::json& value, const std::string& where);
/// Text from a command line ("--set critic_steps=5") as the parameter's JSON value, validated.
nlohmann::json parseParameter(const ParameterSpec& spec, const std::string& text, const std::string& where);

}  // namespace monge
