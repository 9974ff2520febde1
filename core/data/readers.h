// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

#include "core/data/dataset.h"

namespace monge {

struct ReadOptions {
  /// Name of a column (with header) that holds whole numbers or names of classes, or of an array (NPZ) of
  /// integers: the labels; empty: none, but a companion
  /// labels file of an IDX image file (…-images-idx3-ubyte -> …-labels-idx1-ubyte, .gz or not) beside it is
  /// found by itself.
  std::string labels;
  /// Array to read from an NPZ with several; empty: the only one of rank 2 (or 1 column of rank 1), else an
  /// Error that lists them.
  std::string array;
};

/// Reads points from .csv/.tsv/.txt (header or not; comma, semicolon, tab or blanks), .npy, .npz, or images
/// from IDX (plain or .gz, by magic number, whatever the name). IDX pixels become value / 255.
/// @throws Error that names the file, what was found where (line, column, byte) and what was expected:
/// missing, empty,
///         truncated, wrong magic, text cell, ragged rows, NaN or infinity, fewer than 2 points, all points
///         equal, object or rank-3 NPY, a header that claims more than kMaxDatasetBytes or more than the file
///         holds.
Dataset readDataset(const std::filesystem::path& file, const ReadOptions& options = {});

/// Numbers as they stand in a file, in double precision.
struct NumberTable {
  RowsD values;
  std::vector<std::string> columns;  ///< names from a CSV header, or empty
};

/// Reads CSV, NPY or NPZ as readDataset() does, but keeps double precision and takes one row as well as many
/// equal ones: sites, weights and masses of transport problems.
/// @throws Error as readDataset(); on a value that is not finite; on no rows.
NumberTable readNumbers(const std::filesystem::path& file, const std::string& array = {});

Dataset readCsv(const std::filesystem::path& file, const ReadOptions& options = {});
Dataset readNpy(const std::filesystem::path& file, const ReadOptions& options = {});
Dataset readNpz(const std::filesystem::path& file, const ReadOptions& options = {});
Dataset readIdx(const std::filesystem::path& file, const ReadOptions& options = {});

/// Writes rows as NPY (little-endian f4, C order), atomically (temporary file, fsync, rename).
void writeNpy(const std::filesystem::path& file, const RowsF& rows);
/// Writes rows as text that reads back to the same bits, atomically. With column names or labels there is a
/// header; the labels are the last column, "label".
void writeCsv(const std::filesystem::path& file, const Dataset& set);

}  // namespace monge
