// SPDX-License-Identifier: GPL-3.0-or-later
// The training loop: going back to the beginning or to a checkpoint.
#include <algorithm>
#include <cmath>
#include <utility>

#include "core/base/error.h"
#include "core/training/training_loop.h"

namespace monge {

namespace {

void requireSame(const std::string& key, const nlohmann::json& wanted, const nlohmann::json& saved) {
  if (wanted != saved)
    throw Error(key, wanted.dump(), saved.dump() + ", which the checkpoint was trained with");
}

/// A state fits only the method, the seed and the networks that it was saved from.
void requireSameOrigin(const Experiment& wanted, const nlohmann::json& saved) {
  if (saved.contains("method")) requireSame("method", wanted.method, saved["method"]);
  if (saved.contains("seed")) requireSame("seed", wanted.seed, saved["seed"]);
  const nlohmann::json parameters = saved.value("parameters", nlohmann::json::object());
  for (const ParameterSpec& spec : method(wanted.method).parameters) {
    if (spec.takes != ParameterSpec::Takes::Reset || !parameters.contains(spec.key)) continue;
    requireSame(spec.key, wanted.parameters.value(spec.key, spec.defaultValue), parameters[spec.key]);
  }
}

/// Live parameters that were changed after the checkpoint keep their new values.
void applyLiveParameters(Trainer& trainer, const Experiment& wanted, const nlohmann::json& saved) {
  const nlohmann::json parameters = saved.value("parameters", nlohmann::json::object());
  nlohmann::json changed = nlohmann::json::object();
  for (const auto& [key, value] : wanted.parameters.items()) {
    const ParameterSpec* spec = method(wanted.method).find(key);
    if (!spec || spec->takes != ParameterSpec::Takes::Live) continue;
    if (!parameters.contains(key) || parameters[key] != value) changed[key] = value;
  }
  if (!changed.empty()) trainer.setParameters(changed);
}

/// Whether `masses` can be those of so many generators.
bool fits(const nlohmann::json& masses, std::size_t generators) {
  return !masses.is_array() || masses.size() == generators;
}

/// As it was when it was saved: a state fits its own parameters. A list of masses may be of more or fewer
/// generators than a trainer begins with; their shares come with the state.
Experiment asSaved(Experiment experiment, const nlohmann::json& saved) {
  nlohmann::json& parameters = experiment.parameters;
  parameters.update(saved.value("parameters", nlohmann::json::object()));
  if (parameters.contains("masses") &&
      !fits(parameters["masses"], parameters.value("generators", std::size_t{0})))
    parameters["masses"] = "equal";
  return experiment;
}

bool isRate(const std::string& key) {
  return key == "rate" || key.ends_with("_rate");
}

}  // namespace

void TrainingLoop::adopt(std::unique_ptr<Trainer> trainer, const Experiment& experiment,
                         const HistoryChunk& history) {
  m_trainer = std::move(trainer);
  m_experiment = experiment;
  m_broken = false;
  m_storageFailed = false;
  m_unsaved = true;
  settle();
  const HistoryChunk whole = withColumns(history, *m_trainer);
  m_lastRow = whole.rows.rows() > 0 ? static_cast<std::int64_t>(whole.rows(whole.rows.rows() - 1, 0)) : 0;
  m_outlet.history.restart(whole);
  m_outlet.experiment.set(m_experiment);
  publishProgress();
}

void TrainingLoop::restore(std::int64_t iteration, const Experiment& experiment) {
  const Message state = m_recorder.readState(iteration);
  const nlohmann::json saved = state.fields.value("experiment", nlohmann::json::object());
  requireSameOrigin(experiment, saved);
  std::unique_ptr<Trainer> trainer = m_factory(asSaved(experiment, saved));
  trainer->load(state);
  const Experiment wanted = withMassesOf(state, saved, experiment);
  applyLiveParameters(*trainer, wanted, saved);
  adopt(std::move(trainer), wanted, m_recorder.rewind(iteration, wanted));
  m_unsaved = false;
}

/// A list of masses that was set since, for generators that came or went since, does not fit those that come
/// back: the checkpoint's masses hold.
Experiment TrainingLoop::withMassesOf(const Message& state, const nlohmann::json& saved, Experiment wanted) {
  const nlohmann::json parameters = saved.value("parameters", nlohmann::json::object());
  if (!state.fields.contains("members") || !parameters.contains("masses")) return wanted;
  const auto members = state.fields["members"].get<std::size_t>();
  const nlohmann::json masses = wanted.parameters.value("masses", parameters["masses"]);
  if (masses == parameters["masses"] || fits(masses, members)) return wanted;
  m_recorder.log(state.fields.value("iteration", std::int64_t{0}),
                 "masses = " + masses.dump() + " do not fit the checkpoint's " + std::to_string(members) +
                     " generators; masses = " + parameters["masses"].dump() + " as they were");
  wanted.parameters["masses"] = parameters["masses"];
  return wanted;
}

void TrainingLoop::reset(std::optional<std::uint64_t> seed) {
  Experiment experiment = m_experiment;
  experiment.parameters.update(m_afterReset);
  experiment.seed = seed.value_or(experiment.seed);
  adopt(m_factory(experiment), experiment, {});
  m_afterReset = nlohmann::json::object();
  m_recorder.log(0, "reset, seed " + std::to_string(experiment.seed));
  m_beginAgain = true;
  try {
    mendStorage();
  } catch (const Error& error) {
    fail(error);
  }
}

void TrainingLoop::resumeCheckpoint(double rateFactor) {
  if (!(rateFactor > 0) || !std::isfinite(rateFactor))
    throw Error("rate_factor", std::to_string(rateFactor), "a positive number");
  const std::optional<std::int64_t> last = m_recorder.lastCheckpoint();
  if (!last) throw Error("resume_checkpoint", "this run has no checkpoint", "a run with a folder");
  Experiment experiment = m_experiment;
  for (auto& [key, value] : experiment.parameters.items()) {
    const ParameterSpec* spec = isRate(key) ? method(experiment.method).find(key) : nullptr;
    if (spec) value = std::clamp(value.get<double>() * rateFactor, spec->minimum, spec->maximum);
  }
  restore(*last, experiment);
  m_recorder.log(*last, "went back to the checkpoint, rates times " + std::to_string(rateFactor));
}

}  // namespace monge
