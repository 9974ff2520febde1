// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/image_density_2.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/text.h"

namespace monge {
namespace {

constexpr double kNode = 0.7745966692414834, kOuter = 5.0 / 18,
                 kMiddle = 8.0 / 18;  // Gauss-Legendre, 3 points, weights of sum 1

class ImageDensity2 final : public Density2 {
 public:
  ImageDensity2(const Domain2& domain, const RowsD& values) {
    const Box2& box = domain.bounds();
    m_x = lines(box.xMin, box.xMax, values.cols());
    m_y = lines(box.yMin, box.yMax, values.rows());
    const auto rows = static_cast<Eigen::Index>(m_y.size()), columns = static_cast<Eigen::Index>(m_x.size());
    m_values.resize(rows, columns);
    for (Eigen::Index row = 0; row < rows; ++row)
      for (Eigen::Index column = 0; column < columns; ++column)
        m_values(row, column) =
            values(values.rows() - 1 - std::clamp<Eigen::Index>(row - 1, 0, values.rows() - 1),
                   std::clamp<Eigen::Index>(column - 1, 0, values.cols() - 1));
    sumAlongRows();
    const double whole = mass(domain.corners());
    if (!(whole > 0))
      throw Error("density", "a picture without mass in the domain", "some pixels that are not black");
    m_scale = 1 / whole;
  }

  std::string name() const override { return "image"; }
  double quadratureError() const override { return 1e-14; }
  double at(Point2 point) const override {
    const std::size_t column = piece(m_x, point.x), row = piece(m_y, point.y);
    const double t = share(m_y, row, point.y);
    return m_scale * ((1 - t) * along(row, column, point.x) + t * along(row + 1, column, point.x));
  }

  double mass(std::span<const Point2> polygon) const override {
    double sum = 0;
    overPieces(polygon, [&](Point2 x, double rise, std::size_t row, std::size_t column) {
      sum += rise *
             between(row, x.y, prefix(m_mass, row, column, x.x, 0), prefix(m_mass, row + 1, column, x.x, 0));
    });
    return m_scale * sum;
  }

  Moments2 moments(std::span<const Point2> polygon, Point2 about) const override {
    Moments2 sum;
    const double left = m_x.front();
    overPieces(polygon, [&](Point2 x, double rise, std::size_t row, std::size_t column) {
      const auto whole = [&](const RowsD& sums, int power) {
        return rise * between(row, x.y, prefix(sums, row, column, x.x, power),
                              prefix(sums, row + 1, column, x.x, power));
      };
      const double mass = whole(m_mass, 0), first = whole(m_first, 1), y = x.y - about.y;
      sum.mass += mass, sum.x += first, sum.xx += whole(m_second, 2);
      sum.y += y * mass, sum.xy += y * first, sum.yy += y * y * mass;
    });
    // The sums along x count from the left border.
    const double by = left - about.x;
    return {m_scale * sum.mass,
            m_scale * (sum.x + by * sum.mass),
            m_scale * sum.y,
            m_scale * (sum.xx + 2 * by * sum.x + by * by * sum.mass),
            m_scale * (sum.xy + by * sum.y),
            m_scale * sum.yy};
  }

  double alongSegment(Point2 a, Point2 b) const override {
    double sum = 0;
    overSide(a, b, [&](Point2 x, double share, std::size_t row, std::size_t column) {
      sum += share * between(row, x.y, along(row, column, x.x), along(row + 1, column, x.x));
    });
    return m_scale * norm(b - a) * sum;
  }

 private:
  /// The border, the pixels' centres, the border.
  static std::vector<double> lines(double low, double high, Eigen::Index count) {
    std::vector<double> at = {low};
    for (Eigen::Index pixel = 0; pixel < count; ++pixel)
      at.push_back(low + (high - low) * (static_cast<double>(pixel) + 0.5) / static_cast<double>(count));
    at.push_back(high);
    return at;
  }

  static std::size_t piece(const std::vector<double>& at, double x) {
    const auto after = std::upper_bound(at.begin() + 1, at.end() - 1, x);
    return static_cast<std::size_t>(after - at.begin()) - 1;
  }
  static double share(const std::vector<double>& at, std::size_t piece, double x) {
    return (x - at[piece]) / (at[piece + 1] - at[piece]);
  }

  double between(std::size_t row, double y, double below, double above) const {
    const double t = share(m_y, row, y);
    return (1 - t) * below + t * above;
  }
  double value(std::size_t row, std::size_t column) const {
    return m_values(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(column));
  }
  double along(std::size_t row, std::size_t column, double x) const {
    const double t = share(m_x, column, x);
    return (1 - t) * value(row, column) + t * value(row, column + 1);
  }

