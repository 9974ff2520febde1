// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/surface_painter.h"

#include <Eigen/Geometry>
#include <QCoreApplication>
#include <QFontMetricsF>
#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "views/numbers.h"
#include "views/vector_pen.h"

namespace monge::views {
namespace {

using Vec = Eigen::Vector3d;

const SurfaceMesh& meshOf(const TransportSnapshot& moment, Surface surface) {
  return surface == Surface::Potential ? moment.potential : moment.dual;
}

/// From the mesh's units to the screen: heights scaled to the wanted share, the middle at the target's.
class Projection {
 public:
  Projection(const SurfaceMesh& mesh, const OrbitCamera& camera, const SurfaceStyle& style,
             const QRectF& target)
      : m_middle(target.center()) {
    const Eigen::RowVector3d low = mesh.vertices.colwise().minCoeff(),
                             high = mesh.vertices.colwise().maxCoeff();
    const double side = std::max({high.x() - low.x(), high.y() - low.y(), 1e-300});
    const double tall = high.z() - low.z();
    m_lift = tall > 0 ? style.height * side / tall : 0;
    m_shift = -Vec((low.x() + high.x()) / 2, (low.y() + high.y()) / 2, m_lift * low.z());
    m_top = style.height * side;
    m_base = style.base ? -0.45 * side : 0;
    const double a = camera.azimuth * M_PI / 180, e = camera.elevation * M_PI / 180;
    m_right = Vec(-std::sin(a), std::cos(a), 0);
    m_forward = -Vec(std::cos(e) * std::cos(a), std::cos(e) * std::sin(a), std::sin(e));
    m_up = m_right.cross(m_forward);
    fit(side, target, camera);
  }

  Vec inSpace(const Eigen::RowVector3d& vertex) const {
    return Vec(vertex.x(), vertex.y(), m_lift * vertex.z()) + m_shift;
  }
  Vec onBase(const Eigen::RowVector3d& vertex) const {
    return Vec(vertex.x() + m_shift.x(), vertex.y() + m_shift.y(), m_base);
  }
  QPointF onScreen(const Vec& at) const {
    return m_middle + m_scale * QPointF(m_right.dot(at), -m_up.dot(at));
  }
  const Vec& forward() const { return m_forward; }
  bool fromAbove() const { return m_forward.z() < 0; }

 private:
  /// The corners of the box of surface and base fill the target, whatever the angles: turning keeps the size.
  void fit(double side, const QRectF& target, const OrbitCamera& camera) {
    const double half = side / 2 * std::sqrt(2.0);
    const double up = std::abs(m_up.z()), lean = std::sqrt(std::max(0.0, 1 - up * up));
    const double high = half * lean + m_top * up, low = -half * lean + std::min(m_base, 0.0) * up;
    const double room = 0.88;
    m_scale = camera.zoom * room * std::min(target.width() / (2 * half), target.height() / (high - low));
    const double smaller = std::min(target.width(), target.height());
    m_middle += camera.pan * smaller + QPointF(0, m_scale * (high + low) / 2);
  }

  Vec m_shift, m_right, m_up, m_forward;
  double m_lift = 1, m_base = 0, m_top = 0, m_scale = 1;
  QPointF m_middle;
};

/// One face as it is seen.
struct Face {
  int row = 0;
  bool entering = false;  ///< the line of sight enters the set above the surface here: nearer than leaving
  double light = 1;
};

/// Normal of a face towards the set above it.
Vec upwardNormal(const SurfaceMesh& mesh, const Projection& projection, int face) {
  // Newell's: sound for polygons that rounding has bent.
  Vec normal = Vec::Zero();
  const int begin = mesh.starts[face], end = mesh.starts[face + 1];
  for (int at = begin; at < end; ++at) {
    const Vec a = projection.inSpace(mesh.vertices.row(mesh.corners[at]));
    const Vec b = projection.inSpace(mesh.vertices.row(mesh.corners[at + 1 == end ? begin : at + 1]));
    normal += a.cross(b);
  }
  if (normal.z() < 0) normal = -normal;
  const double length = normal.norm();
  return length > 0 ? Vec(normal / length) : Vec(0, 0, 1);
}

std::vector<Face> facesInOrder(const SurfaceMesh& mesh, const Projection& projection) {
  const Vec lamp = Vec(-0.4, -0.25, 1).normalized();
  std::vector<Face> faces;
  for (int row = 0; row < mesh.faces(); ++row) {
    const Vec normal = upwardNormal(mesh, projection, row);
    const double towards = projection.forward().dot(normal);
    // From outside (below) a face is seen darker, so that the two sides of the bowl are told apart.
    const double light = towards < 0 ? 0.72 + 0.28 * std::max(0.0, normal.dot(lamp)) : 0.62;
    faces.push_back({row, towards > 0, light});
  }
  std::stable_partition(faces.begin(), faces.end(), [](const Face& face) { return !face.entering; });
  return faces;
}

QPolygonF outline(const SurfaceMesh& mesh, const Projection& projection, int face, bool flat) {
  QPolygonF polygon;
  for (int at = mesh.starts[face]; at < mesh.starts[face + 1]; ++at) {
    const auto vertex = mesh.vertices.row(mesh.corners[at]);
    polygon << projection.onScreen(flat ? projection.onBase(vertex) : projection.inSpace(vertex));
  }
  return polygon;
}

QColor shaded(const QColor& colour, double light) {
  return QColor::fromRgbF(static_cast<float>(colour.redF() * light),
                          static_cast<float>(colour.greenF() * light),
                          static_cast<float>(colour.blueF() * light));
}

QColor mixedWith(const QColor& colour, const QColor& ground, double share) {
  const auto mix = [&](double a, double b) { return static_cast<float>(share * a + (1 - share) * b); };
  return QColor::fromRgbF(mix(colour.redF(), ground.redF()), mix(colour.greenF(), ground.greenF()),
                          mix(colour.blueF(), ground.blueF()));
}

/// All that is painted with.
struct Stage {
  QPainter& painter;
  const TransportSnapshot& moment;
  const SurfaceMesh& mesh;
  Surface surface;
  Projection projection;
  const SurfaceStyle& style;
  std::vector<QColor> colours;

