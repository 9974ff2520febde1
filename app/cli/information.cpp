// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <filesystem>
#include <map>
#include <sstream>

#include "app/cli/commands.h"
#include "app/cli/run_session.h"
#include "app/cli/text.h"
#include "core/base/error.h"
#include "core/data/readers.h"

namespace monge {

namespace {

constexpr int kShownColumns = 8;
constexpr std::size_t kShownLabels = 12;

/// The range or the choices, and the default.
std::string valuesOf(const ParameterSpec& spec) {
  std::ostringstream text;
  text.precision(12);
  switch (spec.type) {
    case ParameterSpec::Type::Integer:
    case ParameterSpec::Type::Real:
      text << spec.minimum << " to " << spec.maximum;
      break;
    case ParameterSpec::Type::IntegerList:
      text << "list, each " << spec.minimum << " to " << spec.maximum;
      break;
    case ParameterSpec::Type::Boolean:
      text << "true or false";
      break;
    case ParameterSpec::Type::Text:
      text << "text";
      break;
    case ParameterSpec::Type::Choice:
    case ParameterSpec::Type::ChoiceOrShares:
      for (const std::string& choice : spec.choices)
        text << (&choice == &spec.choices[0] ? "" : ", ") << choice;
      if (spec.type == ParameterSpec::Type::ChoiceOrShares)
        text << ", or a list, each " << spec.minimum << " to " << spec.maximum;
      break;
  }
  if (!spec.unit.empty()) text << " " << spec.unit;
  return text.str();
}

void describe(const ParameterSpec& spec, CliContext& context) {
  context.out << "  " << spec.key << " = " << figure(spec.defaultValue) << "   (" << valuesOf(spec)
              << (spec.takes == ParameterSpec::Takes::Reset ? "; from the start of a run only" : "") << ")\n"
              << wrapped(spec.help + (spec.source.empty() ? "" : " [" + spec.source + "]"), 100, "      ");
  for (std::size_t i = 0; i < spec.choices.size(); ++i)
    context.out << wrapped(spec.choices[i] + ": " + spec.choiceHelp[i] + ".", 100, "        ");
}

std::string shape(const Dataset& set) {
  if (set.image.isImage()) {
    const std::string size = std::to_string(set.image.width) + " x " + std::to_string(set.image.height);
    return grouped(set.size()) + " images of " + size + (set.image.channels == 1 ? "" : ", 3 channels");
  }
  return grouped(set.size()) + " points in " + std::to_string(set.dimension()) +
         (set.dimension() == 1 ? " dimension" : " dimensions");
}

std::string ranges(const Dataset& set) {
  const RowsF lower = set.lower(), upper = set.upper();
  if (set.image.isImage())
    return "  values from " + figure(double{lower.minCoeff()}) + " to " + figure(double{upper.maxCoeff()}) +
           "\n";
  std::vector<std::vector<std::string>> rows;
  for (int j = 0; j < std::min(set.dimension(), kShownColumns); ++j) {
    const auto index = static_cast<std::size_t>(j);
    const std::string name = set.columns.empty() ? "column " + std::to_string(j + 1) : set.columns[index];
    rows.push_back({name, figure(double{lower(0, j)}) + " to " + figure(double{upper(0, j)})});
  }
  std::string text = table(rows, "  ");
  if (set.dimension() > kShownColumns)
    text += "  and " + std::to_string(set.dimension() - kShownColumns) + " more columns\n";
  return text;
}

std::string labelCounts(const Dataset& set) {
  if (set.labels.empty()) return "";
  std::map<int, std::int64_t> counts;
  for (const int label : set.labels) ++counts[label];
  std::string text = "  " + std::to_string(counts.size()) + " labels:";
  std::size_t shown = 0;
  for (const auto& [label, count] : counts) {
    if (shown++ == kShownLabels) return text + " ...\n";
    text += (shown == 1 ? " " : ", ") + set.labelText(label) + " (" + grouped(count) + ")";
  }
  return text + "\n";
}

}  // namespace

int metricsCommand(const std::string& run, bool asJson, CliContext& context) {
  const RunDirectory directory = RunDirectory::open(run);
  nlohmann::json metrics = metricsOf(directory, context);
  if (!metrics.contains("iteration")) metrics["iteration"] = *lastCheckpoint(directory);
  if (!metrics.contains("seed")) metrics["seed"] = directory.experiment().seed;
  if (asJson) {
    context.out << metrics.dump(2) << "\n";
    return kSuccess;
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& [name, value] : metrics.items()) rows.push_back({name, figure(value)});
  context.out << table(rows);
  return kSuccess;
}

int presetsCommand(CliContext& context) {
  std::vector<std::vector<std::string>> rows;
  for (const Preset& preset : presets()) rows.push_back({preset.name, preset.summary});
  context.out << table(rows);
  return kSuccess;
}

int methodsCommand(const std::string& name, CliContext& context) {
  if (name.empty()) {
    std::vector<std::vector<std::string>> rows;
    for (const MethodSpec& spec : methods()) rows.push_back({spec.name, spec.summary});
    context.out << table(rows);
    return kSuccess;
  }
  const MethodSpec& spec = method(name);
  context.out << spec.title << ". " << spec.summary << "\nSource: " << spec.source << "\n";
  std::string group;
  for (const ParameterSpec& parameter : spec.parameters) {
    if (parameter.group != group) context.out << "\n" << parameter.group << "\n";
    group = parameter.group;
    describe(parameter, context);
  }
  return kSuccess;
}

int dataCommand(const std::string& file, const std::string& labels, const std::string& array,
                CliContext& context) {
  ReadOptions options;
  options.labels = labels;
  options.array = array;
  const Dataset set = readDataset(file, options);
  context.out << set.name << ": " << shape(set) << "\n"
              << ranges(set) << labelCounts(set) << "  from " << set.provenance << "\n";
  return kSuccess;
}

}  // namespace monge