  /// Integral of (x - left border)^power times the row's values up to x.
  double prefix(const RowsD& sums, std::size_t row, std::size_t column, double x, int power) const {
    return sums(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(column)) +
           part(row, column, x, power);
  }
  /// And from the line before x on, where the values are linear.
  double part(std::size_t row, std::size_t column, double x, int power) const {
    const double from = m_x[column] - m_x.front(), step = x - m_x[column];
    const double start = value(row, column),
                 slope = (value(row, column + 1) - start) / (m_x[column + 1] - m_x[column]);
    const double mass = step * (start + slope * step / 2);
    if (power == 0) return mass;
    const double first = step * step * (start / 2 + slope * step / 3);
    if (power == 1) return from * mass + first;
    const double second = step * step * step * (start / 3 + slope * step / 4);
    return from * from * mass + 2 * from * first + second;
  }

  void sumAlongRows() {
    for (RowsD* sums : {&m_mass, &m_first, &m_second}) sums->setZero(m_values.rows(), m_values.cols());
    for (std::size_t row = 0; row < m_y.size(); ++row)
      for (std::size_t column = 0; column + 1 < m_x.size(); ++column) {
        const auto r = static_cast<Eigen::Index>(row), c = static_cast<Eigen::Index>(column);
        m_mass(r, c + 1) = m_mass(r, c) + part(row, column, m_x[column + 1], 0);
        m_first(r, c + 1) = m_first(r, c) + part(row, column, m_x[column + 1], 1);
        m_second(r, c + 1) = m_second(r, c) + part(row, column, m_x[column + 1], 2);
      }
  }

  /// Where a b crosses the lines, as parameters in (0, 1).
  static void addCrossings(const std::vector<double>& lines, double a, double b, std::vector<double>& times) {
    if (a == b) return;
    const double low = std::min(a, b), high = std::max(a, b);
    for (auto at = std::upper_bound(lines.begin(), lines.end(), low); at != lines.end() && *at < high; ++at)
      times.push_back((*at - a) / (b - a));
  }

  /// Calls task(x, weight, row, column) at three nodes of each piece of a b; the weights sum to 1.
  template <class Task>
  void overSide(Point2 a, Point2 b, const Task& task) const {
    thread_local std::vector<double> times;
    times.assign(1, 0.0);
    addCrossings(m_x, a.x, b.x, times);
    addCrossings(m_y, a.y, b.y, times);
    std::sort(times.begin(), times.end());
    times.push_back(1);
    for (std::size_t at = 0; at + 1 < times.size(); ++at) {
      const double middle = (times[at] + times[at + 1]) / 2, half = (times[at + 1] - times[at]) / 2;
      if (!(half > 0)) continue;
      const Point2 centre = a + middle * (b - a), reach = kNode * half * (b - a);
      const std::size_t row = piece(m_y, centre.y), column = piece(m_x, centre.x);
      task(centre - reach, 2 * half * kOuter, row, column);
      task(centre, 2 * half * kMiddle, row, column);
      task(centre + reach, 2 * half * kOuter, row, column);
    }
  }

  template <class Task>
  void overPieces(std::span<const Point2> polygon, const Task& task) const {
    for (std::size_t at = 0; at < polygon.size(); ++at) {
      const Point2 a = polygon[at], b = polygon[at + 1 == polygon.size() ? 0 : at + 1];
      if (a.y == b.y) continue;
      overSide(a, b, [&](Point2 x, double weight, std::size_t row, std::size_t column) {
        task(x, weight * (b.y - a.y), row, column);
      });
    }
  }

  std::vector<double> m_x, m_y;     ///< lines on which the values stand, ascending
  RowsD m_values;                   ///< row 0 at the bottom
  RowsD m_mass, m_first, m_second;  ///< integrals along each row up to each line
  double m_scale = 1;
};

}  // namespace

Density2Ptr imageDensity(const Domain2& domain, const RowsD& values) {
  if (values.size() == 0) throw Error("density", "a picture without pixels", "at least one pixel");
  for (Eigen::Index row = 0; row < values.rows(); ++row)
    for (Eigen::Index column = 0; column < values.cols(); ++column)
      if (!(values(row, column) >= 0) || !std::isfinite(values(row, column)))
        throw Error("density, row " + std::to_string(row + 1) + ", column " + std::to_string(column + 1),
                    numberText(values(row, column)), "a finite number of at least 0");
  return std::make_shared<ImageDensity2>(domain, values);
}

}  // namespace monge
