// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/figure_command.h"

#include <QRegularExpression>

#include "core/base/text.h"

namespace monge {

using views::FigureSpec;
using views::OrbitCamera;

QString numberWord(double value) {
  return QString::fromStdString(numberText(value));
}

QString numberWords(std::initializer_list<double> values) {
  QStringList words;
  for (const double value : values) words << numberWord(value);
  return words.join(',');
}

QString cameraWord(const OrbitCamera& camera) {
  const bool isPlain = camera.zoom == 1 && camera.pan.isNull();
  return isPlain
             ? numberWords({camera.azimuth, camera.elevation})
             : numberWords({camera.azimuth, camera.elevation, camera.zoom, camera.pan.x(), camera.pan.y()});
}

void addPageWords(QStringList& words, const FigureSpec& spec, bool isRaster) {
  const FigureSpec usual;
  if (spec.sizeMm != usual.sizeMm)
    words << "--size" << numberWord(spec.sizeMm.width()) + 'x' + numberWord(spec.sizeMm.height()) + "mm";
  if (isRaster && spec.dpi != usual.dpi) words << "--dpi" << numberWord(spec.dpi);
  if (spec.fontPt != usual.fontPt) words << "--font-size" << numberWord(spec.fontPt);
  if (spec.transparent) words << "--transparent";
  if (!spec.axes) words << "--no-axes";
  if (spec.box)
    words << "--box" << numberWords({spec.box->xMin, spec.box->yMin, spec.box->xMax, spec.box->yMax});
}

void addLookWords(QStringList& words, views::CellColour colour, views::Theme theme) {
  static const QStringList colours{"site", "mass", "error", "jump"}, themes{"light", "dark", "figure"};
  if (colour != views::CellColour::Site) words << "--colour" << colours[static_cast<int>(colour)];
  if (theme != FigureSpec().theme) words << "--theme" << themes[static_cast<int>(theme)];
}

QString shellWord(const QString& word) {
  static const QRegularExpression plain(QStringLiteral("^[A-Za-z0-9_@%+=:,./-]+$"));
  if (plain.match(word).hasMatch()) return word;
  return '\'' + QString(word).replace('\'', QLatin1String("'\\''")) + '\'';
}

QString shellLine(QStringList words) {
  for (QString& word : words) word = shellWord(word);
  return words.join(' ');
}

}  // namespace monge
