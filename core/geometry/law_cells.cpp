// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/law_cells.h"

#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "core/geometry/power_diagram_2.h"
#include "core/geometry/voronoi.h"

namespace monge {

CellComplex powerCells(const RowsF& sites, const std::vector<double>& weights, const Box2& box) {
  if (weights.empty() || sites.rows() == 0) return voronoiCells(sites, box);
  if (static_cast<Eigen::Index>(weights.size()) != sites.rows())
    throw Error("dual weights", std::to_string(weights.size()),
                std::to_string(sites.rows()) + ", one for each site");
  std::vector<Point2> points;
  for (Eigen::Index j = 0; j < sites.rows(); ++j)
    points.push_back({static_cast<double>(sites(j, 0)), static_cast<double>(sites(j, 1))});
  ThreadTeam team(1);
  const Domain2 domain = Domain2::box(box);
  const PowerDiagram2 diagram = powerDiagram(points, weights, domain, *uniformDensity(domain), team);
  CellComplex complex;
  complex.box = box;
  for (std::size_t j = 0; j < points.size(); ++j) {
    CellComplex::Cell cell;
    cell.site = static_cast<int>(j);
    for (const Point2& corner : diagram.cells[j].outline.corners)
      cell.polygon.insert(cell.polygon.end(), {corner.x, corner.y});
    complex.cells.push_back(std::move(cell));
  }
  return complex;
}

bool hasPlaneCells(const CellLaw& law, const RowsF& sites) {
  const auto finite = [](double weight) { return std::isfinite(weight); };
  return law.isPointwise() && sites.rows() > 0 && sites.cols() == 2 && sites.allFinite() &&
         std::all_of(law.weights.begin(), law.weights.end(), finite);
}

CellComplex lawCells(const CellLaw& law, const RowsF& sites, const LabelledPoints& labelled, const Box2& box,
                     int pixels, int threads) {
  if (law.hasStraightWalls()) return powerCells(sites, law.powerWeights(), box);
  const double step = std::max(box.width(), box.height()) / std::max(pixels - 1, 1);
  Lattice lattice{box, 2, 2};
  lattice.columns = std::max(2, static_cast<int>(std::lround(box.width() / step)) + 1);
  lattice.rows = std::max(2, static_cast<int>(std::lround(box.height() / step)) + 1);
  return tracedCells(law, sites, labelled, lattice, threads);
}

LabelledPoints labelledPoints(const DataView& data) {
  LabelledPoints result;
  std::vector<Eigen::Index> rows;
  for (Eigen::Index i = 0; i < data.labels.size(); ++i)
    if (data.labels[i] >= 0) rows.push_back(i);
  result.points.resize(static_cast<Eigen::Index>(rows.size()), data.points.cols());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    result.points.row(static_cast<Eigen::Index>(i)) = data.points.row(rows[i]);
    result.labels.push_back(data.labels[rows[i]]);
  }
  return result;
}

}  // namespace monge
