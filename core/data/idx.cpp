// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/data/readers.h"
#include "core/data/reading.h"

namespace monge {
namespace {

namespace fs = std::filesystem;

/// An IDX file: 0, 0, type, rank, then big-endian sizes, then the values; plain or within gzip.
struct Idx {
  std::vector<std::int64_t> sizes;
  std::string bytes;          ///< the whole file, unpacked
  std::size_t dataStart = 0;  ///< 4 + 4 * rank

  unsigned char value(std::size_t i) const { return static_cast<unsigned char>(bytes[dataStart + i]); }
};

bool isGzip(std::string_view bytes) {
  return bytes.starts_with("\x1f\x8b");
}

std::int64_t bigEndian32(std::string_view bytes, std::size_t at) {
  std::int64_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

/// Reads sizes from the first bytes. @throws Error for what is not IDX of unsigned bytes.
Idx parseHeader(std::string_view start, const std::string& subject) {
  if (start.empty()) throw Error(subject, "the file is empty", "IDX images");
  if (start.size() < 4) throw Error(subject, "ends inside the header", "a whole IDX file");
  if (start[0] != 0 || start[1] != 0) {
    throw Error(subject, "does not begin as an IDX file does", "0, 0, a type and a rank");
  }
  const int type = static_cast<unsigned char>(start[2]), rank = static_cast<unsigned char>(start[3]);
  if (type != 8) throw Error(subject, "IDX type " + std::to_string(type), "8, unsigned bytes");
  if (rank != 1 && rank != 3) {
    throw Error(subject, "IDX of rank " + std::to_string(rank), "3 (images x rows x columns)");
  }
  Idx idx;
  idx.dataStart = 4 + 4 * static_cast<std::size_t>(rank);
  if (start.size() < idx.dataStart) throw Error(subject, "ends inside the header", "a whole IDX file");
  for (std::size_t at = 4; at < idx.dataStart; at += 4) idx.sizes.push_back(bigEndian32(start, at));
  return idx;
}

Idx readIdxFile(const fs::path& file) {
  constexpr std::uint64_t kMostHeader = 16;
  const std::string subject = file.string();
  std::string bytes = readFile(file);
  const bool packed = isGzip(bytes);
  Idx idx = parseHeader(packed ? reading::gunzip(bytes, kMostHeader, subject) : bytes.substr(0, kMostHeader),
                        subject);
  const auto claimed = reading::product(idx.sizes);
  const std::int64_t most = kMaxDatasetBytes / static_cast<std::int64_t>(sizeof(float));
  if (!claimed || *claimed > most) {
    throw Error(subject, "claims " + std::to_string(idx.sizes[0]) + " images that do not fit",
                "at most " + std::to_string(most) + " pixels");
  }
  const std::uint64_t whole = idx.dataStart + static_cast<std::uint64_t>(*claimed);
  // One byte more than claimed, so that bytes behind the last value are noticed.
  idx.bytes = packed ? reading::gunzip(bytes, whole + 1, subject) : std::move(bytes);
  if (idx.bytes.size() != whole) {
    const bool tooShort = idx.bytes.size() < whole;
    throw Error(subject,
                tooShort ? "holds " + std::to_string(idx.bytes.size()) + " bytes of the " +
                               std::to_string(whole) + " that its header claims"
                         : "holds more than the " + std::to_string(whole) + " bytes that its header claims",
                tooShort ? "a whole file" : "nothing behind the last value");
  }
  return idx;
}

/// The labels file beside an images file, packed or not; empty when there is none.
fs::path companionOf(const fs::path& file) {
  std::string name = file.filename().string();
  const std::size_t at = name.find("images");
  const std::size_t rank = name.find("idx3");
  if (at == std::string::npos || rank == std::string::npos || rank < at) return {};
  name.replace(rank, 4, "idx1").replace(at, 6, "labels");
  const bool packed = name.ends_with(".gz");
  const std::string other = packed ? name.substr(0, name.size() - 3) : name + ".gz";
  for (const std::string& candidate : {name, other}) {
    std::error_code ignored;
    if (fs::is_regular_file(file.parent_path() / candidate, ignored)) return file.parent_path() / candidate;
  }
  return {};
}

std::vector<int> readLabels(const fs::path& file, std::int64_t images) {
  const Idx idx = readIdxFile(file);
  if (idx.sizes.size() != 1 || idx.sizes[0] != images) {
    throw Error(
        file.string(),
        idx.sizes.size() == 1 ? reading::counted(idx.sizes[0], "label") : "images where labels belong",
        std::to_string(images) + " labels, one an image");
  }
  std::vector<int> labels(static_cast<std::size_t>(images));
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = idx.value(i);
  return labels;
}

}  // namespace

Dataset readIdx(const fs::path& file, const ReadOptions& options) {
  if (!options.labels.empty() || !options.array.empty()) {
    throw Error(file.string(), "an IDX file has no named columns or arrays", "no name");
  }
  const Idx idx = readIdxFile(file);
  if (idx.sizes.size() != 3) throw Error(file.string(), "labels alone", "the images file beside it");
  constexpr std::int64_t kMostSide = 1 << 15;
  if (idx.sizes[1] > kMostSide || idx.sizes[2] > kMostSide) {
    throw Error(file.string(),
                "images of " + std::to_string(idx.sizes[1]) + " x " + std::to_string(idx.sizes[2]),
                "sides up to " + std::to_string(kMostSide));
  }
  Dataset set;
  set.image = {1, static_cast<int>(idx.sizes[1]), static_cast<int>(idx.sizes[2])};
  set.rows.resize(idx.sizes[0], set.image.size());
  for (Eigen::Index i = 0; i < set.rows.size(); ++i) {
    set.rows.data()[i] = static_cast<float>(idx.value(static_cast<std::size_t>(i))) / 255.0f;
  }
  if (const fs::path labels = companionOf(file); !labels.empty()) set.labels = readLabels(labels, set.size());
  return reading::finished(std::move(set), file);
}

}  // namespace monge
