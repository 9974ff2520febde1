// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/space/cell_bodies.h"

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <utility>

namespace monge::views {
namespace {

/// A corner nearer to the plane than this share of the domain's size lies in it.
constexpr double kInPlane = 1e-12;

/// Twice the area times the unit normal, by Newell: sound for polygons that rounding has bent.
Vec3 areaVector(const CellBodies& bodies, std::span<const int> loop) {
  Vec3 sum = Vec3::Zero();
  const Vec3 origin = bodies.corners[static_cast<std::size_t>(loop[0])];
  for (std::size_t at = 1; at + 1 < loop.size(); ++at)
    sum += Vec3(bodies.corners[static_cast<std::size_t>(loop[at])] - origin)
               .cross(Vec3(bodies.corners[static_cast<std::size_t>(loop[at + 1])] - origin));
  return sum;
}

/// Builds the body of one cell after the other.
class BodyBuilder {
 public:
  BodyBuilder(const SpaceSnapshot& moment, const std::optional<CutPlane>& cut)
      : m_moment(moment),
        m_cut(cut),
        m_wholeRows(static_cast<std::size_t>(moment.cells.vertices.rows()), -1) {
    if (!m_cut) return;
    const double length = m_cut->normal.norm();
    m_cut->normal /= length, m_cut->offset /= length;
    if (moment.domain.vertices.rows() > 0)
      m_slack =
          kInPlane *
          (moment.domain.vertices.colwise().maxCoeff() - moment.domain.vertices.colwise().minCoeff()).norm();
  }

  void add(int site, const Vec3& move) {
    const std::size_t firstCorner = m_bodies.corners.size();
    m_rowOf.clear();
    m_cutRows.clear();
    m_site = site;
    if (isWhole())
      copyCell();
    else
      cutCell();
    for (std::size_t corner = firstCorner; corner < m_bodies.corners.size(); ++corner)
      m_bodies.corners[corner] += move;
    m_bodies.cellStarts.push_back(static_cast<int>(m_bodies.faces.size()));
  }
  CellBodies take() { return std::move(m_bodies); }

 private:
  Vec3 vertex(int row) const { return m_moment.cells.vertices.row(row).transpose(); }
  /// Signed distance, 0 within rounding of the plane.
  double side(int row) const {
    const double distance = m_cut->normal.dot(vertex(row)) - m_cut->offset;
    return std::abs(distance) <= m_slack ? 0 : distance;
  }

  int firstFace() const { return m_moment.cellStarts[static_cast<std::size_t>(m_site)]; }
  int lastFace() const { return m_moment.cellStarts[static_cast<std::size_t>(m_site) + 1]; }

  /// Whether the plane leaves the cell as it is.
  bool isWhole() const {
    if (!m_cut) return true;
    const SurfaceMesh& cells = m_moment.cells;
    for (int at = cells.starts[static_cast<std::size_t>(firstFace())];
         at < cells.starts[static_cast<std::size_t>(lastFace())]; ++at)
      if (side(cells.corners[static_cast<std::size_t>(at)]) >= 0) return false;
    return true;
  }

  void copyCell() {
    const SurfaceMesh& cells = m_moment.cells;
    std::vector<int> rows;
    for (int face = firstFace(); face < lastFace(); ++face) {
      rows.clear();
      for (int at = cells.starts[static_cast<std::size_t>(face)];
           at < cells.starts[static_cast<std::size_t>(face) + 1]; ++at)
        rows.push_back(wholeCorner(cells.corners[static_cast<std::size_t>(at)]));
      addLoop(rows, m_moment.across[static_cast<std::size_t>(face)],
              m_moment.facetOf[static_cast<std::size_t>(face)]);
    }
  }

  int wholeCorner(int row) {
    int& known = m_wholeRows[static_cast<std::size_t>(row)];
    if (known < 0) {
      known = static_cast<int>(m_bodies.corners.size());
      m_bodies.corners.push_back(vertex(row));
    }
    return known;
  }

  void cutCell() {
    for (int face = firstFace(); face < lastFace(); ++face) addFace(face);
    addCap();
  }

