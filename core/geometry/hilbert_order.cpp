// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/hilbert_order.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <tuple>

namespace monge {
namespace {

std::array<double, 2> coordinates(const Point2& point) {
  return {point.x, point.y};
}
std::array<double, 3> coordinates(const Point3& point) {
  return {point.x, point.y, point.z};
}

constexpr std::size_t kFew = 2;      // points in a cell of the curve that are left as they are
constexpr std::size_t kMany = 1024;  // points from which on a radix sort pays
constexpr int kDigit = 11;           // bits that it takes at once; keys have two digits

/// Cells along an axis, as a power of 2.
template <std::size_t kAxes>
constexpr int kBits = 2 * kDigit / static_cast<int>(kAxes);

template <std::size_t kAxes>
using Cell = std::array<std::uint32_t, kAxes>;

/// A cell's place along the curve. Skilling, Programming the Hilbert curve, 2004.
template <std::size_t kAxes>
std::uint32_t placeOnCurve(Cell<kAxes> cell) {
  const auto maskOf = [](std::uint32_t value, std::uint32_t bit) {
    return (value & bit) != 0 ? ~std::uint32_t{0} : 0;
  };
  for (std::uint32_t bit = 1U << (kBits<kAxes> - 1); bit > 1; bit >>= 1)
    for (std::uint32_t& axis : cell) {
      const std::uint32_t below = bit - 1, set = maskOf(axis, bit);
      const std::uint32_t swapped = (cell[0] ^ axis) & below & ~set;
      axis ^= swapped;
      cell[0] ^= swapped | (below & set);
    }
  for (std::size_t axis = 1; axis < kAxes; ++axis) cell[axis] ^= cell[axis - 1];
  std::uint32_t flipped = 0;
  for (std::uint32_t bit = 1U << (kBits<kAxes> - 1); bit > 1; bit >>= 1)
    flipped ^= (bit - 1) & maskOf(cell[kAxes - 1], bit);
  std::uint32_t place = 0;
  for (int bit = kBits<kAxes> - 1; bit >= 0; --bit)
    for (const std::uint32_t axis : cell) place = place << 1 | ((axis ^ flipped) >> bit & 1);
  return place;
}

struct Keyed {
  std::uint32_t key = 0;
  int row = 0;
};

template <class Point>
class CurveSort {
 public:
  explicit CurveSort(std::span<const Point> points) : m_points(points) {}

  /// Sorts points whose rows are in order.
  void sort(std::span<Keyed> items) {
    if (items.size() <= kFew || !findKeys(items)) return;
    if (items.size() < kMany)
      std::stable_sort(items.begin(), items.end(),
                       [](const Keyed& a, const Keyed& b) { return a.key < b.key; });
    else
      sortByDigits(items);
    for (std::size_t begin = 0, end = 0; begin < items.size(); begin = end) {
      while (end < items.size() && items[end].key == items[begin].key) ++end;
      sort(items.subspan(begin, end - begin));
    }
  }

 private:
  static constexpr std::size_t kAxes = std::tuple_size_v<decltype(coordinates(Point()))>;
  using Place = std::array<double, kAxes>;

  /// Halves, whose differences are finite.
  Place halves(const Keyed& item) const {
    Place place = coordinates(m_points[item.row]);
    for (double& value : place) value /= 2;
    return place;
  }
  bool findKeys(std::span<Keyed> items) const;
  void sortByDigits(std::span<Keyed> items);

  std::span<const Point> m_points;
  std::vector<Keyed> m_other;
};

/// Keys along the curve through the points' box, a cube of cells; false where all points are in one spot.
template <class Point>
bool CurveSort<Point>::findKeys(std::span<Keyed> items) const {
  Place low = halves(items[0]), high = low;
  for (const Keyed& item : items) {
    const Place place = halves(item);
    for (std::size_t axis = 0; axis < kAxes; ++axis) {
      low[axis] = std::min(low[axis], place[axis]);
      high[axis] = std::max(high[axis], place[axis]);
    }
  }
  double extent = 0;
  for (std::size_t axis = 0; axis < kAxes; ++axis) extent = std::max(extent, high[axis] - low[axis]);
  if (!(extent > 0)) return false;
  constexpr std::uint32_t kCells = 1U << kBits<kAxes>;
  for (Keyed& item : items) {
    const Place place = halves(item);
    Cell<kAxes> cell;
    for (std::size_t axis = 0; axis < kAxes; ++axis)
      cell[axis] =
          std::min(static_cast<std::uint32_t>((place[axis] - low[axis]) / extent * kCells), kCells - 1);
    item.key = placeOnCurve<kAxes>(cell);
  }
  return true;
}

/// Radix sort, the lower digit first.
template <class Point>
void CurveSort<Point>::sortByDigits(std::span<Keyed> items) {
  m_other.resize(std::max(m_other.size(), items.size()));
  const auto sortBy = [](std::span<const Keyed> from, Keyed* to, int shift) {
    constexpr std::uint32_t kMask = (1U << kDigit) - 1;
    std::array<std::size_t, kMask + 2> starts{};
    for (const Keyed& item : from) ++starts[(item.key >> shift & kMask) + 1];
    std::partial_sum(starts.begin(), starts.end(), starts.begin());
    for (const Keyed& item : from) to[starts[item.key >> shift & kMask]++] = item;
  };
  sortBy(items, m_other.data(), 0);
  sortBy({m_other.data(), items.size()}, items.data(), kDigit);
}

template <class Point>
std::vector<int> order(std::span<const Point> points) {
  std::vector<Keyed> items(points.size());
  for (std::size_t row = 0; row < items.size(); ++row) items[row].row = static_cast<int>(row);
  CurveSort<Point>(points).sort(items);
  std::vector<int> rows(items.size());
  for (std::size_t place = 0; place < items.size(); ++place) rows[place] = items[place].row;
  return rows;
}

}  // namespace

std::vector<int> hilbertOrder(std::span<const Point2> points) {
  return order<Point2>(points);
}

std::vector<int> hilbertOrder(std::span<const Point3> points) {
  return order<Point3>(points);
}

}  // namespace monge
