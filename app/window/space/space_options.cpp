// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/space/space_options.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <cmath>

#include "core/base/error.h"

namespace monge {
namespace {

using views::SpaceClip;

QString tr(const char* text) {
  return QCoreApplication::translate("Render", text);
}

double numberIn(const QCommandLineParser& parser, const QString& name, double least, double most) {
  bool valid = false;
  const double value = parser.value(name).toDouble(&valid);
  if (!valid || !(value >= least && value <= most))
    throw Error("--" + name.toStdString(), parser.value(name).toStdString(),
                "a number from " + QString::number(least).toStdString() + " to " +
                    QString::number(most).toStdString());
  return value;
}

views::SpaceLayers layersFrom(const QCommandLineParser& parser) {
  views::SpaceLayers layers;
  if (!parser.isSet("layers")) return layers;
  const QStringList names = spaceLayerNames();
  for (int at = 0; at < names.size(); ++at) layers.set(static_cast<views::SpaceLayer>(at), false);
  for (const QString& name : parser.value("layers").split(',', Qt::SkipEmptyParts)) {
    const auto at = names.indexOf(name.trimmed());
    if (at < 0) throw Error("--layers", name.toStdString(), "names out of " + names.join(", ").toStdString());
    layers.set(static_cast<views::SpaceLayer>(at), true);
  }
  return layers;
}

}  // namespace

void addSpaceOptions(QCommandLineParser& parser) {
  parser.addOptions({
      {"clip",
       tr("Of %1: cuts away what lies beyond a plane, axis:offset in data units, as in x:0.5; -x:0.5 cuts "
          "the other side; sight:0 what is nearer than the middle.")
           .arg(spaceView()),
       "plane"},
      {"explode", tr("Of %1: moves each cell by this share of its target's place (0).").arg(spaceView()),
       "share", "0"},
      {"opacity", tr("Of %1: of the cells' faces, from 0 to 1 (0.3; of runs 0.12).").arg(spaceView()),
       "share", "0.3"},
      {"perspective", tr("Of %1: what is nearer looks larger.").arg(spaceView())},
  });
}

SpaceClip parseClip(const QString& text) {
  static const QRegularExpression form(
      QStringLiteral(R"(^\s*(-?)(x|y|z|sight)\s*:\s*(-?\d*\.?\d+(?:[eE][-+]?\d+)?)\s*$)"));
  const auto match = form.match(text);
  if (!match.hasMatch())
    throw Error("--clip", text.toStdString(),
                "x, y, z or sight, a colon and a number, as in x:0.5 or -x:0.5");
  SpaceClip clip;
  clip.flipped = !match.captured(1).isEmpty();
  const QString across = match.captured(2);
  clip.across = across == QLatin1String("x")   ? SpaceClip::Across::X
                : across == QLatin1String("y") ? SpaceClip::Across::Y
                : across == QLatin1String("z") ? SpaceClip::Across::Z
                                               : SpaceClip::Across::Sight;
  clip.offset = match.captured(3).toDouble();
  return clip;
}

views::OrbitCamera parseCamera(const QString& text) {
  views::OrbitCamera camera;
  if (const auto preset = views::cameraPreset(text.trimmed())) {
    camera.azimuth = preset->azimuth;
    camera.elevation = preset->elevation;
    return camera;
  }
  const QStringList parts = text.split(',');
  double numbers[] = {camera.azimuth, camera.elevation, camera.zoom, 0, 0};
  bool valid = parts.size() == 2 || parts.size() == 5;
  for (int at = 0; at < parts.size() && valid; ++at) numbers[at] = parts[at].toDouble(&valid);
  const auto [azimuth, elevation, zoom, right, down] = numbers;
  valid = valid && std::abs(azimuth) <= 360 && std::abs(elevation) <= 90 && zoom > 0 && zoom <= 1000 &&
          std::abs(right) <= 1000 && std::abs(down) <= 1000;
  if (valid) return {azimuth, elevation, zoom, QPointF(right, down)};
  QStringList names;
  for (const auto& preset : views::cameraPresets()) names << preset.id;
  throw Error("--camera", text.toStdString(),
              "azimuth,elevation in degrees, from -360 to 360 and from -90 to 90; or these with a zoom above "
              "0 and the right and down that it is moved; or one of " +
                  names.join(", ").toStdString());
}

SingularRule ruleOption(const QCommandLineParser& parser, SingularRule rule) {
  if (!parser.isSet("threshold") && !parser.isSet("by")) return rule;
  const QStringList names{"spacing", "jump", "angle"};
  const auto index = names.indexOf(parser.isSet("by") ? parser.value("by") : QStringLiteral("jump"));
  if (index < 0)
    throw Error("--by", parser.value("by").toStdString(), "one of " + names.join(", ").toStdString());
  rule.by = static_cast<SingularRule::By>(index);
  if (parser.isSet("threshold"))
    rule.threshold = numberIn(parser, "threshold", 0, 1e300);
  else if (rule.by != SingularRule::By::Spacing)
    throw Error("--by", parser.value("by").toStdString() + " without --threshold",
                "a threshold to go with it");
  return rule;
}

SpaceFigure spaceFigure(const QCommandLineParser& parser, const views::FigureSpec& spec) {
  SpaceFigure figure;
  figure.spec = spec;
  figure.style.layers = layersFrom(parser);
  figure.style.explode = numberIn(parser, "explode", 0, 100);
  figure.style.opacity = numberIn(parser, "opacity", 0, 1);
  if (parser.isSet("clip")) figure.style.clip = parseClip(parser.value("clip"));
  if (parser.isSet("camera")) figure.camera.orbit = parseCamera(parser.value("camera"));
  figure.camera.perspective = parser.isSet("perspective");
  figure.rule = ruleOption(parser, figure.rule);
  return figure;
}

}  // namespace monge