  const Colors& theme() const { return colors(style.theme); }
  /// Of a face of the potential its site's; of a triangle of the dual the mean of its corners'.
  QColor faceColour(int face) const {
    if (surface == Surface::Potential) return colours[static_cast<std::size_t>(mesh.sites[face])];
    double red = 0, green = 0, blue = 0;
    const int begin = mesh.starts[face], end = mesh.starts[face + 1];
    for (int at = begin; at < end; ++at) {
      const QColor& colour = colours[static_cast<std::size_t>(mesh.corners[at])];
      red += colour.redF(), green += colour.greenF(), blue += colour.blueF();
    }
    const double count = end - begin;
    return QColor::fromRgbF(static_cast<float>(red / count), static_cast<float>(green / count),
                            static_cast<float>(blue / count));
  }
  bool touchesChosen(int face) const {
    const auto isChosen = [this](int site) {
      return std::binary_search(style.chosen.begin(), style.chosen.end(), site);
    };
    if (style.chosen.empty()) return false;
    if (surface == Surface::Potential) return isChosen(mesh.sites[face]);
    // A face of the dual joins three sites: it is chosen with all of them.
    return std::all_of(mesh.corners.begin() + mesh.starts[face], mesh.corners.begin() + mesh.starts[face + 1],
                       isChosen);
  }
  bool touches(int face, int site) const {
    if (site < 0) return false;
    if (surface == Surface::Potential) return mesh.sites[face] == site;
    const auto begin = mesh.corners.begin() + mesh.starts[face],
               end = mesh.corners.begin() + mesh.starts[face + 1];
    return std::find(begin, end, site) != end;
  }
};

QPen edgePen(const Stage& stage, int faces) {
  QColor colour = stage.theme().text;
  colour.setAlphaF(faces > 3000 ? 0.12f : faces > 800 ? 0.25f : 0.4f);
  return vectorPen(stage.painter, QPen(colour, stage.style.unit * (faces > 800 ? 0.35 : 0.7), Qt::SolidLine,
                                       Qt::RoundCap, Qt::RoundJoin));
}

void paintBase(const Stage& stage) {
  if (!stage.style.base) return;
  for (int face = 0; face < stage.mesh.faces(); ++face) {
    const QColor fill = mixedWith(stage.faceColour(face), stage.theme().canvas, 0.45);
    stage.painter.setBrush(fill);
    stage.painter.setPen(edgePen(stage, stage.mesh.faces()));
    stage.painter.drawPolygon(outline(stage.mesh, stage.projection, face, true));
  }
}

/// The walls of the singular set by the pair of faces they part.
std::map<std::pair<int, int>, bool> singularPairs(const TransportSnapshot& moment) {
  std::map<std::pair<int, int>, bool> pairs;
  for (const auto& facet : moment.facets)
    if (facet.singular) pairs[std::minmax(facet.first, facet.second)] = true;
  return pairs;
}

/// Sides of the faces that part two sites of a singular wall, of the given pass.
void paintRidges(const Stage& stage, const std::vector<Face>& faces, bool entering) {
  if (stage.surface != Surface::Potential) return;
  const auto pairs = singularPairs(stage.moment);
  if (pairs.empty()) return;
  std::map<std::pair<int, int>, int> owner;  // a side, as its two vertices, and the face seen first along it
  stage.painter.setPen(
      QPen(singularColour(stage.style.theme), 2 * stage.style.unit, Qt::SolidLine, Qt::RoundCap));
  std::vector<QLineF> lines;
  for (const Face& face : faces) {
    const int begin = stage.mesh.starts[face.row], end = stage.mesh.starts[face.row + 1];
    for (int at = begin; at < end; ++at) {
      const int a = stage.mesh.corners[at], b = stage.mesh.corners[at + 1 == end ? begin : at + 1];
      const auto [place, isNew] = owner.try_emplace(std::minmax(a, b), face.row);
      if (isNew) continue;
      const auto sites = std::minmax(stage.mesh.sites[place->second], stage.mesh.sites[face.row]);
      if (!pairs.contains(sites) || face.entering != entering) continue;
      lines.emplace_back(stage.projection.onScreen(stage.projection.inSpace(stage.mesh.vertices.row(a))),
                         stage.projection.onScreen(stage.projection.inSpace(stage.mesh.vertices.row(b))));
    }
  }
  stage.painter.drawLines(lines.data(), static_cast<int>(lines.size()));
}

void paintFaces(const Stage& stage, const std::vector<Face>& faces, bool entering) {
  const QPen edges = edgePen(stage, stage.mesh.faces());
  for (const Face& face : faces) {
    if (face.entering != entering) continue;
    QColor colour = stage.faceColour(face.row);
    if (stage.touches(face.row, stage.style.selected))
      colour = stage.theme().accent;
    else if (stage.touchesChosen(face.row))
      colour = mixedWith(colour, stage.theme().accent, 0.7);
    else if (stage.touches(face.row, stage.style.hovered))
      colour = mixedWith(colour, stage.theme().accent, 0.5);
    const QColor fill = shaded(colour, face.light);
    stage.painter.setBrush(fill);
    stage.painter.setPen(edges);
    stage.painter.drawPolygon(outline(stage.mesh, stage.projection, face.row, false));
  }
}

void paintTitle(const Stage& stage, const QRectF& target) {
  QFont font = stage.painter.font();
  font.setPixelSize(std::max(1, static_cast<int>(std::lround(stage.style.textSize * stage.style.unit))));
  stage.painter.setFont(font);
  stage.painter.setPen(stage.theme().muted);
  const QFontMetricsF metrics(font);
  const QString text = stage.surface == Surface::Potential
                           ? QCoreApplication::translate("Surface", "Brenier potential u over its cells")
                           : QCoreApplication::translate("Surface", "Legendre dual u* over the targets");
  stage.painter.drawText(
      QPointF(target.left() + 10 * stage.style.unit, target.top() + 8 * stage.style.unit + metrics.ascent()),
      text);
}

}  // namespace

void paintSurface(QPainter& painter, const QRectF& target, const TransportSnapshot& moment, Surface surface,
                  const OrbitCamera& camera, const SurfaceStyle& style) {
  const SurfaceMesh& mesh = meshOf(moment, surface);
  painter.save();
  painter.setClipRect(target, Qt::IntersectClip);
  painter.setRenderHint(QPainter::Antialiasing);
  if (style.background) painter.fillRect(target, colors(style.theme).canvas);
  if (mesh.faces() > 0) {
    const Stage stage{painter,
                      moment,
                      mesh,
                      surface,
                      Projection(mesh, camera, style, target),
                      style,
                      siteColours(moment, style.colour, style.theme)};
    const std::vector<Face> faces = facesInOrder(mesh, stage.projection);
    if (stage.projection.fromAbove()) paintBase(stage);
    for (const bool entering : {false, true}) {
      paintFaces(stage, faces, entering);
      paintRidges(stage, faces, entering);
    }
    if (!stage.projection.fromAbove()) paintBase(stage);
    paintTitle(stage, target);
  }
  painter.restore();
}

int surfaceSiteAt(const QPointF& point, const QRectF& target, const TransportSnapshot& moment,
                  Surface surface, const OrbitCamera& camera, const SurfaceStyle& style, double reach) {
  const SurfaceMesh& mesh = meshOf(moment, surface);
  if (mesh.faces() == 0) return -1;
  const Projection projection(mesh, camera, style, target);
  const std::vector<Face> faces = facesInOrder(mesh, projection);
  for (auto face = faces.rbegin(); face != faces.rend(); ++face) {
    if (!outline(mesh, projection, face->row, false).containsPoint(point, Qt::OddEvenFill)) continue;
    if (surface == Surface::Potential) return mesh.sites[face->row];
    // The nearest corner of the triangle that is in front.
    int best = -1;
    double least = reach * reach;
    for (int at = mesh.starts[face->row]; at < mesh.starts[face->row + 1]; ++at) {
      const QPointF offset =
          projection.onScreen(projection.inSpace(mesh.vertices.row(mesh.corners[at]))) - point;
      const double distance = QPointF::dotProduct(offset, offset);
      if (distance <= least) best = mesh.corners[at], least = distance;
    }
    return best;
  }
  return -1;
}

}  // namespace monge::views
