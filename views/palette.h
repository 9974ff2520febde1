// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QPalette>

namespace monge::views {

enum class Theme { Light, Dark, Figure };  ///< Figure: light colours on white, for export

/// Colours of one theme. One accent; colour is kept for data.
struct Colors {
  QColor canvas, window, surface, line, text, muted, accent, onAccent, good, warning, bad, realData;
  int cellFillPercent = 9;
};
const Colors& colors(Theme theme);

/// Okabe-Ito in the order of the house, then hues spaced evenly at one lightness. By a generator's stable id.
QColor generatorColor(int id);

/// Oklab lightness and chroma in [0, 1], hue in degrees: equal steps look equal. Kept within sRGB.
QColor perceptualColour(double lightness, double chroma, double hue);

/// The generator's colour on its way to the theme's text, darker on light and lighter on dark: its latent
/// grid is to be told from its samples.
QColor gridColor(int id, Theme theme);

/// viridis for t in [0, 1]; and a diverging blue-white-red (dark: blue-black-red) for t in [-1, 1].
QColor viridis(double t);
QColor diverging(double t, Theme theme);

/// Fusion palette of the theme, for QApplication::setPalette.
QPalette applicationPalette(Theme theme);
/// Style sheet of the window: thin lines, 6-pixel corners, no bevels.
QString applicationStyleSheet(Theme theme);

}  // namespace monge::views