  /// Row of a corner of this body: of a corner of the cell (b is a), or of where the plane crosses a side.
  int corner(int a, int b) {
    if (b < a) std::swap(a, b);  // a side is crossed in the same point from both of its faces
    const auto [place, isNew] = m_rowOf.try_emplace({a, b}, static_cast<int>(m_bodies.corners.size()));
    if (!isNew) return place->second;
    if (a == b) {
      m_bodies.corners.push_back(vertex(a));
      if (m_cut && side(a) == 0) m_cutRows.push_back(place->second);
    } else {
      const double from = side(a), to = side(b);
      m_bodies.corners.push_back(vertex(a) + from / (from - to) * (vertex(b) - vertex(a)));
      m_cutRows.push_back(place->second);
    }
    return place->second;
  }

  void addFace(int face) {
    const SurfaceMesh& cells = m_moment.cells;
    const int begin = cells.starts[static_cast<std::size_t>(face)],
              end = cells.starts[static_cast<std::size_t>(face) + 1];
    m_loop.clear();
    bool inPlane = m_cut.has_value();
    for (int at = begin; at < end; ++at) {
      const int here = cells.corners[static_cast<std::size_t>(at)],
                next = cells.corners[static_cast<std::size_t>(at + 1 == end ? begin : at + 1)];
      const double a = m_cut ? side(here) : -1, b = m_cut ? side(next) : -1;
      inPlane = inPlane && a == 0;
      if (a <= 0) m_loop.push_back({here, here});
      if ((a < 0 && b > 0) || (a > 0 && b < 0)) m_loop.push_back({here, next});
    }
    if (m_loop.size() < 3) return;
    // A face in the plane bounds what is kept, or lies on what is cut away and would be a lid without a box.
    if (inPlane && !keepsInside()) return;
    std::vector<int> rows;
    for (const auto& [a, b] : m_loop) rows.push_back(corner(a, b));
    // What lies in the plane closes the cell as a cap does: what was beyond it is cut away.
    addLoop(rows, inPlane ? CellBodies::kCap : m_moment.across[static_cast<std::size_t>(face)],
            m_moment.facetOf[static_cast<std::size_t>(face)]);
    m_hasLid = m_hasLid || inPlane;
  }

  /// Whether any corner of the cell is inside the half-space.
  bool keepsInside() const {
    const SurfaceMesh& cells = m_moment.cells;
    for (int at = cells.starts[static_cast<std::size_t>(firstFace())];
         at < cells.starts[static_cast<std::size_t>(lastFace())]; ++at)
      if (side(cells.corners[static_cast<std::size_t>(at)]) < 0) return true;
    return false;
  }

  void addLoop(const std::vector<int>& rows, int across, int facet) {
    CellBodies::Face face{m_site,
                          across,
                          facet,
                          Vec3::Zero(),
                          static_cast<int>(m_bodies.loops.size()),
                          static_cast<int>(rows.size())};
    m_bodies.loops.insert(m_bodies.loops.end(), rows.begin(), rows.end());
    const Vec3 area = areaVector(m_bodies, rows);
    const double length = area.norm();
    if (length > 0) face.normal = area / length;
    m_bodies.faces.push_back(face);
  }

  /// The plane's own polygon: the cut of a convex body is convex, so its corners go around their middle.
  void addCap() {
    const bool hasLid = std::exchange(m_hasLid, false);
    if (hasLid || m_cutRows.size() < 3 || !keepsInside()) return;
    Vec3 middle = Vec3::Zero();
    for (const int row : m_cutRows) middle += m_bodies.corners[static_cast<std::size_t>(row)];
    middle /= static_cast<double>(m_cutRows.size());
    const Vec3 u = m_cut->normal.unitOrthogonal(), v = m_cut->normal.cross(u);
    std::vector<std::pair<double, int>> around;
    for (const int row : m_cutRows) {
      const Vec3 offset = m_bodies.corners[static_cast<std::size_t>(row)] - middle;
      around.emplace_back(std::atan2(v.dot(offset), u.dot(offset)), row);
    }
    std::sort(around.begin(), around.end());
    std::vector<int> rows;
    for (const auto& [angle, row] : around) rows.push_back(row);
    addLoop(rows, CellBodies::kCap, -1);
  }

