// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/space/render_space.h"

#include <QFileInfo>
#include <QGuiApplication>

#include "app/window/space/space_documents.h"
#include "app/window/space/space_meshes.h"
#include "app/window/space/space_numbers.h"
#include "app/window/space/space_picture.h"
#include "app/window/transport/transport_picture.h"
#include "core/base/error.h"
#include "core/base/files.h"
#include "views/space/space_page.h"
#include "views/space/space_painter.h"

namespace monge {
namespace {

/// Text of this height in the layout becomes fontPt points on paper, as in other figures.
constexpr double kLayoutText = 12;

views::SpaceStyle styleOf(const SpaceFigure& figure) {
  views::SpaceStyle style = figure.style;
  style.theme = figure.spec.theme;
  return style;
}

QString checkedSuffix(const QString& file) {
  const QString suffix = QFileInfo(file).suffix().toLower();
  if (!spaceFormats().contains(suffix))
    throw Error(file.toStdString(), suffix.isEmpty() ? "no suffix" : '.' + suffix.toStdString(),
                "one of ." + spaceFormats().join(QStringLiteral(", .")).toStdString());
  return suffix;
}

std::string meshBytes(const QString& suffix, const SpaceSnapshot& moment, const SpaceFigure& figure) {
  const views::SpaceStyle style = styleOf(figure);
  const auto cut = views::cutPlane(moment, style.clip,
                                   views::spaceProjection(moment, style, figure.camera, QRectF(0, 0, 1, 1)));
  if (suffix == QLatin1String("vtp")) return vtpText(spaceCellsMesh(moment, style, cut).mesh);
  if (suffix == QLatin1String("ply")) return plyText(spaceCellsMesh(moment, style, cut).mesh);
  const GltfScene scene = spaceScene(moment, style, cut);
  return suffix == QLatin1String("glb") ? glbBytes(scene) : gltfText(scene);
}

}  // namespace

QString spaceView() {
  return QStringLiteral("cells-3d");
}

QStringList spaceLayerNames() {
  return {QStringLiteral("cells"),  QStringLiteral("walls"),  QStringLiteral("surfaces"),
          QStringLiteral("curves"), QStringLiteral("sites"),  QStringLiteral("axes"),
          QStringLiteral("data"),   QStringLiteral("samples")};
}

QStringList spacePictureFormats() {
  return {QStringLiteral("pdf"), QStringLiteral("svg"), QStringLiteral("png")};
}

QStringList spaceFormats() {
  return spacePictureFormats() + QStringList{QStringLiteral("glb"), QStringLiteral("gltf"),
                                             QStringLiteral("vtp"), QStringLiteral("ply"),
                                             QStringLiteral("csv"), QStringLiteral("npz")};
}

void paintSpaceFigure(QPainter& painter, const QRectF& page, const SpaceSnapshot& moment,
                      const SpaceFigure& figure, bool asVectors) {
  views::SpaceStyle style = styleOf(figure);
  style.background = false;
  style.unit = figure.spec.fontPt / kLayoutText;
  style.textSize = kLayoutText;
  if (!figure.spec.axes) style.layers.set(views::SpaceLayer::Axes, false);
  painter.setFont(QGuiApplication::font());
  if (!figure.spec.transparent) painter.fillRect(page, views::colors(style.theme).canvas);
  (asVectors ? views::paintSpace : views::paintSpaceByOpenGl)(painter, page, moment, figure.camera, style);
}

std::string spaceFileBytes(const QString& file, const SpaceSnapshot& moment, const SpaceFigure& figure) {
  const QString suffix = checkedSuffix(file);
  if (suffix == QLatin1String("csv")) return spaceSitesCsv(moment);
  if (suffix == QLatin1String("npz")) return npzBytes(spaceArrays(moment));
  if (!spacePictureFormats().contains(suffix)) return meshBytes(suffix, moment, figure);
  const bool asVectors = suffix != QLatin1String("png");
  return views::pageBytes(file, figure.spec,
                          [&](QPainter& painter, const QRectF& page) {
                            paintSpaceFigure(painter, page, moment, figure, asVectors);
                          })
      .toStdString();
}

void writeSpaceFigure(const QString& file, const SpaceSnapshot& moment, const SpaceFigure& figure) {
  writeFileAtomically(file.toStdString(), spaceFileBytes(file, moment, figure));
}

void writeSpaceFigure(const QString& file, const QString& what, const SpaceFigure& figure) {
  checkedSuffix(file);  // what cannot be written is said before anything is solved
  const SpaceDocument* preset = isTransportFolder(what.toStdString()) ? nullptr : spacePreset(what);
  const SpaceSnapshotPtr moment =
      preset ? solvedSpacePicture(preset->problem, preset->name.toStdString(), figure.rule)
             : readSpacePicture(what.toStdString(), figure.rule);
  writeSpaceFigure(file, *moment, figure);
}

}  // namespace monge
