// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "core/geometry/point.h"

namespace monge::gaussian {

/// What integrals of a Gaussian over polygons and polyhedra are made of. Lengths in units of sigma.

inline constexpr double kPeak = 0.3989422804014327;  // 1 / sqrt(2 pi)

inline double bell(double u) {
  return kPeak * std::exp(-u * u / 2);
}
/// Integral of the bell from 0 to u: odd, so that nothing cancels near the middle.
inline double area(double u) {
  return std::erf(u / std::numbers::sqrt2) / 2;
}

/// Gauss-Legendre on [-1, 1] with 8 points: the positive half.
inline constexpr double kNodes[4] = {0.1834346424956498, 0.5255324099163290, 0.7966664774136267,
                                     0.9602898564975363};
inline constexpr double kWeights[4] = {0.3626837833783620, 0.3137066458778873, 0.2223810344533745,
                                       0.1012285362903763};
/// And with 3, for sides far shorter than sigma.
inline constexpr double kFewNode = 0.7745966692414834, kFewWeight = 5.0 / 9, kMiddleWeight = 8.0 / 9;
inline constexpr double kShort = 0.02;  // 3 points are off by (length / 2)^7 / 15750 of the integrand's scale

inline constexpr double kFar = 8.5;  ///< beyond it area() is 1/2 and bell() is 0, in double precision
/// Of a domain's extent: below it coordinates in units of sigma have lost the digits that integrals need.
inline constexpr double kLeastSigma = 1e-6;

/// Calls task(point, weight) at the nodes along a b; the weights sum to 1. `length` is that over which the
/// integrand changes, the side's own or less.
template <class Point, class Task>
void alongSide(Point a, Point b, double length, const Task& task) {
  if (length < kShort) {
    const Point middle = 0.5 * (a + b), half = 0.5 * (b - a);
    task(middle, kMiddleWeight / 2);
    task(middle + kFewNode * half, kFewWeight / 2);
    task(middle - kFewNode * half, kFewWeight / 2);
    return;
  }
  const int panels = std::max(1, static_cast<int>(std::ceil(length)));
  for (int panel = 0; panel < panels; ++panel) {
    const Point from = a + static_cast<double>(panel) / panels * (b - a), half = 0.5 / panels * (b - a);
    for (int node = 0; node < 4; ++node) {
      task(from + (1 + kNodes[node]) * half, kWeights[node] / 2 / panels);
      task(from + (1 - kNodes[node]) * half, kWeights[node] / 2 / panels);
    }
  }
}

/// The part of [from, to] in which a + t (b - a) is within kFar of 0; of length 0, at one of the ends, where
/// there is none.
inline std::pair<double, double> nearTimes(double a, double b, double from, double to) {
  if (a == b) return std::abs(a) <= kFar ? std::pair(from, to) : std::pair(from, from);
  const double first = (-kFar - a) / (b - a), second = (kFar - a) / (b - a);
  return {std::clamp(std::min(first, second), from, to), std::clamp(std::max(first, second), from, to)};
}

/// As alongSide in the plane, for integrands that are a bell of y times what is constant where |x| > kFar:
/// of a side however long, at most 60 panels.
template <class Task>
void alongNearSide(Point2 a, Point2 b, const Task& task) {
  const auto [from, to] = nearTimes(a.y, b.y, 0, 1);
  const auto [begin, end] = nearTimes(a.x, b.x, from, to);
  const auto part = [&](double first, double last, bool isNear) {
    if (!(last > first)) return;
    const Point2 low = a + first * (b - a), high = a + last * (b - a);
    alongSide(low, high, isNear ? norm(high - low) : std::abs(high.y - low.y),
              [&](Point2 u, double weight) { task(u, (last - first) * weight); });
  };
  part(from, begin, false);
  part(begin, end, true);
  part(end, to, false);
}

/// Integral of the bell from u to v.
inline double areaBetween(double u, double v) {
  const double half = (v - u) / 2, middle = u + half;
  if (std::abs(half) >= kShort / 2) return area(v) - area(u);
  return half * (kMiddleWeight * bell(middle) +
                 kFewWeight * (bell(middle - kFewNode * half) + bell(middle + kFewNode * half)));
}

}  // namespace monge::gaussian
