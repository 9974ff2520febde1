// SPDX-License-Identifier: GPL-3.0-or-later
#include <zip.h>

#include <algorithm>
#include <memory>

#include "core/base/error.h"
#include "core/data/npy.h"
#include "core/data/readers.h"
#include "core/data/reading.h"

namespace monge {
namespace {

struct Entry {
  zip_uint64_t index = 0;
  zip_uint64_t size = 0;  ///< claimed, unpacked
  std::string name;       ///< without .npy
  npy::Header header;
};

using EntryFile = std::unique_ptr<zip_file_t, decltype(&zip_fclose)>;

/// An NPZ file: a zip of NPY arrays. Only the arrays asked for are unpacked.
class Archive {
 public:
  explicit Archive(const std::filesystem::path& file) : m_file(file.string()), m_zip(nullptr, zip_discard) {
    int code = 0;
    m_zip.reset(zip_open(m_file.c_str(), ZIP_RDONLY, &code));
    if (m_zip) return;
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    const std::string reason = zip_error_strerror(&error);
    zip_error_fini(&error);
    throw Error(m_file, "cannot be opened as NPZ: " + reason, "a zip archive of NPY arrays");
  }

  const std::string& file() const { return m_file; }
  std::string subject(const std::string& name) const { return m_file + ", array " + reading::quoted(name); }

  /// Headers of all arrays. Those of objects or text are left out: a file may carry them beside its points.
  std::vector<Entry> entries() const {
    std::vector<Entry> result;
    const zip_int64_t count = zip_get_num_entries(m_zip.get(), 0);
    for (zip_int64_t index = 0; index < count; ++index) {
      zip_stat_t stat;
      const auto place = static_cast<zip_uint64_t>(index);
      if (zip_stat_index(m_zip.get(), place, 0, &stat) != 0 || !(stat.valid & ZIP_STAT_NAME))
        fail("a directory");
      std::string name = stat.name;
      if (!name.ends_with(".npy") || !(stat.valid & ZIP_STAT_SIZE)) continue;
      name.resize(name.size() - 4);
      Entry entry{place, stat.size, name, {}};
      try {
        entry.header = npy::parseHeader(read(entry, npy::kMaxHeader), subject(name));
      } catch (const Error& error) {
        m_refused = m_refused.empty() ? error.what() : m_refused;
        continue;
      }
      result.push_back(std::move(entry));
    }
    return result;
  }

  /// Why the first array that was left out could not be taken, or empty.
  const std::string& refused() const { return m_refused; }

  /// At most `most` bytes of an entry. Memory grows with what is really unpacked.
  std::string read(const Entry& entry, zip_uint64_t most) const {
    const EntryFile opened(zip_fopen_index(m_zip.get(), entry.index, 0), zip_fclose);
    if (!opened) fail(zip_strerror(m_zip.get()));
    std::string bytes, block(1u << 18, '\0');
    while (bytes.size() < most) {
      const zip_uint64_t room = std::min<zip_uint64_t>(block.size(), most - bytes.size());
      const zip_int64_t got = zip_fread(opened.get(), block.data(), room);
      if (got < 0) fail(zip_file_strerror(opened.get()));
      if (got == 0) break;
      bytes.append(block.data(), static_cast<std::size_t>(got));
    }
    return bytes;
  }

  /// The whole entry. A claim that no array of the shape in its header can have is refused before it is
  /// unpacked.
  std::string readWhole(const Entry& entry) const {
    const auto limit = static_cast<zip_uint64_t>(kMaxDatasetBytes);
    if (entry.size > limit) {
      throw Error(subject(entry.name), "claims " + std::to_string(entry.size) + " bytes",
                  "at most " + std::to_string(limit));
    }
    return read(entry, entry.size + 1);
  }

 private:
  [[noreturn]] void fail(const std::string& reason) const {
    throw Error(m_file, "the archive is damaged: " + reason, "a whole NPZ file");
  }

  std::string m_file;
  std::unique_ptr<zip_t, decltype(&zip_discard)> m_zip;
  mutable std::string m_refused;
};

std::string list(const std::vector<Entry>& entries) {
  std::string text;
  for (const Entry& entry : entries) {
    text += (text.empty() ? "" : ", ") + entry.name + " (" + npy::shapeText(entry.header) + ")";
  }
  return text;
}

const Entry& named(const Archive& archive, const std::vector<Entry>& entries, const std::string& name) {
  const auto found =
      std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.name == name; });
  if (found == entries.end()) {
    throw Error(archive.file(), "no array " + reading::quoted(name), "one of " + list(entries));
  }
  return *found;
}

/// The only array of rank 2, else the only one of rank 1.
const Entry& onlyOne(const Archive& archive, const std::vector<Entry>& entries, const std::string& labels) {
  for (const int rank : {2, 1}) {
    const Entry* found = nullptr;
    int count = 0;
    for (const Entry& entry : entries) {
      if (entry.header.rank() != rank || entry.name == labels) continue;
      found = &entry;
      ++count;
    }
    if (count == 1) return *found;
    if (count > 1) throw Error(archive.file(), "several arrays: " + list(entries), "the name of one of them");
  }
  throw Error(archive.file(), "no array of rank 1 or 2 among: " + list(entries), "points x coordinates");
}

std::vector<Entry> someEntries(const Archive& archive) {
  std::vector<Entry> entries = archive.entries();
  if (entries.empty()) {
    throw Error(archive.file(), archive.refused().empty() ? "no arrays" : archive.refused(),
                "an array of numbers");
  }
  return entries;
}

const Entry& chosen(const Archive& archive, const std::vector<Entry>& entries, const std::string& array,
                    const std::string& labels) {
  return array.empty() ? onlyOne(archive, entries, labels) : named(archive, entries, array);
}

}  // namespace

Dataset readNpz(const std::filesystem::path& file, const ReadOptions& options) {
  const Archive archive(file);
  const std::vector<Entry> entries = someEntries(archive);
  const Entry& entry = chosen(archive, entries, options.array, options.labels);
  Dataset set;
  set.rows = npy::rows(entry.header, archive.readWhole(entry), archive.subject(entry.name));
  if (!options.labels.empty()) {
    const Entry& labels = named(archive, entries, options.labels);
    set.labels = npy::labels(labels.header, archive.readWhole(labels), archive.subject(labels.name));
    if (set.labels.size() != static_cast<std::size_t>(set.size())) {
      throw Error(archive.subject(labels.name), std::to_string(set.labels.size()) + " labels",
                  std::to_string(set.size()) + ", one a point");
    }
  }
  return reading::finished(std::move(set), file);
}

DataChoices reading::npzChoices(const std::filesystem::path& file) {
  const Archive archive(file);
  DataChoices choices;
  for (const Entry& entry : archive.entries()) {
    const bool isWhole = entry.header.kind == 'i' || entry.header.kind == 'u';
    if (entry.header.rank() == 1 && isWhole) choices.labels.push_back(entry.name);
    if (entry.header.rank() == 2) choices.arrays.push_back(entry.name);
  }
  if (!choices.arrays.empty()) choices.suggested.array = choices.arrays.front();
  choices.suggested.labels = reading::usualLabels(choices.labels);
  return choices;
}

NumberTable reading::npzNumbers(const std::filesystem::path& file, const std::string& array) {
  const Archive archive(file);
  const std::vector<Entry> entries = someEntries(archive);
  const Entry& entry = chosen(archive, entries, array, {});
  return {npy::numbers(entry.header, archive.readWhole(entry), archive.subject(entry.name)), {}};
}

}  // namespace monge