  const SpaceSnapshot& m_moment;
  std::optional<CutPlane> m_cut;
  double m_slack = 0;
  CellBodies m_bodies;
  std::vector<int> m_wholeRows;  ///< of each corner of the cells, which are no two cells' together
  std::map<std::pair<int, int>, int> m_rowOf;
  std::vector<std::pair<int, int>> m_loop;
  std::vector<int> m_cutRows;  ///< corners of this body in the plane
  bool m_hasLid = false;       ///< a face of the cell lies in the plane
  int m_site = 0;
};

Vec3 siteAt(const SpaceSnapshot& moment, int site) {
  return moment.sites.row(site).transpose();
}

Vec3 meanSite(const SpaceSnapshot& moment) {
  return moment.sites.colwise().mean().transpose();
}

}  // namespace

Vec3 explodedBy(const SpaceSnapshot& moment, int site, double explode) {
  return explode == 0 ? Vec3(Vec3::Zero()) : Vec3(explode * (siteAt(moment, site) - meanSite(moment)));
}

CellBodies cellBodies(const SpaceSnapshot& moment, const std::optional<CutPlane>& cut, double explode) {
  BodyBuilder builder(moment, cut);
  const Vec3 mean = meanSite(moment);
  for (int site = 0; site < moment.count(); ++site)
    builder.add(site, explode * (siteAt(moment, site) - mean));
  return builder.take();
}

std::vector<int> cellsBackToFront(const SpaceSnapshot& moment, const SpaceProjection& projection,
                                  double explode) {
  std::vector<double> keys(static_cast<std::size_t>(moment.count()));
  const Vec3 eye = projection.eye() + explode * meanSite(moment);
  for (int site = 0; site < moment.count(); ++site) {
    const Vec3 at = siteAt(moment, site);
    keys[static_cast<std::size_t>(site)] =
        projection.perspective() ? (1 + explode) * at.squaredNorm() - moment.weights[site] - 2 * eye.dot(at)
                                 : projection.forward().dot(at);
  }
  std::vector<int> order(keys.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
    return keys[static_cast<std::size_t>(a)] > keys[static_cast<std::size_t>(b)];
  });
  return order;
}

CellRegions::CellRegions(const SpaceSnapshot& moment, double explode)
    : m_sites(moment.sites),
      m_shift(explode * meanSite(moment)),
      m_keys((1 + explode) * moment.sites.rowwise().squaredNorm() - moment.weights) {}

int CellRegions::at(const Vec3& place) const {
  const Vec3 from = 2 * (place + m_shift);
  int best = 0;
  double least = std::numeric_limits<double>::infinity();
  for (Eigen::Index site = 0; site < m_sites.rows(); ++site) {
    const double key = m_keys[site] - m_sites.row(site).dot(from);
    if (key < least) best = static_cast<int>(site), least = key;
  }
  return best;
}

CellHit cellAlong(const CellBodies& bodies, int site, const SpaceProjection::Ray& ray, double before) {
  const auto cell = static_cast<std::size_t>(site);
  const int begin = bodies.cellStarts[cell], end = bodies.cellStarts[cell + 1];
  if (begin == end) return {-1, before};
  double enter = 0, leave = before;
  for (int row = begin; row < end && enter < leave; ++row) {
    const auto& face = bodies.faces[static_cast<std::size_t>(row)];
    const Vec3& on =
        bodies.corners[static_cast<std::size_t>(bodies.loops[static_cast<std::size_t>(face.first)])];
    const double towards = face.normal.dot(ray.along), gap = face.normal.dot(on - ray.from);
    if (towards < 0)
      enter = std::max(enter, gap / towards);
    else if (towards > 0)
      leave = std::min(leave, gap / towards);
    else if (gap < 0)
      leave = -1;
  }
  return enter < leave ? CellHit{site, enter} : CellHit{-1, before};
}

CellHit firstCellAlong(const CellBodies& bodies, const SpaceProjection::Ray& ray) {
  CellHit best{-1, std::numeric_limits<double>::infinity()};
  for (int site = 0; site + 1 < static_cast<int>(bodies.cellStarts.size()); ++site)
    if (const CellHit hit = cellAlong(bodies, site, ray, best.distance); hit.site >= 0) best = hit;
  return best;
}

}  // namespace monge::views
