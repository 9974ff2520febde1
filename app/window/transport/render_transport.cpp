// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/transport/render_transport.h"

#include <QGuiApplication>
#include <algorithm>

#include "app/window/transport/transport_documents.h"
#include "app/window/transport/transport_picture.h"
#include "core/base/error.h"

namespace monge {
namespace {

using views::DiagramLayer;
using views::DiagramLayers;
using views::Surface;

/// Text of this height in the layout becomes fontPt points on paper, as in other figures.
constexpr double kLayoutText = 12;

DiagramLayers layersFor(const QString& view) {
  DiagramLayers layers;
  if (view != QLatin1String("singular")) return layers;
  layers.set(DiagramLayer::Subgradients, true);
  layers.set(DiagramLayer::Sites, false);
  return layers;
}

class Page {
 public:
  Page(const TransportSnapshot& moment, const TransportFigure& figure) : m_moment(moment), m_figure(figure) {}

  void paint(QPainter& painter, const QRectF& page) const {
    const double scale = m_figure.spec.fontPt / kLayoutText;
    painter.save();
    painter.translate(page.topLeft());
    painter.scale(scale, scale);
    const QRectF layout(QPointF(0, 0), page.size() / scale);
    QFont font = QGuiApplication::font();
    font.setPixelSize(static_cast<int>(kLayoutText));
    painter.setFont(font);
    if (!m_figure.spec.transparent) painter.fillRect(layout, views::colors(m_figure.spec.theme).canvas);
    if (m_figure.spec.view == QLatin1String("panels"))
      paintPanels(painter, layout);
    else
      paintView(painter, layout, m_figure.spec.view);
    painter.restore();
  }

 private:
  void paintPanels(QPainter& painter, const QRectF& layout) const {
    const QString views[] = {QStringLiteral("cells"), QStringLiteral("singular"), QStringLiteral("potential"),
                             QStringLiteral("dual")};
    constexpr double kGap = 8;
    const QSizeF size((layout.width() - kGap) / 2, (layout.height() - kGap) / 2);
    for (int at = 0; at < 4; ++at)
      paintView(painter,
                QRectF(layout.topLeft() +
                           QPointF((size.width() + kGap) * (at % 2), (size.height() + kGap) * (at / 2)),
                       size),
                views[at]);
  }

  void paintView(QPainter& painter, const QRectF& target, const QString& view) const {
    if (view == QLatin1String("potential")) return paintSurface(painter, target, Surface::Potential);
    if (view == QLatin1String("dual")) return paintSurface(painter, target, Surface::Dual);
    views::DiagramStyle style;
    style.theme = m_figure.spec.theme;
    style.layers = m_figure.layers.value_or(layersFor(view));
    style.colour = m_figure.colour;
    style.axes = m_figure.spec.axes;
    style.background = false;
    const Box2 box = m_figure.spec.box.value_or(views::diagramBox(m_moment));
    views::paintDiagram(painter, target, m_moment, views::PlaneMap::fitted(box, target), style);
  }

  void paintSurface(QPainter& painter, const QRectF& target, Surface surface) const {
    views::SurfaceStyle style;
    style.theme = m_figure.spec.theme;
    style.colour = m_figure.colour;
    style.height = m_figure.height;
    style.background = false;
    views::paintSurface(painter, target, m_moment, surface, m_figure.camera, style);
  }

  const TransportSnapshot& m_moment;
  const TransportFigure& m_figure;
};

}  // namespace

QStringList transportViews() {
  return {QStringLiteral("cells"), QStringLiteral("singular"), QStringLiteral("potential"),
          QStringLiteral("dual"), QStringLiteral("panels")};
}

QStringList diagramLayerNames() {
  return {QStringLiteral("cells"),  QStringLiteral("walls"),    QStringLiteral("triangulation"),
          QStringLiteral("discs"),  QStringLiteral("rays"),     QStringLiteral("centroids"),
          QStringLiteral("sites"),  QStringLiteral("singular"), QStringLiteral("subgradients"),
          QStringLiteral("density")};
}

void writeTransportFigure(const QString& file, const TransportSnapshot& moment,
                          const TransportFigure& figure) {
  const Page page(moment, figure);
  views::writePage(file, figure.spec,
                   [&](QPainter& painter, const QRectF& area) { page.paint(painter, area); });
}

void writeTransportFigure(const QString& file, const QString& what, const TransportFigure& figure) {
  if (!transportViews().contains(figure.spec.view))
    throw Error("--view", figure.spec.view.toStdString(),
                "of solved transport one of " + transportViews().join(QStringLiteral(", ")).toStdString());
  const TransportDocument* preset = isTransportFolder(what.toStdString()) ? nullptr : transportPreset(what);
  const TransportSnapshotPtr moment =
      preset ? solvedPicture(preset->problem, preset->name.toStdString(), figure.rule)
             : readTransportPicture(what.toStdString(), figure.rule);
  writeTransportFigure(file, *moment, figure);
}

}  // namespace monge
