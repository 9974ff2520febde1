// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <filesystem>
#include <limits>

#include "app/cli/commands.h"
#include "app/cli/repeats.h"
#include "app/cli/run_session.h"
#include "app/cli/text.h"
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/experiment/notices.h"
#include "core/experiment/run_directory.h"

namespace monge {

namespace {

namespace fs = std::filesystem;

bool isRun(const fs::path& folder) {
  std::error_code ignored;
  return fs::exists(folder / "experiment.json", ignored);
}

/// "critic_steps=5" into the experiment. @throws Error naming the key, or the nearest known one.
void applySetting(Experiment& experiment, const std::string& setting) {
  const std::size_t equals = setting.find('=');
  if (equals == std::string::npos || equals == 0) throw Error("--set", setting, "key=value");
  const std::string key = setting.substr(0, equals);
  const ParameterSpec& spec = method(experiment.method).at(key);
  experiment.parameters[key] = parseParameter(spec, setting.substr(equals + 1), "");
}

/// What the options say about the experiment; all of it also holds for a run that goes on.
void applyOptions(Experiment& experiment, const TrainOptions& options) {
  for (const std::string& setting : options.settings) applySetting(experiment, setting);
  if (options.iterations) experiment.iterations = *options.iterations;
  if (options.device) experiment.device = *options.device;
  if (options.threads) experiment.threads = *options.threads;
  if (options.seed) experiment.seed = *options.seed;
}

Experiment newExperiment(const TrainOptions& options) {
  if (options.experiment.empty() && options.data.empty())
    throw Error("train", "no experiment", "a preset (see `monge-cli presets`) or the file of an experiment");
  Experiment experiment;
  if (options.experiment.empty())
    experiment = experimentFromJson({{"name", fs::path(options.data).stem().string()}}, "train");
  else
    experiment = presetOrFile(options.experiment);
  if (!options.data.empty()) {
    experiment.data = DataSource{};
    experiment.data.toy.clear();
    experiment.data.file = fs::absolute(options.data).lexically_normal().string();
    experiment.data.labels = options.labels;
    experiment.data.array = options.array;
    experiment.data.points = 0;
  }
  applyOptions(experiment, options);
  return experiment;
}

/// Letters, digits and single dashes: a folder's name that needs no quotes.
std::string slug(const std::string& text) {
  std::string name;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (letter)
      name += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    else if (!name.empty() && name.back() != '-')
      name += '-';
  }
  while (!name.empty() && name.back() == '-') name.pop_back();
  return name.empty() ? "run" : name;
}

/// runs/<name>-<seed>, or with the next free number behind it.
fs::path freeFolder(const TrainOptions& options, std::uint64_t seed) {
  const std::string source = options.experiment.empty() ? options.data : options.experiment;
  const std::string base = slug(fs::path(source).stem().string()) + "-" + std::to_string(seed);
  fs::path folder = fs::path("runs") / base;
  std::error_code ignored;
  for (int number = 2; fs::exists(folder, ignored); ++number)
    folder = fs::path("runs") / (base + "-" + std::to_string(number));
  return folder;
}

std::string resumeCommand(const fs::path& folder, CliContext& context,
                          const std::vector<std::string>& more = {}) {
  std::vector<std::string> words = {context.program, "train", "--resume", "--out", folder.string()};
  words.insert(words.end(), more.begin(), more.end());
  return shellCommand(words);
}

void printMetrics(const nlohmann::json& metrics, CliContext& context) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& [name, value] : metrics.items())
    if (value.is_primitive()) rows.push_back({name, figure(value)});
  context.out << table(rows, "  ");
}

void reportDivergence(const RunOutcome& outcome, const Experiment& experiment, const fs::path& folder,
                      CliContext& context) {
  context.err << "monge-cli: " << outcome.progress.message << "\n";
  if (!outcome.lastCheckpoint) return;
  context.err << "The last good checkpoint, at iteration " << *outcome.lastCheckpoint << ", is kept in "
              << folder.string() << ".\n";
  const auto rate = experiment.parameters.find("rate");
  if (rate == experiment.parameters.end()) return;
  context.err << "To go on from it with a smaller learning rate:\n  "
              << resumeCommand(folder, context, {"--set", "rate=" + figure(rate->get<double>() / 2)}) << "\n";
}

