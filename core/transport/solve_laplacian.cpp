// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/solve_laplacian.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/parallel_for.h"

namespace monge {
namespace {

constexpr std::int64_t kChunk = 4096;  // rows

/// The vectors of conjugate gradients on unit L x = unit b. Each pass over a block of rows does all that can
/// be done while it is in the cache.
class Gradients {
 public:
  Gradients(Multigrid& preconditioner, const std::vector<double>& b, std::vector<double>& x,
            const LinearTolerance& tolerance, ThreadTeam& team)
      : m_preconditioner(preconditioner),
        m_x(x),
        m_tolerance(tolerance),
        m_team(team),
        m_r(b),
        m_p(b.size()),
        m_q(b.size()),
        m_sums(preconditioner.blocks()),
        m_small(preconditioner.blocks()) {
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
  void finish();

 private:
  double total() const { return std::accumulate(m_sums.begin(), m_sums.end(), 0.0); }
  void move(double alpha);
  double moveRows(double alpha, std::int64_t begin, std::int64_t end);
  bool areSmall(std::int64_t begin, std::int64_t end) const;
  double findRho();
  double findCurvature(double beta);

  Multigrid& m_preconditioner;
  std::vector<double>& m_x;
  const LinearTolerance& m_tolerance;
  ThreadTeam& m_team;
  std::vector<double> m_r, m_p, m_q;
  std::vector<double> m_sums;  ///< per block
  std::vector<char> m_small;
  double m_rho = 0, m_squared = 0, m_scale = 1;
  bool m_rowsAreSmall = true;
};

double Gradients::moveRows(double alpha, std::int64_t begin, std::int64_t end) {
  float* right = m_preconditioner.right().data();
  double *x = m_x.data(), *r = m_r.data();
  const double *p = m_p.data(), *q = m_q.data();
  double sum = 0;
  for (std::int64_t row = begin; row < end; ++row) {
    x[row] += alpha * p[row];
    r[row] -= alpha * q[row];
    right[row] = static_cast<float>(m_scale * r[row]);
    sum += r[row] * r[row];
  }
  return sum;
}

bool Gradients::areSmall(std::int64_t begin, std::int64_t end) const {
  const std::span<const double> bounds = m_tolerance.rows;
  if (bounds.empty()) return true;
  while (begin < end && std::abs(m_r[begin]) <= bounds[begin] * m_tolerance.ofRow) ++begin;
  return begin == end;
}

/// x += alpha p, r -= alpha q, and what is asked of the new r.
void Gradients::move(double alpha) {
  m_preconditioner.begin([&](std::int64_t begin, std::int64_t end, std::int64_t block) {
    m_sums[block] = moveRows(alpha, begin, end);
    m_small[block] = areSmall(begin, end);
  });
  m_squared = total();
  m_rowsAreSmall = std::all_of(m_small.begin(), m_small.end(), [](char each) { return each; });
}

/// <r, z>, z = M^-1 r.
double Gradients::findRho() {
  m_preconditioner.finish([&](std::int64_t begin, std::int64_t end, std::int64_t block) {
    const float* z = m_preconditioner.solution().data();
    double sum = 0;
    for (std::int64_t row = begin; row < end; ++row) sum += m_r[row] * z[row];
    m_sums[block] = sum;
  });
  return total();
}

/// p = z + beta p, and q = L p, which is L z + beta q. @return <p, q>
double Gradients::findCurvature(double beta) {
  m_preconditioner.multiply(
      [&](std::int64_t begin, std::int64_t end, std::int64_t block, const double* product) {
        const float* z = m_preconditioner.solution().data();
        double sum = 0;
        for (std::int64_t row = begin; row < end; ++row) {
          m_p[row] = z[row] + beta * m_p[row];
          m_q[row] = product[row - begin] + beta * m_q[row];
          sum += m_p[row] * m_q[row];
        }
        m_sums[block] = sum;
      });
  return total();
}

bool Gradients::iterate() {
  const double rho = findRho();
  const double beta = m_rho > 0 ? rho / m_rho : 0;
  m_rho = rho;
  const double curvature = findCurvature(beta);
  if (!(curvature > 0)) return false;
  move(rho / curvature);
  return true;
}

/// Takes x to mean 0 and out of the unit, which is a power of 2.
void Gradients::finish() {
  const double unit = m_preconditioner.unit();
  parallelChunks(m_team, std::ssize(m_x), kChunk, [&](std::int64_t begin, std::int64_t end, std::int64_t) {
    for (std::int64_t row = begin; row < end; ++row) m_x[row] *= unit;
  });
  centre(m_team, m_x, kChunk);
}

}  // namespace

LinearSolve solveLaplacian(Multigrid& preconditioner, const std::vector<double>& b, std::vector<double>& x,
                           const LinearTolerance& tolerance, int maxIterations, ThreadTeam& team) {
  LinearSolve report;
  Gradients gradients(preconditioner, b, x, tolerance, team);
  const double start = gradients.squared(), target = tolerance.norm * tolerance.norm * start;
  if (start == 0) return {0, 0, true};
  const auto isGood = [&] { return gradients.squared() <= target && gradients.rowsAreSmall(); };
  while (!isGood() && report.iterations < maxIterations && gradients.iterate()) ++report.iterations;
  gradients.finish();
  report.residual = std::sqrt(gradients.squared() / start);
  report.converged = isGood();
  return report;
}

}  // namespace monge
