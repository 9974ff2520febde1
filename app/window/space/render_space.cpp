// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/space/render_space.h"

#include <QFileInfo>
#include <QGuiApplication>

#include "app/window/space/space_documents.h"
#include "app/window/space/space_picture.h"
#include "app/window/transport/transport_picture.h"
#include "views/space/space_page.h"
#include "views/space/space_painter.h"

namespace monge {
namespace {

/// Text of this height in the layout becomes fontPt points on paper, as in other figures.
constexpr double kLayoutText = 12;

}  // namespace

QString spaceView() {
  return QStringLiteral("cells-3d");
}

QStringList spaceLayerNames() {
  return {QStringLiteral("cells"),  QStringLiteral("walls"),  QStringLiteral("surfaces"),
          QStringLiteral("curves"), QStringLiteral("sites"),  QStringLiteral("axes"),
          QStringLiteral("data"),   QStringLiteral("samples")};
}

void writeSpaceFigure(const QString& file, const SpaceSnapshot& moment, const SpaceFigure& figure) {
  const bool asPixels = QFileInfo(file).suffix().compare(QLatin1String("png"), Qt::CaseInsensitive) == 0;
  views::SpaceStyle style = figure.style;
  style.theme = figure.spec.theme;
  style.background = false;
  style.unit = figure.spec.fontPt / kLayoutText;
  style.textSize = kLayoutText;
  if (!figure.spec.axes) style.layers.set(views::SpaceLayer::Axes, false);
  views::writePage(file, figure.spec, [&](QPainter& painter, const QRectF& page) {
    painter.setFont(QGuiApplication::font());
    if (!figure.spec.transparent) painter.fillRect(page, views::colors(style.theme).canvas);
    (asPixels ? views::paintSpaceByOpenGl : views::paintSpace)(painter, page, moment, figure.camera, style);
  });
}

void writeSpaceFigure(const QString& file, const QString& what, const SpaceFigure& figure) {
  const SpaceDocument* preset = isTransportFolder(what.toStdString()) ? nullptr : spacePreset(what);
  const SpaceSnapshotPtr moment =
      preset ? solvedSpacePicture(preset->problem, preset->name.toStdString(), figure.rule)
             : readSpacePicture(what.toStdString(), figure.rule);
  writeSpaceFigure(file, *moment, figure);
}

}  // namespace monge