/// Says how it ended and answers the exit status.
int reportOutcome(const RunOutcome& outcome, const Experiment& experiment, const fs::path& folder,
                  CliContext& context) {
  switch (outcome.progress.status) {
    case RunStatus::Finished:
      context.out << "Finished " << grouped(outcome.progress.iteration) << " iterations; the run is in "
                  << folder.string() << ".\n";
      printMetrics(outcome.metrics, context);
      return kSuccess;
    case RunStatus::Diverged:
      reportDivergence(outcome, experiment, folder, context);
      return kFailed;
    case RunStatus::Failed:
      context.err << "monge-cli: " << outcome.progress.message << "\n";
      if (outcome.lastCheckpoint)
        context.err << "The checkpoint at iteration " << *outcome.lastCheckpoint
                    << " is whole. To go on from it:\n  " << resumeCommand(folder, context) << "\n";
      return kFailed;
    case RunStatus::Paused:
    case RunStatus::Running:
      break;
  }
  context.out << "Stopped at iteration " << outcome.progress.iteration << " of " << outcome.progress.target
              << "; a checkpoint is in " << folder.string() << ".\nTo go on:\n  "
              << resumeCommand(folder, context) << "\n";
  return kFailed;
}

void warn(const Experiment& experiment, const Dataset& data, CliContext& context) {
  for (const std::string& warning : context.factory.deviceInfo().warnings)
    context.err << "monge-cli: warning: " << warning << "\n";
  for (const std::string& notice : notices(experiment, data.size()))
    context.err << "monge-cli: note: " << notice << "\n";
}

int trainNew(const TrainOptions& options, CliContext& context) {
  const Experiment experiment = newExperiment(options);
  const fs::path folder = options.out.empty() ? freeFolder(options, experiment.seed) : fs::path(options.out);
  if (isRun(folder) && lastCheckpoint(RunDirectory::open(folder)))
    throw Error(folder.string(), "a run is there already", "--resume to go on with it, or another --out");
  const Dataset data = context.factory.loadData(experiment.data);
  const RunDirectory directory = RunDirectory::create(folder, experiment);
  const Interrupt interrupt;
  warn(experiment, data, context);
  context.out << experiment.name << ", seed " << experiment.seed << ", in " << folder.string() << std::endl;
  const RunOutcome outcome = trainRun(experiment, data, directory, false, "", interrupt, context);
  return reportOutcome(outcome, experiment, folder, context);
}

fs::path resumedFolder(const TrainOptions& options) {
  if (!options.out.empty()) return options.out;
  if (!options.experiment.empty() && isRun(options.experiment)) return options.experiment;
  throw Error("--resume", "no run to go on with", "--out RUN");
}

/// The run's own document with the options applied; its beginning cannot be changed any more.
Experiment resumedExperiment(const RunDirectory& run, const TrainOptions& options) {
  Experiment experiment = run.experiment();
  const std::uint64_t seed = experiment.seed;
  if (!options.data.empty()) throw Error("--data", options.data, "nothing, for a run keeps its data");
  if (options.seed && *options.seed != seed)
    throw Error("--seed", std::to_string(*options.seed),
                std::to_string(seed) + ", which this run began with");
  applyOptions(experiment, options);
  const bool named = !options.experiment.empty() && !isRun(options.experiment);
  if (named && toJson(presetOrFile(options.experiment))["data"] != toJson(experiment)["data"])
    throw Error(run.path().string(), "a run on other data than " + options.experiment, "another --out");
  return experiment;
}

