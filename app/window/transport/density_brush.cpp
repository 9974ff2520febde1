// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/transport/density_brush.h"

#include <QImage>
#include <algorithm>
#include <cmath>

#include "core/base/error.h"

namespace monge {
namespace {

constexpr int kSide = 128;  ///< pixels along the longer side of the domain
constexpr double kLargest = 65535;
constexpr double kLeastShare = 0.02;  ///< of the mean
constexpr double kAdded = 0.5, kTaken = 1.0 / 3;

/// Whole numbers whose largest is kLargest.
RowsD scaled(RowsD values) {
  const double least = kLeastShare * values.mean();
  values = values.cwiseMax(least);
  const double largest = values.maxCoeff();
  if (!(largest > 0)) return RowsD::Constant(values.rows(), values.cols(), kLargest);
  return (values / largest * kLargest).array().round().max(1).matrix();
}

/// The point itself, or where the way to the middle enters the domain.
Point2 nearestInside(const Domain2& domain, Point2 at) {
  if (domain.contains(at)) return at;
  const Point2 middle = domain.centroid();
  double inside = 0, outside = 1;
  for (int halving = 0; halving < 30; ++halving) {
    const double half = (inside + outside) / 2;
    (domain.contains(middle + half * (at - middle)) ? inside : outside) = half;
  }
  return middle + inside * (at - middle);
}

}  // namespace

RowsD densityCanvas(const Density2& density, const Domain2& domain) {
  const Box2& box = domain.bounds();
  const double larger = std::max(box.width(), box.height());
  const auto along = [&](double extent) {
    return std::max<Eigen::Index>(2, std::lround(kSide * extent / larger));
  };
  RowsD values(along(box.height()), along(box.width()));
  for (Eigen::Index row = 0; row < values.rows(); ++row)
    for (Eigen::Index column = 0; column < values.cols(); ++column) {
      const double x = (static_cast<double>(column) + 0.5) / static_cast<double>(values.cols()),
                   y = 1 - (static_cast<double>(row) + 0.5) / static_cast<double>(values.rows());
      values(row, column) =
          density.at(nearestInside(domain, {box.xMin + x * box.width(), box.yMin + y * box.height()}));
    }
  return scaled(std::move(values));
}

RowsD paintedDensity(const RowsD& canvas, const Box2& box, const std::vector<Point2>& stroke, double radius,
                     bool erases) {
  RowsD values = canvas;
  const double added = kAdded * canvas.mean();
  const double width = box.width() / static_cast<double>(canvas.cols()),
               height = box.height() / static_cast<double>(canvas.rows());
  for (const Point2 dab : stroke) {
    for (Eigen::Index row = 0; row < values.rows(); ++row) {
      const double dy = box.yMax - (static_cast<double>(row) + 0.5) * height - dab.y;
      if (std::abs(dy) > radius) continue;
      for (Eigen::Index column = 0; column < values.cols(); ++column) {
        const double dx = box.xMin + (static_cast<double>(column) + 0.5) * width - dab.x;
        const double far = (dx * dx + dy * dy) / (radius * radius);
        if (far >= 1) continue;
        const double soft = (1 - far) * (1 - far);
        double& value = values(row, column);
        value = erases ? value * (1 - kTaken * soft) : value + added * soft;
      }
    }
  }
  return scaled(std::move(values));
}

DensitySource writtenDensity(const RowsD& painted, const QString& file) {
  QImage image(static_cast<int>(painted.cols()), static_cast<int>(painted.rows()),
               QImage::Format_Grayscale16);
  for (int row = 0; row < image.height(); ++row) {
    auto* line = reinterpret_cast<quint16*>(image.scanLine(row));
    for (int column = 0; column < image.width(); ++column)
      line[column] = static_cast<quint16>(painted(row, column));
  }
  if (!image.save(file, "PNG")) throw Error::failed(file.toStdString(), "the density cannot be written");
  DensitySource source;
  source.kind = DensitySource::Kind::Image;
  source.file = file.toStdString();
  return source;
}

}  // namespace monge
