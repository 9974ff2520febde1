// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <filesystem>
#include <optional>

#include "app/cli/commands.h"
#include "app/cli/progress_report.h"
#include "app/cli/stop_on_interrupt.h"
#include "app/cli/text.h"
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/text.h"
#include "core/data/readers.h"
#include "core/device/site_costs.h"
#include "core/transport/exact_discrete.h"
#include "core/transport/sinkhorn.h"
#include "core/transport/sliced_wasserstein.h"

namespace monge {

namespace {

using nlohmann::json;

/// Sums of weights that were written in single precision differ by less.
constexpr double kSumTolerance = 1e-6;

struct Measure {
  RowsD points;
  ImageShape image;  ///< all 0 for points
  VectorD weights;   ///< sum 1
};

/// Points in double precision, or images as rows; no weights yet.
Measure measureFrom(const std::string& file, const std::string& array) {
  const std::string extension = std::filesystem::path(file).extension().string();
  for (const char* known : {".csv", ".tsv", ".txt", ".npy", ".npz"})
    if (extension == known) return {readNumbers(file, array).values, {}, {}};
  ReadOptions options;
  options.array = array;
  const Dataset set = readDataset(file, options);
  return {set.rows.cast<double>(), set.image, {}};
}

/// A file of n weights in a row or a column; without one all are alike.
VectorD weightsFrom(const std::string& file, Eigen::Index count) {
  if (file.empty()) return VectorD::Ones(count);
  const RowsD values = readNumbers(file).values;
  if (values.size() != count || (values.cols() != 1 && values.rows() != 1))
    throw Error(file, std::to_string(values.rows()) + " x " + std::to_string(values.cols()) + " numbers",
                std::to_string(count) + " weights, one for each point");
  for (Eigen::Index at = 0; at < count; ++at)
    if (values.data()[at] < 0)
      throw Error(file + ", weight " + std::to_string(at + 1), numberText(values.data()[at]), "at least 0");
  if (!(values.sum() > 0)) throw Error(file, "weights of sum 0", "at least one positive weight");
  return Eigen::Map<const VectorD>(values.data(), count);
}

std::pair<Measure, Measure> measuresFrom(const WassersteinOptions& options) {
  Measure a = measureFrom(options.a, options.array), b = measureFrom(options.b, options.array);
  if (a.points.cols() != b.points.cols())
    throw Error(options.b, "points of dimension " + std::to_string(b.points.cols()),
                "dimension " + std::to_string(a.points.cols()) + " as in " + options.a);
  a.weights = weightsFrom(options.weightsA, a.points.rows());
  b.weights = weightsFrom(options.weightsB, b.points.rows());
  const double sumA = a.weights.sum(), sumB = b.weights.sum();
  const bool bothGiven = !options.weightsA.empty() && !options.weightsB.empty();
  if (bothGiven && std::abs(sumA - sumB) > kSumTolerance * std::max(sumA, sumB))
    throw Error(options.weightsB, "weights of sum " + numberText(sumB),
                numberText(sumA) + ", the sum of " + options.weightsA);
  a.weights /= sumA;
  b.weights /= sumB;
  return {std::move(a), std::move(b)};
}

/// A bar on a terminal, nothing elsewhere and beside JSON.
class Bar {
 public:
  Bar(const WassersteinOptions& options, CliContext& context)
      : m_shown(context.terminal && !options.json), m_report(context, options.method) {}
  ~Bar() {
    if (m_shown && m_progress.target > 0) m_report.finish(m_progress);
  }

  void show(double done, double whole) {
    m_progress.iteration = std::llround(done);
    m_progress.target = std::llround(whole);
    if (m_shown) m_report.show(m_progress);
  }

