// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/experiment/nearest.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace monge {

namespace {

/// Levenshtein's distance, one row of its table at a time.
std::size_t edits(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string nearest(const std::string& name, const std::vector<std::string>& known) {
  if (name.size() > 64) return "";
  std::string best;
  std::size_t fewest = std::max<std::size_t>(3, name.size() / 3 + 1);  // one more than what is near enough
  for (const std::string& candidate : known) {
    const std::size_t count = edits(name, candidate);
    if (count < fewest) {
      fewest = count;
      best = candidate;
    }
  }
  return best;
}

std::string joined(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
  return list;
}

std::string suggestion(const std::string& name, const std::vector<std::string>& known) {
  const std::string close = nearest(name, known);
  return close.empty() ? "one of " + joined(known) : close + " perhaps";
}

}  // namespace monge
