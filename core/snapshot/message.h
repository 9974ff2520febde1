// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/snapshot/arrays.h"

namespace monge {

/// The unit of the wire and of the checkpoint file: a JSON header with raw arrays behind it.
///
/// Layout, little endian:
///   4 bytes  "MNG1"
///   4 bytes  u32  length H of the header
///   8 bytes  u64  length P of the payload
///   H bytes  JSON {"type": ..., "fields": {...}, "arrays": [{"name","dtype","shape","offset","bytes"}]}
///   P bytes  the arrays, each at a multiple of 8
/// The header is padded with blanks to a multiple of 8. Arrays lie in the order of their entries and do not
/// overlap. Sizes are checked against the limits before anything is allocated.
enum class DType : std::uint8_t { F32, F64, I32, I64, U8 };

std::size_t sizeOf(DType type);

struct NamedArray {
  std::string name;
  DType dtype = DType::F32;
  std::vector<std::int64_t> shape;
  std::vector<std::byte> bytes;
};

struct Message {
  std::string type;
  nlohmann::json fields = nlohmann::json::object();
  std::vector<NamedArray> arrays;

  Message() = default;
  explicit Message(std::string messageType) : type(std::move(messageType)) {}

  void add(std::string name, const RowsF& rows);
  void add(std::string name, const RowsD& rows);
  void add(std::string name, std::span<const float> values);
  void add(std::string name, std::span<const double> values);
  void add(std::string name, std::span<const int> values);
  void add(std::string name, std::span<const std::uint64_t> values);
  void add(std::string name, std::string_view bytes);

  bool has(std::string_view name) const;
  /// @throws Error when the array is missing or has another type or rank.
  RowsF rowsF(std::string_view name) const;
  RowsD rowsD(std::string_view name) const;
  std::vector<float> floats(std::string_view name) const;
  std::vector<double> doubles(std::string_view name) const;
  std::vector<int> ints(std::string_view name) const;
  std::vector<std::uint64_t> words(std::string_view name) const;
  std::string text(std::string_view name) const;

 private:
  const NamedArray& find(std::string_view name, DType dtype) const;
};

struct MessageLimits {
  std::uint64_t header = 16ull << 20;
  std::uint64_t payload = 2ull << 30;
};

std::string encode(const Message& message);

/// Length in bytes of the whole message that begins with these 16 bytes; nullopt when no message begins so.
std::optional<std::uint64_t> messageSize(std::string_view prefix);

/// Cuts a byte stream into messages. Feed bytes as they come; next() answers nullopt until one is whole.
/// @throws Error from next() when the bytes are not a message or pass the limits; the stream is lost then.
class MessageReader {
 public:
  explicit MessageReader(MessageLimits limits = {}) : m_limits(limits) {}
  void feed(std::string_view bytes);
  std::optional<Message> next();

 private:
  MessageLimits m_limits;
  std::string m_buffer;
  std::size_t m_start = 0;
};

/// Decodes exactly one message that fills `bytes`. `subject` names the source in errors.
Message decode(std::string_view bytes, const std::string& subject, MessageLimits limits = {});

}  // namespace monge
