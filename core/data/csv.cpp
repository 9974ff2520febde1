// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <charconv>
#include <cmath>
#include <unordered_map>
#include <vector>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/data/readers.h"
#include "core/data/reading.h"

namespace monge {
namespace {

/// One cell as it stands in the file, without its quotes and the blanks around it.
struct Cell {
  std::string_view text;
  std::size_t column = 0;  ///< from 1
};

bool isBlank(char c) {
  return c == ' ' || c == '\t';
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && isBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && isBlank(text.back())) text.remove_suffix(1);
  return text;
}

/// The lines that hold cells: no empty ones, no comments. Knows the number of the line it stands on.
class Lines {
 public:
  explicit Lines(std::string_view bytes) : m_rest(bytes) {}
  std::size_t number() const { return m_number; }
  bool next(std::string_view& line) {
    while (!m_rest.empty()) {
      const std::size_t end = m_rest.find('\n');
      line = m_rest.substr(0, end);
      m_rest.remove_prefix(end == std::string_view::npos ? m_rest.size() : end + 1);
      ++m_number;
      if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
      const std::string_view content = trimmed(line);
      if (!content.empty() && content.front() != '#') return true;
    }
    return false;
  }

 private:
  std::string_view m_rest;
  std::size_t m_number = 0;
};

/// The separator of the whole file, from its first line: the rarer sign wins, blanks are the last resort.
char separatorOf(std::string_view line) {
  bool inQuotes = false;
  std::string plain;
  for (const char c : line) {
    if (c == '"') inQuotes = !inQuotes;
    if (!inQuotes) plain += c;
  }
  plain = trimmed(plain);
  for (const char separator : {'\t', ';', ','}) {
    if (plain.find(separator) != std::string::npos) return separator;
  }
  return ' ';
}

/// Cuts one line into cells.
class CellReader {
 public:
  CellReader(std::string file, char separator) : m_file(std::move(file)), m_separator(separator) {}

  std::string where(std::size_t line, std::size_t column) const {
    return m_file + ", line " + std::to_string(line) + ", column " + std::to_string(column);
  }

  void cut(std::string_view line, std::size_t number, std::vector<Cell>& cells) const {
    cells.clear();
    line = m_separator == ' ' ? trimmed(line) : line;
    for (;;) {
      const std::size_t column = cells.size() + 1;
      while (!line.empty() && isBlank(line.front()) && line.front() != m_separator) line.remove_prefix(1);
      const bool isQuoted = !line.empty() && line.front() == '"';
      const std::string_view text = isQuoted ? takeQuoted(line, where(number, column)) : takePlain(line);
      cells.push_back({text, column});
      if (line.empty()) return;
      line.remove_prefix(1);
      if (m_separator == ' ') line = trimmed(line);
    }
  }

 private:
  bool separates(char c) const { return m_separator == ' ' ? isBlank(c) : c == m_separator; }

  std::string_view takePlain(std::string_view& line) const {
    const auto end = std::find_if(line.begin(), line.end(), [this](char c) { return separates(c); });
    const std::string_view text = line.substr(0, static_cast<std::size_t>(end - line.begin()));
    line.remove_prefix(text.size());
    return trimmed(text);
  }

  /// Up to the closing quote; a doubled quote stays doubled until somebody needs the name.
  std::string_view takeQuoted(std::string_view& line, const std::string& at) const {
    std::size_t end = 1;
    while (end < line.size() && (line[end] != '"' || (end + 1 < line.size() && line[end + 1] == '"'))) {
      end += line[end] == '"' ? 2 : 1;
    }
    if (end >= line.size())
      throw Error(at, "a quote that is not closed", "the closing quote on the same line");
    const std::string_view text = line.substr(1, end - 1);
    line.remove_prefix(end + 1);
    while (!line.empty() && isBlank(line.front()) && !separates(line.front())) line.remove_prefix(1);
    if (!line.empty() && !separates(line.front())) {
      throw Error(at, "text after the closing quote", "a separator or the end of the line");
    }
    return text;
  }

