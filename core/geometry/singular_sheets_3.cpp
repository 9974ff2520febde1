// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/singular_sheets_3.h"

#include <algorithm>
#include <numbers>
#include <tuple>

#include "core/geometry/disjoint_sets.h"

namespace monge {
namespace {

using Meeting = SingularSheets3::Meeting;

/// Facets, edges and vertices of the complex at which something is singular, each numbered by its row.
struct Rows {
  std::vector<int> facets, edges, vertices;
};

Rows rowsOf(const PowerComplex3& complex, const std::vector<char>& isSingular) {
  const auto any = [&](const auto& facets) {
    return std::any_of(facets.begin(), facets.end(), [&](int row) { return isSingular[row] != 0; });
  };
  Rows rows;
  for (std::size_t row = 0; row < complex.facets.size(); ++row)
    if (isSingular[row]) rows.facets.push_back(static_cast<int>(row));
  for (std::size_t row = 0; row < complex.edges.size(); ++row)
    if (any(complex.edges[row].facets)) rows.edges.push_back(static_cast<int>(row));
  for (std::size_t row = 0; row < complex.vertices.size(); ++row)
    if (any(facetsAt(complex, complex.vertices[row]))) rows.vertices.push_back(static_cast<int>(row));
  return rows;
}

/// A sheet as far as it decides whether it stays.
struct Candidate {
  int name = -1;  ///< the facet that stands for it
  double area = 0, weightedWidth = 0, tear = 0;
  bool hasBorder = false, hasJunction = false, meetsDomain = false;

  bool isSmall(double squaredWidths) const {
    return area * area * area <= squaredWidths * weightedWidth * weightedWidth;
  }
};

class SheetJoiner {
 public:
  SheetJoiner(const PowerComplex3& complex, const SingularFacets3& facets, const SingularSizes3& sizes)
      : m_complex(complex),
        m_facets(facets),
        m_sizes(sizes),
        m_rows(rowsOf(complex, facets.isSingular)),
        m_isIn(facets.isSingular),
        m_isHeld(complex.edges.size(), false),
        m_joined(static_cast<int>(complex.facets.size())) {
    m_sheets.meetings.assign(complex.edges.size(), Meeting::None);
    m_sheets.sheetOf.assign(complex.facets.size(), -1);
    join();
  }

  void simplify() {
    while (dropSmallest()) join();
  }

  SingularSheets3 take() {
    for (const int row : m_rows.facets) {
      if (!m_isIn[row]) continue;
      const int name = m_joined.find(row);
      if (name == row) m_sheets.sheetOf[row] = m_sheets.count++;
      m_sheets.sheetOf[row] = m_sheets.sheetOf[name];
    }
    return std::move(m_sheets);
  }

 private:
  void join() {
    for (const int row : m_rows.facets) m_joined.separate(row);
    for (const int row : m_rows.edges) {
      int in[3], count = 0;
      for (const int facet : m_complex.edges[row].facets)
        if (m_isIn[facet]) in[count++] = facet;
      const bool meet = count == 3 || (count == 2 && m_isHeld[row]);
      m_sheets.meetings[row] = meet ? Meeting::Junction : count == 1 ? Meeting::Border : Meeting::None;
      if (count == 2 && !meet) m_joined.unite(in[0], in[1]);
    }
  }

  std::vector<Candidate> candidates() {
    std::vector<int> at(m_complex.facets.size(), -1);
    std::vector<Candidate> found;
    for (const int row : m_rows.facets) {
      if (!m_isIn[row]) continue;
      const int name = m_joined.find(row);
      if (at[name] < 0) {
        at[name] = static_cast<int>(found.size());
        found.push_back({name});
      }
      add(row, found[at[name]]);
    }
    for (const int row : m_rows.vertices) addTear(row, at, found);
    return found;
  }

