// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/theme.h"

#include <QApplication>
#include <QFile>
#include <QPainter>
#include <QStyleFactory>
#include <QStyleHints>
#include <QSvgRenderer>

// A static library's resources must be named, or the linker leaves them out; the macro wants the global
// namespace.
static void initIcons() {
  Q_INIT_RESOURCE(icons);
}

namespace monge {

namespace {

/// What the window adds to the views' style sheet: the calm surfaces of its panels.
QString windowStyleSheet(views::Theme theme) {
  const views::Colors& c = views::colors(theme);
  const bool dark = theme == views::Theme::Dark;
  QString sheet = QStringLiteral(R"(
QLabel[role="head"] { color: @muted; font-weight: 500; letter-spacing: 0.3px; }
QLabel[role="muted"] { color: @muted; }
QLabel[role="strong"] { font-weight: 600; }
QLabel[role="problem"] { color: @bad; }
QLabel[role="formula"] { font-family: serif; font-size: 15px; }
#panel, #transportBar, #panelContent, QScrollArea#panelScroll { background: @panel; }
QToolBar#transportToolBar { background: @panel; border-bottom: 1px solid @line; padding: 0; spacing: 0; }
QScrollArea#panelScroll { border: none; }
QFrame#dataCard, QFrame[role="card"] { background: @field; border: 1px solid @line; border-radius: 6px; }
QComboBox, QLineEdit, QPushButton, QToolButton { background: @field; }
QComboBox { padding: 4px 2px 4px 8px; combobox-popup: 0; }
QPushButton#iterationCount { background: transparent; border: none; border-radius: 4px; padding: 0 3px; text-align: left;
  font-weight: 600; }
QPushButton#iterationCount:hover, QPushButton#iterationCount:focus { color: @accent; }
QComboBox QAbstractItemView { background: @field; border: 1px solid @line; outline: 0;
  selection-background-color: @accent; selection-color: @onAccent; }
QComboBox::drop-down { border: none; width: 18px; }
QComboBox::down-arrow { image: url(:/icons/chevron.svg); width: 10px; height: 10px; }
QLineEdit[problem="true"] { border-color: @bad; }
QToolButton::menu-indicator { image: none; }
QToolButton[role="pill"] { border-radius: 12px; padding: 3px 12px; }
QToolButton[role="flat"], QPushButton[role="flat"] { background: transparent; border-color: transparent; }
QToolButton[role="flat"]:hover { border-color: @line; }
QToolButton:checked { border-color: @accent; color: @accent; }
QToolButton#play { background: @accent; border-color: @accent; }
QToolButton#play:hover { border-color: @text; }
QToolButton#play:disabled { background: @line; border-color: @line; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QCheckBox { spacing: 8px; }
QCheckBox::indicator { width: 14px; height: 14px; border: 1px solid @outline; border-radius: 4px; background: @field; }
QCheckBox::indicator:hover { border-color: @muted; }
QCheckBox:focus { color: @accent; }
QCheckBox::indicator:checked { background: @accent; border-color: @accent; image: url(:/icons/check-@mode.svg); }
QCheckBox::indicator:disabled { background: @window; }
QTabWidget#centerTabs::tab-bar { left: 10px; }
QTabWidget#centerTabs > QTabBar::tab { padding: 7px 20px; border: none; border-top: 2px solid transparent; margin-top: 3px; }
QTabWidget#centerTabs > QTabBar::tab:selected { background: @panel; border-top: 2px solid @accent; color: @text; }
QTabWidget#bottomTabs, QTabWidget#bottomTabs > QTabBar { background: @panel; }
QTabWidget#bottomTabs::tab-bar { left: 0; }
QTabWidget#bottomTabs::pane { border: none; }
QTabWidget#bottomTabs > QTabBar::tab { padding: 6px 0; margin: 2px 8px 0 8px; }
QTabWidget#bottomTabs > QTabBar::tab:first { margin-left: 12px; }
QFrame#banner { background: @field; border: none; border-bottom: 1px solid @line; border-left: 3px solid @warning; }
QFrame#banner[kind="bad"] { border-left-color: @bad; }
QPlainTextEdit { background: @field; color: @text; border: none; }
QFrame#banner QPlainTextEdit { border: 1px solid @line; border-radius: 6px; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: @line; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: @accent; }
QSlider::handle:horizontal { width: 12px; height: 12px; margin: -6px 0; border-radius: 8px; border: 2px solid @accent;
  background: @field; }
QSlider::sub-page:horizontal:disabled { background: @line; }
QSlider::handle:horizontal:disabled { border-color: @line; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar::handle:vertical { background: @outline; border-radius: 3px; min-height: 24px; margin: 2px; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle:horizontal { background: @outline; border-radius: 3px; min-width: 24px; margin: 2px; }
QScrollBar::handle:vertical:disabled { background: transparent; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QMenuBar::item { padding: 4px 10px; background: transparent; border-radius: 4px; }
QMenuBar::item:selected { background: @line; }
QMenu::item:disabled { color: @muted; }
QMenu::separator { height: 1px; background: @line; margin: 4px 8px; }
QMenu::icon { left: 8px; }
QStatusBar { border-top: 1px solid @line; }
QDialog { background: @window; }
)");
  const QColor panel = dark ? c.surface : c.canvas;
  const QColor field = dark ? QColor(0x2F3136) : QColor(0xF6F8FA);
  const QColor outline = dark ? QColor(0x555860) : QColor(0xC3C9D1);
  const std::pair<const char*, QString> names[] = {
      {"@mode", dark ? "dark" : "light"}, {"@onAccent", c.onAccent.name()}, {"@window", c.window.name()},
      {"@accent", c.accent.name()},       {"@muted", c.muted.name()},       {"@line", c.line.name()},
      {"@text", c.text.name()},           {"@bad", c.bad.name()},           {"@warning", c.warning.name()},
      {"@panel", panel.name()},           {"@field", field.name()},         {"@outline", outline.name()}};
  for (const auto& [name, value] : names) sheet.replace(QLatin1String(name), value);
  return sheet;
}

}  // namespace

ThemeChoice themeChoiceFromString(const QString& name) {
  if (name == QLatin1String("light")) return ThemeChoice::Light;
  if (name == QLatin1String("dark")) return ThemeChoice::Dark;
  return ThemeChoice::System;
}

QString toString(ThemeChoice choice) {
  switch (choice) {
    case ThemeChoice::Light:
      return QStringLiteral("light");
    case ThemeChoice::Dark:
      return QStringLiteral("dark");
    case ThemeChoice::System:
      break;
  }
  return QStringLiteral("system");
}

ThemeController::ThemeController(QObject* parent) : QObject(parent) {
  initIcons();
  const QPalette palette = QGuiApplication::palette();
  m_paletteWasDark =
      palette.color(QPalette::Window).lightness() < palette.color(QPalette::WindowText).lightness();
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
  connect(QGuiApplication::styleHints(), &QStyleHints::colorSchemeChanged, this, [this] {
    if (m_choice == ThemeChoice::System) apply();
  });
#endif
}

bool ThemeController::systemIsDark() const {
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
  const Qt::ColorScheme scheme = QGuiApplication::styleHints()->colorScheme();
  if (scheme != Qt::ColorScheme::Unknown) return scheme == Qt::ColorScheme::Dark;
#endif
  return m_paletteWasDark;
}

void ThemeController::choose(ThemeChoice choice) {
  m_choice = choice;
  apply();
}

void ThemeController::apply() {
  const bool dark = m_choice == ThemeChoice::Dark || (m_choice == ThemeChoice::System && systemIsDark());
  m_theme = dark ? views::Theme::Dark : views::Theme::Light;
  QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
  QApplication::setPalette(views::applicationPalette(m_theme));
  qApp->setStyleSheet(views::applicationStyleSheet(m_theme) + windowStyleSheet(m_theme));
  emit changed(m_theme);
}

QIcon icon(const QString& name, const QColor& color) {
  QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
  if (!file.open(QIODevice::ReadOnly)) return {};
  QSvgRenderer renderer(file.readAll().replace("currentColor", color.name().toLatin1()));
  QIcon result;
  for (const int scale : {1, 2, 3}) {
    QPixmap pixmap(16 * scale, 16 * scale);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    renderer.render(&painter);
    painter.end();
    pixmap.setDevicePixelRatio(scale);
    result.addPixmap(pixmap);
  }
  return result;
}

}  // namespace monge
