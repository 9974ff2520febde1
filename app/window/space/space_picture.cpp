// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/space/space_picture.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <numeric>
#include <unordered_map>
#include <utility>

#include "core/base/error.h"
#include "core/base/parallel_for.h"
#include "core/base/thread_team.h"
#include "core/geometry/facet_jump.h"
#include "core/geometry/hilbert_order.h"
#include "core/geometry/singular_set_3.h"
#include "core/transport/transport_directory.h"

namespace monge {
namespace {

constexpr std::int64_t kCellsAChunk = 64;
constexpr double kLeastArea = 1e-15;  ///< of a wall, in squared diameters of the domain

void append(std::vector<double>& numbers, Point3 point) {
  numbers.insert(numbers.end(), {point.x, point.y, point.z});
}

/// Grows while faces are added; finish() puts the corners into rows.
class MeshBuilder {
 public:
  void addCorner(Point3 corner) { append(m_corners, corner); }
  void addFace(std::span<const int> loop, int firstCorner, int site) {
    for (const int corner : loop) m_mesh.corners.push_back(firstCorner + corner);
    m_mesh.starts.push_back(static_cast<int>(m_mesh.corners.size()));
    m_mesh.sites.push_back(site);
  }
  int corners() const { return static_cast<int>(m_corners.size() / 3); }
  int faces() const { return m_mesh.faces(); }
  SurfaceMesh finish() {
    m_mesh.vertices = Eigen::Map<const RowsD>(m_corners.data(), corners(), 3);
    return std::move(m_mesh);
  }

 private:
  SurfaceMesh m_mesh{{}, {0}, {}, {}};
  std::vector<double> m_corners;
};

void addPolyhedron(MeshBuilder& mesh, const ConvexPolyhedron3& polyhedron, int site) {
  const int first = mesh.corners();
  for (const Point3 corner : polyhedron.corners) mesh.addCorner(corner);
  for (int facet = 0; facet < polyhedron.facets(); ++facet) mesh.addFace(polyhedron.loop(facet), first, site);
}

/// What is measured of one cell.
struct Cell {
  ConvexPolyhedron3 shape;
  double mass = 0;
  Point3 centroid;
};

std::vector<Cell> measuredCells(const PowerCells3& cells, ThreadTeam& team) {
  std::vector<Cell> result(static_cast<std::size_t>(cells.siteCount()));
  parallelChunks(team, cells.siteCount(), kCellsAChunk,
                 [&](std::int64_t begin, std::int64_t end, std::int64_t) {
                   for (std::int64_t row = begin; row < end; ++row) {
                     Cell& cell = result[static_cast<std::size_t>(row)];
                     cell.shape = cells.cell(static_cast<int>(row));
                     cell.centroid = cells.sites()[static_cast<std::size_t>(row)];
                     if (cell.shape.isEmpty()) continue;
                     const Moments3 moments = cells.density().moments(cell.shape);
                     cell.mass = moments.mass;
                     if (moments.mass > 0)
                       cell.centroid = 1 / moments.mass * Point3{moments.x, moments.y, moments.z};
                   }
                 });
  return result;
}

const char* nameOf(SingularSet3::Point::Kind kind) {
  using Kind = SingularSet3::Point::Kind;
  if (kind == Kind::Branch) return "branch";
  if (kind == Kind::End) return "end";
  return kind == Kind::Boundary ? "boundary" : "isolated";
}

/// The area-weighted middle of a surface, moved to the nearest of its pieces: of a sphere the middle is not
/// on it.
Point3 spotOn(const SingularSet3::Surface& surface) {
  std::vector<std::pair<Point3, double>> pieces;
  Point3 middle;
  double whole = 0;
  for (const auto& piece : surface.pieces) {
    if (piece.polygon.empty()) continue;
    Point3 spot;
    for (const Point3 corner : piece.polygon) spot = spot + corner;
    spot = 1.0 / static_cast<double>(piece.polygon.size()) * spot;
    pieces.emplace_back(spot, piece.area);
    middle = middle + piece.area * spot;
    whole += piece.area;
  }
  if (!(whole > 0)) return {};
  middle = 1 / whole * middle;
  return std::min_element(pieces.begin(), pieces.end(),
                          [&](const auto& a, const auto& b) {
                            return squaredNorm(a.first - middle) < squaredNorm(b.first - middle);
                          })
      ->first;
}

/// Whether the segment between two points lies on the domain's boundary.
bool isOnBoundary(const Domain3& domain, Point3 from, Point3 to) {
  const double slack = 1e-9 * domain.diameter();
  return std::any_of(domain.planes().begin(), domain.planes().end(), [&](const HalfSpace3& plane) {
    return std::abs(dot(plane.normal, from) - plane.offset) < slack &&
           std::abs(dot(plane.normal, to) - plane.offset) < slack;
  });
}

std::uint64_t keyOf(int first, int second) {
  const auto [low, high] = std::minmax(first, second);
  return static_cast<std::uint64_t>(low) << 32 | static_cast<std::uint32_t>(high);
}

/// Makes one moment; rows of the cells become rows of the problem.
class MomentBuilder {
 public:
  /// @param order  row of the problem of each row of the cells; of sites that are not in it the cell is empty
  MomentBuilder(const PowerCells3& cells, const std::vector<int>& order, ThreadTeam& team)
      : m_cells(cells), m_order(order), m_team(team) {}

