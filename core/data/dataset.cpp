// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/dataset.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/base/text.h"

namespace monge {
namespace {

using Order = std::vector<Eigen::Index>;

/// The rows in `order`, with their labels and everything else of the set.
Dataset select(const Dataset& set, const Order& order, const std::string& step) {
  Dataset result = set;
  result.rows = set.rows(order, Eigen::all);
  if (!set.labels.empty()) {
    result.labels.resize(order.size());
    std::transform(order.begin(), order.end(), result.labels.begin(),
                   [&](Eigen::Index row) { return set.labels[static_cast<std::size_t>(row)]; });
  }
  result.provenance += ", " + step;
  return result;
}

Order shuffled(std::int64_t count, std::int64_t first, std::uint64_t seed) {
  Order order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  Random random(seed);
  shuffleFirst(order, static_cast<std::size_t>(first), random);
  return order;
}

std::string interval(double lower, double upper) {
  return "[" + numberText(lower) + ", " + numberText(upper) + "]";
}

void requireInterval(const char* subject, double lower, double upper) {
  if (!(std::isfinite(lower) && std::isfinite(upper) && lower < upper)) {
    throw Error(subject, interval(lower, upper), "a finite interval, the lower end first");
  }
}

/// x -> scale * x + shift for each column, in double precision.
RowsF affine(const RowsF& rows, const Eigen::RowVectorXd& scale, const Eigen::RowVectorXd& shift) {
  return ((rows.cast<double>().array().rowwise() * scale.array()).rowwise() + shift.array()).cast<float>();
}

/// Copies one channel into the middle of a larger one that is filled with `fill`.
void padChannel(const float* from, const ImageShape& shape, int side, float fill, float* to) {
  std::fill(to, to + side * side, fill);
  const int top = (side - shape.height) / 2, left = (side - shape.width) / 2;
  for (int y = 0; y < shape.height; ++y) {
    std::copy_n(from + y * shape.width, shape.width, to + (y + top) * side + left);
  }
}

/// Where pixel `i` of `to` pixels lies among `from` pixels when both cover the same square (pixel centres at
/// halves).
struct Tap {
  int low, high;
  float weight;  ///< of `high`
  Tap(int i, int from, int to) {
    const double x = std::clamp((i + 0.5) * from / to - 0.5, 0.0, from - 1.0);
    low = static_cast<int>(x);
    high = std::min(low + 1, from - 1);
    weight = static_cast<float>(x - low);
  }
};

void resampleChannel(const float* from, const ImageShape& shape, int side, float* to) {
  for (int y = 0; y < side; ++y) {
    const Tap v(y, shape.height, side);
    for (int x = 0; x < side; ++x) {
      const Tap h(x, shape.width, side);
      const auto along = [&](int row) {
        const float* line = from + row * shape.width;
        return line[h.low] + h.weight * (line[h.high] - line[h.low]);
      };
      to[y * side + x] = along(v.low) + v.weight * (along(v.high) - along(v.low));
    }
  }
}

}  // namespace

RowsF Dataset::lower() const {
  return rows.rows() ? RowsF(rows.colwise().minCoeff()) : RowsF(0, rows.cols());
}
RowsF Dataset::upper() const {
  return rows.rows() ? RowsF(rows.colwise().maxCoeff()) : RowsF(0, rows.cols());
}

std::string Dataset::labelText(int label) const {
  const bool named = label >= 0 && static_cast<std::size_t>(label) < classes.size();
  return named ? classes[static_cast<std::size_t>(label)] : std::to_string(label);
}

std::pair<Dataset, Dataset> split(const Dataset& set, double share, std::uint64_t seed) {
  const auto first = static_cast<std::int64_t>(std::llround(share * static_cast<double>(set.size())));
  if (!(share > 0 && share < 1) || first < 1 || first >= set.size()) {
    throw Error("share of the split", numberText(share) + " of " + std::to_string(set.size()) + " rows",
                "a number between 0 and 1 that leaves rows on both sides");
  }
  const Order order = shuffled(set.size(), set.size(), seed);
  const std::string step = "split " + numberText(share) + ", seed " + std::to_string(seed);
  return {select(set, Order(order.begin(), order.begin() + first), step + ", first part"),
          select(set, Order(order.begin() + first, order.end()), step + ", second part")};
}

Dataset subsample(const Dataset& set, std::int64_t count, std::uint64_t seed) {
  if (count < 1) throw Error("rows to choose", std::to_string(count), "at least 1");
  if (count >= set.size()) return set;
  Order order = shuffled(set.size(), count, seed);
  order.resize(static_cast<std::size_t>(count));
  return select(set, order, std::to_string(count) + " rows, seed " + std::to_string(seed));
}

Dataset firstRows(const Dataset& set, std::int64_t count) {
  if (count < 1) throw Error("rows to choose", std::to_string(count), "at least 1");
  if (count >= set.size()) return set;
  Order order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  return select(set, order, "first " + std::to_string(count) + " rows");
}

Dataset scaleToBox(const Dataset& set, double lower, double upper, bool perAxis) {
  requireInterval("box to scale to", lower, upper);
  if (set.size() == 0) throw Error(set.name, "no rows", "at least two different points");
  const Eigen::RowVectorXd low = set.lower().cast<double>(), high = set.upper().cast<double>();
  const Eigen::RowVectorXd extent = high - low;
  const double largest = extent.maxCoeff();
  if (!(largest > 0)) throw Error(set.name, "all points are equal", "at least two different points");

  Eigen::RowVectorXd scale = Eigen::RowVectorXd::Constant(extent.size(), (upper - lower) / largest);
  if (perAxis) {  // a flat axis keeps its scale: it has none of its own
    scale = (extent.array() > 0).select((upper - lower) / extent.array(), scale.array());
  }
  const Eigen::RowVectorXd shift = ((lower + upper) / 2 - scale.array() * (low + high).array() / 2).matrix();

  Dataset result = set;
  result.rows =
      affine(set.rows, scale, shift).cwiseMax(static_cast<float>(lower)).cwiseMin(static_cast<float>(upper));
  const bool uniform = (scale.array() == scale(0)).all();
  if (!uniform) result.mask.clear();
  for (Disc& disc : result.mask) {
    disc = {scale(0) * disc.x + shift(0), scale(1) * disc.y + shift(1), scale(0) * disc.radius};
  }
  result.provenance += ", scaled to " + interval(lower, upper) + (perAxis ? " per axis" : "");
  return result;
}

Dataset scaleValues(const Dataset& set, double from0, double from1, double to0, double to1) {
  requireInterval("values to scale from", from0, from1);
  requireInterval("values to scale to", to0, to1);
  const double scale = (to1 - to0) / (from1 - from0), shift = to0 - scale * from0;
  Dataset result = set;
  result.rows = affine(set.rows, Eigen::RowVectorXd::Constant(set.rows.cols(), scale),
                       Eigen::RowVectorXd::Constant(set.rows.cols(), shift));
  for (Disc& disc : result.mask) {
    disc = {scale * disc.x + shift, scale * disc.y + shift, scale * disc.radius};
  }
  result.provenance += ", values " + interval(from0, from1) + " to " + interval(to0, to1);
  return result;
}

Dataset resizeImages(const Dataset& set, int side, bool padWhenPossible) {
  const ImageShape& shape = set.image;
  if (!shape.isImage()) throw Error(set.name, "points", "images, to resize them");
  if (side < 1 || side > 4096) throw Error("side to resize to", std::to_string(side), "1 to 4096 pixels");
  if (shape.height == side && shape.width == side) return set;
  const std::int64_t values = std::int64_t{shape.channels} * side * side;
  if (set.size() > kMaxDatasetBytes / static_cast<std::int64_t>(sizeof(float)) / values) {
    throw Error(set.name, std::to_string(set.size()) + " images of side " + std::to_string(side),
                "at most " + std::to_string(kMaxDatasetBytes) + " bytes in memory");
  }
  const auto grows = [side](int length) { return side >= length && (side - length) % 2 == 0; };
  const bool pad = padWhenPossible && grows(shape.height) && grows(shape.width);

  Dataset result = set;
  result.image = {shape.channels, side, side};
  result.rows.resize(set.size(), values);
  for (Eigen::Index row = 0; row < set.rows.rows(); ++row) {
    const float fill = set.rows.row(row).minCoeff();
    for (int channel = 0; channel < shape.channels; ++channel) {
      const float* from = set.rows.row(row).data() + channel * shape.height * shape.width;
      float* to = result.rows.row(row).data() + channel * side * side;
      pad ? padChannel(from, shape, side, fill, to) : resampleChannel(from, shape, side, to);
    }
  }
  result.provenance +=
      (pad ? ", padded to " : ", resized to ") + std::to_string(side) + " x " + std::to_string(side);
  return result;
}

}  // namespace monge
