// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/base/random.h"
#include "core/training/kgans_trainer.h"

namespace monge::test {

/// The defaults of k-GANs with some parameters changed.
inline Experiment kGansExperiment(int generators, const nlohmann::json& changes = nlohmann::json::object(),
                                  int threads = 1) {
  Experiment result;
  result.seed = 3;
  result.threads = threads;
  result.device = "cpu";
  result.iterations = 1000;
  for (const auto& spec : method("k-gans").parameters) result.parameters[spec.key] = spec.defaultValue;
  result.parameters["generators"] = generators;
  result.parameters["burn_in"] = 5;
  result.parameters.update(changes);
  return result;
}

/// Normal clusters in the plane around (x, 0), each with its number of points and its label.
inline Dataset unequalClusters(const std::vector<std::pair<double, int>>& clusters, std::uint64_t seed = 1) {
  Dataset set;
  set.name = "unequal clusters";
  int total = 0;
  for (const auto& cluster : clusters) total += cluster.second;
  set.rows.resize(total, 2);
  Random random(seed);
  Eigen::Index row = 0;
  for (std::size_t label = 0; label < clusters.size(); ++label)
    for (int i = 0; i < clusters[label].second; ++i, ++row) {
      set.rows.row(row) << static_cast<float>(clusters[label].first + 0.2 * random.normal()),
          static_cast<float>(0.2 * random.normal());
      set.labels.push_back(static_cast<int>(label));
    }
  return set;
}

inline std::string stateOf(const Trainer& trainer) {
  return encode(trainer.save());
}

template <class Work>
std::string refusal(Work work) {
  try {
    work();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace monge::test
