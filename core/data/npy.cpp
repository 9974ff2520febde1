// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/npy.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/data/readers.h"
#include "core/data/reading.h"

namespace monge {
namespace npy {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";

/// Reads the one dictionary that NPY writes, with its three keys in any order:
/// {'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }
class DictReader {
 public:
  DictReader(std::string_view text, std::string subject) : m_rest(text), m_subject(std::move(subject)) {}

  void read(Header& header) {
    require(take('{'));
    int seen = 0;
    while (!take('}')) {
      const std::string key = string();
      require(take(':'));
      if (key == "descr") {
        readType(header);
        seen |= 1;
      } else if (key == "fortran_order") {
        header.fortranOrder = boolean();
        seen |= 2;
      } else if (key == "shape") {
        header.shape = shape();
        seen |= 4;
      } else {
        require(false);
      }
      take(',');
    }
    require(seen == 7);
  }

 private:
  void require(bool condition) const {
    if (!condition) {
      throw Error(m_subject, "a header that cannot be read: " + reading::quoted(m_rest),
                  "'descr', 'fortran_order' and 'shape'");
    }
  }

  void skipBlanks() {
    while (!m_rest.empty() && (m_rest.front() == ' ' || m_rest.front() == '\n')) m_rest.remove_prefix(1);
  }

  bool take(char c) {
    skipBlanks();
    if (m_rest.empty() || m_rest.front() != c) return false;
    m_rest.remove_prefix(1);
    return true;
  }

  std::string string() {
    skipBlanks();
    require(!m_rest.empty() && (m_rest.front() == '\'' || m_rest.front() == '"'));
    const std::size_t end = m_rest.find(m_rest.front(), 1);
    require(end != std::string_view::npos);
    const std::string result(m_rest.substr(1, end - 1));
    m_rest.remove_prefix(end + 1);
    return result;
  }

  bool boolean() {
    skipBlanks();
    const bool isTrue = m_rest.starts_with("True");
    require(isTrue || m_rest.starts_with("False"));
    m_rest.remove_prefix(isTrue ? 4 : 5);
    return isTrue;
  }

  std::vector<std::int64_t> shape() {
    std::vector<std::int64_t> result;
    require(take('('));
    while (!take(')')) {
      skipBlanks();
      std::int64_t size = 0;
      const auto [end, code] = std::from_chars(m_rest.data(), m_rest.data() + m_rest.size(), size);
      require(code == std::errc{} && size >= 0 && result.size() < 32);
      m_rest.remove_prefix(static_cast<std::size_t>(end - m_rest.data()));
      result.push_back(size);
      take(',');
    }
    return result;
  }

  [[noreturn]] void refuseType(const std::string& what) const {
    throw Error(m_subject, what, "plain numbers: f4, f8, i1 to i8, u1 to u8 or b1");
  }

  void readType(Header& header) {
    skipBlanks();
    if (m_rest.starts_with('[')) refuseType("records with named fields");
    const std::string type = string();
    const std::string_view body = std::string_view(type).substr(std::min<std::size_t>(1, type.size()));
    require(!body.empty() && std::string_view("<>|=").find(type[0]) != std::string_view::npos);
    if (body[0] == 'O') refuseType("Python objects, stored as pickle, which is never run");
    if (body == "f2") refuseType("numbers in half precision (f2)");
    if (body[0] == 'c') refuseType("complex numbers");
    if (body[0] == 'U' || body[0] == 'S') refuseType("text");
    static constexpr std::array kTypes = {"f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"};
    if (std::find(kTypes.begin(), kTypes.end(), body) == kTypes.end()) {
      refuseType("type " + reading::quoted(type));
    }
    header.kind = body[0];
    header.itemSize = body[1] - '0';
    header.bigEndian = type[0] == '>';
  }

