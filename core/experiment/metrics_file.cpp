// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/experiment/metrics_file.h"

#include <cerrno>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>

#include "core/base/append_file.h"
#include "core/base/error.h"
#include "core/base/files.h"

namespace monge {

namespace {

namespace fs = std::filesystem;

std::string text(const std::vector<std::string>& columns) {
  std::string line;
  for (const std::string& column : columns) line += (line.empty() ? "" : ",") + column;
  return line + "\n";
}

void appendCell(std::string& line, double value) {
  if (std::isnan(value)) return;
  char digits[32];
  line.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

std::string text(const RowsD& rows) {
  std::string lines;
  for (Eigen::Index i = 0; i < rows.rows(); ++i) {
    for (Eigen::Index j = 0; j < rows.cols(); ++j) {
      if (j > 0) lines += ',';
      appendCell(lines, rows(i, j));
    }
    lines += '\n';
  }
  return lines;
}

std::vector<std::string_view> cells(std::string_view line) {
  std::vector<std::string_view> list;
  for (std::size_t begin = 0; begin <= line.size();) {
    const std::size_t end = std::min(line.find(',', begin), line.size());
    list.push_back(line.substr(begin, end - begin));
    begin = end + 1;
  }
  return list;
}

/// Goes through the whole lines of a text.
class Lines {
 public:
  explicit Lines(std::string_view text) : m_text(text) {}
  bool next() {
    const std::size_t end = m_text.find('\n', m_end);
    if (end == std::string_view::npos) return false;
    line = m_text.substr(m_end, end - m_end);
    m_end = end + 1;
    ++number;
    return true;
  }
  std::size_t end() const { return m_end; }  ///< of the last line taken
  std::string_view line;
  int number = 0;

 private:
  std::string_view m_text;
  std::size_t m_end = 0;
};

double cellValue(std::string_view cell, const fs::path& file, int line) {
  if (cell.empty()) return std::numeric_limits<double>::quiet_NaN();
  double value = 0;
  const auto [rest, code] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (code != std::errc() || rest != cell.data() + cell.size())
    throw Error(file.string() + ", line " + std::to_string(line), std::string(cell.substr(0, 40)),
                "a number");
  return value;
}

std::string contents(const fs::path& file) {
  std::error_code ignored;
  return fs::exists(file, ignored) ? readFile(file) : std::string();
}

}  // namespace

void MetricsFile::append(const HistoryChunk& chunk) const {
  if (chunk.rows.rows() == 0) return;
  AppendFile file(m_file);
  file.dropTornLine();
  const std::string names = text(chunk.columns);
  if (file.size() == 0) return file.append(names + text(chunk.rows));
  const std::string found = file.firstLine();
  if (found + "\n" != names)
    throw Error(m_file.string(), "columns " + found, names.substr(0, names.size() - 1));
  file.append(text(chunk.rows));
}

HistoryChunk MetricsFile::read(std::int64_t lastIteration) const {
  HistoryChunk history;
  const std::string bytes = contents(m_file);
  Lines lines(bytes);
  if (!lines.next()) return history;
  for (const std::string_view name : cells(lines.line)) history.columns.emplace_back(name);
  const std::size_t width = history.columns.size();
  std::vector<double> values;
  while (lines.next()) {
    const std::vector<std::string_view> row = cells(lines.line);
    if (row.size() != width)
      throw Error(m_file.string() + ", line " + std::to_string(lines.number),
                  std::to_string(row.size()) + " cells", std::to_string(width));
    if (lastIteration >= 0 && cellValue(row[0], m_file, lines.number) > static_cast<double>(lastIteration))
      break;
    for (const std::string_view cell : row) values.push_back(cellValue(cell, m_file, lines.number));
  }
  const auto columns = static_cast<Eigen::Index>(width);
  history.rows = Eigen::Map<const RowsD>(values.data(), std::ssize(values) / columns, columns);
  return history;
}

void MetricsFile::truncate(std::int64_t lastIteration) const {
  const std::string bytes = contents(m_file);
  if (bytes.empty()) return;
  Lines lines(bytes);
  std::size_t keep = 0;
  lines.next();  // the names
  while (lines.next()) {
    const std::string_view first = lines.line.substr(0, lines.line.find(','));
    if (cellValue(first, m_file, lines.number) > static_cast<double>(lastIteration)) break;
    keep = lines.end();
  }
  if (keep < bytes.size()) AppendFile(m_file).cut(keep);
}

}  // namespace monge
