// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/transport/transport_command.h"

#include <QFileInfo>
#include <QRegularExpression>

#include "core/base/text.h"

namespace monge {
namespace {

using views::FigureSpec;
using views::OrbitCamera;

QString text(double value) {
  return QString::fromStdString(numberText(value));
}

QString joined(std::initializer_list<double> values) {
  QStringList words;
  for (const double value : values) words << text(value);
  return words.join(',');
}

QString layersText(const views::DiagramLayers& layers) {
  QStringList names;
  for (int row = 0; row < views::kDiagramLayerCount; ++row)
    if (layers.has(static_cast<views::DiagramLayer>(row))) names << diagramLayerNames()[row];
  return names.join(',');
}

QString cameraText(const OrbitCamera& camera) {
  const bool isPlain = camera.zoom == 1 && camera.pan.isNull();
  return isPlain ? joined({camera.azimuth, camera.elevation})
                 : joined({camera.azimuth, camera.elevation, camera.zoom, camera.pan.x(), camera.pan.y()});
}

void addPage(QStringList& words, const FigureSpec& spec, bool isRaster) {
  const FigureSpec usual;
  if (spec.sizeMm != usual.sizeMm)
    words << "--size" << text(spec.sizeMm.width()) + 'x' + text(spec.sizeMm.height()) + "mm";
  if (isRaster && spec.dpi != usual.dpi) words << "--dpi" << text(spec.dpi);
  if (spec.fontPt != usual.fontPt) words << "--font-size" << text(spec.fontPt);
  if (spec.transparent) words << "--transparent";
  if (!spec.axes) words << "--no-axes";
  if (spec.box) words << "--box" << joined({spec.box->xMin, spec.box->yMin, spec.box->xMax, spec.box->yMax});
}

}  // namespace

QString shellWord(const QString& word) {
  static const QRegularExpression plain(QStringLiteral("^[A-Za-z0-9_@%+=:,./-]+$"));
  if (plain.match(word).hasMatch()) return word;
  return '\'' + QString(word).replace('\'', QLatin1String("'\\''")) + '\'';
}

QString transportCommand(const QString& what, const QString& file, const TransportFigure& figure) {
  const QString& view = figure.spec.view;
  const QString suffix = QFileInfo(file).suffix().toLower();
  const bool isPicture = transportPictureFormats().contains(suffix);
  const bool isScene = suffix == QLatin1String("glb") || suffix == QLatin1String("gltf");
  const bool hasSurface = view == QLatin1String("potential") || view == QLatin1String("dual") ||
                          view == QLatin1String("panels") || view == QLatin1String("ridges");
  const bool hasDiagram = view != QLatin1String("potential") && view != QLatin1String("dual");
  const TransportFigure usual;
  QStringList words{QStringLiteral("monge"), QStringLiteral("render"), what, QStringLiteral("--view"), view};
  if (isPicture) addPage(words, figure.spec, suffix == QLatin1String("png"));
  if (isPicture && hasDiagram && figure.layers) words << "--layers" << layersText(*figure.layers);
  if (isPicture && hasSurface && !(figure.camera == usual.camera))
    words << "--camera" << cameraText(figure.camera);
  if (isPicture && hasSurface && figure.height != usual.height) words << "--height" << text(figure.height);
  if (!isPicture && hasSurface && figure.meshHeight) words << "--height" << text(*figure.meshHeight);
  if (isPicture || isScene) {
    static const QStringList colours{"site", "mass", "error", "jump"}, themes{"light", "dark", "figure"};
    if (figure.colour != usual.colour) words << "--colour" << colours[static_cast<int>(figure.colour)];
    if (figure.spec.theme != usual.spec.theme)
      words << "--theme" << themes[static_cast<int>(figure.spec.theme)];
  }
  if (figure.rule.by != usual.rule.by || figure.rule.threshold != usual.rule.threshold) {
    static const QStringList names{"spacing", "jump", "angle"};
    if (figure.rule.by != SingularRule::By::Jump) words << "--by" << names[static_cast<int>(figure.rule.by)];
    words << "--threshold" << text(figure.rule.threshold);
  }
  words << "--out" << file;
  for (QString& word : words) word = shellWord(word);
  return words.join(' ');
}

}  // namespace monge
