// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/cli/cli.h"

namespace monge {

struct TrainOptions {
  std::string experiment;  ///< preset, file or (with resume) the folder of a run
  std::string data, labels, array;
  std::vector<std::string> settings;  ///< "key=value"
  std::optional<std::int64_t> iterations;
  std::optional<std::uint64_t> seed;
  std::optional<std::string> device;
  std::optional<int> threads;
  std::string out;
  bool resume = false;
  int repeats = 1;
  std::vector<std::string> arguments;  ///< all that was typed, to print it again
};

/// What only Monte-Carlo transport takes.
struct MonteCarloWords {
  double confidence = 0.95;
  std::int64_t samples = 0;  ///< most in all; 0: no limit
  std::uint64_t seed = 0;
  std::string device = "auto", points = "sobol", precision = "auto";
  bool resume = false;
  std::string given;  ///< the first of these options that was given
};

struct TransportOptions {
  std::string points, masses;
  std::string method = "newton";
  std::string domain;  ///< empty: square in the plane, box elsewhere
  std::string density = "uniform";
  double sigma = 0;  ///< of a Gaussian density; 0: a quarter of the domain's smaller extent (montecarlo: 1)
  std::optional<double> tolerance;
  MonteCarloWords monteCarlo;
  int threads = 0;
  std::string out;
  bool json = false;
};

struct WassersteinOptions {
  std::string a, b;  ///< files of points
  std::string weightsA, weightsB, array, plan;
  std::string method = "exact";
  double p = 2;
  double epsilon = 1e-2;  ///< of sinkhorn, relative to the mean cost
  int projections = 500;  ///< of sliced
  std::string cost;       ///< a kind of CostOptions; empty: |x - y|^p
  std::string network;    ///< of the cost between features
  double range = 1;       ///< of the pixels, for ssim and psnr
  int window = 11;        ///< of ssim
  std::uint64_t seed = 0;
  int threads = 0;
  bool json = false;
  std::set<std::string> given;  ///< which options were given, "--p"
};

/// Which jumps count as singular; without a threshold it is chosen from the data.
struct SingularRuleOptions {
  std::optional<double> threshold;
  std::string by;  ///< spacing, jump, angle; empty: jump with a threshold, else spacing
};

struct SingularOptions {
  std::string folder;  ///< that transport wrote
  SingularRuleOptions rule;
  bool json = false;
};

struct ProbeOptions {
  std::string folder;
  SingularRuleOptions rule;
  std::int64_t segments = 1000;
  std::uint64_t seed = 0;
  std::string device = "cpu";
  bool json = false;
};

/// Each answers the exit status. @throws Error
int trainCommand(const TrainOptions& options, CliContext& context);
int metricsCommand(const std::string& run, bool asJson, CliContext& context);
int presetsCommand(CliContext& context);
int methodsCommand(const std::string& name, CliContext& context);
int transportCommand(const TransportOptions& options, CliContext& context);
int monteCarloCommand(const TransportOptions& options, CliContext& context);
int singularCommand(const SingularOptions& options, CliContext& context);
int probeCommand(const ProbeOptions& options, CliContext& context);
int wassersteinCommand(const WassersteinOptions& options, CliContext& context);
int dataCommand(const std::string& file, const std::string& labels, const std::string& array,
                CliContext& context);

}  // namespace monge
