// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/experiment/run_directory.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <ctime>
#include <fstream>
#include <system_error>

#include "core/base/append_file.h"
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/experiment/metrics_file.h"
#include "core/snapshot/json_text.h"
#include "core/snapshot/snapshot_message.h"

namespace monge {

namespace {

namespace fs = std::filesystem;

constexpr const char* kExperiment = "experiment.json";
constexpr const char* kMetrics = "metrics.csv";
constexpr const char* kCheckpoints = "checkpoints";
constexpr const char* kState = "state.mng";
constexpr const char* kSnapshot = "snapshot.mng";
constexpr const char* kData = "data.mng";
constexpr std::size_t kDigits = 9;

[[noreturn]] void failWriting(const fs::path& path, int code) {
  throw Error::failed(path.string(), "cannot be written: " + std::generic_category().message(code));
}

void makeFolder(const fs::path& folder) {
  std::error_code code;
  fs::create_directories(folder, code);
  if (code) failWriting(folder, code.value());
}

/// A rename is on disk only when the folder is.
void syncFolder(const fs::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

std::string folderName(std::int64_t iteration) {
  const std::string digits = std::to_string(iteration);
  return std::string(kDigits - std::min(kDigits, digits.size()), '0') + digits;
}

/// The iteration of a checkpoint's folder; -1 for anything else, e.g. a half-written one.
std::int64_t iterationOf(const std::string& name) {
  std::int64_t iteration = -1;
  const char* end = name.data() + name.size();
  const auto [rest, code] = std::from_chars(name.data(), end, iteration);
  return code == std::errc() && rest == end && folderName(iteration) == name ? iteration : -1;
}

/// As long as its first bytes say. Cheap, and catches what a copy that broke off leaves.
bool isWholeMessage(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  char prefix[16];
  if (!in.read(prefix, sizeof prefix)) return false;
  std::error_code code;
  const std::uint64_t size = fs::file_size(file, code);
  return !code && messageSize({prefix, sizeof prefix}) == size;
}

bool isWholeCheckpoint(const fs::path& folder) {
  return isWholeMessage(folder / kState) && isWholeMessage(folder / kSnapshot);
}

/// Out of sight first: a removal that is cut short must not leave half a checkpoint.
void removeCheckpoint(const fs::path& folder) {
  const fs::path hidden = folder.parent_path() / ("." + folder.filename().string() + ".old");
  std::error_code ignored;
  fs::remove_all(hidden, ignored);
  fs::rename(folder, hidden, ignored);
  fs::remove_all(hidden, ignored);
}

/// Hidden folders are what a writer that was killed left behind.
void removeLeftovers(const fs::path& checkpoints) {
  std::error_code ignored;
  std::vector<fs::path> leftovers;
  for (const auto& entry : fs::directory_iterator(checkpoints, ignored))
    if (entry.path().filename().string().starts_with(".")) leftovers.push_back(entry.path());
  for (const fs::path& leftover : leftovers) fs::remove_all(leftover, ignored);
}

/// Puts `fresh` at `final`, at once, whether or not there is a checkpoint already.
void putInPlace(const fs::path& fresh, const fs::path& final) {
  std::error_code ignored;
  if (!fs::exists(final, ignored)) {
    if (::rename(fresh.c_str(), final.c_str()) != 0) failWriting(final, errno);
    return;
  }
  if (::renameat2(AT_FDCWD, fresh.c_str(), AT_FDCWD, final.c_str(), RENAME_EXCHANGE) != 0) {
    // A file system that cannot exchange two folders: file by file, each whole at any moment.
    for (const char* name : {kState, kSnapshot})
      if (::rename((fresh / name).c_str(), (final / name).c_str()) != 0) failWriting(final / name, errno);
  }
  fs::remove_all(fresh, ignored);
}

/// All that decides the results so far.
nlohmann::json essence(const Experiment& experiment) {
  nlohmann::json document = toJson(experiment);
  for (const char* key :
       {"name", "caption", "iterations", "checkpoint_every", "history_every", "device", "threads"})
    document.erase(key);
  return document;
}

std::string timeOfDay() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

}  // namespace

RunDirectory RunDirectory::create(const fs::path& path, const Experiment& experiment) {
  std::error_code ignored;
  RunDirectory run(fs::absolute(path).lexically_normal());
  const bool begun = fs::exists(run.m_path / kExperiment, ignored) && !run.checkpoints().empty();
  if (begun && essence(run.experiment()) != essence(experiment))
    throw Error(path.string(), "a run of another experiment", "a new folder");
  makeFolder(run.m_path / kCheckpoints);
  run.writeExperiment(experiment);
  return run;
}

RunDirectory RunDirectory::open(const fs::path& path) {
  std::error_code ignored;
  if (!fs::exists(path, ignored)) throw Error(path.string(), "no such folder", "the folder of a run");
  if (!fs::exists(path / kExperiment, ignored))
    throw Error(path.string(), "no run, for it has no " + std::string(kExperiment), "the folder of a run");
  return RunDirectory(fs::absolute(path).lexically_normal());
}

Experiment RunDirectory::experiment() const {
  const fs::path file = m_path / kExperiment;
  return experimentFromJson(parseJson(readFile(file, 16ull << 20), file.string()), file.string());
}

void RunDirectory::writeExperiment(const Experiment& experiment) const {
  writeFileAtomically(
      m_path / kExperiment,
      toJson(experiment).dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

std::vector<std::int64_t> RunDirectory::checkpoints() const {
  std::vector<std::int64_t> list;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(m_path / kCheckpoints, ignored)) {
    const std::int64_t iteration = iterationOf(entry.path().filename().string());
    if (iteration >= 0 && isWholeCheckpoint(entry.path())) list.push_back(iteration);
  }
  std::sort(list.begin(), list.end());
  return list;
}

void RunDirectory::writeCheckpoint(std::int64_t iteration, const Message& state,
                                   const Message& snapshot) const {
  const fs::path folder = m_path / kCheckpoints;
  const std::string name = folderName(iteration);
  const fs::path fresh = folder / ("." + name + "." + std::to_string(::getpid()) + ".tmp");
  try {
    makeFolder(fresh);
    writeFileAtomically(fresh / kState, encode(state));
    writeFileAtomically(fresh / kSnapshot, encode(snapshot));
    putInPlace(fresh, folder / name);
  } catch (const Error&) {
    std::error_code ignored;
    fs::remove_all(fresh, ignored);
    throw;
  }
  syncFolder(folder);
}

Message RunDirectory::readState(std::int64_t iteration) const {
  const fs::path file = m_path / kCheckpoints / folderName(iteration) / kState;
  return decode(readFile(file), file.string());
}

EnsembleSnapshot RunDirectory::readSnapshot(std::int64_t iteration) const {
  const fs::path file = m_path / kCheckpoints / folderName(iteration) / kSnapshot;
  return snapshotFromMessage(decode(readFile(file), file.string()));
}

void RunDirectory::prune(int keep) const {
  const std::vector<std::int64_t> all = checkpoints();
  const std::size_t kept = static_cast<std::size_t>(std::max(keep, 0));
  for (std::size_t i = 0; i + kept < all.size(); ++i)
    removeCheckpoint(m_path / kCheckpoints / folderName(all[i]));
  removeLeftovers(m_path / kCheckpoints);
}

void RunDirectory::writeData(const DataView& data) const {
  writeFileAtomically(m_path / kData, encode(toMessage(data)));
}

DataView RunDirectory::readData() const {
  const fs::path file = m_path / kData;
  return dataViewFromMessage(decode(readFile(file), file.string()));
}

void RunDirectory::appendHistory(const HistoryChunk& chunk) const {
  MetricsFile(m_path / kMetrics).append(chunk);
}

HistoryChunk RunDirectory::readHistory(std::int64_t lastIteration) const {
  return MetricsFile(m_path / kMetrics).read(lastIteration);
}

void RunDirectory::truncateHistory(std::int64_t lastIteration) const {
  MetricsFile(m_path / kMetrics).truncate(lastIteration);
}

void RunDirectory::log(const std::string& line) const {
  AppendFile(m_path / "log.txt").append(timeOfDay() + " " + line + "\n");
}

}  // namespace monge
