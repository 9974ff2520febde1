// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <zlib.h>

#include <QTemporaryDir>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

/// Small files of every format, written byte by byte as the tests draw them.

/// A folder that goes with the test. write() answers the path.
class Folder {
 public:
  std::filesystem::path path(const std::string& name) const {
    return std::filesystem::path(m_dir.path().toStdString()) / name;
  }
  std::filesystem::path write(const std::string& name, const std::string& bytes) const {
    std::filesystem::remove(path(name));  // some file systems flush a file that is cut and written again
    std::ofstream(path(name), std::ios::binary) << bytes;
    return path(name);
  }

 private:
  QTemporaryDir m_dir;
};

/// An NPY file of version 1 to 3 around a dictionary and raw data.
inline std::string npyFile(const std::string& dictionary, const std::string& data, int version = 1) {
  const std::string header = dictionary + "\n";
  std::string bytes = "\x93NUMPY" + std::string{static_cast<char>(version), '\0'};
  for (int i = 0; i < (version == 1 ? 2 : 4); ++i)
    bytes += static_cast<char>(header.size() >> (8 * i) & 0xff);
  return bytes + header + data;
}

inline std::string npyDictionary(const std::string& type, const std::string& shape, bool fortran = false) {
  return "{'descr': '" + type + "', 'fortran_order': " + (fortran ? "True" : "False") +
         ", 'shape': " + shape + ", }";
}

/// The values as they lie in memory, or with each one's bytes reversed.
template <class T>
std::string raw(const std::vector<T>& values, bool swapped = false) {
  std::string bytes;
  for (const T value : values) {
    std::string one(reinterpret_cast<const char*>(&value), sizeof(T));
    bytes += swapped ? std::string(one.rbegin(), one.rend()) : one;
  }
  return bytes;
}

inline std::string gzip(const std::string& bytes) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

inline std::string bigEndian32(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 0xff);
  return bytes;
}

inline std::string idxFile(const std::vector<std::uint32_t>& sizes, const std::string& values, int type = 8) {
  std::string bytes{'\0', '\0', static_cast<char>(type), static_cast<char>(sizes.size())};
  for (const std::uint32_t size : sizes) bytes += bigEndian32(size);
  return bytes + values;
}

inline std::string little(std::uint32_t value, int bytes) {
  std::string result;
  for (int i = 0; i < bytes; ++i) result += static_cast<char>(value >> (8 * i) & 0xff);
  return result;
}

struct ZipEntry {
  std::string name, bytes;
  bool deflated = false;
  std::uint32_t claimedSize = 0;  ///< 0: the true one
};

/// A zip archive, after APPNOTE.TXT: local headers with their data, the central directory, its end.
inline std::string zipFile(const std::vector<ZipEntry>& entries) {
  std::string archive, directory;
  for (const ZipEntry& entry : entries) {
    // A gzip stream of zlib is a 10-byte header, the deflated data, checksum and length.
    const std::string packed = gzip(entry.bytes);
    const std::string data = entry.deflated ? packed.substr(10, packed.size() - 18) : entry.bytes;
    const auto checksum = static_cast<std::uint32_t>(
        crc32(0, reinterpret_cast<const Bytef*>(entry.bytes.data()), static_cast<uInt>(entry.bytes.size())));
    const auto size = entry.claimedSize ? entry.claimedSize : static_cast<std::uint32_t>(entry.bytes.size());
    const std::string common = little(20, 2) + little(0, 2) + little(entry.deflated ? 8 : 0, 2) +
                               little(0, 4) + little(checksum, 4) +
                               little(static_cast<std::uint32_t>(data.size()), 4) + little(size, 4) +
                               little(static_cast<std::uint32_t>(entry.name.size()), 2) + little(0, 2);
    directory += "PK\x01\x02" + little(20, 2) + common + little(0, 2) + little(0, 2) + little(0, 2) +
                 little(0, 4) + little(static_cast<std::uint32_t>(archive.size()), 4) + entry.name;
    archive += "PK\x03\x04" + common + entry.name + data;
  }
  const auto count = static_cast<std::uint32_t>(entries.size());
  return archive + directory + "PK\x05\x06" + little(0, 4) + little(count, 2) + little(count, 2) +
         little(static_cast<std::uint32_t>(directory.size()), 4) +
         little(static_cast<std::uint32_t>(archive.size()), 4) + little(0, 2);
}
