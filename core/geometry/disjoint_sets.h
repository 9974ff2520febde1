// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <numeric>
#include <vector>

namespace monge {

/// Union and find over 0..count-1; the least member names its set.
class DisjointSets {
 public:
  explicit DisjointSets(int count) : m_parent(count) { std::iota(m_parent.begin(), m_parent.end(), 0); }

  int size() const { return static_cast<int>(m_parent.size()); }
  /// A new member, alone.
  int add() {
    m_parent.push_back(size());
    return size() - 1;
  }
  /// Makes a member stand alone. To be asked for all members of a set, or none.
  void separate(int member) { m_parent[member] = member; }
  int find(int member) {
    while (m_parent[member] != member) member = m_parent[member] = m_parent[m_parent[member]];
    return member;
  }
  void unite(int a, int b) {
    a = find(a), b = find(b);
    m_parent[std::max(a, b)] = std::min(a, b);
  }

 private:
  std::vector<int> m_parent;
};

}  // namespace monge
