// SPDX-License-Identifier: GPL-3.0-or-later
// The words of a `monge render` that writes what a dialog shows.
#pragma once

#include <QStringList>
#include <initializer_list>

#include "views/figure.h"
#include "views/surface_painter.h"

namespace monge {

/// In the shortest form that reads back to the same bits; several with commas between them.
QString numberWord(double value);
QString numberWords(std::initializer_list<double> values);
QString cameraWord(const views::OrbitCamera& camera);

/// Options of size, resolution, text, ground and axes, where they are not the usual ones.
void addPageWords(QStringList& words, const views::FigureSpec& spec, bool isRaster);
/// Those of the cells' colour and of the theme.
void addLookWords(QStringList& words, views::CellColour colour, views::Theme theme);

/// A word as a POSIX shell takes it, in quotes where it needs them.
QString shellWord(const QString& word);
QString shellLine(QStringList words);

}  // namespace monge
