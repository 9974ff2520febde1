// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/experiment/experiment.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/problems.h"
#include "core/data/toy.h"
#include "core/experiment/nearest.h"
#include "core/snapshot/json_text.h"

namespace monge {

namespace {

using nlohmann::json;

constexpr std::int64_t kMaxCount = 1'000'000'000'000;
constexpr std::uint64_t kMaxDocumentBytes = 16ull << 20;

/// Reads the members of one JSON object. What is wrong is written down and reading goes on, so that a person
/// hears of every bad field at once.
class ObjectReader {
 public:
  ObjectReader(const json& object, std::string prefix, std::vector<std::string>& problems)
      : m_object(object), m_prefix(std::move(prefix)), m_problems(problems) {}

  /// The member, or null when the document leaves it out.
  const json* find(const char* key) {
    m_known.emplace_back(key);
    const auto found = m_object.find(key);
    return found == m_object.end() ? nullptr : &*found;
  }
  void text(const char* key, std::string& target) {
    const json* value = find(key);
    if (value && value->is_string()) target = value->get<std::string>();
    if (value && !value->is_string()) wrong(key, *value, "text");
  }
  void boolean(const char* key, bool& target) {
    const json* value = find(key);
    if (value && value->is_boolean()) target = value->get<bool>();
    if (value && !value->is_boolean()) wrong(key, *value, "true or false");
  }
  void natural(const char* key, std::uint64_t& target) {
    const json* value = find(key);
    if (value && value->is_number_unsigned()) target = value->get<std::uint64_t>();
    if (value && !value->is_number_unsigned()) wrong(key, *value, "a whole number, 0 or more");
  }
  template <class Integer>
  void integer(const char* key, Integer& target, std::int64_t minimum, std::int64_t maximum) {
    const json* value = find(key);
    if (!value) return;
    // A negative number is stored as signed, any other as unsigned.
    const bool whole = value->is_number_integer();
    const bool fits = whole && (value->is_number_unsigned()
                                    ? value->get<std::uint64_t>() <= static_cast<std::uint64_t>(maximum)
                                    : value->get<std::int64_t>() <= maximum);
    if (fits && value->get<std::int64_t>() >= minimum)
      target = static_cast<Integer>(value->get<std::int64_t>());
    else
      wrong(key, *value, "a whole number from " + std::to_string(minimum) + " to " + std::to_string(maximum));
  }

  void wrong(const std::string& key, const json& value, const std::string& expectation) {
    problem(key, shown(value), expectation);
  }
  void problem(const std::string& key, const std::string& found, const std::string& expectation) {
    m_problems.push_back(m_prefix + key + ": " + found + "; expected " + expectation);
  }
  /// Names the members that nobody asked for.
  void refuseOthers() {
    for (const auto& [key, value] : m_object.items())
      if (std::find(m_known.begin(), m_known.end(), key) == m_known.end())
        problem(shown(json(key)), "unknown", suggestion(key, m_known));
  }
  const std::string& prefix() const { return m_prefix; }

