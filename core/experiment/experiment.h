// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/data/dataset.h"
#include "core/experiment/parameters.h"

namespace monge {

/// Where an experiment's data come from: a toy distribution or a file, then the steps done to it.
struct DataSource {
  std::string toy = "four_clusters";  ///< name of a toy distribution; empty when `file` is set
  std::string file;                   ///< relative paths are resolved against the experiment's folder
  std::string labels, array;          ///< as in ReadOptions
  std::int64_t points = 4000;         ///< toy: how many; file: at most this many, 0 = all
  std::uint64_t seed = 1;             ///< of the toy sample and of subsampling
  bool firstRows = false;             ///< file: the first `points` rows rather than a random choice
  int resize = 0;                     ///< images: side, 0 = as they are
  bool scale = false;                 ///< into [lower, upper]
  double lower = -1, upper = 1;
};

/// The document: all that decides a run. Format version 1.
struct Experiment {
  static constexpr int kVersion = 1;
  std::string name = "Untitled";
  std::string caption;  ///< what to look at
  DataSource data;
  std::string method = "k-gans";
  nlohmann::json parameters = nlohmann::json::object();  ///< every parameter of the method, validated
  std::uint64_t seed = 7;
  std::int64_t iterations = 60000;
  std::int64_t checkpointEvery = 5000;  ///< iterations
  std::int64_t historyEvery = 100;      ///< iterations between rows of the history
  std::string device = "auto";          ///< auto, cpu, cuda
  int threads = 0;                      ///< 0 = all cores
};

/// Reads a whole document and reports every bad field at once (one line each) in one Error: unknown key,
/// wrong type, number out of range, unknown method, newer version.
/// @param subject  names the document in errors, e.g. the file's path
Experiment experimentFromJson(const nlohmann::json& document, const std::string& subject);
nlohmann::json toJson(const Experiment& experiment);

/// Reads a JSON file; relative data paths become absolute against the file's folder.
Experiment readExperiment(const std::filesystem::path& file);

/// A preset by name, or the experiment in a file: what `monge-cli train` takes.
Experiment presetOrFile(const std::string& nameOrFile);

struct Preset {
  std::string name;     ///< "four-clusters"
  std::string summary;  ///< one line
  Experiment experiment;
};
const std::vector<Preset>& presets();

/// Loads and prepares the data. MONGE_DATA, else ../shared/data beside the working folder, is where presets
/// on real images look; an absent set is an Error that says where it was looked for.
Dataset loadData(const DataSource& source);

}  // namespace monge
