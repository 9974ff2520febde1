// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/space/space_scene.h"

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

namespace monge::views {
namespace {

/// Beyond, lines of cells are thinner and paler, as in the plane.
constexpr int kManyCells = 400, kVeryManyCells = 3000;
constexpr double kSurfaceOpacity = 0.62;
/// Across, in units: what is generated is a little larger than what is real, as in the plane.
constexpr double kDataSize = 2.5, kSampleSize = 3.4, kPrototypeSize = 11;

double lightOn(const Vec3& normal) {
  static const Vec3 lamp = Vec3(0.35, -0.55, 0.76).normalized();
  return 0.68 + 0.32 * (0.5 + 0.5 * normal.dot(lamp));
}

QRgb shaded(const QColor& colour, double light, double opacity) {
  return QColor::fromRgbF(static_cast<float>(colour.redF() * light),
                          static_cast<float>(colour.greenF() * light),
                          static_cast<float>(colour.blueF() * light), static_cast<float>(opacity))
      .rgba();
}

QColor mixed(const QColor& colour, const QColor& ground, double share) {
  const auto mix = [&](double a, double b) { return static_cast<float>(share * a + (1 - share) * b); };
  return QColor::fromRgbF(mix(colour.redF(), ground.redF()), mix(colour.greenF(), ground.greenF()),
                          mix(colour.blueF(), ground.blueF()));
}

class SolidBuilder {
 public:
  SolidBuilder(const SpaceSnapshot& moment, const SpaceStyle& style, const std::optional<CutPlane>& cut)
      : m_moment(moment),
        m_style(style),
        m_cut(cut),
        m_colours(siteColours(moment, style.colour, style.theme)) {}

  SpaceSolid make() {
    m_solid.bodies = cellBodies(m_moment, m_cut, m_style.explode);
    chooseOutline();
    fillFaces();
    pairFaces();
    if (has(SpaceLayer::Surfaces)) addRims(), addTraces();
    if (has(SpaceLayer::Curves)) addCurves(), addPoints();
    if (has(SpaceLayer::Data)) addData();
    if (has(SpaceLayer::Samples)) addSamples();
    if (has(SpaceLayer::Sites)) addSites();
    return std::move(m_solid);
  }

 private:
  bool has(SpaceLayer layer) const { return m_style.layers.has(layer); }
  const Colors& theme() const { return colors(m_style.theme); }
  bool isKept(const Vec3& at) const { return !m_cut || m_cut->normal.dot(at) <= m_cut->offset; }
  Vec3 moveOf(int site) const { return explodedBy(m_moment, site, m_style.explode); }

  void chooseOutline() {
    const int count = m_moment.count();
    // Behind one another pale lines do, on opaque faces dark ones.
    const double share = (count > kVeryManyCells ? 0.25
                          : count > kManyCells   ? 0.38
                                                 : 0.55) +
                         (has(SpaceLayer::Cells) && m_style.opacity >= 0.7 ? 0.3 : 0);
    m_solid.outline = mixed(theme().text, theme().canvas, share);
    m_solid.outlineWidth = count > kVeryManyCells ? 0.4 : count > kManyCells ? 0.6 : 0.9;
  }

  /// Faces between opaque cells that touch are never seen.
  bool isHidden(const CellBodies::Face& face) const {
    return has(SpaceLayer::Cells) && m_style.opacity >= 1 && m_style.explode == 0 && face.across >= 0 &&
           (m_moment.hasCell(face.across));
  }

  void fillFaces() {
    for (const auto& face : m_solid.bodies.faces) {
      const bool singular = has(SpaceLayer::Surfaces) && isSingular(face);
      const bool hidden = isHidden(face);
      QRgb fill = 0;
      if (singular && !hidden)
        fill = singularFill(face);
      else if (has(SpaceLayer::Cells) && !hidden)
        fill = shaded(m_colours[static_cast<std::size_t>(face.site)], lightOn(face.normal), m_style.opacity);
      m_solid.fills.push_back(fill);
      m_solid.outlines.push_back(outlineOf(face, hidden));
      m_solid.blends = m_solid.blends || (qAlpha(fill) > 0 && qAlpha(fill) < 255);
    }
  }