  SpaceSnapshot make(const std::vector<Point3>& sites, std::span<const double> weights,
                     const std::vector<double>& targets) {
    addSites(sites, weights, targets);
    addDomain();
    addCells();
    return std::move(m_moment);
  }

  /// Of a moment that make() gave.
  void addSingularSet(SpaceSnapshot& moment, const SingularRule& rule) const {
    const SingularSet3 set = singularSet(m_cells, rule, m_team);
    for (const auto& surface : set.surfaces) addSurface(moment, surface);
    for (const auto& curve : set.curves) addCurve(moment, curve);
    for (const auto& point : set.points) {
      moment.points.push_back({nameOf(point.kind), {point.at.x, point.at.y, point.at.z}, {}, point.volume});
      for (const int site : point.sites) moment.points.back().sites.push_back(rowOf(site));
    }
  }

 private:
  int rowOf(int cell) const { return m_order[static_cast<std::size_t>(cell)]; }

  void addSites(const std::vector<Point3>& sites, std::span<const double> weights,
                const std::vector<double>& targets) {
    const auto count = static_cast<Eigen::Index>(sites.size());
    m_moment.sites.resize(count, 3);
    for (Eigen::Index row = 0; row < count; ++row) {
      const Point3 site = sites[static_cast<std::size_t>(row)];
      m_moment.sites.row(row) << site.x, site.y, site.z;
    }
    m_moment.centroids = m_moment.sites;
    m_moment.weights = Eigen::Map<const VectorD>(weights.data(), count);
    m_moment.heights = 0.5 * (m_moment.weights - m_moment.sites.rowwise().squaredNorm());
    m_moment.targets = Eigen::Map<const VectorD>(targets.data(), count);
    m_moment.masses = VectorD::Zero(count);
  }

  void addDomain() {
    MeshBuilder mesh;
    addPolyhedron(mesh, m_cells.domain().polyhedron(), -1);
    m_moment.domain = mesh.finish();
  }

  void addCells() {
    const std::vector<Cell> cells = measuredCells(m_cells, m_team);
    std::vector<int> cellOf(static_cast<std::size_t>(m_moment.count()), -1);
    for (std::size_t cell = 0; cell < m_order.size(); ++cell)
      cellOf[static_cast<std::size_t>(m_order[cell])] = static_cast<int>(cell);
    MeshBuilder mesh;
    m_moment.cellStarts.push_back(0);
    for (int row = 0; row < m_moment.count(); ++row) {
      const int cell = cellOf[static_cast<std::size_t>(row)];
      if (cell >= 0) addCell(mesh, cells[static_cast<std::size_t>(cell)], row);
      m_moment.cellStarts.push_back(mesh.faces());
    }
    m_moment.cells = mesh.finish();
    const double whole = m_moment.masses.sum();
    if (!(whole > 0)) throw Error("weights", "no cell has mass", "cells that share out the domain");
    m_moment.masses /= whole;
    m_moment.residual =
        ((m_moment.masses - m_moment.targets).array() / m_moment.targets.array()).abs().maxCoeff();
  }

  void addCell(MeshBuilder& mesh, const Cell& cell, int row) {
    addPolyhedron(mesh, cell.shape, row);
    m_moment.masses[row] = cell.mass;
    m_moment.centroids.row(row) << cell.centroid.x, cell.centroid.y, cell.centroid.z;
    for (int facet = 0; facet < cell.shape.facets(); ++facet) {
      const int beyond = cell.shape.across[static_cast<std::size_t>(facet)];
      m_moment.across.push_back(beyond < 0 ? -1 : rowOf(beyond));
      m_moment.facetOf.push_back(isWall(cell.shape, facet) ? facetRow(row, rowOf(beyond), cell.shape, facet)
                                                           : -1);
    }
  }

