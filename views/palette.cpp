// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/palette.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace monge::views {
namespace {

Colors lightColors() {
  Colors c;
  c.canvas = QColor(0xFFFFFF);
  c.window = QColor(0xF2F4F6);
  c.surface = QColor(0xFAFBFC);
  c.line = QColor(0xD9DDE3);
  c.text = QColor(0x1F2328);
  c.muted = QColor(0x656D76);
  c.accent = QColor(0x1F6FEB);
  c.onAccent = QColor(0xFFFFFF);
  c.good = QColor(0x1A9E6C);
  c.warning = QColor(0xB86E00);
  c.bad = QColor(0xCF222E);
  c.realData = QColor(0xA7ACB3);
  c.cellFillPercent = 9;
  return c;
}

Colors darkColors() {
  Colors c;
  c.canvas = QColor(0x17181B);
  c.window = QColor(0x1E1F23);
  c.surface = QColor(0x27282C);
  c.line = QColor(0x3A3C42);
  c.text = QColor(0xECEDEE);
  c.muted = QColor(0x9AA0A8);
  c.accent = QColor(0x4C9BFF);
  c.onAccent = QColor(0x0B1220);
  c.good = QColor(0x35C28B);
  c.warning = QColor(0xE6A23C);
  c.bad = QColor(0xFF6B6B);
  c.realData = QColor(0x7D828A);
  c.cellFillPercent = 15;
  return c;
}

/// Figures go on paper: the light colours, with lines that survive print.
Colors figureColors() {
  Colors c = lightColors();
  c.text = QColor(Qt::black);
  c.muted = QColor(0x4D4D4D);
  c.line = QColor(0x999999);
  c.realData = QColor(0x9A9A9A);
  return c;
}

double gammaEncoded(double linear) {
  const double x = std::clamp(linear, 0.0, 1.0);
  return x <= 0.0031308 ? 12.92 * x : 1.055 * std::pow(x, 1 / 2.4) - 0.055;
}

QColor mixed(const QColor& from, const QColor& to, double t) {
  return QColor::fromRgbF(from.redF() + t * (to.redF() - from.redF()),
                          from.greenF() + t * (to.greenF() - from.greenF()),
                          from.blueF() + t * (to.blueF() - from.blueF()));
}

template <std::size_t N>
QColor along(const std::array<QRgb, N>& anchors, double t) {
  const double position = std::clamp(t, 0.0, 1.0) * (N - 1);
  const auto index = std::min(static_cast<std::size_t>(position), N - 2);
  return mixed(QColor(anchors[index]), QColor(anchors[index + 1]), position - static_cast<double>(index));
}

}  // namespace

const Colors& colors(Theme theme) {
  static const Colors light = lightColors(), dark = darkColors(), figure = figureColors();
  switch (theme) {
    case Theme::Dark:
      return dark;
    case Theme::Figure:
      return figure;
    case Theme::Light:
      break;
  }
  return light;
}

