// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/run_session.h"

#include "app/cli/progress_report.h"
#include "core/base/error.h"
#include "core/training/training_run.h"

namespace monge {

namespace {

constexpr double kTick =
    0.05;  ///< seconds between looks at the run: soon enough for Ctrl-C, nothing to the trainer

void watch(TrainingRun& run, ProgressReport& report, const Interrupt& interrupt) {
  bool pausing = false;
  for (bool stopped = false; !stopped;) {
    stopped = run.waitUntilIdle(kTick);
    if (interrupt.requested() && !pausing) {
      run.pause();
      pausing = true;
      stopped = false;  // it may have come between two steps
    }
    if (const auto history = run.takeHistory()) report.learn(*history);
    const RunProgress progress = run.progress();
    if (progress.status == RunStatus::Running) report.show(progress);
  }
}

}  // namespace

std::optional<std::int64_t> lastCheckpoint(const RunDirectory& directory) {
  const std::vector<std::int64_t> all = directory.checkpoints();
  return all.empty() ? std::nullopt : std::optional(all.back());
}

RunOutcome trainRun(const Experiment& experiment, const Dataset& data, const RunDirectory& directory,
                    bool resume, const std::string& label, const Interrupt& interrupt, CliContext& context) {
  TrainingRun::Options options;
  options.snapshotsPerSecond = 0;  // nobody looks
  options.directory = directory;
  const auto factory = [&](const Experiment& document) {
    return context.factory.makeTrainer(document, data);
  };
  TrainingRun run(experiment, factory, options, resume);
  ProgressReport report(context, label);
  run.play();
  watch(run, report, interrupt);

  RunOutcome outcome;
  if (run.progress().status == RunStatus::Finished) outcome.metrics = run.metrics().get();
  run.stop();  // leaves a checkpoint, which may fail as any write
  outcome.progress = run.progress();
  outcome.lastCheckpoint = lastCheckpoint(directory);
  report.finish(outcome.progress);
  return outcome;
}

nlohmann::json metricsOf(const RunDirectory& directory, CliContext& context) {
  const std::optional<std::int64_t> last = lastCheckpoint(directory);
  if (!last) throw Error(directory.path().string(), "no whole checkpoint", "a run that has begun");
  const Experiment experiment = directory.experiment();
  const Dataset data = context.factory.loadData(experiment.data);
  const std::unique_ptr<Trainer> trainer = context.factory.makeTrainer(experiment, data);
  trainer->load(directory.readState(*last));
  return trainer->metrics();
}

}  // namespace monge
