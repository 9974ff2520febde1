// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace monge {

/// The figures of one repeat.
struct RepeatResult {
  std::uint64_t seed = 0;
  nlohmann::json metrics;  ///< as the trainer gives them; summaries take the real numbers among them
};

/// Mean and standard deviation (with n - 1) of one metric over the repeats that have it.
struct MetricSummary {
  std::string name;
  int count = 0;
  double mean = 0;
  double deviation = 0;  ///< NaN for fewer than two
};

std::vector<MetricSummary> summarize(const std::vector<RepeatResult>& results);

/// "coverage  0.951 ± 0.012", a line each.
std::string summaryText(const std::vector<MetricSummary>& summary);
/// A row a seed, then the rows "mean" and "standard deviation".
std::string summaryCsv(const std::vector<RepeatResult>& results, const std::vector<MetricSummary>& summary);
/// A LaTeX tabular with a row a metric.
std::string summaryTex(const std::vector<MetricSummary>& summary);

/// OUT/seed-07
std::filesystem::path repeatFolder(const std::filesystem::path& out, std::uint64_t seed);

}  // namespace monge