  void add(int row, Candidate& sheet) const {
    const auto& facet = m_complex.facets[row];
    sheet.area += m_sizes.area[row];
    sheet.weightedWidth += m_sizes.area[row] * (m_sizes.width[facet.first] + m_sizes.width[facet.second]) / 2;
    sheet.meetsDomain = sheet.meetsDomain || facet.sideCount == 0;
    for (const auto& side : m_complex.sidesOf(row)) {
      sheet.hasBorder = sheet.hasBorder || m_sheets.meetings[side.edge] == Meeting::Border;
      sheet.hasJunction = sheet.hasJunction || m_sheets.meetings[side.edge] == Meeting::Junction;
      sheet.meetsDomain = sheet.meetsDomain || m_complex.edges[side.edge].cutEnds() > 0;
    }
  }

  void addTear(int row, const std::vector<int>& at, std::vector<Candidate>& found) {
    if (m_facets.tear.empty()) return;
    std::array<int, 6> touched = facetsAt(m_complex, m_complex.vertices[row]);
    for (int& facet : touched) facet = m_isIn[facet] ? at[m_joined.find(facet)] : -1;
    std::sort(touched.begin(), touched.end());
    for (std::size_t place = 0; place < touched.size(); ++place)
      if (touched[place] >= 0 && (place == 0 || touched[place] != touched[place - 1]))
        found[touched[place]].tear += m_facets.tear[row];
  }

  bool isToGo(const Candidate& sheet) const {
    if (!sheet.hasJunction) return sheet.hasBorder && !sheet.meetsDomain && sheet.isSmall(std::numbers::pi);
    const bool isLight = !m_facets.tear.empty() && sheet.tear < m_facets.leastTear;
    return sheet.isSmall(1) || (sheet.hasBorder && isLight);
  }

  bool dropSmallest() {
    const std::vector<Candidate> all = candidates();
    const Candidate* smallest = nullptr;
    for (const Candidate& sheet : all)
      if (isToGo(sheet) && (!smallest || sheet.area < smallest->area)) smallest = &sheet;
    if (!smallest) return false;
    for (const int row : m_rows.facets) {
      if (!m_isIn[row] || m_joined.find(row) != smallest->name) continue;
      m_isIn[row] = false;
      for (const auto& side : m_complex.sidesOf(row))
        if (!smallest->hasBorder && m_sheets.meetings[side.edge] == Meeting::Junction)
          m_isHeld[side.edge] = true;
    }
    return true;
  }

  const PowerComplex3& m_complex;
  const SingularFacets3& m_facets;
  const SingularSizes3& m_sizes;
  Rows m_rows;
  std::vector<char> m_isIn;    ///< per facet
  std::vector<char> m_isHeld;  ///< per edge: a junction that has lost a sheet between junctions
  DisjointSets m_joined;
  SingularSheets3 m_sheets;
};

/// The facets of one vertex, and which of them are neighbours in their sheet: fans.
struct Fans {
  std::array<int, 6> facets;
  DisjointSets joined{6};

  Fans(const PowerComplex3& complex, const SingularSheets3& sheets, const PowerComplex3::Vertex& vertex)
      : facets(facetsAt(complex, vertex)) {
    for (const int row : vertex.edges) {
      if (!sheets.isJoined(complex, row)) continue;
      int known = -1;
      for (const int facet : complex.edges[row].facets) {
        if (sheets.sheetOf[facet] < 0) continue;
        if (known >= 0) joined.unite(known, indexOf(facet));
        known = indexOf(facet);
      }
    }
  }
  int indexOf(int facet) const {
    return static_cast<int>(std::find(facets.begin(), facets.end(), facet) - facets.begin());
  }
};

/// Elements of the boundary, numbered by facet and place on the way around it: twice the place for the side
/// itself, one more for the way along the domain's boundary from the side's end to the next side.
class LoopJoiner {
 public:
  LoopJoiner(const PowerComplex3& complex, const SingularSheets3& sheets)
      : m_complex(complex), m_sheets(sheets), m_joined(2 * static_cast<int>(complex.sides.size())) {
    for (int row = 0; row < static_cast<int>(complex.facets.size()); ++row)
      if (sheets.sheetOf[row] >= 0) joinAround(row);
    for (int row = 0; row < static_cast<int>(complex.edges.size()); ++row)
      if (sheets.isJoined(complex, row)) joinAcross(row);
    for (const auto& vertex : complex.vertices) joinFans(vertex);
  }

