// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/reading.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "core/base/error.h"
#include "core/base/text.h"

namespace monge::reading {
namespace {

void requireFinite(const Dataset& set, const std::string& subject) {
  if (set.rows.allFinite()) return;
  for (Eigen::Index row = 0; row < set.rows.rows(); ++row) {
    for (Eigen::Index column = 0; column < set.rows.cols(); ++column) {
      const float value = set.rows(row, column);
      if (std::isfinite(value)) continue;
      throw Error(subject + ", row " + std::to_string(row + 1) + ", column " + std::to_string(column + 1),
                  std::isnan(value) ? "NaN" : "infinity", "finite numbers in single precision");
    }
  }
}

/// zlib's inflater, ended with its owner.
struct Inflater {
  z_stream stream{};
  Inflater() {
    constexpr int kGzip = 16;  // added to the window bits: expect gzip's header and check its checksum
    if (inflateInit2(&stream, MAX_WBITS + kGzip) != Z_OK) throw Error::failed("zlib", "cannot start");
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() { inflateEnd(&stream); }
};

}  // namespace

std::optional<std::int64_t> product(std::span<const std::int64_t> sizes) {
  // A zero anywhere makes the product zero, whatever else the shape claims.
  if (std::find(sizes.begin(), sizes.end(), 0) != sizes.end()) return 0;
  std::int64_t result = 1;
  for (const std::int64_t size : sizes) {
    if (size < 0 || result > std::numeric_limits<std::int64_t>::max() / size) return std::nullopt;
    result *= size;
  }
  return result;
}

void requireMemory(const std::string& subject, std::int64_t rows, std::int64_t columns) {
  const std::array<std::int64_t, 3> sizes = {rows, columns, sizeof(float)};
  const auto bytes = product(sizes);
  if (bytes && *bytes <= kMaxDatasetBytes && columns <= std::numeric_limits<int>::max()) return;
  throw Error(subject, "claims " + std::to_string(rows) + " x " + std::to_string(columns) + " values",
              "at most " + std::to_string(kMaxDatasetBytes >> 30) + " GiB in memory");
}

int label(double value, const std::string& where) {
  const bool fits = value >= std::numeric_limits<int>::min() && value <= std::numeric_limits<int>::max();
  if (!fits || value != std::floor(value)) {
    throw Error(where, "label " + numberText(value), "an integer");
  }
  return static_cast<int>(value);
}

std::string quoted(std::string_view text) {
  constexpr std::size_t kMost = 40;
  std::string result(text.substr(0, kMost));
  for (char& c : result) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return "\"" + result + (text.size() > kMost ? "..." : "") + "\"";
}

std::string counted(std::int64_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

Dataset finished(Dataset set, const std::filesystem::path& file) {
  const std::string subject = file.string();
  requireFinite(set, subject);
  const std::string noun = set.image.isImage() ? "image" : "point";
  if (set.size() < 2 || set.dimension() < 1) {
    throw Error(subject, counted(set.dimension() < 1 ? 0 : set.size(), noun), "at least 2 " + noun + "s");
  }
  if (set.lower() == set.upper()) {
    throw Error(subject, "all " + counted(set.size(), noun) + " are equal",
                "at least 2 different " + noun + "s");
  }
  set.name = file.stem().string();
  set.provenance = subject;
  return set;
}

std::string gunzip(std::string_view compressed, std::uint64_t most, const std::string& subject) {
  Inflater inflater;
  z_stream& stream = inflater.stream;
  std::string result;
  std::string block(1u << 18, '\0');
  int status = Z_OK;
  while (status != Z_STREAM_END && result.size() < most) {
    if (stream.avail_in == 0) {  // zlib counts its input in 32 bits
      const std::size_t next = std::min<std::size_t>(compressed.size(), 1u << 30);
      stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data()));
      stream.avail_in = static_cast<uInt>(next);
      compressed.remove_prefix(next);
    }
    stream.next_out = reinterpret_cast<Bytef*>(block.data());
    stream.avail_out = static_cast<uInt>(std::min<std::uint64_t>(block.size(), most - result.size()));
    const uInt room = stream.avail_out;
    status = inflate(&stream, Z_NO_FLUSH);
    result.append(block.data(), room - stream.avail_out);
    if (status == Z_BUF_ERROR) throw Error(subject, "the gzip stream ends early", "a whole file");
    if (status != Z_OK && status != Z_STREAM_END) {
      throw Error(subject, "the gzip stream is damaged", "a whole file");
    }
  }
  return result;
}

std::string usualLabels(const std::vector<std::string>& names) {
  constexpr std::array kUsual{"label", "labels", "class", "classes", "target", "targets", "species"};
  for (const std::string& name : names) {
    std::string lower = name;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    if (std::find(kUsual.begin(), kUsual.end(), lower) != kUsual.end()) return name;
  }
  return {};
}

}  // namespace monge::reading
