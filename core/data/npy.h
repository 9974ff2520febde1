// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/snapshot/arrays.h"

namespace monge::npy {

/// Header of NumPy's NPY format, versions 1 to 3 (numpy.lib.format): magic, version, length, a Python
/// dictionary.
struct Header {
  char kind = 'f';  ///< f, i, u or b
  int itemSize = 4;
  bool bigEndian = false;
  bool fortranOrder = false;
  std::vector<std::int64_t> shape;
  std::size_t dataStart = 0;  ///< byte at which the numbers begin

  int rank() const { return static_cast<int>(shape.size()); }
  std::int64_t rows() const { return shape.empty() ? 0 : shape[0]; }
  std::int64_t columns() const { return rank() < 2 ? 1 : shape[1]; }
};

/// Enough bytes for the header of any array that this reader takes.
constexpr std::size_t kMaxHeader = 64 * 1024;

/// @param bytes    the file, or at least its first kMaxHeader bytes
/// @param subject  names the file in errors
/// @throws Error when this is not NPY or holds no plain numbers (objects, records, text, half precision,
/// complex).
Header parseHeader(std::string_view bytes, const std::string& subject);

/// What stands before the numbers of an array in C order. @param type  as NumPy writes it: "<f8"
std::string headerBytes(const std::string& type, const std::vector<std::int64_t>& shape);

/// Rank 1 is one column. @throws Error when the rank is not 1 or 2, the claim passes the limits, or `bytes`
/// (the whole file) holds less or more than the claim.
RowsF rows(const Header& header, std::string_view bytes, const std::string& subject);
/// The same in double precision.
RowsD numbers(const Header& header, std::string_view bytes, const std::string& subject);

/// @throws Error when the array is not of rank 1 (or one column) or a value is no integer.
std::vector<int> labels(const Header& header, std::string_view bytes, const std::string& subject);

/// "100 x 2", for messages.
std::string shapeText(const Header& header);

}  // namespace monge::npy