  void pairFaces() {
    m_solid.twins.assign(m_solid.bodies.faces.size(), -1);
    if (m_style.explode != 0) return;  // the two have parted
    std::vector<int> seen(m_moment.facets.size(), -1);
    for (std::size_t row = 0; row < m_solid.bodies.faces.size(); ++row) {
      const auto& face = m_solid.bodies.faces[row];
      const int alpha = qAlpha(m_solid.fills[row]);
      if (face.facet < 0 || face.across < 0 || alpha == 0 || alpha == 255) continue;
      int& other = seen[static_cast<std::size_t>(face.facet)];
      if (other >= 0)
        m_solid.twins[row] = other, m_solid.twins[static_cast<std::size_t>(other)] = static_cast<int>(row);
      other = static_cast<int>(row);
    }
  }

  SpaceSolid::Outline outlineOf(const CellBodies::Face& face, bool hidden) const {
    if (!has(SpaceLayer::Walls) || hidden) return SpaceSolid::Outline::None;
    return face.across >= 0 && m_style.explode == 0 ? SpaceSolid::Outline::Shared : SpaceSolid::Outline::Own;
  }

  /// Without cells around it a wall is drawn once, where both draw it each lets the other shine through.
  QRgb singularFill(const CellBodies::Face& face) const {
    const bool drawnTwice = face.across >= 0 && m_style.explode == 0;
    if (!has(SpaceLayer::Cells) && drawnTwice && face.across < face.site) return 0;
    return shaded(singularColour(m_style.theme), lightOn(face.normal),
                  has(SpaceLayer::Cells) ? std::max(kSurfaceOpacity, m_style.opacity) : kSurfaceOpacity);
  }

  /// What of a side is kept; none where both of its ends are cut away.
  std::optional<std::pair<Vec3, Vec3>> kept(const Vec3& from, const Vec3& to) const {
    if (!m_cut) return std::pair(from, to);
    const double a = m_cut->normal.dot(from) - m_cut->offset, b = m_cut->normal.dot(to) - m_cut->offset;
    if (a > 0 && b > 0) return std::nullopt;
    const auto crossing = [&] { return Vec3(from + a / (a - b) * (to - from)); };
    return std::pair(a > 0 ? crossing() : from, b > 0 ? crossing() : to);
  }

  /// Sides that are cut away are left out, and those that the plane crosses are shortened.
  void addPath(const std::vector<Vec3>& path, const std::vector<std::vector<int>>& cells,
               const QColor& colour, double width) {
    SpaceSolid::Line line{{}, {}, colour, width};
    const auto end = [&] {
      if (!line.cells.empty()) m_solid.lines.push_back(line);
      line.path.clear(), line.cells.clear();
    };
    for (std::size_t side = 0; side < cells.size(); ++side) {
      const auto part = kept(path[side], path[side + 1]);
      if (!part) continue;
      if (line.path.empty() || line.path.back() != part->first) end(), line.path.push_back(part->first);
      line.path.push_back(part->second);
      line.cells.push_back(cells[side]);
    }
    end();
  }

  void addRims() {
    if (m_style.explode != 0) return;  // the pieces have parted
    for (const auto& surface : m_moment.surfaces)
      for (std::size_t side = 0; side < surface.rimSites.size(); ++side)
        addPath({spotAt(surface.rim, 2 * side), spotAt(surface.rim, 2 * side + 1)},
                {{surface.rimSites[side].begin(), surface.rimSites[side].end()}},
                singularColour(m_style.theme), 2);
  }

