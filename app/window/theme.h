// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QIcon>
#include <QObject>

#include "views/palette.h"

namespace monge {

enum class ThemeChoice { System, Light, Dark };
ThemeChoice themeChoiceFromString(const QString& name);  ///< anything unknown: System
QString toString(ThemeChoice choice);

/// Decides between light and dark, dresses the application in it and tells the widgets that paint for
/// themselves. One per application, made before the first window: it reads the system's own palette at its
/// birth.
class ThemeController : public QObject {
  Q_OBJECT
 public:
  explicit ThemeController(QObject* parent = nullptr);
  void choose(ThemeChoice choice);
  ThemeChoice choice() const { return m_choice; }
  views::Theme theme() const { return m_theme; }

 signals:
  void changed(monge::views::Theme theme);

 private:
  bool systemIsDark() const;
  void apply();

  ThemeChoice m_choice = ThemeChoice::System;
  views::Theme m_theme = views::Theme::Light;
  bool m_paletteWasDark = false;
};

/// An icon of resources/icons in the theme's text colour, or in `color`.
QIcon icon(const QString& name, const QColor& color);

}  // namespace monge
