// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/readers.h"

#include <algorithm>
#include <bit>
#include <fstream>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/text.h"
#include "core/data/choices.h"
#include "core/data/npy.h"
#include "core/data/reading.h"

namespace monge {
namespace {

namespace fs = std::filesystem;

std::string firstBytes(const fs::path& file) {
  std::string bytes(8, '\0');
  std::ifstream in(file, std::ios::binary);
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  return bytes;
}

std::string lowerCaseExtension(const fs::path& file) {
  std::string extension = file.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return extension;
}

bool isText(const std::string& extension) {
  return extension == ".csv" || extension == ".tsv" || extension == ".txt";
}

bool looksLikeIdx(const fs::path& file, const std::string& start) {
  const bool magic = start.size() >= 4 && start[0] == 0 && start[1] == 0 && start[2] == 8;
  return magic || start.starts_with("\x1f\x8b") ||
         file.filename().string().find("-ubyte") != std::string::npos;
}

std::string csvName(const std::string& name) {
  if (name.find_first_of(",;\"\t\n ") == std::string::npos) return name;
  std::string result = "\"";
  for (const char c : name) result += c == '"' ? std::string("\"\"") : std::string(1, c);
  return result + "\"";
}

std::string csvHeader(const Dataset& set) {
  std::string text;
  for (int column = 0; column < set.dimension(); ++column) {
    const std::string name = set.columns.empty() ? "x" + std::to_string(column + 1)
                                                 : set.columns[static_cast<std::size_t>(column)];
    text += (column ? "," : "") + csvName(name);
  }
  return text + (set.labels.empty() ? "\n" : ",label\n");
}

void requireFile(const fs::path& file, const std::string& expectation) {
  std::error_code code;
  const fs::file_status status = fs::status(file, code);
  if (!fs::exists(status)) throw Error(file.string(), "no such file", expectation);
  if (fs::is_directory(status)) throw Error(file.string(), "is a folder", expectation);
}

}  // namespace

NumberTable readNumbers(const fs::path& file, const std::string& array) {
  requireFile(file, "a file with numbers");
  const std::string start = firstBytes(file), extension = lowerCaseExtension(file);
  NumberTable table;
  if (extension == ".npy" || start.starts_with("\x93NUMPY"))
    table = reading::npyNumbers(file);
  else if (extension == ".npz" || start.starts_with("PK"))
    table = reading::npzNumbers(file, array);
  else if (isText(extension))
    table = reading::csvNumbers(file);
  else
    throw Error(file.string(), "a kind of file that is not known here",
                "numbers as .csv, .tsv, .txt, .npy or .npz");
  if (table.values.size() == 0) throw Error(file.string(), "no numbers", "at least one row");
  for (Eigen::Index row = 0; row < table.values.rows(); ++row)
    if (!table.values.row(row).allFinite())
      throw Error(file.string() + ", row " + std::to_string(row + 1), "a value that is not finite",
                  "finite numbers");
  return table;
}

DataChoices dataChoices(const fs::path& file) {
  try {
    requireFile(file, "a file with points or images");
    const std::string start = firstBytes(file), extension = lowerCaseExtension(file);
    if (extension == ".npz" || start.starts_with("PK")) return reading::npzChoices(file);
    if (isText(extension) && !looksLikeIdx(file, start)) return reading::csvChoices(file);
  } catch (const Error&) {
    // The reader will say it, at the time when the file is read.
  }
  return {};
}

Dataset readDataset(const fs::path& file, const ReadOptions& options) {
  requireFile(file, "a file with points or images");
  const std::string start = firstBytes(file);
  const std::string extension = lowerCaseExtension(file);
  if (extension == ".npy") return readNpy(file, options);
  if (extension == ".npz") return readNpz(file, options);
  if (looksLikeIdx(file, start)) return readIdx(file, options);
  if (start.starts_with("\x93NUMPY")) return readNpy(file, options);
  if (start.starts_with("PK")) return readNpz(file, options);
  if (isText(extension)) return readCsv(file, options);
  throw Error(file.string(), "a kind of file that is not known here",
              "points as .csv, .tsv, .txt, .npy or .npz, or images as IDX");
}

void writeNpy(const fs::path& file, const RowsF& rows) {
  static_assert(std::endian::native == std::endian::little, "the rows are written as they lie in memory");
  std::string bytes = npy::headerBytes("<f4", {rows.rows(), rows.cols()});
  bytes.append(reinterpret_cast<const char*>(rows.data()),
               static_cast<std::size_t>(rows.size()) * sizeof(float));
  writeFileAtomically(file, bytes);
}

void writeCsv(const fs::path& file, const Dataset& set) {
  std::string text;
  if (!set.columns.empty() || !set.labels.empty()) text = csvHeader(set);
  for (Eigen::Index row = 0; row < set.rows.rows(); ++row) {
    for (Eigen::Index column = 0; column < set.rows.cols(); ++column) {
      if (column) text += ',';
      text += numberText(set.rows(row, column));
    }
    if (!set.labels.empty()) text += "," + csvName(set.labelText(set.labels[static_cast<std::size_t>(row)]));
    text += '\n';
  }
  writeFileAtomically(file, text);
}

}  // namespace monge