 private:
  bool m_shown;
  ProgressReport m_report;
  RunProgress m_progress;
};

void writePlan(const std::string& file, const std::vector<PlanEntry>& plan) {
  std::string text = "row,column,mass\n";
  for (const PlanEntry& entry : plan)
    text +=
        std::to_string(entry.row) + "," + std::to_string(entry.column) + "," + numberText(entry.mass) + "\n";
  writeFileAtomically(file, text);
}

/// NaN and infinity, which JSON has not, become null.
json finiteOrNull(double value) {
  return std::isfinite(value) ? json(value) : json();
}

/// Costs of all pairs. They are held at once, which bounds the number of points.
RowsD costMatrix(const Measure& a, const Measure& b, const WassersteinOptions& options) {
  constexpr double kMostPairs = 1 << 28;
  const double pairs = static_cast<double>(a.points.rows()) * static_cast<double>(b.points.rows());
  if (pairs > kMostPairs)
    throw Error("--cost " + options.cost,
                std::to_string(a.points.rows()) + " x " + std::to_string(b.points.rows()) + " pairs",
                "at most 268 million, which are held in memory");
  CostOptions cost;
  cost.kind = costKind(options.cost, "--cost");
  cost.power = options.p;
  cost.range = options.range;
  cost.window = options.window;
  cost.network = options.network;
  return CostedSites(cost, b.points.cast<float>(), b.image).costs(a.points.cast<float>()).cast<double>();
}

json exactReport(const Measure& a, const Measure& b, const WassersteinOptions& options,
                 const std::stop_token& stop, Bar& bar) {
  DiscreteOptions settings;
  settings.threads = options.threads;
  settings.stop = stop;
  // Each level has a quarter of the next one's points.
  const double points = static_cast<double>(a.points.rows() + b.points.rows());
  settings.progress = [&](const DiscreteProgress& progress) {
    bar.show(points * std::pow(0.25, progress.levels - 1 - progress.level) * (1 - progress.unplaced), points);
  };
  const ExactTransport result =
      options.cost.empty() ? exactTransport(a.points, a.weights, b.points, b.weights, options.p, settings)
                           : exactTransport(costMatrix(a, b, options), a.weights, b.weights, settings);
  const bool solved = result.status == DiscreteStatus::Optimal;
  if (solved && !options.plan.empty()) writePlan(options.plan, result.plan);
  const DiscreteCertificate& proof = result.certificate;
  return {{"status", name(result.status)},
          {"value", finiteOrNull(options.cost.empty() ? result.distance : result.cost)},
          {"cost", finiteOrNull(result.cost)},
          {"lower", solved ? finiteOrNull(proof.dual) : json()},
          {"upper", solved ? finiteOrNull(proof.primal) : json()},
          {"largest_infeasibility", solved ? finiteOrNull(proof.largestInfeasibility) : json()},
          {"largest_marginal_error", solved ? json(proof.largestMarginalError) : json()},
          {"iterations", result.iterations},
          {"seconds", result.seconds}};
}

json sinkhornReport(const Measure& a, const Measure& b, const WassersteinOptions& options,
                    const std::stop_token& stop, Bar& bar) {
  SinkhornOptions settings;
  settings.threads = options.threads;
  settings.stop = stop;
  settings.epsilon = options.epsilon;
  const double limit = static_cast<double>(settings.iterations);
  settings.progress = [&](const SinkhornProgress& progress) {
    bar.show(static_cast<double>(progress.iteration), limit);
  };
  const SinkhornEstimate result =
      sinkhornTransport(a.points, a.weights, b.points, b.weights, options.p, settings);
  const bool stopped = result.status == SinkhornStatus::Cancelled;
  return {{"status", name(result.status)},
          {"value", finiteOrNull(result.distance)},
          {"cost", finiteOrNull(result.upper)},
          {"lower", stopped ? json() : finiteOrNull(result.lower)},
          {"upper", finiteOrNull(result.upper)},
          {"epsilon", finiteOrNull(result.epsilon)},
          {"marginal_error", result.marginalError},
          {"iterations", result.iterations},
          {"seconds", result.seconds}};
}

json slicedReport(const Measure& a, const Measure& b, const WassersteinOptions& options,
                  const std::stop_token& stop, Bar& bar) {
  SlicedOptions settings;
  settings.threads = options.threads;
  settings.stop = stop;
  settings.projections = options.projections;
  settings.seed = options.seed;
  settings.progress = [&](int done) { bar.show(done, options.projections); };
  const SlicedEstimate result =
      slicedWasserstein(a.points, a.weights, b.points, b.weights, options.p, settings);
  return {{"status", result.cancelled ? "cancelled" : "converged"},
          {"value", finiteOrNull(result.distance)},
          {"cost", finiteOrNull(result.cost)},
          {"lower", json()},  // it estimates another distance: there is a standard error, but no bound
          {"upper", json()},
          {"standard_error", finiteOrNull(result.standardError)},
          {"seed", options.seed},
          {"iterations", result.projections},
          {"seconds", result.seconds}};
}

json reportOf(const Measure& a, const Measure& b, const WassersteinOptions& options, CliContext& context) {
  StopOnInterrupt interrupt;
  Bar bar(options, context);
  json report;
  if (options.method == "exact")
    report = exactReport(a, b, options, interrupt.token(), bar);
  else if (options.method == "sinkhorn")
    report = sinkhornReport(a, b, options, interrupt.token(), bar);
  else
    report = slicedReport(a, b, options, interrupt.token(), bar);
  const bool isDistance = options.cost.empty();
  report["method"] = options.method;
  report["p"] = isDistance || options.cost == "power" ? json(options.p) : json();
  report["cost_kind"] = isDistance ? "euclidean" : options.cost;
  report["gap"] = report["upper"].is_number() && report["lower"].is_number()
                      ? json(report["upper"].get<double>() - report["lower"].get<double>())
                      : json();
  report["n"] = a.points.rows();
  report["m"] = b.points.rows();
  report["dimension"] = a.points.cols();
  return report;
}

/// The distance in full, then the rest as figures.
std::string sentence(const json& report) {
  const std::string kind = report["method"] == "sliced" ? "SW_" : "W_", cost = report["cost_kind"];
  std::string text;
  if (report["value"].is_number())
    text = (cost == "euclidean" ? kind + figure(report["p"]) : "least total cost, " + cost) + " = " +
           numberText(report["value"].get<double>()) + "\n";
  std::vector<std::vector<std::string>> rows;
  for (const auto& [name, value] : report.items())
    if (!value.is_null() && name != "value" && name != "p")
      rows.push_back({name, value.is_string() ? value.get<std::string>() : figure(value)});
  return text + table(rows, "  ");
}

/// An option that would do nothing is refused: who gives it believes that it does something.
void requireUse(const WassersteinOptions& options) {
  const std::string method = "with --method " + options.method;
  const std::string cost = options.cost.empty() ? "without --cost" : "with --cost " + options.cost;
  const bool exact = options.method == "exact", sinkhorn = options.method == "sinkhorn",
             sliced = options.method == "sliced", ssim = options.cost == "ssim";
  const auto isArchive = [](const std::string& file) { return file.ends_with(".npz"); };
  const struct {
    const char* option;
    bool used;
    const std::string& found;
    const char* expectation;
  } uses[] = {
      {"--plan", exact, method, "--method exact, which has a plan"},
      {"--cost", exact, method, "--method exact"},
      {"--epsilon", sinkhorn, method, "--method sinkhorn"},
      {"--projections", sliced, method, "--method sliced"},
      {"--seed", sliced, method, "--method sliced"},
      {"--network", options.cost == "features", cost, "--cost features"},
      {"--window", ssim, cost, "--cost ssim"},
      {"--range", ssim || options.cost == "psnr", cost, "--cost ssim or psnr"},
      {"--p", options.cost.empty() || options.cost == "power", cost, "--cost power or no --cost"},
      {"--array", isArchive(options.a) || isArchive(options.b), options.array, "an NPZ file among A and B"},
  };
  for (const auto& [option, used, found, expectation] : uses)
    if (options.given.contains(option) && !used) throw Error(option, found, expectation);
}

}  // namespace

int wassersteinCommand(const WassersteinOptions& options, CliContext& context) {
  requireUse(options);
  const auto [a, b] = measuresFrom(options);
  const json report = reportOf(a, b, options, context);
  context.out << (options.json ? report.dump(2) + "\n" : sentence(report));
  if (report["status"] == "cancelled") {
    context.err << context.program << ": stopped before the end; there is no distance yet" << std::endl;
    return kFailed;
  }
  if (report["status"] == "iteration_limit") {
    context.err << context.program << ": the iteration did not converge; the bounds hold all the same"
                << std::endl;
    return kFailed;
  }
  return kSuccess;
}

}  // namespace monge
