// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/path_crossings.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "core/base/error.h"
#include "core/base/parallel_for.h"
#include "core/geometry/facet_jump.h"
#include "core/geometry/predicates_2.h"

namespace monge {
namespace {

constexpr std::int64_t kPathsABatch = 512;

/// The lines intercept + t slope of one path.
struct Lines {
  std::span<const double> intercepts, slopes;
  double at(int line, double t) const { return intercepts[line] + t * slopes[line]; }
  int count() const { return static_cast<int>(intercepts.size()); }
  /// The highest of lines begin..end-1 at t, vectorised.
  double highest(int begin, int end, double t) const {
    using Values = Eigen::Map<const Eigen::ArrayXd>;
    return (Values(&intercepts[begin], end - begin) + t * Values(&slopes[begin], end - begin)).maxCoeff();
  }
};

constexpr int kBlock = 128;

/// The first line that is highest at t. Blocks are compared by their maximum, so that one block alone is
/// searched.
int highestAt(const Lines& lines, double t) {
  int block = 0;
  double best = -std::numeric_limits<double>::infinity();
  for (int begin = 0; begin < lines.count(); begin += kBlock) {
    const double value = lines.highest(begin, std::min(begin + kBlock, lines.count()), t);
    if (value > best) best = value, block = begin;
  }
  int line = block;
  for (int other = block + 1; other < std::min(block + kBlock, lines.count()); ++other)
    if (lines.at(other, t) > lines.at(line, t)) line = other;
  return line;
}

/// Where a steeper line overtakes.
double meeting(const Lines& lines, int flat, int steep) {
  return (lines.intercepts[flat] - lines.intercepts[steep]) / (lines.slopes[steep] - lines.slopes[flat]);
}

/// Lines that may be on the envelope between 0 and 1. Three lines of it, at both ends and between, bound it
/// from below; that bound is convex, so a line that is above it anywhere is so where two of the three meet.
std::vector<int> candidates(const Lines& lines) {
  const int first = highestAt(lines, 0), last = highestAt(lines, 1);
  const auto between = [](double t) { return std::isfinite(t) ? std::clamp(t, 0.0, 1.0) : 0.5; };
  const int middle = highestAt(lines, between(meeting(lines, first, last)));
  const double corners[] = {0, between(meeting(lines, first, middle)), between(meeting(lines, middle, last)),
                            1};
  double size = 0;
  for (const int line : {first, middle, last})
    size = std::max({size, std::abs(lines.intercepts[line]), std::abs(lines.slopes[line])});
  double bounds[4];
  for (int corner = 0; corner < 4; ++corner)
    bounds[corner] = std::max({lines.at(first, corners[corner]), lines.at(middle, corners[corner]),
                               lines.at(last, corners[corner])}) -
                     16 * std::numeric_limits<double>::epsilon() * size;
  const auto isAbove = [&](int line) {
    bool above = false;
    for (int corner = 0; corner < 4; ++corner)
      above = above || lines.at(line, corners[corner]) >= bounds[corner];
    return above;
  };
  std::vector<int> kept;
  for (int begin = 0; begin < lines.count(); begin += kBlock) {
    const int end = std::min(begin + kBlock, lines.count());
    bool any = false;
    for (int corner = 0; corner < 4 && !any; ++corner)
      any = lines.highest(begin, end, corners[corner]) >= bounds[corner];
    for (int line = begin; line < end && any; ++line)
      if (isAbove(line)) kept.push_back(line);
  }
  return kept;
}

/// The upper hull of the points (slope, intercept), by slope: the envelope for all t (Andrew 1979).
std::vector<int> upperHull(const Lines& lines, std::vector<int> rows) {
  std::sort(rows.begin(), rows.end(), [&](int a, int b) {
    if (lines.slopes[a] != lines.slopes[b]) return lines.slopes[a] < lines.slopes[b];
    return lines.intercepts[a] != lines.intercepts[b] ? lines.intercepts[a] > lines.intercepts[b] : a < b;
  });
  rows.erase(
      std::unique(rows.begin(), rows.end(), [&](int a, int b) { return lines.slopes[a] == lines.slopes[b]; }),
      rows.end());
  const auto point = [&](int row) { return Point2{lines.slopes[row], lines.intercepts[row]}; };
  std::vector<int> hull;
  for (const int row : rows) {
    while (hull.size() >= 2 && orientation(point(hull[hull.size() - 2]), point(hull.back()), point(row)) >= 0)
      hull.pop_back();
    hull.push_back(row);
  }
  return hull;
}

void requireFinite(const RowsD& values, const char* subject) {
  if (!values.allFinite()) throw Error(subject, "a value that is not finite", "finite numbers");
}

}  // namespace

PathCrossings::PathCrossings(RowsD sites, VectorD heights)
    : m_sites(std::move(sites)), m_heights(std::move(heights)) {
  if (m_sites.rows() < 1 || m_sites.cols() < 1) throw Error("sites", "none", "at least one");
  if (m_heights.size() != m_sites.rows())
    throw Error("heights", std::to_string(m_heights.size()),
                std::to_string(m_sites.rows()) + ", one for each site");
  requireFinite(m_sites, "sites");
  requireFinite(m_heights, "heights");
  m_centred = m_sites.rowwise() - m_sites.colwise().mean();
}

PathCrossing PathCrossings::crossing(double at, int before, int after) const {
  const auto jump = m_sites.row(after) - m_sites.row(before);
  const double squaredJump = jump.squaredNorm();
  return {at, before, after, std::sqrt(squaredJump),
          graphAngle(m_sites.row(before).squaredNorm(), m_sites.row(before).dot(jump), squaredJump)};
}

PathCrossings::Path PathCrossings::throughLines(std::span<const double> intercepts,
                                                std::span<const double> slopes,
                                                std::span<const int> sites) const {
  const Lines lines{intercepts, slopes};
  const auto site = [&](int line) { return sites.empty() ? line : sites[static_cast<std::size_t>(line)]; };
  const std::vector<int> hull = upperHull(lines, candidates(lines));
  Path path;
  path.first = site(hull.front());
  for (std::size_t at = 1; at < hull.size(); ++at) {
    const double t = meeting(lines, hull[at - 1], hull[at]);
    if (t >= 1) break;
    if (t <= 0) {
      path.first = site(hull[at]);
      continue;
    }
    path.crossings.push_back(crossing(t, site(hull[at - 1]), site(hull[at])));
  }
  return path;
}

/// @param rays  two rows a path: where it begins, and its direction
void PathCrossings::findPaths(const RowsD& rays, std::int64_t begin, std::int64_t end,
                              std::vector<Path>& paths) const {
  RowsD lines = rays.middleRows(2 * begin, 2 * (end - begin)) * m_centred.transpose();
  const auto row = [&](std::int64_t at) {
    return std::span<const double>(lines.row(at).data(), static_cast<std::size_t>(lines.cols()));
  };
  for (std::int64_t at = begin; at < end; ++at) {
    lines.row(2 * (at - begin)) += m_heights.transpose();
    paths[at] = throughLines(row(2 * (at - begin)), row(2 * (at - begin) + 1), {});
  }
}

PathCrossings::Path PathCrossings::along(std::span<const double> from, std::span<const double> to) const {
  if (from.size() != to.size() || static_cast<int>(from.size()) != dimension())
    throw Error("ends of a path",
                std::to_string(from.size()) + " and " + std::to_string(to.size()) + " numbers",
                std::to_string(dimension()) + " each");
  RowsD rays(2, dimension());
  for (int axis = 0; axis < dimension(); ++axis) {
    rays(0, axis) = from[axis];
    rays(1, axis) = to[axis] - from[axis];
  }
  requireFinite(rays, "ends of a path");
  std::vector<Path> paths(1);
  findPaths(rays, 0, 1, paths);
  return paths[0];
}

std::int64_t PathCrossings::forEach(std::int64_t count, const Ends& ends, const Visit& visit,
                                    ThreadTeam& team, std::stop_token stop) const {
  // Paths whose lines are held at a time by a thread: 16 MiB of them, so that few sites still fill a matrix
  // product.
  const std::int64_t together = std::clamp<std::int64_t>((1 << 20) / siteCount(), 1, 32);
  std::vector<double> from(dimension()), to(dimension());
  std::vector<Path> paths;
  for (std::int64_t done = 0; done < count; done += static_cast<std::int64_t>(paths.size())) {
    if (stop.stop_requested()) return done;
    paths.assign(std::min(kPathsABatch, count - done), {});
    RowsD rays(2 * static_cast<Eigen::Index>(paths.size()), dimension());
    for (std::size_t at = 0; at < paths.size(); ++at) {
      ends(done + static_cast<std::int64_t>(at), from, to);
      for (int axis = 0; axis < dimension(); ++axis) {
        rays(2 * static_cast<Eigen::Index>(at), axis) = from[axis];
        rays(2 * static_cast<Eigen::Index>(at) + 1, axis) = to[axis] - from[axis];
      }
    }
    requireFinite(rays, "ends of a path");
    parallelChunks(team, static_cast<std::int64_t>(paths.size()), together,
                   [&](std::int64_t begin, std::int64_t end, std::int64_t) {
                     if (!stop.stop_requested()) findPaths(rays, begin, end, paths);
                   });
    if (stop.stop_requested()) return done;
    for (std::size_t at = 0; at < paths.size(); ++at) visit(done + static_cast<std::int64_t>(at), paths[at]);
  }
  return count;
}

ShareInterval wilsonInterval(std::int64_t hits, std::int64_t total, double z) {
  if (total <= 0) return {};
  const double n = static_cast<double>(total), share = static_cast<double>(hits) / n, square = z * z / n;
  const double middle = (share + square / 2) / (1 + square);
  const double half = z / (1 + square) * std::sqrt(share * (1 - share) / n + square / (4 * n));
  return {share, hits == 0 ? 0 : std::max(middle - half, 0.0),
          hits == total ? 1 : std::min(middle + half, 1.0)};
}

}  // namespace monge