 private:
  const json& m_object;
  std::string m_prefix;
  std::vector<std::string>& m_problems;
  std::vector<std::string> m_known;
};

void readScale(ObjectReader& reader, DataSource& data) {
  const json* value = reader.find("scale");
  if (!value) return;
  const bool pair =
      value->is_array() && value->size() == 2 && (*value)[0].is_number() && (*value)[1].is_number();
  const double lower = pair ? (*value)[0].get<double>() : 0;
  const double upper = pair ? (*value)[1].get<double>() : 0;
  if (!(lower < upper) || !std::isfinite(upper - lower))
    return reader.wrong("scale", *value, "two numbers, the smaller first");
  data.scale = true;
  data.lower = lower;
  data.upper = upper;
}

void readOrigin(ObjectReader& reader, DataSource& data) {
  const bool hasToy = reader.find("toy") != nullptr;
  const bool hasFile = reader.find("file") != nullptr;
  if (hasToy && hasFile) return reader.problem("toy", "a toy and a file", "one of them");
  if (hasFile) {
    data.toy.clear();
    data.points = 0;
    reader.text("file", data.file);
    if (data.file.empty()) reader.problem("file", "no file", "a path");
    return;
  }
  reader.text("toy", data.toy);
  std::vector<std::string> names;
  for (const ToyDistribution* toy : toyDistributions()) names.push_back(toy->name());
  if (std::find(names.begin(), names.end(), data.toy) == names.end())
    reader.wrong("toy", data.toy, suggestion(data.toy, names));
}

DataSource readData(const json& document, std::vector<std::string>& problems) {
  DataSource data;
  ObjectReader reader(document, "data.", problems);
  readOrigin(reader, data);
  reader.text("labels", data.labels);
  reader.text("array", data.array);
  reader.integer("points", data.points, data.file.empty() ? 2 : 0, 100'000'000);
  reader.natural("seed", data.seed);
  reader.boolean("first_rows", data.firstRows);
  reader.integer("resize", data.resize, 0, 4096);
  readScale(reader, data);
  reader.refuseOthers();
  return data;
}

/// Every parameter of the method, with the document's values where it has them.
json readParameters(const MethodSpec& spec, const json& given, std::vector<std::string>& problems) {
  json parameters = json::object();
  ObjectReader reader(given, "parameters.", problems);
  for (const ParameterSpec& parameter : spec.parameters) {
    parameters[parameter.key] = parameter.defaultValue;
    const json* value = reader.find(parameter.key.c_str());
    if (!value) continue;
    try {
      parameters[parameter.key] = validated(parameter, *value, "parameters");
    } catch (const Error& error) {
      problems.emplace_back(error.what());
    }
  }
  reader.refuseOthers();
  return parameters;
}

/// The member if it is an object; an empty one, written down when it is something else, if not.
const json& objectMember(ObjectReader& reader, const char* key) {
  static const json empty = json::object();
  const json* value = reader.find(key);
  if (!value) return empty;
  if (value->is_object()) return *value;
  reader.wrong(key, *value, "an object");
  return empty;
}

void readMethod(ObjectReader& reader, Experiment& experiment, std::vector<std::string>& problems) {
  reader.text("method", experiment.method);
  const json& parameters = objectMember(reader, "parameters");
  try {
    experiment.parameters = readParameters(method(experiment.method), parameters, problems);
  } catch (const Error& error) {
    problems.emplace_back(error.what());
  }
}

void refuseNewer(const json& document, const std::string& subject) {
  const auto version = document.find("version");
  if (version == document.end()) return;
  if (!version->is_number_unsigned() || version->get<std::uint64_t>() == 0)
    throw Error(subject, "version " + shown(*version), "a whole number from 1");
  if (version->get<std::uint64_t>() > Experiment::kVersion)
    throw Error(subject, "an experiment of version " + shown(*version),
                "version " + std::to_string(Experiment::kVersion) + " at most; a newer Monge wrote it");
}

json toJson(const DataSource& data) {
  json document = {{"points", data.points}, {"seed", data.seed}};
  if (data.file.empty()) {
    document["toy"] = data.toy;
  } else {
    document["file"] = data.file;
    document["first_rows"] = data.firstRows;
    if (!data.labels.empty()) document["labels"] = data.labels;
    if (!data.array.empty()) document["array"] = data.array;
  }
  if (data.resize > 0) document["resize"] = data.resize;
  if (data.scale) document["scale"] = {data.lower, data.upper};
  return document;
}

}  // namespace

Experiment experimentFromJson(const json& document, const std::string& subject) {
  if (!document.is_object()) throw Error(subject, shown(document), "an object that describes an experiment");
  refuseNewer(document, subject);
  Experiment experiment;
  std::vector<std::string> problems;
  ObjectReader reader(document, "", problems);
  reader.find("version");
  reader.text("name", experiment.name);
  reader.text("caption", experiment.caption);
  experiment.data = readData(objectMember(reader, "data"), problems);
  readMethod(reader, experiment, problems);
  reader.natural("seed", experiment.seed);
  reader.integer("iterations", experiment.iterations, 1, kMaxCount);
  reader.integer("checkpoint_every", experiment.checkpointEvery, 1, kMaxCount);
  reader.integer("history_every", experiment.historyEvery, 1, kMaxCount);
  reader.text("device", experiment.device);
  if (experiment.device != "auto" && experiment.device != "cpu" && experiment.device != "cuda")
    reader.wrong("device", experiment.device, "auto, cpu or cuda");
  reader.integer("threads", experiment.threads, 0, 1024);
  reader.refuseOthers();
  throwProblems(subject, problems);
  return experiment;
}

json toJson(const Experiment& experiment) {
  return {{"version", Experiment::kVersion},
          {"name", experiment.name},
          {"caption", experiment.caption},
          {"data", toJson(experiment.data)},
          {"method", experiment.method},
          {"parameters", experiment.parameters},
          {"seed", experiment.seed},
          {"iterations", experiment.iterations},
          {"checkpoint_every", experiment.checkpointEvery},
          {"history_every", experiment.historyEvery},
          {"device", experiment.device},
          {"threads", experiment.threads}};
}

Experiment readExperiment(const std::filesystem::path& file) {
  const std::string text = readFile(file, kMaxDocumentBytes);
  if (text.empty()) throw Error(file.string(), "an empty file", "an experiment");
  Experiment experiment = experimentFromJson(parseJson(text, file.string()), file.string());
  // A name that is not beside the experiment is left as it is: it may name a set of the data folder.
  const std::filesystem::path beside = std::filesystem::absolute(file).parent_path() / experiment.data.file;
  std::error_code ignored;
  if (!experiment.data.file.empty() && std::filesystem::exists(beside, ignored))
    experiment.data.file = beside.lexically_normal().string();
  return experiment;
}

}  // namespace monge
