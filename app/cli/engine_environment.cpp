// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/engine_environment.h"

#include <algorithm>

namespace monge {

std::optional<std::vector<std::string>> trainingEnvironment(const std::vector<std::string>& arguments,
                                                            const std::vector<std::string>& environment,
                                                            bool hasAvx512) {
  const auto has = [&](const std::string& name) {
    return std::any_of(environment.begin(), environment.end(),
                       [&](const std::string& entry) { return entry.starts_with(name + "="); });
  };
  const bool trains = !arguments.empty() && (arguments[0] == "train" || arguments[0] == "serve");
  if (!trains || has("MONGE_ENVIRONMENT")) return std::nullopt;
  std::vector<std::string> better = environment;
  if (!has("OMP_WAIT_POLICY") && !has("GOMP_SPINCOUNT") && !has("KMP_BLOCKTIME"))
    better.push_back("OMP_WAIT_POLICY=passive");
  if (hasAvx512) std::erase(better, "OPENBLAS_CORETYPE=Haswell");
  if (better == environment) return std::nullopt;
  better.push_back("MONGE_ENVIRONMENT=kept");
  return better;
}

}  // namespace monge