  std::vector<SheetLoop3> take() {
    std::vector<SheetLoop3> loops;
    std::vector<int> loopOf(m_joined.size(), -1);
    for (int row = 0; row < static_cast<int>(m_complex.facets.size()); ++row) {
      const int sheet = m_sheets.sheetOf[row];
      if (sheet < 0) continue;
      if (m_complex.facets[row].sideCount == 0) loops.push_back({sheet, {}, true});
      for (int place = 0; place < m_complex.facets[row].sideCount; ++place)
        for (const bool isRun : {false, true})
          if (isElement(row, place, isRun)) addElement(row, place, isRun, loopOf, loops);
    }
    std::stable_sort(loops.begin(), loops.end(),
                     [](const SheetLoop3& a, const SheetLoop3& b) { return a.sheet < b.sheet; });
    for (SheetLoop3& loop : loops) {
      std::sort(loop.edges.begin(), loop.edges.end());
      loop.edges.erase(std::unique(loop.edges.begin(), loop.edges.end()), loop.edges.end());
    }
    return loops;
  }

 private:
  const PowerComplex3::Side& side(int facet, int place) const {
    return m_complex.sides[m_complex.facets[facet].firstSide + place];
  }
  const PowerComplex3::Edge& edge(int facet, int place) const {
    return m_complex.edges[side(facet, place).edge];
  }
  bool isCutAtEnd(int facet, int place) const {
    return edge(facet, place).ends[side(facet, place).backwards ? 0 : 1] < 0;
  }
  bool isCutAtStart(int facet, int place) const {
    return edge(facet, place).ends[side(facet, place).backwards ? 1 : 0] < 0;
  }
  bool isElement(int facet, int place, bool isRun) const {
    return isRun ? isCutAtEnd(facet, place) : !m_sheets.isJoined(m_complex, side(facet, place).edge);
  }
  int element(int facet, int place, bool isRun) const {
    return 2 * (m_complex.facets[facet].firstSide + place) + isRun;
  }
  /// The way along the domain's boundary that ends where this side begins.
  int runBefore(int facet, int place) const {
    const int count = m_complex.facets[facet].sideCount;
    return element(facet, (place + count - 1) % count, true);
  }
  int placeOf(int facet, int edge) const {
    int place = 0;
    while (side(facet, place).edge != edge) ++place;
    return place;
  }

  /// Sides that bound the sheet, with the ways that begin and end at them.
  void joinAround(int facet) {
    for (int place = 0; place < m_complex.facets[facet].sideCount; ++place) {
      if (!isElement(facet, place, false)) continue;
      if (isCutAtEnd(facet, place)) m_joined.unite(element(facet, place, false), element(facet, place, true));
      if (isCutAtStart(facet, place)) m_joined.unite(element(facet, place, false), runBefore(facet, place));
    }
  }

  /// Ways along the domain's boundary that go on from one facet of a sheet to the next.
  void joinAcross(int row) {
    for (const int end : {0, 1}) {
      if (m_complex.edges[row].ends[end] >= 0) continue;
      int known = -1;
      for (const int facet : m_complex.edges[row].facets) {
        if (facet < 0 || m_sheets.sheetOf[facet] < 0) continue;
        const int place = placeOf(facet, row);
        const bool atEnd = (end == 1) != side(facet, place).backwards;
        const int run = atEnd ? element(facet, place, true) : runBefore(facet, place);
        if (known >= 0) m_joined.unite(known, run);
        known = run;
      }
    }
  }

