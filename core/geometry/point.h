// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <compare>

namespace monge {

/// A point or a vector of the plane, in data units.
struct Point2 {
  double x = 0, y = 0;
  friend Point2 operator+(Point2 a, Point2 b) { return {a.x + b.x, a.y + b.y}; }
  friend Point2 operator-(Point2 a, Point2 b) { return {a.x - b.x, a.y - b.y}; }
  friend Point2 operator*(double s, Point2 a) { return {s * a.x, s * a.y}; }
  auto operator<=>(const Point2&) const = default;  ///< by x, then y
};

inline double dot(Point2 a, Point2 b) {
  return a.x * b.x + a.y * b.y;
}
/// Twice the signed area of the triangle 0, a, b.
inline double cross(Point2 a, Point2 b) {
  return a.x * b.y - a.y * b.x;
}
inline double squaredNorm(Point2 a) {
  return dot(a, a);
}
inline double norm(Point2 a) {
  return std::sqrt(dot(a, a));
}
inline bool isFinite(Point2 a) {
  return std::isfinite(a.x) && std::isfinite(a.y);
}

/// A point or a vector of space, in data units.
struct Point3 {
  double x = 0, y = 0, z = 0;
  friend Point3 operator+(Point3 a, Point3 b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
  friend Point3 operator-(Point3 a, Point3 b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
  friend Point3 operator*(double s, Point3 a) { return {s * a.x, s * a.y, s * a.z}; }
  auto operator<=>(const Point3&) const = default;  ///< by x, then y, then z
};

inline double dot(Point3 a, Point3 b) {
  return a.x * b.x + a.y * b.y + a.z * b.z;
}
inline Point3 cross(Point3 a, Point3 b) {
  return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
inline double squaredNorm(Point3 a) {
  return dot(a, a);
}
inline double norm(Point3 a) {
  return std::sqrt(dot(a, a));
}
inline bool isFinite(Point3 a) {
  return std::isfinite(a.x) && std::isfinite(a.y) && std::isfinite(a.z);
}

/// A power of two that brings a length to one whose products neither vanish nor overflow; 1 for all but sites
/// that are all but on one spot, or a universe apart.
inline double unitScale(double length) {
  if ((length > 1e-100 && length < 1e100) || !(length > 0) || !std::isfinite(length)) return 1;
  return std::ldexp(1.0, std::min(std::max(-std::ilogb(length), -1000), 1000));
}

}  // namespace monge
