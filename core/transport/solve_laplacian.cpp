// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/solve_laplacian.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/parallel_for.h"

namespace monge {
namespace {

/// Sum of task(row) over all rows, in an order that does not depend on the team.
template <class Task>
double sumOver(std::size_t rows, ThreadTeam& team, std::vector<double>& sums, const Task& task) {
  const auto count = static_cast<std::int64_t>(rows), size = lightChunk(count);
  sums.resize((count + size - 1) / size);
  parallelChunks(team, count, size, [&](std::int64_t begin, std::int64_t end, std::int64_t chunk) {
    double sum = 0;
    for (std::int64_t row = begin; row < end; ++row) sum += task(row);
    sums[chunk] = sum;
  });
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

/// The vectors of conjugate gradients. Each pass over memory does all that can be done in it.
class Gradients {
 public:
  Gradients(const GraphLaplacian& laplacian, Multigrid& preconditioner, const std::vector<double>& b,
            std::vector<double>& x, const LinearTolerance& tolerance, ThreadTeam& team)
      : m_laplacian(laplacian),
        m_preconditioner(preconditioner),
        m_x(x),
        m_tolerance(tolerance),
        m_team(team),
        m_r(b),
        m_p(b.size()),
        m_q(b.size()) {
    double largest = 0;
    for (const double value : b) largest = std::max(largest, std::abs(value));
    m_scale = largest > 0 ? 1 / largest : 1;
    m_x.assign(b.size(), 0);
    move(0);
  }

  double squared() const { return m_squared; }  ///< |r|^2
  bool rowsAreSmall() const { return m_rowsAreSmall; }
  /// One iteration; false where rounding leaves nothing to gain.
  bool iterate();
  void centre();

 private:
  template <class Task>
  double sum(const Task& task) {
    return sumOver(m_r.size(), m_team, m_sums, task);
  }
  void move(double alpha);

  const GraphLaplacian& m_laplacian;
  Multigrid& m_preconditioner;
  std::vector<double>& m_x;
  const LinearTolerance& m_tolerance;
  ThreadTeam& m_team;
  std::vector<double> m_r, m_p, m_q, m_sums;
  double m_rho = 0, m_squared = 0, m_scale = 1;
  bool m_rowsAreSmall = true;
};

/// x += alpha p, r -= alpha q, and what is asked of the new r.
void Gradients::move(double alpha) {
  std::vector<float>& right = m_preconditioner.right();
  const std::span<const double> bounds = m_tolerance.rows;
  const std::int64_t size = lightChunk(static_cast<std::int64_t>(m_r.size()));
  std::vector<char> small(m_r.size() / size + 1, true);
  m_squared = sum([&](std::int64_t row) {
    m_x[row] += alpha * m_p[row];
    const double r = m_r[row] -= alpha * m_q[row];
    right[row] = static_cast<float>(m_scale * r);
    if (!bounds.empty() && !(std::abs(r) <= bounds[row] * m_tolerance.ofRow)) small[row / size] = false;
    return r * r;
  });
  m_rowsAreSmall = std::all_of(small.begin(), small.end(), [](char each) { return each; });
}

bool Gradients::iterate() {
  m_preconditioner.apply();
  const std::vector<float>& z = m_preconditioner.solution();
  const double rho = sum([&](std::int64_t row) { return m_r[row] * z[row]; });
  const double beta = m_rho > 0 ? rho / m_rho : 0;
  m_rho = rho;
  const auto rows = static_cast<std::int64_t>(m_p.size());
  parallelChunks(m_team, rows, lightChunk(rows), [&](std::int64_t begin, std::int64_t end, std::int64_t) {
    for (std::int64_t row = begin; row < end; ++row) m_p[row] = z[row] + beta * m_p[row];
  });
  multiply(m_laplacian, m_p, m_q, m_team);
  const double curvature = sum([&](std::int64_t row) { return m_p[row] * m_q[row]; });
  if (!(curvature > 0)) return false;
  move(rho / curvature);
  return true;
}

void Gradients::centre() {
  const double mean = sum([&](std::int64_t row) { return m_x[row]; }) / static_cast<double>(m_x.size());
  for (double& value : m_x) value -= mean;
}

}  // namespace

LinearSolve solveLaplacian(const GraphLaplacian& laplacian, Multigrid& preconditioner,
                           const std::vector<double>& b, std::vector<double>& x,
                           const LinearTolerance& tolerance, int maxIterations, ThreadTeam& team) {
  LinearSolve report;
  Gradients gradients(laplacian, preconditioner, b, x, tolerance, team);
  const double start = gradients.squared(), target = tolerance.norm * tolerance.norm * start;
  if (start == 0) return {0, 0, true};
  const auto isGood = [&] { return gradients.squared() <= target && gradients.rowsAreSmall(); };
  while (!isGood() && report.iterations < maxIterations && gradients.iterate()) ++report.iterations;
  gradients.centre();
  report.residual = std::sqrt(gradients.squared() / start);
  report.converged = isGood();
  return report;
}

}  // namespace monge
