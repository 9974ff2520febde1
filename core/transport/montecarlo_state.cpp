// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/montecarlo_state.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <vector>

#include "core/base/error.h"
#include "core/base/files.h"

namespace monge {
namespace {

using nlohmann::json;

constexpr const char* kFormat = "monge transport state";
constexpr int kVersion = 1;

/// FNV-1a by words.
class Hash {
 public:
  void add(std::uint64_t word) { m_value = (m_value ^ word) * 0x100000001b3u; }
  void add(const double* values, Eigen::Index count) {
    add(static_cast<std::uint64_t>(count));
    for (Eigen::Index at = 0; at < count; ++at) add(std::bit_cast<std::uint64_t>(values[at]));
  }
  std::uint64_t value() const { return m_value; }

 private:
  std::uint64_t m_value = 0xcbf29ce484222325u;
};

json listOf(const VectorD& values) {
  return std::vector<double>(values.begin(), values.end());
}

VectorD vectorOf(const json& list) {
  const auto values = list.get<std::vector<double>>();
  return Eigen::Map<const VectorD>(values.data(), std::ssize(values));
}

MonteCarloState stateOf(const json& from) {
  MonteCarloState state;
  state.heights = vectorOf(from.at("heights"));
  state.previous = vectorOf(from.at("previous"));
  state.iteration = from.at("iteration").get<int>();
  state.tests = from.at("tests").get<int>();
  state.batch = from.at("batch").get<std::int64_t>();
  state.samples = from.at("samples").get<std::int64_t>();
  state.nextTest = from.at("next_test").get<std::int64_t>();
  state.expected = from.at("expected").get<double>();
  state.previousExpected = from.at("previous_expected").get<double>();
  state.previousDivergence = from.at("previous_divergence").get<double>();
  state.damping = from.at("damping").get<double>();
  state.previousIsKept = from.at("previous_is_kept").get<bool>();
  return state;
}

}  // namespace

std::string fingerprint(const MonteCarloProblem& problem, const MonteCarloOptions& options) {
  Hash hash;
  hash.add(problem.sites.data(), problem.sites.size());
  hash.add(problem.masses.data(), problem.masses.size());
  hash.add(static_cast<std::uint64_t>(problem.source.kind));
  hash.add(problem.source.centre.data(), problem.source.centre.size());
  hash.add(problem.source.extent.data(), problem.source.extent.size());
  hash.add(options.seed);
  hash.add(static_cast<std::uint64_t>(options.points));
  return std::to_string(hash.value());
}

void writeMonteCarloState(const std::filesystem::path& file, const MonteCarloState& state,
                          const std::string& fingerprint) {
  const json document = {{"format", kFormat},
                         {"version", kVersion},
                         {"problem", fingerprint},
                         {"iteration", state.iteration},
                         {"tests", state.tests},
                         {"batch", state.batch},
                         {"samples", state.samples},
                         {"next_test", state.nextTest},
                         {"expected", state.expected},
                         {"previous_expected", state.previousExpected},
                         {"previous_divergence", state.previousDivergence},
                         {"damping", state.damping},
                         {"previous_is_kept", state.previousIsKept},
                         {"heights", listOf(state.heights)},
                         {"previous", listOf(state.previous)}};
  writeFileAtomically(file, document.dump() + "\n");
}

MonteCarloState readMonteCarloState(const std::filesystem::path& file, const std::string& fingerprint) {
  const json document = json::parse(readFile(file), nullptr, false);
  if (!document.is_object() || document.value("format", json()) != kFormat)
    throw Error(file.string(), "no state of a descent",
                "what monge-cli transport --method montecarlo writes");
  if (document.value("version", json()) != kVersion)
    throw Error(file.string(), "version " + document.value("version", json()).dump(),
                std::to_string(kVersion));
  if (document.value("problem", json()) != fingerprint)
    throw Error(file.string(), "the state of another problem",
                "one of the same points, masses, source, seed and kind of samples");
  try {
    MonteCarloState state = stateOf(document);
    if (state.batch <= 0 || state.samples < 0 || state.iteration < 0 || state.tests < 0)
      throw Error(file.string(), "a count below 0", "what monge-cli transport --method montecarlo writes");
    return state;
  } catch (const json::exception&) {
    throw Error(file.string(), "a value is missing or of another kind",
                "what monge-cli transport --method montecarlo writes");
  }
}

}  // namespace monge
