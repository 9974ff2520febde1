// SPDX-License-Identifier: GPL-3.0-or-later
// How numbers of a moment are written: cells of CSV, and arrays of NPZ.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/base/text.h"
#include "core/data/npz_writer.h"
#include "core/snapshot/arrays.h"

namespace monge {

/// Lines of cells with commas between them.
class CsvText {
 public:
  explicit CsvText(const std::string& header) : m_text(header + "\n") {}
  template <class... Cells>
  void addRow(const Cells&... cells) {
    (add(cells), ...);
    m_text.back() = '\n';
  }
  const std::string& text() const { return m_text; }

 private:
  void add(const std::string& text) { m_text += text + ","; }
  void add(double value) { add(numberText(value)); }
  void add(int value) { add(std::to_string(value)); }

  std::string m_text;
};

inline std::int64_t sizeOf(std::size_t size) {
  return static_cast<std::int64_t>(size);
}

template <class Value>
NamedArray column(const std::string& name, std::vector<Value> values) {
  const std::int64_t rows = sizeOf(values.size());
  return {name, {rows}, std::move(values)};
}

inline NamedArray column(const std::string& name, const VectorD& values) {
  return column(name, std::vector<double>(values.begin(), values.end()));
}

template <class Value>
NamedArray table(const std::string& name, std::int64_t columns, std::vector<Value> values) {
  const std::int64_t rows = sizeOf(values.size()) / columns;
  return {name, {rows, columns}, std::move(values)};
}

inline NamedArray table(const std::string& name, const RowsD& rows) {
  return table(name, rows.cols(), std::vector<double>(rows.data(), rows.data() + rows.size()));
}

/// One value of each facet, curve or point.
template <class Item, class Get>
auto each(const std::vector<Item>& items, Get get) {
  std::vector<std::decay_t<decltype(get(items[0]))>> values;
  values.reserve(items.size());
  for (const Item& item : items) values.push_back(get(item));
  return values;
}

/// Paths or polygons behind one another, as their starts and their points.
/// @param columns  coordinates to a point
template <class Item, class Get>
void addPaths(std::vector<NamedArray>& arrays, const std::string& name, int columns,
              const std::vector<Item>& items, Get path) {
  std::vector<std::int32_t> starts = {0};
  std::vector<double> points;
  for (const Item& item : items) {
    const std::vector<double>& one = path(item);
    points.insert(points.end(), one.begin(), one.end());
    starts.push_back(static_cast<std::int32_t>(points.size() / static_cast<std::size_t>(columns)));
  }
  arrays.push_back(column(name + "_starts", std::move(starts)));
  arrays.push_back(table(name + "_points", columns, std::move(points)));
}

/// Row of a kind in the order that docs/methods/brenier.md lists them in.
inline std::int32_t singularKind(const std::string& kind) {
  const char* const kinds[] = {"branch", "end", "boundary", "isolated"};
  return static_cast<std::int32_t>(std::find(std::begin(kinds), std::end(kinds), kind) - std::begin(kinds));
}

}  // namespace monge