  /// Where cells meet in a side alone, rounding may leave a face as thin as itself.
  bool isWall(const ConvexPolyhedron3& shape, int facet) const {
    const double size = m_cells.domain().diameter();
    return shape.across[static_cast<std::size_t>(facet)] >= 0 &&
           norm(facetArea(shape, facet)) > kLeastArea * size * size;
  }

  int facetRow(int site, int other, const ConvexPolyhedron3& shape, int facet) {
    const auto [place, isNew] =
        m_facetRows.try_emplace(keyOf(site, other), static_cast<int>(m_moment.facets.size()));
    if (!isNew) return place->second;
    const auto [first, second] = std::minmax(site, other);
    const Point3 a = siteAt(first), b = siteAt(second);
    m_moment.facets.push_back(
        {first, second, norm(facetArea(shape, facet)), norm(b - a), graphAngle(a, b), -1});
    m_moment.largestJump = std::max(m_moment.largestJump, m_moment.facets.back().jump);
    return place->second;
  }

  Point3 siteAt(int row) const {
    return {m_moment.sites(row, 0), m_moment.sites(row, 1), m_moment.sites(row, 2)};
  }

  void addSurface(SpaceSnapshot& moment, const SingularSet3::Surface& surface) const {
    const int number = static_cast<int>(moment.surfaces.size());
    for (const auto& piece : surface.pieces) {
      const auto facet = m_facetRows.find(keyOf(rowOf(piece.first), rowOf(piece.second)));
      if (facet != m_facetRows.end()) moment.facets[static_cast<std::size_t>(facet->second)].surface = number;
    }
    std::vector<double> rim;
    std::vector<std::array<int, 2>> rimSites;
    for (const auto& piece : surface.pieces)
      for (std::size_t at = 0; at < piece.polygon.size(); ++at) {
        const Point3 from = piece.polygon[at], to = piece.polygon[(at + 1) % piece.polygon.size()];
        if (!isOnBoundary(m_cells.domain(), from, to)) continue;
        append(rim, from), append(rim, to);
        rimSites.push_back({rowOf(piece.first), rowOf(piece.second)});
      }
    const Point3 spot = spotOn(surface);
    moment.surfaces.push_back({static_cast<int>(surface.pieces.size()),
                               surface.area,
                               surface.measure,
                               surface.leastJump,
                               surface.meanJump,
                               surface.largestJump,
                               surface.eulerCharacteristic,
                               {spot.x, spot.y, spot.z},
                               std::move(rim),
                               std::move(rimSites)});
  }

  void addCurve(SpaceSnapshot& moment, const SingularSet3::Curve& curve) const {
    SpaceSnapshot::SingularCurve shown;
    shown.kind = curve.kind == SingularSet3::Curve::Kind::Junction ? "junction" : "border";
    shown.closed = curve.isClosed();
    for (const auto& segment : curve.segments) {
      if (shown.path.empty()) append(shown.path, segment.from);
      append(shown.path, segment.to);
      shown.sites.push_back({rowOf(segment.sites[0]), rowOf(segment.sites[1]), rowOf(segment.sites[2])});
    }
    shown.length = curve.length;
    shown.meanArea = curve.meanArea;
    moment.curves.push_back(std::move(shown));
  }

