// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/snapshot/arrays.h"

namespace monge {

/// Points or images in memory, with where they came from.
///
/// rows: n x d single precision, all finite. Images hold one flattened image a row (channel, row, column).
/// A value type; the functions below return new sets and never change their argument. Any thread.
struct Dataset {
  std::string name;        ///< for people: "Four discs, radius 0.25", "swissroll2d_2048"
  std::string provenance;  ///< "generated, seed 7" or the file's path, then each step done to it
  RowsF rows;
  ImageShape image;                  ///< all 0 for points
  std::vector<int> labels;           ///< n, or empty
  std::vector<std::string> classes;  ///< names of labels 0, 1, ... where a file names them, or empty
  std::vector<std::string> columns;  ///< d names from a CSV header, or empty
  std::vector<Disc> mask;            ///< support in closed form (2D discs), or empty

  /// A label as people read it: the name of its class, or its number.
  std::string labelText(int label) const;

  std::int64_t size() const { return rows.rows(); }
  int dimension() const { return static_cast<int>(rows.cols()); }
  /// Smallest and largest value of each column, 1 x d.
  RowsF lower() const;
  RowsF upper() const;
};

/// First `share` in (0, 1) of the rows after a seeded shuffle, and the others.
std::pair<Dataset, Dataset> split(const Dataset& set, double share, std::uint64_t seed);

/// `count` different rows, seeded; the set itself, in its order, when count >= n.
Dataset subsample(const Dataset& set, std::int64_t count, std::uint64_t seed);

/// First `count` rows in file order.
Dataset firstRows(const Dataset& set, std::int64_t count);

/// Affine map of the set's box into [lower, upper]^d; one factor for all axes unless `perAxis`, centred.
/// A set whose box has no extent is an Error. Masks follow while the map is uniform, else they are dropped.
Dataset scaleToBox(const Dataset& set, double lower, double upper, bool perAxis = false);

/// Affine map of values in [from0, from1] to [to0, to1], for images: [0, 1] to [-1, 1].
Dataset scaleValues(const Dataset& set, double from0, double from1, double to0, double to1);

/// Images resized to side x side: exact padding with the image's own smallest value when the side grows by an
/// even number (28 -> 32), bilinear otherwise. Error for points.
Dataset resizeImages(const Dataset& set, int side, bool padWhenPossible = true);

/// Largest amount of memory one set may take; a file that claims more is refused before allocation.
constexpr std::int64_t kMaxDatasetBytes = 8LL << 30;

}  // namespace monge
