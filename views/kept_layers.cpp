// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/kept_layers.h"

#include <algorithm>

namespace monge::views {
namespace {

/// `piece`, in units of the target, of a layer that covers the target.
void blit(const LayerContext& context, const QPixmap& layer, const QRectF& piece) {
  const double ratio = layer.devicePixelRatio();
  const QRectF local = piece.translated(-context.target.topLeft());
  context.painter.drawPixmap(piece, layer, QRectF(local.topLeft() * ratio, local.size() * ratio));
}

bool beginsWith(const RowsF& longer, const RowsF& shorter) {
  return longer.cols() == shorter.cols() && longer.rows() >= shorter.rows() &&
         longer.topRows(shorter.rows()) == shorter;
}

}  // namespace

void KeptLayers::update(const Scene& scene, const QRectF& target, const PlaneMap& map,
                        const TessellationStyle& style, const QFont& font, double ratio) {
  const auto repaint = [&](QPixmap& layer, auto paint) {
    if (layer.isNull()) layer = emptyLayer();
    QPainter painter(&layer);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(font);
    const QRectF whole(QPointF(), target.size());
    paint(LayerContext{painter, whole, scene, map, style});
  };
  const View view{target.size(), map.centerX, map.centerY,    map.scale,
                  ratio,         style.theme, style.textSize, hasCritic(scene, style),
                  font};
  if (view != m_view) {
    m_view = view;
    m_data = m_axes = m_trails = QPixmap();
  }
  if (scene.data != m_shownData) m_data = QPixmap();
  m_shownData = scene.data;
  if (m_data.isNull()) repaint(m_data, views::paintData);
  if (m_axes.isNull() && style.axes) repaint(m_axes, views::paintAxes);
  if (!scene.snapshot || !style.layers.has(Layer::Trails)) return;
  if (!trailsGrew(*scene.snapshot)) m_trails = QPixmap();
  if (m_trails.isNull()) m_drawnTrails.clear();
  repaint(m_trails, [this](const LayerContext& context) { growTrails(context); });
}

QPixmap KeptLayers::emptyLayer() const {
  QPixmap layer((m_view.size * m_view.ratio).toSize());
  layer.setDevicePixelRatio(m_view.ratio);
  layer.fill(Qt::transparent);
  return layer;
}

/// Whether the pixels hold nothing but beginnings of the snapshot's trails.
bool KeptLayers::trailsGrew(const EnsembleSnapshot& snapshot) const {
  return std::all_of(m_drawnTrails.begin(), m_drawnTrails.end(), [&](const Trail& trail) {
    const int row = rowOfGenerator(snapshot, trail.id);
    return row >= 0 && static_cast<std::size_t>(row) < snapshot.trails.size() &&
           beginsWith(snapshot.trails[static_cast<std::size_t>(row)], trail.drawn);
  });
}

void KeptLayers::growTrails(const LayerContext& context) {
  const EnsembleSnapshot& snapshot = *context.scene.snapshot;
  const std::size_t count = std::min(snapshot.trails.size(), snapshot.ids.size());
  for (std::size_t j = 0; j < count; ++j) {
    const int id = snapshot.ids[j];
    auto known = std::find_if(m_drawnTrails.begin(), m_drawnTrails.end(),
                              [id](const Trail& trail) { return trail.id == id; });
    if (known == m_drawnTrails.end()) known = m_drawnTrails.insert(known, Trail{id, {}});
    const RowsF& trail = snapshot.trails[j];
    if (!hasTrail(snapshot, j) || trail.rows() == known->drawn.rows()) continue;
    const Eigen::Index from = std::max<Eigen::Index>(known->drawn.rows() - 1, 0);
    context.painter.strokePath(trailPath(context, trail, from), trailPen(context, static_cast<int>(j), 1));
    known->drawn = trail;
  }
}

void KeptLayers::paintData(const LayerContext& context) const {
  if (context.style.layers.has(Layer::Data)) blit(context, m_data, context.target);
}

/// The pixels are opaque, so that pieces that overlap leave no knots; and the last step to the prototype.
void KeptLayers::paintTrails(const LayerContext& context) const {
  if (!context.style.layers.has(Layer::Trails) || m_trails.isNull() || !context.scene.snapshot) return;
  context.painter.setOpacity(kTrailOpacity);
  blit(context, m_trails, context.target);
  context.painter.setOpacity(1);
  const EnsembleSnapshot& snapshot = *context.scene.snapshot;
  for (std::size_t j = 0; j < snapshot.trails.size(); ++j) {
    if (!hasTrail(snapshot, j)) continue;
    const RowsF& trail = snapshot.trails[j];
    context.painter.setPen(trailPen(context, static_cast<int>(j), kTrailOpacity));
    context.painter.drawLine(context.point(trail, trail.rows() - 1),
                             context.point(snapshot.prototypes, static_cast<Eigen::Index>(j)));
  }
}

/// Only where the numbers stand: a whole layer more to blend would cost more than the text.
void KeptLayers::paintAxes(const LayerContext& context) const {
  if (m_axes.isNull()) return;
  const AxisRoom room = axisRoom(context);
  const QRectF& target = context.target;
  blit(context, m_axes, QRectF(target.left(), target.top(), room.left, target.height()));
  blit(context, m_axes, target.adjusted(room.left, target.height() - room.bottom, 0, 0));
}

}  // namespace monge::views
