// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/transport_cells.h"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "core/base/files.h"
#include "core/base/text.h"
#include "core/geometry/mesh_files.h"
#include "core/geometry/power_diagram_2.h"

namespace monge {
namespace {

/// A mesh that grows cell by cell, with the numbers that each of its polygons carries.
class CellMesh {
 public:
  void startCell(int site, double mass, double weight) {
    m_numbers = {static_cast<double>(site), mass, weight};
  }
  int addVertex(double x, double y, double z) {
    m_mesh.vertices.push_back({x, y, z});
    return static_cast<int>(m_mesh.vertices.size()) - 1;
  }
  void addFace(std::vector<int> vertices) {
    m_mesh.faces.push_back(std::move(vertices));
    for (std::size_t at = 0; at < m_numbers.size(); ++at) m_columns[at].push_back(m_numbers[at]);
  }
  PolygonMesh take() {
    m_mesh.faceData = {{"site", std::move(m_columns[0])},
                       {"mass", std::move(m_columns[1])},
                       {"weight", std::move(m_columns[2])}};
    return std::move(m_mesh);
  }

 private:
  PolygonMesh m_mesh;
  std::array<double, 3> m_numbers{};
  std::array<std::vector<double>, 3> m_columns;
};

void write(const std::filesystem::path& folder, const std::string& csv, const PolygonMesh& mesh) {
  writeFileAtomically(folder / "cells.csv", csv);
  writeFileAtomically(folder / "cells.vtp", vtpText(mesh));
  writeFileAtomically(folder / "cells.ply", plyText(mesh));
}

}  // namespace

void writeCells(const std::filesystem::path& folder, PlaneTransport& solver) {
  const auto& problem = solver.problem();
  const PowerDiagram2 diagram =
      powerDiagram(problem.sites, solver.weights(), problem.domain, *problem.density, solver.team());
  CellMesh mesh;
  std::string csv = "site,corner,x,y,neighbour\n";
  for (int site = 0; site < static_cast<int>(diagram.cells.size()); ++site) {
    const auto& [corners, across] = diagram.cells[site].outline;
    if (corners.empty()) continue;
    mesh.startCell(site, diagram.cells[site].mass, diagram.weights[site]);
    std::vector<int> face;
    for (std::size_t at = 0; at < corners.size(); ++at) {
      face.push_back(mesh.addVertex(corners[at].x, corners[at].y, 0));
      csv += std::to_string(site) + "," + std::to_string(at) + "," + numberText(corners[at].x) + "," +
             numberText(corners[at].y) + "," + std::to_string(across[at]) + "\n";
    }
    mesh.addFace(std::move(face));
  }
  write(folder, csv, mesh.take());
}

void writeCells(const std::filesystem::path& folder, SpaceTransport& solver) {
  const std::vector<double> weights = solver.weights(), masses = solver.masses();
  CellMesh mesh;
  std::string csv = "site,facet,corner,x,y,z,neighbour\n";
  for (std::size_t row = 0; row < weights.size(); ++row) {
    const int site = solver.order()[row];
    const ConvexPolyhedron3 cell = solver.cells().cell(static_cast<int>(row));
    mesh.startCell(site, masses[site], weights[site]);
    std::vector<int> vertices;
    for (const Point3 corner : cell.corners) vertices.push_back(mesh.addVertex(corner.x, corner.y, corner.z));
    for (int facet = 0; facet < cell.facets(); ++facet) {
      const int across = cell.across[facet] < 0 ? -1 : solver.order()[cell.across[facet]];
      std::vector<int> face;
      for (const int at : cell.loop(facet)) {
        const Point3 corner = cell.corners[at];
        csv += std::to_string(site) + "," + std::to_string(facet) + "," + std::to_string(face.size()) + "," +
               numberText(corner.x) + "," + numberText(corner.y) + "," + numberText(corner.z) + "," +
               std::to_string(across) + "\n";
        face.push_back(vertices[at]);
      }
      mesh.addFace(std::move(face));
    }
  }
  write(folder, csv, mesh.take());
}

}  // namespace monge
