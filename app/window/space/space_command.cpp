// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/space/space_command.h"

#include <QFileInfo>

#include "app/window/ensemble_space.h"
#include "app/window/figure_command.h"

namespace monge {
namespace {

QString layersWord(const views::SpaceLayers& layers) {
  QStringList names;
  for (int row = 0; row < views::kSpaceLayerCount; ++row)
    if (layers.has(static_cast<views::SpaceLayer>(row))) names << spaceLayerNames()[row];
  return names.join(',');
}

QString clipWord(const views::SpaceClip& clip) {
  static const QStringList across{"x", "y", "z", "sight"};
  return QString(clip.flipped ? "-" : "") + across[static_cast<int>(clip.across)] + ':' +
         numberWord(clip.offset);
}

}  // namespace

QString spaceCommand(const QString& what, const QString& file, const SpaceFigure& figure, bool isOfRun) {
  const QString suffix = QFileInfo(file).suffix().toLower();
  const bool isPicture = spacePictureFormats().contains(suffix);
  const bool isScene = suffix == QLatin1String("glb") || suffix == QLatin1String("gltf");
  const bool isMesh = isScene || suffix == QLatin1String("vtp") || suffix == QLatin1String("ply");
  const views::SpaceStyle usual = isOfRun ? ensembleSpaceStyle() : views::SpaceStyle();
  const views::SpaceStyle& style = figure.style;
  QStringList words{"monge", "render", what, "--view", spaceView()};
  if (isPicture) addPageWords(words, figure.spec, suffix == QLatin1String("png"));
  if ((isPicture || isScene) && style.layers != usual.layers) words << "--layers" << layersWord(style.layers);
  if ((isPicture || isMesh) && style.clip) words << "--clip=" + clipWord(*style.clip);
  if ((isPicture || isMesh) && style.explode != usual.explode)
    words << "--explode" << numberWord(style.explode);
  if (isPicture && style.opacity != usual.opacity) words << "--opacity" << numberWord(style.opacity);
  // A clip across the sight turns with the camera, in a mesh too.
  if ((isPicture || isMesh) && figure.camera.orbit != views::SpaceCamera().orbit)
    words << "--camera" << cameraWord(figure.camera.orbit);
  if (isPicture && figure.camera.perspective) words << "--perspective";
  if (isPicture || isScene) addLookWords(words, style.colour, figure.spec.theme);
  return shellLine(std::move(words << "--out" << file));
}

}  // namespace monge