  std::string_view m_rest;
  std::string m_subject;
};

std::size_t headerLength(std::string_view bytes, std::size_t lengthBytes) {
  std::size_t length = 0;
  for (std::size_t i = 0; i < lengthBytes; ++i) {
    length |= std::size_t{static_cast<unsigned char>(bytes[8 + i])} << (8 * i);
  }
  return length;
}

template <class T>
double load(const char* from, bool swap) {
  std::array<char, sizeof(T)> raw;
  std::memcpy(raw.data(), from, sizeof(T));
  if (swap) std::reverse(raw.begin(), raw.end());
  return static_cast<double>(std::bit_cast<T>(raw));
}

using Load = double (*)(const char*, bool);

Load loadOf(const Header& header) {
  if (header.kind == 'f') return header.itemSize == 4 ? load<float> : load<double>;
  const bool isSigned = header.kind == 'i';
  switch (header.itemSize) {
    case 1:
      return isSigned ? load<std::int8_t> : load<std::uint8_t>;
    case 2:
      return isSigned ? load<std::int16_t> : load<std::uint16_t>;
    case 4:
      return isSigned ? load<std::int32_t> : load<std::uint32_t>;
    default:
      return isSigned ? load<std::int64_t> : load<std::uint64_t>;
  }
}

void requireRank(const Header& header, const std::string& subject) {
  if (header.rank() == 1 || header.rank() == 2) return;
  throw Error(subject, "an array of rank " + std::to_string(header.rank()) + " (" + shapeText(header) + ")",
              "rank 2 (points x coordinates) or rank 1");
}

/// The numbers as they lie in the file, after the claim was compared with what is there.
std::string_view payload(const Header& header, std::string_view bytes, const std::string& subject) {
  requireRank(header, subject);
  reading::requireMemory(subject, header.rows(), header.columns());
  const std::int64_t claimed = header.rows() * header.columns() * header.itemSize;
  const std::string_view data = bytes.substr(std::min(bytes.size(), header.dataStart));
  const auto held = static_cast<std::int64_t>(data.size());
  if (held != claimed) {
    throw Error(subject,
                std::to_string(held) + " bytes of numbers where the header claims " + std::to_string(claimed),
                held < claimed ? "a whole file" : "nothing behind the array");
  }
  return data;
}

template <class Rows>
Rows rowsAs(const Header& header, std::string_view bytes, const std::string& subject) {
  const std::string_view data = payload(header, bytes, subject);
  Rows result(header.rows(), header.columns());
  const Load value = loadOf(header);
  const bool swap = header.bigEndian != (std::endian::native == std::endian::big);
  const char* from = data.data();
  const auto store = [&](Eigen::Index row, Eigen::Index column) {
    result(row, column) = static_cast<typename Rows::Scalar>(value(from, swap));
    from += header.itemSize;
  };
  if (header.fortranOrder) {
    for (Eigen::Index column = 0; column < result.cols(); ++column) {
      for (Eigen::Index row = 0; row < result.rows(); ++row) store(row, column);
    }
  } else {
    for (Eigen::Index row = 0; row < result.rows(); ++row) {
      for (Eigen::Index column = 0; column < result.cols(); ++column) store(row, column);
    }
  }
  return result;
}

}  // namespace

Header parseHeader(std::string_view bytes, const std::string& subject) {
  if (bytes.empty()) throw Error(subject, "the file is empty", "an NPY array");
  if (!bytes.starts_with(kMagic)) throw Error(subject, "does not begin as an NPY array does", "\\x93NUMPY");
  const int version = bytes.size() > 6 ? static_cast<unsigned char>(bytes[6]) : 1;
  if (version < 1 || version > 3) {
    throw Error(subject, "NPY version " + std::to_string(version), "1, 2 or 3");
  }
  const std::size_t lengthBytes = version == 1 ? 2 : 4;
  const std::size_t start = kMagic.size() + 2 + lengthBytes;
  if (bytes.size() < start) throw Error(subject, "ends inside the header", "a whole file");
  const std::size_t length = headerLength(bytes, lengthBytes);
  if (length > kMaxHeader - start) {
    throw Error(subject, "a header of " + std::to_string(length) + " bytes",
                "at most " + std::to_string(kMaxHeader - start));
  }
  if (bytes.size() < start + length) throw Error(subject, "ends inside the header", "a whole file");
  Header header;
  header.dataStart = start + length;
  DictReader(bytes.substr(start, length), subject).read(header);
  return header;
}

std::string headerBytes(const std::string& type, const std::vector<std::int64_t>& shape) {
  std::string sizes;
  for (const std::int64_t size : shape) sizes += std::to_string(size) + ", ";
  // A Python tuple of one has its comma, a longer one none at the end.
  if (!shape.empty()) sizes.resize(sizes.size() - (shape.size() > 1 ? 2 : 1));
  std::string header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + sizes + "), }";
  constexpr std::size_t kPrefix = 10,
                        kAlignment = 64;  // magic, version and length; numpy.lib.format aligns the data
  header.append(kAlignment - 1 - (kPrefix + header.size()) % kAlignment, ' ');
  header += '\n';
  std::string bytes = std::string(kMagic) + std::string("\x01\x00", 2);
  bytes += static_cast<char>(header.size() & 0xff);
  bytes += static_cast<char>(header.size() >> 8);
  return bytes + header;
}

RowsF rows(const Header& header, std::string_view bytes, const std::string& subject) {
  return rowsAs<RowsF>(header, bytes, subject);
}

RowsD numbers(const Header& header, std::string_view bytes, const std::string& subject) {
  return rowsAs<RowsD>(header, bytes, subject);
}

std::vector<int> labels(const Header& header, std::string_view bytes, const std::string& subject) {
  const std::string_view data = payload(header, bytes, subject);
  if (header.columns() != 1) throw Error(subject, "labels of shape " + shapeText(header), "one number a row");
  const Load value = loadOf(header);
  const bool swap = header.bigEndian != (std::endian::native == std::endian::big);
  std::vector<int> result(static_cast<std::size_t>(header.rows()));
  for (std::size_t row = 0; row < result.size(); ++row) {
    result[row] = reading::label(value(data.data() + row * static_cast<std::size_t>(header.itemSize), swap),
                                 subject + ", row " + std::to_string(row + 1));
  }
  return result;
}

std::string shapeText(const Header& header) {
  std::string text;
  for (const std::int64_t size : header.shape) text += (text.empty() ? "" : " x ") + std::to_string(size);
  return text.empty() ? "a single number" : text;
}

}  // namespace npy

Dataset readNpy(const std::filesystem::path& file, const ReadOptions& options) {
  if (!options.labels.empty() || !options.array.empty()) {
    throw Error(file.string(), "one array without a name", "an NPZ file to choose arrays from");
  }
  const std::string bytes = readFile(file);
  const npy::Header header = npy::parseHeader(bytes, file.string());
  Dataset set;
  set.rows = npy::rows(header, bytes, file.string());
  return reading::finished(std::move(set), file);
}

NumberTable reading::npyNumbers(const std::filesystem::path& file) {
  const std::string bytes = readFile(file);
  return {npy::numbers(npy::parseHeader(bytes, file.string()), bytes, file.string()), {}};
}

}  // namespace monge