  std::string m_file;
  char m_separator;
};

std::from_chars_result parse(std::string_view text, double& value) {
  if (text.size() > 1 && text.front() == '+' && text[1] != '-') text.remove_prefix(1);
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec == std::errc{} && result.ptr != text.data() + text.size()) {
    return {result.ptr, std::errc::invalid_argument};
  }
  return result;
}

bool isNumber(std::string_view text) {
  double value = 0;
  return parse(text, value).ec != std::errc::invalid_argument;
}

std::string whatIsWrong(std::string_view text) {
  if (text.empty()) return "an empty cell";
  std::string point(text);
  std::replace(point.begin(), point.end(), ',', '.');
  if (point != text && isNumber(point)) return reading::quoted(text) + " with a decimal comma";
  return reading::quoted(text);
}

enum class Precision { Single, Double };

/// What else a word in a file with a header may be meant as.
constexpr const char* kOrLabels = ", or a column named as the labels";

double number(std::string_view text, const std::string& where, Precision precision, const char* orElse = "") {
  double value = 0;
  const auto result = parse(text, value);
  if (result.ec == std::errc::invalid_argument)
    throw Error(where, whatIsWrong(text), std::string("a number, e.g. -1.5e-3") + orElse);
  const bool single = precision == Precision::Single;
  const bool fits = result.ec == std::errc{} && std::isfinite(single ? static_cast<float>(value) : value);
  if (!fits)
    throw Error(where, reading::quoted(text),
                single ? "a finite number in single precision" : "a finite number");
  return value;
}

/// A doubled quote is one.
std::string unquoted(std::string_view text) {
  std::string name;
  for (std::size_t i = 0; i < text.size(); ++i) {
    name += text[i];
    if (text[i] == '"' && i + 1 < text.size() && text[i + 1] == '"') ++i;
  }
  return name;
}

/// Collects the cells of a file into rows and labels.
class Table {
 public:
  Table(std::string file, std::string labels, Precision precision)
      : m_file(std::move(file)), m_labelName(std::move(labels)), m_precision(precision) {}

  void setHeader(const std::vector<Cell>& cells) {
    for (const Cell& cell : cells) m_names.push_back(unquoted(cell.text));
  }

  /// To be called once, after the header if there is one.
  void start(std::size_t width) {
    m_width = width;
    if (m_labelName.empty()) return;
    const auto found = std::find(m_names.begin(), m_names.end(), m_labelName);
    if (found == m_names.end()) {
      std::string known;
      for (const std::string& name : m_names)
        known += (known.empty() ? "one of " : ", ") + reading::quoted(name);
      throw Error(m_file, "no column " + reading::quoted(m_labelName),
                  m_names.empty() ? "a header that names it" : known);
    }
    m_labelColumn = static_cast<std::size_t>(found - m_names.begin()) + 1;
    m_names.erase(found);
  }

  void add(const std::vector<Cell>& cells, std::size_t line, const CellReader& reader) {
    if (cells.size() != m_width) {
      throw Error(m_file + ", line " + std::to_string(line),
                  reading::counted(static_cast<std::int64_t>(cells.size()), "cell"),
                  std::to_string(m_width) + " as in the lines before");
    }
    for (const Cell& cell : cells) {
      const std::string where = reader.where(line, cell.column);
      if (cell.column == m_labelColumn) {
        addLabel(cell.text, where);
      } else {
        m_values.push_back(number(cell.text, where, m_precision, m_names.empty() ? "" : kOrLabels));
      }
    }
    ++m_rows;
  }

  NumberTable takeNumbers() { return {values(), std::move(m_names)}; }

  Dataset take() {
    Dataset set;
    set.rows = values().cast<float>();
    set.columns = std::move(m_names);
    if (m_labelsAreNames) {
      nameClasses(set);
    } else {
      set.labels = std::move(m_labels);
    }
    return set;
  }

