// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/ply.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/data/reading.h"

namespace monge {
namespace {

/// The file line by line, each as its words.
class PlyLines {
 public:
  PlyLines(const std::filesystem::path& file, std::string_view bytes)
      : m_file(file.string()), m_rest(bytes) {}

  /// The words of the next line that has some.
  const std::vector<std::string_view>& next() {
    do {
      if (m_rest.empty())
        throw Error(m_file, "an end after line " + std::to_string(m_number), "what the header announces");
      const std::size_t end = std::min(m_rest.find('\n'), m_rest.size());
      cut(m_rest.substr(0, end));
      m_rest.remove_prefix(std::min(end + 1, m_rest.size()));
      ++m_number;
    } while (m_words.empty());
    return m_words;
  }

  [[noreturn]] void refuse(const std::string& found, const std::string& expectation) const {
    throw Error(m_file + ", line " + std::to_string(m_number), found, expectation);
  }

  template <class Number>
  Number number(std::string_view word, const std::string& expectation) const {
    Number value{};
    const auto [end, code] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (code != std::errc{} || end != word.data() + word.size()) refuse(reading::quoted(word), expectation);
    return value;
  }

  std::size_t bytesLeft() const { return m_rest.size(); }

 private:
  void cut(std::string_view line) {
    constexpr std::string_view kBlanks = " \t\r";
    m_words.clear();
    for (std::size_t at = line.find_first_not_of(kBlanks); at != std::string_view::npos;) {
      const std::size_t end = std::min(line.find_first_of(kBlanks, at), line.size());
      m_words.push_back(line.substr(at, end - at));
      at = line.find_first_not_of(kBlanks, end);
    }
  }

  std::string m_file;
  std::string_view m_rest;
  std::vector<std::string_view> m_words;
  std::size_t m_number = 0;
};

struct Header {
  std::int64_t vertices = -1, faces = -1;
  std::vector<std::string> properties;
  bool hasCorners = false;  ///< the faces' list, which comes first in each line
};

std::int64_t countFrom(const PlyLines& lines, std::string_view word) {
  const auto count = lines.number<std::int64_t>(word, "a whole number of elements");
  // Each takes a line of two bytes at least.
  if (count < 0 || static_cast<std::uint64_t>(count) > lines.bytesLeft() / 2)
    lines.refuse(std::to_string(count) + " elements", "no more than the rest of the file has room for");
  return count;
}

void readFormat(PlyLines& lines) {
  const auto& magic = lines.next();
  if (magic.size() != 1 || magic[0] != "ply") lines.refuse(reading::quoted(magic[0]), "ply");
  const auto& format = lines.next();
  if (format.size() != 3 || format[0] != "format")
    lines.refuse(reading::quoted(format[0]), "format ascii 1.0");
  if (format[1] != "ascii") lines.refuse("a " + std::string(format[1]) + " file", "format ascii 1.0");
}

void readElement(const PlyLines& lines, const std::vector<std::string_view>& words, Header& header) {
  const std::string element(words[1]);
  if (element == "vertex") {
    header.vertices = countFrom(lines, words[2]);
  } else if (header.vertices < 0 || (header.faces < 0 && element != "face")) {
    lines.refuse("element " + element, "element vertex, then element face");
  } else if (element == "face") {
    header.faces = countFrom(lines, words[2]);
  }
}

void readProperty(const PlyLines& lines, const std::vector<std::string_view>& words, Header& header) {
  const bool isList = words.size() == 5 && words[1] == "list";
  if (header.faces < 0 && header.vertices >= 0 && words.size() == 3) {
    header.properties.emplace_back(words[2]);
  } else if (header.faces < 0 || (!header.hasCorners && !isList)) {
    lines.refuse("a property that is out of place", "scalars for a vertex, first a list for a face");
  } else {
    header.hasCorners = true;
  }
}

Header readHeader(PlyLines& lines) {
  readFormat(lines);
  Header header;
  while (true) {
    const auto& words = lines.next();
    if (words[0] == "end_header") break;
    if (words[0] == "element" && words.size() == 3)
      readElement(lines, words, header);
    else if (words[0] == "property")
      readProperty(lines, words, header);
    else if (words[0] != "comment" && words[0] != "obj_info")
      lines.refuse(reading::quoted(words[0]), "element, property, comment or end_header");
  }
  if (!header.hasCorners) lines.refuse("no faces with corners", "element face and its list of corners");
  return header;
}

void readVertices(PlyLines& lines, const Header& header, PlyMesh& mesh) {
  const auto columns = static_cast<Eigen::Index>(header.properties.size());
  mesh.vertices.resize(header.vertices, columns);
  for (Eigen::Index row = 0; row < header.vertices; ++row) {
    const auto& words = lines.next();
    if (static_cast<Eigen::Index>(words.size()) != columns)
      lines.refuse(std::to_string(words.size()) + " numbers",
                   std::to_string(columns) + ", as the header says");
    for (Eigen::Index column = 0; column < columns; ++column) {
      mesh.vertices(row, column) = lines.number<double>(words[column], "a number");
      if (!std::isfinite(mesh.vertices(row, column)))
        lines.refuse(reading::quoted(words[column]), "a finite number");
    }
  }
}

void readFaces(PlyLines& lines, const Header& header, PlyMesh& mesh) {
  for (std::int64_t row = 0; row < header.faces; ++row) {
    const auto& words = lines.next();
    const auto count = lines.number<std::size_t>(words[0], "a number of corners");
    if (count < 3 || words.size() - 1 < count)
      lines.refuse(std::to_string(words.size() - 1) + " corners of " + reading::quoted(words[0]),
                   "as many as the line begins with, 3 at least");
    std::vector<int> face;
    for (std::size_t at = 1; at <= count; ++at) {
      face.push_back(lines.number<int>(words[at], "a row of the vertices"));
      if (face.back() < 0 || face.back() >= header.vertices)
        lines.refuse(std::to_string(face.back()),
                     "a row of the vertices, 0 to " + std::to_string(header.vertices - 1));
    }
    mesh.faces.push_back(std::move(face));
  }
}

}  // namespace

Eigen::Index PlyMesh::column(const std::string& property) const {
  const auto found = std::find(properties.begin(), properties.end(), property);
  return found == properties.end() ? -1 : found - properties.begin();
}

PlyMesh readPly(const std::filesystem::path& file) {
  const std::string bytes = readFile(file);
  if (bytes.empty()) throw Error(file.string(), "an empty file", "a PLY mesh");
  PlyLines lines(file, bytes);
  const Header header = readHeader(lines);
  PlyMesh mesh;
  mesh.properties = header.properties;
  readVertices(lines, header, mesh);
  readFaces(lines, header, mesh);
  return mesh;
}

}  // namespace monge
