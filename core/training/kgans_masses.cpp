// SPDX-License-Identifier: GPL-3.0-or-later
// k-GANs with fixed masses: the dual weights that make the cells hold them.
#include <cmath>
#include <numeric>
#include <string>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/training/kgans_cells.h"
#include "core/training/kgans_trainer.h"
#include "core/transport/capacity_assignment.h"

namespace monge {
namespace {

constexpr double kLeastMass = 1e-6, kLargestMass = 0.999999;
constexpr double kLeastLeft = 1e-15;  ///< of a share that others push aside, beside their sum

}  // namespace

/// Shares as the parameter has them; free cells have no weights.
void KGansTrainer::takeShares() {
  for (int j = 0; j < count(); ++j) {
    const auto& list = m_options.masses;
    member(j).share = list.empty() ? 1 : list[static_cast<std::size_t>(j)];
    if (!m_options.fixedMasses) member(j).weight = 0;
  }
}

std::vector<double> KGansTrainer::targets() const {
  if (!m_options.fixedMasses) return {};
  double sum = 0;
  for (const Member& each : m_members) sum += each.share;
  std::vector<double> result;
  for (const Member& each : m_members) result.push_back(each.share / sum);
  return result;
}

void KGansTrainer::publishCells() {
  std::vector<double> weights;
  for (const Member& each : m_members) weights.push_back(each.weight);
  m_cells->publish(std::move(weights), targets());
}

/// Between two iterations eq. (7) to (12), for the prototypes of the one to come.
void KGansTrainer::dual(const Turn& all) {
  if (!m_options.fixedMasses || (all.iteration + 1) % m_options.dualEvery != 0 || !allFinite(all)) return;
  const float* prototypes = nextPrototypes(all.iteration);
  if (m_options.exactDual)
    solveDual(prototypes);
  else
    ascendDual(prototypes, m_options.rateFactor(all.iteration, m_experiment.iterations));
}

/// After an edit: the exact weights at once; the ascent finds its way from those there are.
void KGansTrainer::balanceCells() {
  if (m_options.fixedMasses && m_options.exactDual) solveDual(m_prototypes[m_iteration & 1].data());
}

void KGansTrainer::solveDual(const float* prototypes) {
  const std::optional<CapacityAssignment> solved = m_cells->solve(prototypes);
  if (!solved || solved->moves == 0) return;  // without a move the weights at hand prove the optimum
  for (int j = 0; j < count(); ++j) member(j).weight = solved->weights[j];
  publishCells();
}

/// A step along the gradient (11), w_j less the share of the batch in cell j. A constant added to all weights
/// changes no cell: their mean is kept at 0.
void KGansTrainer::ascendDual(const float* prototypes, double factor) {
  std::vector<std::uint32_t> rows(static_cast<std::size_t>(m_options.rates.batch));
  m_dualSampler.fillBelow(static_cast<std::uint32_t>(m_data.size()), rows.data(), rows.size());
  const std::vector<double> wanted = targets();
  std::vector<double> step = wanted;
  for (const int owner : m_cells->ownersOfRows(rows, prototypes))
    step[static_cast<std::size_t>(owner)] -= 1 / static_cast<double>(rows.size());
  double mean = 0;
  for (int j = 0; j < count(); ++j) {
    member(j).weight += m_options.dualRate * factor * m_cells->scale() * step[static_cast<std::size_t>(j)];
    mean += member(j).weight / count();
  }
  for (Member& each : m_members) each.weight -= mean;
  publishCells();
}

double KGansTrainer::massError(const std::vector<double>& masses) const {
  const std::vector<double> wanted = targets();
  if (wanted.empty()) return std::numeric_limits<double>::quiet_NaN();
  double largest = 0;
  for (std::size_t j = 0; j < wanted.size(); ++j)
    largest = std::max(largest, std::abs(masses[j] - wanted[j]) / wanted[j]);
  return largest;
}

void KGansTrainer::setMass(int id, double mass) {
  const int j = indexOf(id);
  if (!m_options.fixedMasses) throw Error("mass", "masses are free", "masses = equal or a list first");
  if (count() == 1) throw Error("mass", "one generator", "two or more to share the data");
  if (!(mass >= kLeastMass && mass <= kLargestMass))
    throw Error("mass", numberText(mass),
                "a share from " + numberText(kLeastMass) + " to " + numberText(kLargestMass));
  // The others keep their proportions; the sum stays, so that a removed generator comes back with its share.
  // They are summed by themselves: beside a share of nearly all a difference would be rounding alone.
  std::vector<double> before;
  double others = 0;
  for (const Member& each : m_members) {
    before.push_back(each.share);
    if (each.id != id) others += each.share;
  }
  const double sum = others + member(j).share, factor = (1 - mass) * sum / others;
  for (const Member& each : m_members)
    if (each.id != id && !(each.share * factor >= kLeastLeft * sum))
      throw Error("mass", numberText(mass),
                  "a share that leaves generator " + std::to_string(each.id + 1) + " at least " +
                      numberText(kLeastLeft) + " of the data");
  for (Member& each : m_members) each.share = each.id == id ? mass * sum : each.share * factor;
  try {
    publishCells();
    balanceCells();
  } catch (...) {
    for (int i = 0; i < count(); ++i) member(i).share = before[static_cast<std::size_t>(i)];
    publishCells();
    throw;
  }
}

}  // namespace monge