// Source: Ottosson 2020, "A perceptual color space".
QColor perceptualColour(double lightness, double chroma, double hue) {
  const double radians = hue * M_PI / 180;
  const double a = chroma * std::cos(radians), b = chroma * std::sin(radians);
  const double l = std::pow(lightness + 0.3963377774 * a + 0.2158037573 * b, 3);
  const double m = std::pow(lightness - 0.1055613458 * a - 0.0638541728 * b, 3);
  const double s = std::pow(lightness - 0.0894841775 * a - 1.2914855480 * b, 3);
  return QColor::fromRgbF(gammaEncoded(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
                          gammaEncoded(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
                          gammaEncoded(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s));
}

QColor generatorColor(int id) {
  static constexpr std::array<QRgb, 7> okabeIto = {0x0072B2, 0xE69F00, 0x009E73, 0xD55E00,
                                                   0xCC79A7, 0x56B4E9, 0xF0E442};
  if (id >= 0 && id < static_cast<int>(okabeIto.size()))
    return QColor(okabeIto[static_cast<std::size_t>(id)]);
  // The golden angle keeps any number of hues spread, and a generator's colour does not depend on how many
  // there are.
  constexpr double goldenAngle = 137.50776405;
  return perceptualColour(0.66, 0.13, std::fmod(20 + goldenAngle * std::abs(id), 360));
}

QColor gridColor(int id, Theme theme) {
  return mixed(generatorColor(id), colors(theme).text, 0.6);
}

QColor viridis(double t) {
  static constexpr std::array<QRgb, 11> anchors = {0x440154, 0x482475, 0x414487, 0x355F8D, 0x2A788E, 0x21918C,
                                                   0x22A884, 0x44BF70, 0x7AD151, 0xBDDF26, 0xFDE725};
  return along(anchors, t);
}

QColor diverging(double t, Theme theme) {
  static constexpr std::array<QRgb, 9> light = {0x2166AC, 0x4393C3, 0x92C5DE, 0xD1E5F0, 0xFAFAFA,
                                                0xFDDBC7, 0xF4A582, 0xD6604D, 0xB2182B};
  static constexpr std::array<QRgb, 9> dark = {0x7CC4FF, 0x4A90D0, 0x2B5F95, 0x1E3650, 0x17181B,
                                               0x4A2424, 0x8C3A33, 0xC9584A, 0xFF8A75};
  return along(theme == Theme::Dark ? dark : light, (t + 1) / 2);
}

QPalette applicationPalette(Theme theme) {
  const Colors& c = colors(theme);
  QPalette palette;
  palette.setColor(QPalette::Window, c.window);
  palette.setColor(QPalette::WindowText, c.text);
  palette.setColor(QPalette::Base, c.surface);
  palette.setColor(QPalette::AlternateBase, c.window);
  palette.setColor(QPalette::ToolTipBase, c.surface);
  palette.setColor(QPalette::ToolTipText, c.text);
  palette.setColor(QPalette::PlaceholderText, c.muted);
  palette.setColor(QPalette::Text, c.text);
  palette.setColor(QPalette::Button, c.surface);
  palette.setColor(QPalette::ButtonText, c.text);
  palette.setColor(QPalette::BrightText, c.bad);
  palette.setColor(QPalette::Highlight, c.accent);
  palette.setColor(QPalette::HighlightedText, c.onAccent);
  palette.setColor(QPalette::Link, c.accent);
  palette.setColor(QPalette::Light, c.surface);
  palette.setColor(QPalette::Midlight, c.window);
  palette.setColor(QPalette::Mid, c.line);
  palette.setColor(QPalette::Dark, c.line);
  palette.setColor(QPalette::Shadow, c.line);
  for (const auto role : {QPalette::Text, QPalette::WindowText, QPalette::ButtonText}) {
    palette.setColor(QPalette::Disabled, role, mixed(c.muted, c.window, 0.4));
  }
  palette.setColor(QPalette::Disabled, QPalette::Highlight, c.line);
  return palette;
}

QString applicationStyleSheet(Theme theme) {
  const Colors& c = colors(theme);
  QString sheet = QStringLiteral(R"(
QToolTip { background: @surface; color: @text; border: 1px solid @line; padding: 4px; }
QPushButton, QToolButton, QComboBox, QSpinBox, QDoubleSpinBox, QLineEdit {
  background: @surface; color: @text; border: 1px solid @line; border-radius: 6px; padding: 4px 8px; }
QToolButton { padding: 4px; }
QPushButton:hover, QToolButton:hover, QComboBox:hover { border-color: @muted; }
QPushButton:pressed, QToolButton:pressed { background: @line; }
QPushButton:focus, QToolButton:focus, QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus, QLineEdit:focus {
  border-color: @accent; }
QPushButton:disabled, QToolButton:disabled, QComboBox:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled,
QLineEdit:disabled { color: @muted; background: @window; }
QPushButton[primary="true"], QToolButton[primary="true"] {
  background: @accent; color: @onAccent; border-color: @accent; }
QComboBox::drop-down { border: none; width: 20px; }
QTabBar::tab { padding: 8px 16px; color: @muted; background: transparent; border: none;
  border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: @text; border-bottom-color: @accent; }
QTabBar::tab:hover { color: @text; }
QTabWidget::pane { border: none; border-top: 1px solid @line; }
QMenu { background: @surface; border: 1px solid @line; }
QMenu::item { padding: 4px 24px; }
QMenu::item:selected { background: @accent; color: @onAccent; }
QStatusBar, QMenuBar, QToolBar { background: @window; border: none; }
QStatusBar::item { border: none; }
QMainWindow::separator { background: @line; width: 1px; height: 1px; }
QProgressBar { background: @line; border: none; border-radius: 3px; max-height: 6px; }
QProgressBar::chunk { background: @accent; border-radius: 3px; }
)");
  // Longer names first: @onAccent must not be eaten by a shorter one that starts the same.
  const std::pair<const char*, QColor> names[] = {
      {"@onAccent", c.onAccent}, {"@surface", c.surface}, {"@window", c.window}, {"@accent", c.accent},
      {"@muted", c.muted},       {"@line", c.line},       {"@text", c.text}};
  for (const auto& [name, color] : names) sheet.replace(QLatin1String(name), color.name());
  return sheet;
}

}  // namespace monge::views