  /// Where the clip cuts through a surface.
  void addTraces() {
    if (!m_cut || m_style.explode != 0) return;
    const SpaceBox box = domainBox(m_moment);
    const double slack = 1e-9 * (box.high - box.low).norm();
    const auto isInPlane = [&](const Vec3& at) {
      return std::abs(m_cut->normal.dot(at) - m_cut->offset) <= slack;
    };
    for (const auto& face : m_solid.bodies.faces) {
      if (face.across < face.site || !isSingular(face)) continue;
      const auto loop = m_solid.bodies.loop(face);
      for (std::size_t at = 0; at < loop.size(); ++at) {
        const Vec3& from = m_solid.bodies.corners[static_cast<std::size_t>(loop[at])];
        const Vec3& to = m_solid.bodies.corners[static_cast<std::size_t>(loop[(at + 1) % loop.size()])];
        if (isInPlane(from) && isInPlane(to))
          m_solid.lines.push_back({{from, to}, {{face.site, face.across}}, singularColour(m_style.theme), 2});
      }
    }
  }

  bool isSingular(const CellBodies::Face& face) const {
    return face.facet >= 0 && m_moment.facets[static_cast<std::size_t>(face.facet)].isSingular();
  }

  static Vec3 spotAt(const std::vector<double>& numbers, std::size_t row) {
    return {numbers[3 * row], numbers[3 * row + 1], numbers[3 * row + 2]};
  }

  Vec3 meanMove(const std::vector<int>& sites) const {
    Vec3 move = Vec3::Zero();
    for (const int site : sites) move += moveOf(site) / static_cast<double>(sites.size());
    return move;
  }

  void addCurves() {
    for (const auto& curve : m_moment.curves) {
      const double width = curve.kind == "junction" ? 3.5 : 2;
      const QColor colour = singularColour(m_style.theme);
      std::vector<Vec3> path;
      std::vector<std::vector<int>> cells;
      for (std::size_t at = 0; at < curve.path.size() / 3; ++at) path.push_back(spotAt(curve.path, at));
      for (const auto& sites : curve.sites) cells.emplace_back(sites.begin(), sites.end());
      if (m_style.explode == 0) {
        addPath(path, cells, colour, width);
        continue;
      }
      for (std::size_t side = 0; side < cells.size(); ++side) {
        const auto part = kept(path[side], path[side + 1]);
        if (!part) continue;
        const Vec3 move = meanMove(cells[side]);
        m_solid.lines.push_back({{part->first + move, part->second + move}, {cells[side]}, colour, width});
      }
    }
  }

  void addPoints() {
    for (const auto& point : m_moment.points) {
      const Vec3 at(point.at[0], point.at[1], point.at[2]);
      if (!isKept(at)) continue;
      const double size = point.kind == "branch" ? 9 : point.kind == "isolated" ? 11 : 6;
      m_solid.dots.push_back({at + meanMove(point.sites), point.sites, singularColour(m_style.theme), size,
                              point.kind == "isolated"});
    }
  }

  /// Points that lie among the cells are cut with them and move with the cell that they lie in.
  template <class Colour>
  void addCloud(const RowsF& places, double size, Colour colour) {
    if (places.cols() != 3) return;
    const CellRegions cells(m_moment, 0);
    for (Eigen::Index row = 0; row < places.rows(); ++row) {
      const Vec3 at = places.row(row).transpose().cast<double>();
      if (!isKept(at)) continue;
      const Vec3 move = m_style.explode == 0 ? Vec3(Vec3::Zero()) : moveOf(cells.at(at));
      m_solid.dots.push_back({at + move, {}, colour(static_cast<std::size_t>(row)), size, false});
    }
  }

  void addData() {
    if (m_moment.data)
      addCloud(m_moment.data->points, kDataSize, [this](std::size_t) { return theme().realData; });
  }

  void addSamples() {
    if (!m_moment.training) return;
    const EnsembleSnapshot& training = *m_moment.training;
    if (std::ssize(training.sampleOwner) < training.samples.rows()) return;
    addCloud(training.samples, kSampleSize, [&](std::size_t row) {
      return generatorColor(training.ids[static_cast<std::size_t>(training.sampleOwner[row])]);
    });
  }

