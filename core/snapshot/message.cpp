// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/snapshot/message.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <set>

#include "core/base/error.h"
#include "core/snapshot/json_text.h"

namespace monge {

static_assert(std::endian::native == std::endian::little, "arrays are copied as they lie in memory");

namespace {

constexpr std::string_view kMagic = "MNG1";
constexpr std::size_t kPrefix = 16;  ///< magic, header length, payload length
constexpr std::size_t kMaxRank = 8;
constexpr std::array<const char*, 5> kTypeNames = {"f32", "f64", "i32", "i64", "u8"};

std::size_t aligned(std::size_t bytes) {
  return (bytes + 7) / 8 * 8;
}

NamedArray makeArray(std::string name, DType dtype, std::vector<std::int64_t> shape, const void* data) {
  std::size_t count = 1;
  for (const std::int64_t extent : shape) count *= static_cast<std::size_t>(extent);
  const auto* first = static_cast<const std::byte*>(data);
  NamedArray array{std::move(name), dtype, std::move(shape), {}};
  if (count > 0) array.bytes.assign(first, first + count * sizeOf(dtype));
  return array;
}

template <class Rows>
Rows toRows(const NamedArray& array) {
  if (array.shape.size() != 2)
    throw Error("array " + array.name, "rank " + std::to_string(array.shape.size()), "rank 2");
  Rows rows(array.shape[0], array.shape[1]);
  if (!array.bytes.empty()) std::memcpy(rows.data(), array.bytes.data(), array.bytes.size());
  return rows;
}

template <class T>
std::vector<T> toVector(const NamedArray& array) {
  if (array.shape.size() != 1)
    throw Error("array " + array.name, "rank " + std::to_string(array.shape.size()), "rank 1");
  std::vector<T> values(static_cast<std::size_t>(array.shape[0]));
  if (!array.bytes.empty()) std::memcpy(values.data(), array.bytes.data(), array.bytes.size());
  return values;
}

/// Where the arrays of a header lie; checks every claim against the payload before anything is copied.
class ArrayTable {
 public:
  ArrayTable(std::string_view payload, std::string subject)
      : m_payload(payload), m_subject(std::move(subject)) {}

  NamedArray read(const nlohmann::json& entry) {
    if (!entry.is_object() || entry.size() != 5)
      throw Error(m_subject, "array entry " + shown(entry), "name, dtype, shape, offset and bytes");
    NamedArray array;
    array.name = text(entry, "name");
    if (!m_names.insert(array.name).second)
      throw Error(m_subject, "two arrays named " + shown(array.name), "one of each name");
    array.dtype = dtype(text(entry, "dtype"));
    array.shape = shape(entry);
    const std::uint64_t bytes = number(entry, "bytes");
    if (bytes != byteCount(array))
      throw Error(m_subject, "array " + array.name + " claims " + std::to_string(bytes) + " bytes",
                  std::to_string(byteCount(array)) + " by its shape");
    const std::uint64_t offset = place(number(entry, "offset"), bytes, array.name);
    const auto* first = reinterpret_cast<const std::byte*>(m_payload.data()) + offset;
    array.bytes.assign(first, first + bytes);
    return array;
  }

 private:
  const nlohmann::json& member(const nlohmann::json& entry, const char* key) const {
    const auto found = entry.find(key);
    if (found == entry.end()) throw Error(m_subject, "array entry without " + std::string(key), "one");
    return *found;
  }
  std::string text(const nlohmann::json& entry, const char* key) const {
    const nlohmann::json& value = member(entry, key);
    if (!value.is_string()) throw Error(m_subject, std::string(key) + " " + shown(value), "text");
    return value.get<std::string>();
  }
  std::uint64_t number(const nlohmann::json& entry, const char* key) const {
    return natural(member(entry, key), key);
  }
  std::uint64_t natural(const nlohmann::json& value, const char* key) const {
    if (!value.is_number_unsigned())
      throw Error(m_subject, std::string(key) + " " + shown(value), "a whole number, 0 or more");
    return value.get<std::uint64_t>();
  }
  DType dtype(const std::string& name) const {
    const auto found = std::find(kTypeNames.begin(), kTypeNames.end(), name);
    if (found == kTypeNames.end()) throw Error(m_subject, "dtype " + shown(name), "f32, f64, i32, i64 or u8");
    return static_cast<DType>(found - kTypeNames.begin());
  }
  std::vector<std::int64_t> shape(const nlohmann::json& entry) const {
    const nlohmann::json& extents = member(entry, "shape");
    if (!extents.is_array() || extents.empty() || extents.size() > kMaxRank)
      throw Error(m_subject, "shape " + shown(extents), "a list of 1 to 8 whole numbers");
    std::vector<std::int64_t> result;
    for (const nlohmann::json& extent : extents) {
      const std::uint64_t value = natural(extent, "shape");
      // An empty array may claim any extents; these are still indices of somebody's loop.
      if (value > std::numeric_limits<std::int32_t>::max())
        throw Error(m_subject, "shape " + shown(extents), "extents below 2^31");
      result.push_back(static_cast<std::int64_t>(value));
    }
    return result;
  }
  std::uint64_t byteCount(const NamedArray& array) const {
    std::uint64_t bytes = sizeOf(array.dtype);
    for (const std::int64_t extent : array.shape) {
      if (__builtin_mul_overflow(bytes, static_cast<std::uint64_t>(extent), &bytes))
        throw Error(m_subject, "array " + array.name + " of more than 2^64 bytes", "a shape that fits");
    }
    return bytes;
  }
  std::uint64_t place(std::uint64_t offset, std::uint64_t bytes, const std::string& name) {
    const auto wrong = [&](const std::string& expectation) {
      return Error(m_subject, "array " + name + " at byte " + std::to_string(offset), expectation);
    };
    if (offset % 8 != 0) throw wrong("a multiple of 8");
    if (offset < m_end) throw wrong("arrays in order that do not overlap");
    if (offset > m_payload.size() || bytes > m_payload.size() - offset)
      throw wrong("an array inside the payload of " + std::to_string(m_payload.size()) + " bytes");
    m_end = offset + bytes;
    return offset;
  }

