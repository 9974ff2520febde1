// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/transport/transport_command.h"

#include <QFileInfo>

#include "app/window/figure_command.h"

namespace monge {
namespace {

QString layersText(const views::DiagramLayers& layers) {
  QStringList names;
  for (int row = 0; row < views::kDiagramLayerCount; ++row)
    if (layers.has(static_cast<views::DiagramLayer>(row))) names << diagramLayerNames()[row];
  return names.join(',');
}

}  // namespace

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
  if (isPicture) addPageWords(words, figure.spec, suffix == QLatin1String("png"));
  if (isPicture && hasDiagram && figure.layers) words << "--layers" << layersText(*figure.layers);
  if (isPicture && hasSurface && !(figure.camera == usual.camera))
    words << "--camera" << cameraWord(figure.camera);
  if (isPicture && hasSurface && figure.height != usual.height)
    words << "--height" << numberWord(figure.height);
  if (!isPicture && hasSurface && figure.meshHeight) words << "--height" << numberWord(*figure.meshHeight);
  if (isPicture || isScene) addLookWords(words, figure.colour, figure.spec.theme);
  if (figure.rule.by != usual.rule.by || figure.rule.threshold != usual.rule.threshold) {
    static const QStringList names{"spacing", "jump", "angle"};
    if (figure.rule.by != SingularRule::By::Jump) words << "--by" << names[static_cast<int>(figure.rule.by)];
    words << "--threshold" << numberWord(figure.rule.threshold);
  }
  words << "--out" << file;
  return shellLine(std::move(words));
}

}  // namespace monge