  void addSites() {
    if (m_moment.training) return addPrototypes();
    const double size = m_moment.count() > kVeryManyCells ? 2.5 : m_moment.count() > kManyCells ? 4 : 6;
    for (int site = 0; site < m_moment.count(); ++site)
      addSite(m_moment.sites.row(site).transpose(), m_colours[static_cast<std::size_t>(site)].darker(140),
              size);
  }

  /// A prototype is one of the points among the cells, and is to be found among them; a target of transport
  /// is nowhere near its cell.
  void addPrototypes() {
    for (int site = 0; site < m_moment.count(); ++site) {
      const Vec3 at = m_moment.sites.row(site).transpose();
      if (isKept(at)) addSite(at + moveOf(site), m_colours[static_cast<std::size_t>(site)], kPrototypeSize);
    }
  }

  void addSite(const Vec3& at, const QColor& colour, double size) {
    m_solid.dots.push_back({at, {}, colour, size, false});
  }

  const SpaceSnapshot& m_moment;
  const SpaceStyle& m_style;
  std::optional<CutPlane> m_cut;
  std::vector<QColor> m_colours;
  SpaceSolid m_solid;
};

Vec3 axisOf(SpaceClip::Across across) {
  return across == SpaceClip::Across::X   ? Vec3(1, 0, 0)
         : across == SpaceClip::Across::Y ? Vec3(0, 1, 0)
                                          : Vec3(0, 0, 1);
}

}  // namespace

std::optional<CutPlane> cutPlane(const SpaceSnapshot& moment, const std::optional<SpaceClip>& clip,
                                 const SpaceProjection& projection) {
  if (!clip) return std::nullopt;
  CutPlane plane;
  if (clip->across == SpaceClip::Across::Sight) {
    const SpaceBox box = domainBox(moment);
    plane.normal = -projection.forward();
    plane.offset = plane.normal.dot((box.low + box.high) / 2) + clip->offset;
  } else {
    plane = {axisOf(clip->across), clip->offset};
  }
  if (clip->flipped) plane = {-plane.normal, -plane.offset};
  return plane;
}

SpaceSolid spaceSolid(const SpaceSnapshot& moment, const SpaceStyle& style,
                      const std::optional<CutPlane>& cut) {
  return SolidBuilder(moment, style, cut).make();
}

SpaceBox domainBox(const SpaceSnapshot& moment) {
  return {moment.domain.vertices.colwise().minCoeff().transpose(),
          moment.domain.vertices.colwise().maxCoeff().transpose()};
}

SpaceBall spaceBall(const SpaceSnapshot& moment, const SpaceStyle& style) {
  const SpaceBox box = domainBox(moment);
  SpaceBall ball{(box.low + box.high) / 2, 0};
  const auto include = [&](const Vec3& at, double around) {
    ball.radius = std::max(ball.radius, (at - ball.middle).norm() + around);
  };
  for (Eigen::Index row = 0; row < moment.domain.vertices.rows(); ++row)
    include(moment.domain.vertices.row(row).transpose(), 0);
  if (style.layers.has(SpaceLayer::Axes) && style.explode == 0) include(box.high, 0);
  // About as far as a cell reaches from the middle of its mass.
  const double around = style.explode > 0 ? ball.radius / std::cbrt(moment.count()) : 0;
  for (int site = 0; site < moment.count(); ++site) {
    if (style.layers.has(SpaceLayer::Sites)) include(moment.sites.row(site).transpose(), 0);
    if (style.explode > 0 && moment.hasCell(site))
      include(moment.centroids.row(site).transpose() + explodedBy(moment, site, style.explode), around);
  }
  return ball;
}

SpaceProjection spaceProjection(const SpaceSnapshot& moment, const SpaceStyle& style,
                                const SpaceCamera& camera, const QRectF& target) {
  const SpaceBall ball = spaceBall(moment, style);
  return {ball.middle, ball.radius, camera, target};
}

}  // namespace monge::views
