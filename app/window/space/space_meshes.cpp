// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/space/space_meshes.h"

#include <utility>

#include "core/base/error.h"

namespace monge {
namespace {

using Part = GltfScene::Part;
using views::CellBodies;
using views::SpaceLayer;
using views::Vec3;

std::array<double, 3> colourOf(const QColor& colour) {
  return {colour.redF(), colour.greenF(), colour.blueF()};
}

int addVertex(Part& part, const Vec3& at) {
  part.mesh.vertices.push_back({at.x(), at.y(), at.z()});
  return static_cast<int>(part.mesh.vertices.size()) - 1;
}

bool isSingular(const SpaceSnapshot& moment, const CellBodies::Face& face) {
  return face.facet >= 0 && moment.facets[static_cast<std::size_t>(face.facet)].isSingular();
}

void addFaceData(Part& part, const SpaceSnapshot& moment, const CellBodies& bodies) {
  std::vector<double> site, across, mass, target, weight, jump, singular;
  for (const auto& face : bodies.faces) {
    site.push_back(face.site);
    across.push_back(face.across);
    mass.push_back(moment.masses[face.site]);
    target.push_back(moment.targets[face.site]);
    weight.push_back(moment.weights[face.site]);
    jump.push_back(face.facet < 0 ? 0 : moment.facets[static_cast<std::size_t>(face.facet)].jump);
    singular.push_back(isSingular(moment, face));
  }
  part.mesh.faceData = {{"site", site},     {"across", across}, {"mass", mass},        {"target", target},
                        {"weight", weight}, {"jump", jump},     {"singular", singular}};
}

Part cellsOf(const SpaceSnapshot& moment, const views::SpaceStyle& style, const CellBodies& bodies) {
  Part part{"cells", {}, {}};
  const auto colours = views::siteColours(moment, style.colour, style.theme);
  for (const Vec3& corner : bodies.corners) addVertex(part, corner);
  for (const auto& face : bodies.faces) {
    const auto loop = bodies.loop(face);
    part.mesh.faces.emplace_back(loop.begin(), loop.end());
    part.colours.push_back(colourOf(colours[static_cast<std::size_t>(face.site)]));
  }
  addFaceData(part, moment, bodies);
  return part;
}

/// Each wall once, where the cells have not parted.
Part surfacesOf(const SpaceSnapshot& moment, const views::SpaceStyle& style, const CellBodies& bodies) {
  Part part{"singular surfaces", {}, {}};
  for (const auto& face : bodies.faces) {
    if (!isSingular(moment, face) || (style.explode == 0 && face.across < face.site)) continue;
    auto& corners = part.mesh.faces.emplace_back();
    for (const int corner : bodies.loop(face))
      corners.push_back(addVertex(part, bodies.corners[static_cast<std::size_t>(corner)]));
    part.colours.push_back(colourOf(views::singularColour(style.theme)));
  }
  return part;
}

Part curvesOf(const views::SpaceSolid& solid) {
  Part part{"singular curves", {}, {}};
  part.mesh.lines = true;
  for (const auto& line : solid.lines) {
    auto& path = part.mesh.faces.emplace_back();
    for (const Vec3& at : line.path) path.push_back(addVertex(part, at));
    part.colours.push_back(colourOf(line.colour));
  }
  return part;
}

}  // namespace

Part spaceCellsMesh(const SpaceSnapshot& moment, const views::SpaceStyle& style,
                    const std::optional<views::CutPlane>& cut) {
  Part part = cellsOf(moment, style, views::cellBodies(moment, cut, style.explode));
  if (part.mesh.faces.empty())
    throw Error(moment.name.empty() ? "transport" : moment.name, "cells of which the clip leaves nothing",
                "a clip that keeps a part of them");
  return part;
}

GltfScene spaceScene(const SpaceSnapshot& moment, const views::SpaceStyle& style,
                     const std::optional<views::CutPlane>& cut) {
  const views::SpaceSolid solid = views::spaceSolid(moment, style, cut);
  GltfScene scene;
  scene.name = (moment.name.empty() ? "" : moment.name + ", ") + std::string("cells");
  scene.notes = {{"units", "those of the data"}};
  std::vector<Part> parts;
  if (style.layers.has(SpaceLayer::Cells)) parts.push_back(cellsOf(moment, style, solid.bodies));
  if (style.layers.has(SpaceLayer::Surfaces)) parts.push_back(surfacesOf(moment, style, solid.bodies));
  parts.push_back(curvesOf(solid));
  for (Part& part : parts)
    if (!part.mesh.faces.empty()) scene.parts.push_back(std::move(part));
  if (scene.parts.empty())
    throw Error(moment.name.empty() ? "transport" : moment.name, "nothing in the layers that are on",
                "cells, or a singular set with its layer");
  return scene;
}

}  // namespace monge