 private:
  /// Whole numbers are labels as they stand; one word among them and all are names of classes.
  void addLabel(std::string_view text, const std::string& where) {
    if (text.empty()) throw Error(where, whatIsWrong(text), "a label: a whole number or a name");
    m_labelTexts.push_back(unquoted(text));
    if (!isNumber(text)) m_labelsAreNames = true;
    if (!m_labelsAreNames) m_labels.push_back(reading::label(number(text, where, Precision::Double), where));
  }

  /// Classes count from 0 in the order in which the file first names them.
  void nameClasses(Dataset& set) {
    std::unordered_map<std::string, int> known;
    for (const std::string& text : m_labelTexts) {
      const auto [place, isNew] = known.try_emplace(text, static_cast<int>(set.classes.size()));
      if (isNew) set.classes.push_back(text);
      set.labels.push_back(place->second);
    }
  }

  Eigen::Map<const RowsD> values() const {
    const std::size_t columns = m_width - (m_labelColumn > 0 ? 1 : 0);
    return {m_values.data(), m_rows, static_cast<Eigen::Index>(columns)};
  }

  std::string m_file, m_labelName;
  Precision m_precision;
  std::vector<std::string> m_names;
  std::size_t m_width = 0, m_labelColumn = 0;  // columns count from 1; 0: none
  Eigen::Index m_rows = 0;
  std::vector<double> m_values;
  std::vector<int> m_labels;
  std::vector<std::string> m_labelTexts;
  bool m_labelsAreNames = false;
};

std::string readText(const std::filesystem::path& file) {
  std::string bytes = readFile(file);
  if (bytes.empty()) throw Error(file.string(), "the file is empty", "points, one a line");
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.erase(0, 3);  // the byte order mark that spreadsheets write
  const bool utf16 = bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF");
  if (utf16 || bytes.find('\0') != std::string::npos) {
    throw Error(file.string(), utf16 ? "UTF-16 text" : "binary data", "text in UTF-8 or ASCII");
  }
  return bytes;
}

Table readTable(const std::filesystem::path& file, const std::string& labels, Precision precision) {
  const std::string bytes = readText(file);
  Lines lines(bytes);
  std::string_view line;
  if (!lines.next(line)) throw Error(file.string(), "no points", "points, one a line");

  const CellReader reader(file.string(), separatorOf(line));
  Table table(file.string(), labels, precision);
  std::vector<Cell> cells;
  reader.cut(line, lines.number(), cells);
  // A first line without a single number is a header; one with some numbers is a line with a text cell.
  const bool header =
      std::none_of(cells.begin(), cells.end(), [](const Cell& c) { return isNumber(c.text); });
  if (header) table.setHeader(cells);
  table.start(cells.size());
  if (!header) table.add(cells, lines.number(), reader);
  while (lines.next(line)) {
    reader.cut(line, lines.number(), cells);
    table.add(cells, lines.number(), reader);
  }
  return table;
}

}  // namespace

Dataset readCsv(const std::filesystem::path& file, const ReadOptions& options) {
  return reading::finished(readTable(file, options.labels, Precision::Single).take(), file);
}

DataChoices reading::csvChoices(const std::filesystem::path& file) {
  const std::string bytes = readText(file);
  Lines lines(bytes);
  std::string_view line;
  if (!lines.next(line)) return {};
  const CellReader reader(file.string(), separatorOf(line));
  std::vector<Cell> names, first;
  reader.cut(line, lines.number(), names);
  const auto isValue = [](const Cell& cell) { return isNumber(cell.text); };
  if (names.size() < 2 || std::any_of(names.begin(), names.end(), isValue)) return {};
  if (!lines.next(line)) return {};
  reader.cut(line, lines.number(), first);

  DataChoices choices;
  for (const Cell& cell : names) choices.labels.push_back(unquoted(cell.text));
  const auto word = std::find_if_not(first.begin(), first.end(), isValue);
  choices.suggested.labels = word != first.end() && word->column <= names.size()
                                 ? choices.labels[word->column - 1]
                                 : reading::usualLabels(choices.labels);
  return choices;
}

NumberTable reading::csvNumbers(const std::filesystem::path& file) {
  return readTable(file, {}, Precision::Double).takeNumbers();
}

}  // namespace monge