  std::string_view m_payload;
  std::string m_subject;
  std::set<std::string> m_names;
  std::uint64_t m_end = 0;
};

struct Sizes {
  std::uint64_t header = 0;
  std::uint64_t payload = 0;
  std::uint64_t whole() const { return kPrefix + header + payload; }
};

/// Reads as much of the prefix as there is. Zero sizes while it is incomplete.
std::optional<Sizes> readPrefix(std::string_view bytes, const std::string& subject,
                                const MessageLimits& limits) {
  const std::size_t seen = std::min(bytes.size(), kMagic.size());
  if (bytes.substr(0, seen) != kMagic.substr(0, seen))
    throw Error(subject, "bytes that are no Monge message", "\"MNG1\" at the beginning");
  if (bytes.size() < kPrefix) return std::nullopt;
  std::uint32_t header = 0;
  std::uint64_t payload = 0;
  std::memcpy(&header, bytes.data() + 4, sizeof header);
  std::memcpy(&payload, bytes.data() + 8, sizeof payload);
  if (header > limits.header)
    throw Error(subject, "a header of " + std::to_string(header) + " bytes",
                "at most " + std::to_string(limits.header));
  if (payload > limits.payload)
    throw Error(subject, "a payload of " + std::to_string(payload) + " bytes",
                "at most " + std::to_string(limits.payload));
  return Sizes{header, payload};
}

Message readBody(std::string_view bytes, const Sizes& sizes, const std::string& subject) {
  nlohmann::json header = parseJson(bytes.substr(kPrefix, sizes.header), subject + " header");
  const char* form = "an object with type (text), fields (object) and arrays (list)";
  if (!header.is_object() || header.size() != 3) throw Error(subject, "header " + shown(header), form);
  for (const char* key : {"type", "fields", "arrays"})
    if (!header.contains(key)) throw Error(subject, "header without " + std::string(key), form);
  if (!header["type"].is_string() || !header["fields"].is_object() || !header["arrays"].is_array())
    throw Error(subject, "header " + shown(header), form);

  Message message(header["type"].get<std::string>());
  message.fields = std::move(header["fields"]);
  ArrayTable table(bytes.substr(kPrefix + sizes.header, sizes.payload), subject);
  message.arrays.reserve(header["arrays"].size());
  for (const nlohmann::json& entry : header["arrays"]) message.arrays.push_back(table.read(entry));
  return message;
}

}  // namespace

std::size_t sizeOf(DType type) {
  switch (type) {
    case DType::F32:
    case DType::I32:
      return 4;
    case DType::F64:
    case DType::I64:
      return 8;
    case DType::U8:
      return 1;
  }
  return 0;
}

void Message::add(std::string name, const RowsF& rows) {
  arrays.push_back(makeArray(std::move(name), DType::F32, {rows.rows(), rows.cols()}, rows.data()));
}
void Message::add(std::string name, const RowsD& rows) {
  arrays.push_back(makeArray(std::move(name), DType::F64, {rows.rows(), rows.cols()}, rows.data()));
}
void Message::add(std::string name, std::span<const float> values) {
  arrays.push_back(makeArray(std::move(name), DType::F32, {std::ssize(values)}, values.data()));
}
void Message::add(std::string name, std::span<const double> values) {
  arrays.push_back(makeArray(std::move(name), DType::F64, {std::ssize(values)}, values.data()));
}
void Message::add(std::string name, std::span<const int> values) {
  static_assert(sizeof(int) == 4);
  arrays.push_back(makeArray(std::move(name), DType::I32, {std::ssize(values)}, values.data()));
}
void Message::add(std::string name, std::span<const std::uint64_t> values) {
  arrays.push_back(makeArray(std::move(name), DType::I64, {std::ssize(values)}, values.data()));
}
void Message::add(std::string name, std::string_view bytes) {
  arrays.push_back(makeArray(std::move(name), DType::U8, {std::ssize(bytes)}, bytes.data()));
}

bool Message::has(std::string_view name) const {
  return std::any_of(arrays.begin(), arrays.end(),
                     [&](const NamedArray& array) { return array.name == name; });
}

const NamedArray& Message::find(std::string_view name, DType dtype) const {
  const auto found =
      std::find_if(arrays.begin(), arrays.end(), [&](const NamedArray& array) { return array.name == name; });
  const std::string expected = kTypeNames[static_cast<std::size_t>(dtype)];
  if (found == arrays.end()) throw Error(type, "no array " + std::string(name), "one of " + expected);
  if (found->dtype != dtype)
    throw Error("array " + found->name, kTypeNames[static_cast<std::size_t>(found->dtype)], expected);
  return *found;
}

RowsF Message::rowsF(std::string_view name) const {
  return toRows<RowsF>(find(name, DType::F32));
}
RowsD Message::rowsD(std::string_view name) const {
  return toRows<RowsD>(find(name, DType::F64));
}
std::vector<float> Message::floats(std::string_view name) const {
  return toVector<float>(find(name, DType::F32));
}
std::vector<double> Message::doubles(std::string_view name) const {
  return toVector<double>(find(name, DType::F64));
}
std::vector<int> Message::ints(std::string_view name) const {
  return toVector<int>(find(name, DType::I32));
}
std::vector<std::uint64_t> Message::words(std::string_view name) const {
  return toVector<std::uint64_t>(find(name, DType::I64));
}
std::string Message::text(std::string_view name) const {
  const std::vector<char> bytes = toVector<char>(find(name, DType::U8));
  return {bytes.begin(), bytes.end()};
}

std::string encode(const Message& message) {
  nlohmann::json entries = nlohmann::json::array();
  std::uint64_t payload = 0;
  for (const NamedArray& array : message.arrays) {
    entries.push_back({{"name", array.name},
                       {"dtype", kTypeNames[static_cast<std::size_t>(array.dtype)]},
                       {"shape", array.shape},
                       {"offset", payload},
                       {"bytes", array.bytes.size()}});
    payload += aligned(array.bytes.size());
  }
  const nlohmann::json document = {{"type", message.type}, {"fields", message.fields}, {"arrays", entries}};
  // Texts may carry a path or a system's words in another encoding: shown with a mark rather than refused.
  std::string header = document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  header.resize(aligned(header.size()), ' ');
  if (header.size() > std::numeric_limits<std::uint32_t>::max())
    throw Error(message.type, "a header of " + std::to_string(header.size()) + " bytes", "less than 2^32");
  const auto headerSize = static_cast<std::uint32_t>(header.size());

  std::string bytes;
  bytes.reserve(kPrefix + header.size() + payload);
  bytes.append(kMagic);
  bytes.append(reinterpret_cast<const char*>(&headerSize), sizeof headerSize);
  bytes.append(reinterpret_cast<const char*>(&payload), sizeof payload);
  bytes.append(header);
  for (const NamedArray& array : message.arrays) {
    bytes.append(reinterpret_cast<const char*>(array.bytes.data()), array.bytes.size());
    bytes.append(aligned(array.bytes.size()) - array.bytes.size(), '\0');
  }
  return bytes;
}

std::optional<std::uint64_t> messageSize(std::string_view prefix) {
  try {
    const std::optional<Sizes> sizes = readPrefix(prefix, "message", {});
    return sizes ? std::optional(sizes->whole()) : std::nullopt;
  } catch (const Error&) {
    return std::nullopt;
  }
}

void MessageReader::feed(std::string_view bytes) {
  // What was read is dropped when it is at least half of the buffer: each byte moves once at most on average.
  if (m_start > 0 && m_start >= m_buffer.size() - m_start) {
    m_buffer.erase(0, m_start);
    m_start = 0;
  }
  m_buffer.append(bytes);
}

std::optional<Message> MessageReader::next() {
  const std::string subject = "message";
  const std::string_view rest = std::string_view(m_buffer).substr(m_start);
  const std::optional<Sizes> sizes = readPrefix(rest, subject, m_limits);
  if (!sizes || rest.size() < sizes->whole()) return std::nullopt;
  Message message = readBody(rest.substr(0, sizes->whole()), *sizes, subject);
  m_start += sizes->whole();
  return message;
}

Message decode(std::string_view bytes, const std::string& subject, MessageLimits limits) {
  if (bytes.empty()) throw Error(subject, "no bytes", "a Monge message");
  const std::optional<Sizes> sizes = readPrefix(bytes, subject, limits);
  if (!sizes || bytes.size() != sizes->whole())
    throw Error(subject, std::to_string(bytes.size()) + " bytes",
                sizes ? std::to_string(sizes->whole()) + " as its beginning says" : "at least 16");
  return readBody(bytes, *sizes, subject);
}

}  // namespace monge