int trainOn(const TrainOptions& options, CliContext& context) {
  const fs::path folder = resumedFolder(options);
  const RunDirectory run = RunDirectory::open(folder);
  const Experiment experiment = resumedExperiment(run, options);
  const std::optional<std::int64_t> last = lastCheckpoint(run);
  if (last && *last >= experiment.iterations) {
    context.out << folder.string() << " is finished: " << grouped(*last) << " iterations of "
                << grouped(experiment.iterations) << ".\nTo train longer:\n  "
                << resumeCommand(folder, context, {"--iterations", std::to_string(2 * *last)}) << "\n";
    return kSuccess;
  }
  const Dataset data = context.factory.loadData(experiment.data);
  const Interrupt interrupt;
  warn(experiment, data, context);
  context.out << experiment.name << ", seed " << experiment.seed << ", on from iteration " << last.value_or(0)
              << " in " << folder.string() << std::endl;
  const RunOutcome outcome = trainRun(experiment, data, run, true, "", interrupt, context);
  return reportOutcome(outcome, experiment, folder, context);
}

/// One seed of several: skipped when it is finished, gone on with when it has begun.
class Repeats {
 public:
  Repeats(const TrainOptions& options, CliContext& context)
      : m_options(options),
        m_context(context),
        m_experiment(newExperiment(options)),
        m_folder(options.out.empty() ? freeFolder(options, m_experiment.seed) : fs::path(options.out)),
        m_data(context.factory.loadData(m_experiment.data)) {}

  int run() {
    warn(m_experiment, m_data, m_context);
    m_context.out << m_experiment.name << ", " << m_options.repeats << " seeds from " << m_experiment.seed
                  << ", in " << m_folder.string() << std::endl;
    for (int i = 0; i < m_options.repeats; ++i) {
      Experiment experiment = m_experiment;
      experiment.seed += static_cast<std::uint64_t>(i);
      if (!runSeed(experiment)) return stopped();
    }
    return conclude();
  }

 private:
  /// False when it was asked to stop.
  bool runSeed(const Experiment& experiment) {
    const fs::path folder = repeatFolder(m_folder, experiment.seed);
    const std::string label = "seed " + std::to_string(experiment.seed);
    const RunDirectory directory = RunDirectory::create(folder, experiment);
    const std::optional<std::int64_t> last = lastCheckpoint(directory);
    if (last && *last >= experiment.iterations) {
      m_context.out << label << ": finished before" << std::endl;
      m_results.push_back({experiment.seed, metricsOf(directory, m_context)});
      return true;
    }
    const RunOutcome outcome =
        trainRun(experiment, m_data, directory, last.has_value(), label, m_interrupt, m_context);
    if (outcome.progress.status == RunStatus::Paused) return false;
    if (outcome.progress.status == RunStatus::Finished) {
      m_results.push_back({experiment.seed, outcome.metrics});
    } else {
      reportOutcome(outcome, experiment, folder, m_context);
      ++m_failures;
    }
    return true;
  }

  int stopped() const {
    std::vector<std::string> words = {m_context.program};
    words.insert(words.end(), m_options.arguments.begin(), m_options.arguments.end());
    if (m_options.out.empty()) words.insert(words.end(), {"--out", m_folder.string()});
    m_context.out << "Stopped; finished seeds and a checkpoint are in " << m_folder.string()
                  << ".\nTo go on:\n  " << shellCommand(words) << "\n";
    return kFailed;
  }

  int conclude() const {
    const std::vector<MetricSummary> summary = summarize(m_results);
    writeFileAtomically(m_folder / "summary.csv", summaryCsv(m_results, summary));
    writeFileAtomically(m_folder / "summary.tex", summaryTex(summary));
    m_context.out << "Mean ± standard deviation of " << m_results.size() << " seeds\n"
                  << summaryText(summary) << "Written as " << (m_folder / "summary.csv").string()
                  << " and summary.tex\n";
    if (m_failures > 0)
      m_context.err << "monge-cli: " << m_failures << " of " << m_options.repeats
                    << " seeds did not finish\n";
    return m_failures > 0 ? kFailed : kSuccess;
  }

  const TrainOptions& m_options;
  CliContext& m_context;
  Experiment m_experiment;
  fs::path m_folder;
  Dataset m_data;
  Interrupt m_interrupt;
  std::vector<RepeatResult> m_results;
  int m_failures = 0;
};

}  // namespace

int trainCommand(const TrainOptions& options, CliContext& context) {
  if (options.repeats > 1) return Repeats(options, context).run();
  return options.resume ? trainOn(options, context) : trainNew(options, context);
}

}  // namespace monge
