// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/transport/render_transport.h"

#include <QFileInfo>
#include <QGuiApplication>
#include <algorithm>

#include "app/window/transport/transport_documents.h"
#include "app/window/transport/transport_meshes.h"
#include "app/window/transport/transport_numbers.h"
#include "app/window/transport/transport_picture.h"
#include "core/base/error.h"
#include "core/base/files.h"

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
    // Beside each other the two show different things, whatever the layers of the one are.
    const bool isBesideCells =
        m_figure.spec.view == QLatin1String("panels") && view == QLatin1String("singular");
    style.layers = isBesideCells ? layersFor(view) : m_figure.layers.value_or(layersFor(view));
    style.colour = m_figure.colour;
    style.axes = m_figure.spec.axes;
    style.background = false;
    const Box2 box = m_figure.spec.box.value_or(views::diagramBox(m_moment));
    const QRectF room = style.axes ? besideNumbers(target) : target;
    views::paintDiagram(painter, target, m_moment, views::PlaneMap::fitted(box, room), style);
  }

  /// What a small panel leaves to the cells, so that the numbers of its axes stand beside them; the margin of
  /// a large one is room enough.
  static QRectF besideNumbers(const QRectF& target) {
    constexpr double kNumbersLeft = 44, kNumbersBelow = 28, kMargin = 0.08;
    const double x = std::max(0.0, kNumbersLeft - kMargin * target.width()),
                 y = std::max(0.0, kNumbersBelow - kMargin * target.height());
    return target.adjusted(x, y, -x, -y);
  }

  void paintSurface(QPainter& painter, const QRectF& target, Surface surface) const {
    views::SurfaceStyle style;
    style.theme = m_figure.spec.theme;
    style.colour = m_figure.colour;
    style.height = m_figure.height;
    style.background = false;
    views::paintSurface(painter, target, m_moment, surface, m_figure.camera, style);
    // Among panels the cells have one already.
    if (m_figure.spec.view == QLatin1String("panels")) return;
    views::DiagramStyle bar;
    bar.theme = style.theme;
    bar.colour = style.colour;
    views::paintCellBar(painter, target, m_moment, bar);
  }

  const TransportSnapshot& m_moment;
  const TransportFigure& m_figure;
};

QString list(const QStringList& words) {
  return words.size() < 2 ? words.join(QString())
                          : words.mid(0, words.size() - 1).join(QStringLiteral(", ")) +
                                QStringLiteral(" or ") + words.last();
}

void checkExport(const QString& file, const QString& view, const QString& suffix) {
  if (!transportExports().contains(view))
    throw Error("--view", view.toStdString(),
                "of solved transport one of " + list(transportExports()).toStdString());
  const QStringList formats = transportFormats(view);
  if (formats.contains(suffix)) return;
  throw Error(
      file.toStdString(),
      suffix.isEmpty() ? "no suffix" : "the view " + view.toStdString() + " as ." + suffix.toStdString(),
      '.' + list(formats)
                .replace(QLatin1String(", "), QLatin1String(", ."))
                .replace(QLatin1String(" or "), QLatin1String(" or ."))
                .toStdString());
}

std::string csvOf(const TransportSnapshot& moment, const QString& view) {
  if (view == QLatin1String("facets")) return facetsCsv(moment);
  return view == QLatin1String("singular") ? singularPointsCsv(moment) : sitesCsv(moment);
}

std::string meshBytes(const QString& suffix, const TransportSnapshot& moment, const TransportFigure& figure) {
  const QString& view = figure.spec.view;
  const MeshLooks looks{figure.colour, figure.spec.theme, figure.meshHeight};
  if (suffix == QLatin1String("vtp")) return vtpText(transportMesh(moment, view, looks).mesh);
  if (suffix == QLatin1String("ply")) return plyText(transportMesh(moment, view, looks).mesh);
  const GltfScene scene = transportScene(moment, view, looks);
  return suffix == QLatin1String("glb") ? glbBytes(scene) : gltfText(scene);
}

}  // namespace

QStringList transportViews() {
  return {QStringLiteral("cells"), QStringLiteral("singular"), QStringLiteral("potential"),
          QStringLiteral("dual"), QStringLiteral("panels")};
}

QStringList transportExports() {
  return transportViews() +
         QStringList{QStringLiteral("triangulation"), QStringLiteral("ridges"), QStringLiteral("facets")};
}

QStringList transportPictureFormats() {
  return {QStringLiteral("pdf"), QStringLiteral("svg"), QStringLiteral("png")};
}

QStringList transportFormats(const QString& view) {
  QStringList formats;
  if (transportViews().contains(view)) formats << transportPictureFormats();
  if (transportMeshNames().contains(view))
    formats << QStringLiteral("glb") << QStringLiteral("gltf") << QStringLiteral("vtp")
            << QStringLiteral("ply");
  if (view == QLatin1String("cells") || view == QLatin1String("singular") || view == QLatin1String("facets"))
    formats << QStringLiteral("csv");
  return formats << QStringLiteral("npz");
}

QStringList diagramLayerNames() {
  return {QStringLiteral("cells"),  QStringLiteral("walls"),    QStringLiteral("triangulation"),
          QStringLiteral("discs"),  QStringLiteral("rays"),     QStringLiteral("centroids"),
          QStringLiteral("sites"),  QStringLiteral("singular"), QStringLiteral("subgradients"),
          QStringLiteral("density")};
}

void paintTransportFigure(QPainter& painter, const QRectF& page, const TransportSnapshot& moment,
                          const TransportFigure& figure) {
  Page(moment, figure).paint(painter, page);
}

std::string transportFileBytes(const QString& file, const TransportSnapshot& moment,
                               const TransportFigure& figure) {
  const QString suffix = QFileInfo(file).suffix().toLower();
  checkExport(file, figure.spec.view, suffix);
  if (suffix == QLatin1String("npz")) return npzBytes(transportArrays(moment));
  if (suffix == QLatin1String("csv")) return csvOf(moment, figure.spec.view);
  if (!transportPictureFormats().contains(suffix)) return meshBytes(suffix, moment, figure);
  return views::pageBytes(file, figure.spec,
                          [&](QPainter& painter, const QRectF& page) {
                            paintTransportFigure(painter, page, moment, figure);
                          })
      .toStdString();
}

void writeTransportFigure(const QString& file, const TransportSnapshot& moment,
                          const TransportFigure& figure) {
  writeFileAtomically(file.toStdString(), transportFileBytes(file, moment, figure));
}

void writeTransportFigure(const QString& file, const QString& what, const TransportFigure& figure) {
  // What cannot be written is said before anything is solved.
  checkExport(file, figure.spec.view, QFileInfo(file).suffix().toLower());
  const TransportDocument* preset = isTransportFolder(what.toStdString()) ? nullptr : transportPreset(what);
  const TransportSnapshotPtr moment =
      preset ? solvedPicture(preset->problem, preset->name.toStdString(), figure.rule)
             : readTransportPicture(what.toStdString(), figure.rule);
  writeTransportFigure(file, *moment, figure);
}

}  // namespace monge
