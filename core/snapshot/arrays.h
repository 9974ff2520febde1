// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <Eigen/Core>

namespace monge {

/// n x d, one point a row. Single precision is what the networks and the views use.
using RowsF = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using RowsD = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using IndicesI = Eigen::Matrix<int, Eigen::Dynamic, 1>;
using VectorD = Eigen::VectorXd;

/// Channels x height x width of an image; all 0 for plain points. Rows hold it flattened in that order.
struct ImageShape {
  int channels = 0;
  int height = 0;
  int width = 0;
  bool isImage() const { return channels > 0; }
  int size() const { return channels * height * width; }
  bool operator==(const ImageShape&) const = default;
};

/// Axis-aligned box of the plane, in data units.
struct Box2 {
  double xMin = -1, yMin = -1, xMax = 1, yMax = 1;
  double width() const { return xMax - xMin; }
  double height() const { return yMax - yMin; }
  bool operator==(const Box2&) const = default;
};

/// Filled disc: the masks of the toy distributions are unions of these.
struct Disc {
  double x = 0, y = 0, radius = 0;
  bool contains(double px, double py) const {
    return (px - x) * (px - x) + (py - y) * (py - y) <= radius * radius;
  }
};

}  // namespace monge
