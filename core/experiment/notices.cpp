// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/experiment/notices.h"

namespace monge {

std::vector<std::string> notices(const Experiment& experiment, std::int64_t points) {
  std::vector<std::string> result;
  const auto found = experiment.parameters.find("generators");
  const std::int64_t generators =
      found != experiment.parameters.end() && found->is_number() ? found->get<std::int64_t>() : 0;
  if (generators > points) {
    const std::int64_t idle = generators - points;
    result.push_back(std::to_string(generators) + " generators share " + std::to_string(points) +
                     (points == 1 ? " point: " : " points: ") + std::to_string(idle) +
                     (idle == 1 ? " of them has no data." : " of them have no data."));
  }
  return result;
}

}  // namespace monge
