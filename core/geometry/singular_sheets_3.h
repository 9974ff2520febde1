// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <vector>

#include "core/geometry/singular_facets_3.h"

namespace monge {

/// Sizes of what is singular, in data units of the domain.
struct SingularSizes3 {
  std::vector<double> area;   ///< per facet; 0 where it is not singular or has no area in the domain
  std::vector<double> width;  ///< per site with a singular facet: twice the distance of its cell's farthest
                              ///< corner from the centroid
};

/// Singular facets joined into sheets, across the edges in which just two of them meet. A value.
struct SingularSheets3 {
  enum class Meeting : char {
    None,      ///< no sheet, or one that goes on
    Junction,  ///< three sheets meet, or a sheet meets itself
    Border     ///< a sheet ends
  };
  std::vector<int> sheetOf;       ///< per facet of the complex, from 0 on; -1 for none
  int count = 0;                  ///< of sheets
  std::vector<Meeting> meetings;  ///< per edge of the complex

  /// Whether the two facets in it are neighbours in their sheet.
  bool isJoined(const PowerComplex3& complex, int edge) const;
};

/// The diagram knows no detail finer than its cells, so a sheet smaller than a cell is forgotten, the
/// smallest first:
/// - one that hangs on others and ends on its own is a spur; so is one that tears less than chance would;
/// - one between junctions leaves these where they are;
/// - one that ends all around.
/// Deterministic. Pure; any thread.
SingularSheets3 singularSheets(const PowerComplex3& complex, const SingularFacets3& facets,
                               const SingularSizes3& sizes);

/// One way around a sheet's boundary, the sheet cut open along junctions.
struct SheetLoop3 {
  int sheet = 0;
  std::vector<int> edges;    ///< of the complex, each once
  bool meetsDomain = false;  ///< runs along the domain's boundary, too
};
/// By sheet, then by the least facet. Pure; any thread.
std::vector<SheetLoop3> sheetLoops(const PowerComplex3& complex, const SingularSheets3& sheets);

/// Vertices - edges + facets of each sheet, cut open along junctions, its boundary included: 1 for a disc, 0
/// for a ring, 2 for a sphere.
std::vector<int> eulerCharacteristics(const PowerComplex3& complex, const SingularSheets3& sheets);

/// The six facets that meet in a vertex.
std::array<int, 6> facetsAt(const PowerComplex3& complex, const PowerComplex3::Vertex& vertex);

}  // namespace monge