  const PowerCells3& m_cells;
  const std::vector<int>& m_order;
  ThreadTeam& m_team;
  std::unordered_map<std::uint64_t, int> m_facetRows;
  SpaceSnapshot m_moment;
};

template <class Value>
std::vector<Value> inOrder(const std::vector<int>& order, std::span<const Value> values) {
  std::vector<Value> result;
  result.reserve(order.size());
  for (const int row : order) result.push_back(values[static_cast<std::size_t>(row)]);
  return result;
}

/// Of sites in one plane, whose diagram names one hidden site at a time.
std::vector<int> visibleFlatRows(const PowerCells3& cells, const std::vector<double>& weights,
                                 std::vector<int> rows, ThreadTeam& team) {
  while (rows.size() > 1) {
    PowerCells3 left(inOrder<Point3>(rows, cells.sites()), cells.domain(), uniformDensity(cells.domain()),
                     team);
    CellSystem system;
    const auto empty = left.evaluate(inOrder<double>(rows, weights), system);
    if (!empty) break;
    rows.erase(rows.begin() + *empty);
  }
  return rows;
}

/// Rows of sites whose cells are not hidden by others.
std::vector<int> visibleRows(const PowerCells3& cells, const std::vector<double>& weights, ThreadTeam& team) {
  std::vector<int> rows(static_cast<std::size_t>(cells.siteCount()));
  std::iota(rows.begin(), rows.end(), 0);
  if (!cells.mesh()) return visibleFlatRows(cells, weights, std::move(rows), team);
  const RegularMesh3 mesh(cells.sites(), weights, team);
  std::erase_if(rows, [&](int row) { return mesh.tetrahedronOf(row) < 0; });
  return rows;
}

SpaceSnapshot moment(const PowerCells3& cells, const std::vector<int>& order,
                     const std::vector<Point3>& sites, std::span<const double> weights,
                     const std::vector<double>& targets, const SingularRule& rule, SpaceDetail detail,
                     ThreadTeam& team) {
  MomentBuilder builder(cells, order, team);
  SpaceSnapshot result = builder.make(sites, weights, targets);
  if (detail == SpaceDetail::Cells) return result;
  if (cells.mesh())
    builder.addSingularSet(result, rule);
  else
    result.note = QCoreApplication::translate("SpacePicture",
                                              "The sites lie in one plane, so nothing says where the map in "
                                              "space is torn: the singular set is left out.")
                      .toStdString();
  return result;
}

std::vector<Point3> spacePoints(const RowsD& rows) {
  std::vector<Point3> points;
  for (Eigen::Index row = 0; row < rows.rows(); ++row)
    points.push_back({rows(row, 0), rows(row, 1), rows(row, 2)});
  return points;
}

}  // namespace

SpacePictures::SpacePictures(std::vector<Point3> sites, Domain3 domain, Density3Ptr density,
                             std::vector<double> targets, ThreadTeam& team)
    : m_team(team),
      m_domain(std::move(domain)),
      m_density(std::move(density)),
      m_sites(std::move(sites)),
      m_targets(std::move(targets)),
      m_order(hilbertOrder(m_sites)),
      m_cells(std::make_unique<PowerCells3>(inOrder<Point3>(m_order, m_sites), m_domain, m_density, team)) {}

SpaceSnapshot SpacePictures::at(std::span<const double> weights, const SingularRule& rule,
                                SpaceDetail detail) {
  const std::vector<double> ordered = inOrder<double>(m_order, weights);
  CellSystem system;
  const bool someEmpty = m_cells->evaluate(ordered, system).has_value();
  const std::vector<int> visible = someEmpty ? visibleRows(*m_cells, ordered, m_team) : std::vector<int>();
  if (!someEmpty || visible.size() == m_order.size())
    return moment(*m_cells, m_order, m_sites, weights, m_targets, rule, detail, m_team);
  // A hidden site bounds no cell: those of the others are the same without it.
  PowerCells3 others(inOrder<Point3>(visible, m_cells->sites()), m_domain, m_density, m_team);
  others.evaluate(inOrder<double>(visible, ordered), system);
  return moment(others, inOrder<int>(visible, m_order), m_sites, weights, m_targets, rule, detail, m_team);
}

SpaceSnapshotPtr readSpacePicture(const std::filesystem::path& folder, const SingularRule& rule) {
  const TransportRecord record = readTransportDirectory(folder);
  if (record.sites.cols() != 3)
    throw Error(folder.string(), "points of dimension " + std::to_string(record.sites.cols()),
                "points in space");
  const Domain3 domain = spaceDomain(record);
  ThreadTeam team(ThreadTeam::availableCores());
  SpacePictures pictures(spacePoints(record.sites), domain, spaceDensity(record, domain),
                         std::vector<double>(record.targets.begin(), record.targets.end()), team);
  auto result = std::make_shared<SpaceSnapshot>(pictures.at(
      std::vector<double>(record.weights.begin(), record.weights.end()), rule, SpaceDetail::Whole));
  result->name = folder.filename().string();
  result->status = record.report.value("status", "");
  result->primal = record.report.value("primal", 0.0);
  result->dualValue = record.report.value("dual", 0.0);
  return result;
}

SpaceSnapshotPtr solvedSpacePicture(const SpaceProblem& problem, const std::string& name,
                                    const SingularRule& rule) {
  SpaceTransport solver(problem, {});
  solver.run();
  const SpaceProblem& solved = solver.problem();
  SpacePictures pictures(solved.sites, solved.domain, solved.density, solved.masses, solver.team());
  auto result = std::make_shared<SpaceSnapshot>(pictures.at(solver.weights(), rule, SpaceDetail::Whole));
  const TransportCertificate certificate = solver.certificate();
  result->name = name;
  result->status = statusName(solver.status());
  result->primal = certificate.primal;
  result->dualValue = certificate.dual;
  return result;
}

}  // namespace monge
