// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/transport/transport_meshes.h"

#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "core/base/text.h"

namespace monge {
namespace {

using Part = GltfScene::Part;
using Colour = std::array<double, 3>;

Colour colourOf(const QColor& colour) {
  return {colour.redF(), colour.greenF(), colour.blueF()};
}

std::vector<Colour> coloursOf(const TransportSnapshot& moment, const MeshLooks& looks) {
  std::vector<Colour> colours;
  for (const QColor& colour : views::siteColours(moment, looks.colour, looks.theme))
    colours.push_back(colourOf(colour));
  return colours;
}

/// The numbers of the sites that faces belong to, one row a face.
void addSiteData(Part& part, const TransportSnapshot& moment, const std::vector<int>& sites) {
  std::vector<double> jumps(static_cast<std::size_t>(moment.count()), 0);
  for (const auto& facet : moment.facets)
    for (const int site : {facet.first, facet.second})
      jumps[static_cast<std::size_t>(site)] = std::max(jumps[static_cast<std::size_t>(site)], facet.jump);
  std::vector<double> site, mass, target, weight, jump;
  for (const int row : sites) {
    site.push_back(row);
    mass.push_back(moment.masses[row]);
    target.push_back(moment.targets[row]);
    weight.push_back(moment.weights[row]);
    jump.push_back(jumps[static_cast<std::size_t>(row)]);
  }
  part.mesh.faceData = {
      {"site", site}, {"mass", mass}, {"target", target}, {"weight", weight}, {"jump", jump}};
}

void addColoursOfSites(Part& part, const std::vector<Colour>& colours, const std::vector<int>& sites) {
  for (const int site : sites) part.colours.push_back(colours[static_cast<std::size_t>(site)]);
}

/// A triangle among the sites has the mean of their colours, as it is painted.
void addColoursOfCorners(Part& part, const std::vector<Colour>& colours) {
  for (const auto& face : part.mesh.faces) {
    Colour mean{};
    for (const int corner : face)
      for (std::size_t channel = 0; channel < 3; ++channel)
        mean[channel] +=
            colours[static_cast<std::size_t>(corner)][channel] / static_cast<double>(face.size());
    part.colours.push_back(mean);
  }
}

Part cells(const TransportSnapshot& moment, const MeshLooks& looks) {
  Part part{"cells", {}, {}};
  std::vector<int> sites;
  for (std::size_t at = 0; at + 1 < moment.cellCorners.size(); at += 2)
    part.mesh.vertices.push_back({moment.cellCorners[at], moment.cellCorners[at + 1], 0});
  for (int site = 0; site < moment.count(); ++site) {
    if (moment.cellSize(site) < 3) continue;
    auto& face = part.mesh.faces.emplace_back();
    for (int corner = moment.cellStarts[site]; corner < moment.cellStarts[site + 1]; ++corner)
      face.push_back(corner);
    sites.push_back(site);
  }
  addSiteData(part, moment, sites);
  addColoursOfSites(part, coloursOf(moment, looks), sites);
  return part;
}

/// What heights are multiplied with, so that the surface is as tall as asked.
double liftOf(const SurfaceMesh& surface, const std::optional<double>& height) {
  if (!height || surface.vertices.rows() == 0) return 1;
  const Eigen::RowVector3d extent =
      surface.vertices.colwise().maxCoeff() - surface.vertices.colwise().minCoeff();
  return extent.z() > 0 ? *height * std::max(extent.x(), extent.y()) / extent.z() : 1;
}

PolygonMesh meshOf(const SurfaceMesh& surface, double lift) {
  PolygonMesh mesh;
  for (const auto& vertex : surface.vertices.rowwise())
    mesh.vertices.push_back({vertex[0], vertex[1], lift * vertex[2]});
  for (int face = 0; face < surface.faces(); ++face)
    mesh.faces.emplace_back(surface.corners.begin() + surface.starts[static_cast<std::size_t>(face)],
                            surface.corners.begin() + surface.starts[static_cast<std::size_t>(face) + 1]);
  return mesh;
}

Part potential(const TransportSnapshot& moment, const MeshLooks& looks) {
  Part part{"potential", meshOf(moment.potential, liftOf(moment.potential, looks.height)), {}};
  addSiteData(part, moment, moment.potential.sites);
  addColoursOfSites(part, coloursOf(moment, looks), moment.potential.sites);
  return part;
}

Part dual(const TransportSnapshot& moment, const MeshLooks& looks) {
  Part part{"dual", meshOf(moment.dual, liftOf(moment.dual, looks.height)), {}};
  addColoursOfCorners(part, coloursOf(moment, looks));
  return part;
}

Part triangulation(const TransportSnapshot& moment, const MeshLooks& looks) {
  Part part{"triangulation", {}, {}};
  for (const auto& site : moment.sites.rowwise()) part.mesh.vertices.push_back({site[0], site[1], 0});
  for (const auto& triangle : moment.triangles)
    part.mesh.faces.emplace_back(triangle.begin(), triangle.end());
  addColoursOfCorners(part, coloursOf(moment, looks));
  return part;
}

Part singular(const TransportSnapshot& moment, const MeshLooks& looks) {
  Part part{"singular", {}, {}};
  part.mesh.lines = true;
  std::vector<double> length, mean, largest;
  for (const auto& curve : moment.curves) {
    auto& line = part.mesh.faces.emplace_back();
    for (std::size_t at = 0; at + 1 < curve.path.size(); at += 2) {
      line.push_back(static_cast<int>(part.mesh.vertices.size()));
      part.mesh.vertices.push_back({curve.path[at], curve.path[at + 1], 0});
    }
    length.push_back(curve.length);
    mean.push_back(curve.meanJump);
    largest.push_back(curve.largestJump);
  }
  part.mesh.faceData = {{"length", length}, {"mean_jump", mean}, {"largest_jump", largest}};
  part.colours.assign(part.mesh.faces.size(), colourOf(views::singularColour(looks.theme)));
  return part;
}

/// Facets of the diagram, lifted to the planes <x, y_i> + h_i that meet above them.
Part ridges(const TransportSnapshot& moment, const MeshLooks& looks, bool onlySingular) {
  Part part{onlySingular ? "singular ridges" : "ridges", {}, {}};
  part.mesh.lines = true;
  const double lift = liftOf(moment.potential, looks.height);
  const auto add = [&](int site, double x, double y) {
    const double z = x * moment.sites(site, 0) + y * moment.sites(site, 1) + moment.heights[site];
    part.mesh.vertices.push_back({x, y, lift * z});
    return static_cast<int>(part.mesh.vertices.size()) - 1;
  };
  std::vector<double> first, second, jump, angle, isSingular;
  for (const auto& facet : moment.facets) {
    if (onlySingular && !facet.singular) continue;
    part.mesh.faces.push_back(
        {add(facet.first, facet.fromX, facet.fromY), add(facet.first, facet.toX, facet.toY)});
    first.push_back(facet.first);
    second.push_back(facet.second);
    jump.push_back(facet.jump);
    angle.push_back(facet.angle);
    isSingular.push_back(facet.singular);
    part.colours.push_back(
        colourOf(facet.singular ? views::singularColour(looks.theme) : views::colors(looks.theme).text));
  }
  part.mesh.faceData = {
      {"first", first}, {"second", second}, {"jump", jump}, {"angle", angle}, {"singular", isSingular}};
  return part;
}

Part partOf(const TransportSnapshot& moment, const QString& name, const MeshLooks& looks) {
  if (name == QLatin1String("singular")) return singular(moment, looks);
  if (name == QLatin1String("potential")) return potential(moment, looks);
  if (name == QLatin1String("dual")) return dual(moment, looks);
  if (name == QLatin1String("triangulation")) return triangulation(moment, looks);
  if (name == QLatin1String("ridges")) return ridges(moment, looks, false);
  return cells(moment, looks);
}

}  // namespace

QStringList transportMeshNames() {
  return {QStringLiteral("cells"), QStringLiteral("singular"),      QStringLiteral("potential"),
          QStringLiteral("dual"),  QStringLiteral("triangulation"), QStringLiteral("ridges")};
}

Part transportMesh(const TransportSnapshot& moment, const QString& name, const MeshLooks& looks) {
  Part part = partOf(moment, name, looks);
  if (part.mesh.faces.empty())
    throw Error(
        moment.name.empty() ? "transport" : moment.name,
        "its view " + name.toStdString() + " has nothing in it",
        name == QLatin1String("singular") ? "singular curves; a lower threshold finds more" : "faces");
  return part;
}

GltfScene transportScene(const TransportSnapshot& moment, const QString& name, const MeshLooks& looks) {
  GltfScene scene;
  scene.name = (moment.name.empty() ? "" : moment.name + ", ") + name.toStdString();
  scene.notes = {{"units", "those of the data"}};
  scene.parts.push_back(transportMesh(moment, name, looks));
  if (name == QLatin1String("potential")) scene.parts.push_back(ridges(moment, looks, true));
  const bool isDual = name == QLatin1String("dual");
  if (isDual || name == QLatin1String("potential") || name == QLatin1String("ridges"))
    scene.notes.emplace_back("height_scale",
                             numberText(liftOf(isDual ? moment.dual : moment.potential, looks.height)));
  return scene;
}

}  // namespace monge
