// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/npz_writer.h"

#include <zip.h>

#include <bit>
#include <memory>

#include "core/base/error.h"
#include "core/data/npy.h"

namespace monge {
namespace {

static_assert(std::endian::native == std::endian::little, "arrays are written as they lie in memory");

template <class Value>
constexpr const char* typeOf() {
  if (std::is_same_v<Value, double>) return "<f8";
  return std::is_same_v<Value, std::int32_t> ? "<i4" : "|b1";
}

std::string npyBytes(const NamedArray& array) {
  return std::visit(
      [&]<class Value>(const std::vector<Value>& values) {
        std::int64_t expected = 1;
        for (const std::int64_t size : array.shape) expected *= size;
        if (static_cast<std::int64_t>(values.size()) != expected)
          throw Error("array " + array.name, std::to_string(values.size()) + " values",
                      std::to_string(expected));
        std::string bytes = npy::headerBytes(typeOf<Value>(), array.shape);
        return bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(Value));
      },
      array.values);
}

/// A zip archive that grows in memory.
class Archive {
 public:
  Archive() : m_zip(nullptr, zip_discard) {
    zip_error_t error;
    zip_error_init(&error);
    m_bytes.reset(zip_source_buffer_create(nullptr, 0, 0, &error));
    if (m_bytes) m_zip.reset(zip_open_from_source(m_bytes.get(), ZIP_TRUNCATE, &error));
    if (!m_zip) fail("archive", zip_error_strerror(&error));
    zip_source_keep(m_bytes.get());  // one share is the archive's, which it gives up when it is closed
  }

  /// @param bytes  kept until finish()
  void add(const std::string& array, const std::string& bytes) {
    const std::string name = array + ".npy";
    zip_source_t* source = zip_source_buffer(m_zip.get(), bytes.data(), bytes.size(), 0);
    const zip_int64_t index = source ? zip_file_add(m_zip.get(), name.c_str(), source, ZIP_FL_ENC_UTF_8) : -1;
    if (index < 0) {
      zip_source_free(source);
      fail("array " + array, zip_strerror(m_zip.get()));
    }
    // The earliest moment that zip knows, 1 January 1980.
    zip_file_set_dostime(m_zip.get(), static_cast<zip_uint64_t>(index), 0, 1 << 5 | 1, 0);
  }

  std::string finish() {
    if (zip_close(m_zip.get()) != 0) fail("archive", zip_strerror(m_zip.get()));
    static_cast<void>(m_zip.release());
    zip_stat_t stat;
    zip_source_t* source = m_bytes.get();
    if (zip_source_stat(source, &stat) != 0 || zip_source_open(source) != 0)
      fail("archive", zip_error_strerror(zip_source_error(source)));
    std::string bytes(stat.size, '\0');
    const zip_int64_t got = zip_source_read(source, bytes.data(), bytes.size());
    zip_source_close(source);
    if (got != static_cast<zip_int64_t>(bytes.size())) fail("archive", "could not be packed");
    return bytes;
  }

 private:
  [[noreturn]] static void fail(const std::string& subject, const std::string& reason) {
    throw Error::failed(subject, reason);
  }

  std::unique_ptr<zip_source_t, decltype(&zip_source_free)> m_bytes{nullptr, zip_source_free};
  std::unique_ptr<zip_t, decltype(&zip_discard)> m_zip;
};

}  // namespace

std::string npzBytes(const std::vector<NamedArray>& arrays) {
  std::vector<std::string> contents;
  for (const NamedArray& array : arrays) contents.push_back(npyBytes(array));
  Archive archive;
  for (std::size_t at = 0; at < arrays.size(); ++at) archive.add(arrays[at].name, contents[at]);
  return archive.finish();
}

}  // namespace monge