  /// In a vertex the two sides that bound a fan of facets meet.
  void joinFans(const PowerComplex3::Vertex& vertex) {
    Fans fans(m_complex, m_sheets, vertex);
    std::array<int, 6> last;
    last.fill(-1);
    for (const int row : vertex.edges) {
      if (m_sheets.isJoined(m_complex, row)) continue;
      for (const int facet : m_complex.edges[row].facets) {
        if (m_sheets.sheetOf[facet] < 0) continue;
        int& known = last[fans.joined.find(fans.indexOf(facet))];
        const int here = element(facet, placeOf(facet, row), false);
        if (known >= 0) m_joined.unite(known, here);
        known = here;
      }
    }
  }

  void addElement(int facet, int place, bool isRun, std::vector<int>& loopOf,
                  std::vector<SheetLoop3>& loops) {
    int& loop = loopOf[m_joined.find(element(facet, place, isRun))];
    if (loop < 0) {
      loop = static_cast<int>(loops.size());
      loops.push_back({m_sheets.sheetOf[facet], {}, false});
    }
    if (isRun)
      loops[loop].meetsDomain = true;
    else
      loops[loop].edges.push_back(side(facet, place).edge);
  }

  const PowerComplex3& m_complex;
  const SingularSheets3& m_sheets;
  DisjointSets m_joined;
};

}  // namespace

bool SingularSheets3::isJoined(const PowerComplex3& complex, int edge) const {
  if (meetings[edge] != Meeting::None) return false;
  const auto& [a, b, c] = complex.edges[edge].facets;
  return (sheetOf[a] >= 0) + (sheetOf[b] >= 0) + (sheetOf[c] >= 0) == 2;
}

std::array<int, 6> facetsAt(const PowerComplex3& complex, const PowerComplex3::Vertex& vertex) {
  // The edge opposite to a site has the three facets between the others; three edges have them all.
  std::array<int, 6> found{};
  auto end = found.begin();
  for (int at = 0; at < 3; ++at)
    for (const int facet : complex.edges[vertex.edges[at]].facets)
      if (std::find(found.begin(), end, facet) == end) *end++ = facet;
  return found;
}

SingularSheets3 singularSheets(const PowerComplex3& complex, const SingularFacets3& facets,
                               const SingularSizes3& sizes) {
  SheetJoiner joiner(complex, facets, sizes);
  joiner.simplify();
  return joiner.take();
}

std::vector<SheetLoop3> sheetLoops(const PowerComplex3& complex, const SingularSheets3& sheets) {
  return LoopJoiner(complex, sheets).take();
}

/// A facet or an edge that the domain cuts is half open there: an edge counts -1, 0 or 1 with 0, 1 or 2 ends
/// cut off, a facet 1 less the ways it has along the domain's boundary, half the ends cut off around it.
std::vector<int> eulerCharacteristics(const PowerComplex3& complex, const SingularSheets3& sheets) {
  std::vector<int> count(sheets.count, 0), cutEnds(sheets.count, 0);
  for (int row = 0; row < static_cast<int>(complex.facets.size()); ++row) {
    const int sheet = sheets.sheetOf[row];
    if (sheet < 0) continue;
    ++count[sheet];
    for (const auto& side : complex.sidesOf(row)) cutEnds[sheet] += complex.edges[side.edge].cutEnds();
  }
  for (int sheet = 0; sheet < sheets.count; ++sheet) count[sheet] -= cutEnds[sheet] / 2;
  for (int row = 0; row < static_cast<int>(complex.edges.size()); ++row) {
    const bool isJoined = sheets.isJoined(complex, row);
    bool isCounted = false;
    for (const int facet : complex.edges[row].facets) {
      if (facet < 0 || sheets.sheetOf[facet] < 0 || (isJoined && isCounted)) continue;
      count[sheets.sheetOf[facet]] += complex.edges[row].cutEnds() - 1;
      isCounted = true;
    }
  }
  for (const auto& vertex : complex.vertices) {
    Fans fans(complex, sheets, vertex);
    for (int at = 0; at < 6; ++at)
      if (sheets.sheetOf[fans.facets[at]] >= 0 && fans.joined.find(at) == at)
        ++count[sheets.sheetOf[fans.facets[at]]];
  }
  return count;
}

}  // namespace monge
