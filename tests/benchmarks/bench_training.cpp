// SPDX-License-Identifier: GPL-3.0-or-later
// Iterations a second of k-GANs on E1's networks, and the share of the networks that an iteration trains (the
// others had no point of their cell in the batch): bench_training K THREADS SECONDS [key=value ...]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "core/data/toy.h"
#include "core/experiment/experiment.h"
#include "core/training/trainer.h"

using namespace monge;

namespace {

/// Mean share over some iterations, each looked at by itself.
double trainedShare(Trainer& trainer, int k) {
  const auto columns = trainer.historyColumns();
  const auto active = static_cast<std::size_t>(
      std::find(columns.begin(), columns.end(), "generators_active") - columns.begin());
  constexpr int iterations = 50;
  double total = 0;
  trainer.historyRow();
  for (int i = 0; i < iterations; ++i) {
    trainer.stepIterations(1);
    total += trainer.historyRow().at(active);
  }
  return total / iterations / k;
}

}  // namespace

int main(int count, char** values) {
  if (count < 4) {
    std::fprintf(stderr, "usage: bench_training K THREADS SECONDS [key=value ...]\n");
    return 2;
  }
  Experiment experiment = presetOrFile("four-clusters");
  const MethodSpec& spec = method(experiment.method);
  // The literal Algorithm 1, as the PyTorch peer does it: one draw, one critic step, no average. Prototypes
  // take their steps but stay in place, so that both always train the same share of the networks.
  for (const char* text : {"draws=1", "critic_steps=1", "averaging=0", "burn_in=0", "batch=100",
                           "critic=soft", "lipschitz_reading=slope", "lipschitz_pairs=real_generated",
                           "start=k_means", "prototype_rate=1e-12", "rate_decay=none", "batch_norm=true",
                           "critic_rate_factor=1", "adam_beta1=0.5", "adam_beta2=0.9", "adam_epsilon=1e-8"}) {
    const std::string setting = text;
    const auto equals = setting.find('=');
    const std::string key = setting.substr(0, equals);
    experiment.parameters[key] = parseParameter(spec.at(key), setting.substr(equals + 1), "benchmark");
  }
  experiment.parameters["generators"] = std::atoi(values[1]);
  experiment.threads = std::atoi(values[2]);
  for (int i = 4; i < count; ++i) {
    const std::string setting = values[i];
    const std::string key = setting.substr(0, setting.find('='));
    experiment.parameters[key] =
        parseParameter(spec.at(key), setting.substr(setting.find('=') + 1), "benchmark");
  }
  const double seconds = std::atof(values[3]);
  const auto trainer = makeTrainer(experiment, loadData(experiment.data));
  trainer->stepIterations(50);
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  double elapsed = 0;
  std::int64_t done = 0;
  while (elapsed < seconds) {
    trainer->stepIterations(50);
    done += 50;
    elapsed = std::chrono::duration<double>(Clock::now() - start).count();
  }
  std::printf("%.1f %.3f\n", static_cast<double>(done) / elapsed,
              trainedShare(*trainer, std::atoi(values[1])));
  return 0;
}
