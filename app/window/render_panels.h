// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <vector>

#include "views/figure.h"

namespace monge {

/// A mean over repeats with its standard deviation, e.g. coverage of "k-means start, k = 4".
struct Bar {
  QString variant, metric;
  double mean = 0, deviation = 0;
};

/// Several runs in one figure, as figure 1 of the k-GANs paper: tessellations in a grid, lettered, and a bar
/// chart below.
struct PanelFigure {
  struct Panel {
    QString title;
    views::Scene scene;
  };
  std::vector<Panel> panels;
  std::vector<Bar> bars;
  int columns = 4;
  views::FigureSpec spec;  ///< of each panel, but its size is the whole figure's
};

/// Reads variant,metric,mean,deviation with a header line. @throws Error naming the line and the column.
std::vector<Bar> readBars(const std::filesystem::path& file);

/// Writes the figure. Unless the spec's size was asked for, the page is 174 mm wide (two columns of a paper)
/// and as high as the panels need. @throws Error as views::writeFigure.
void writePanels(const QString& file, const PanelFigure& figure, bool sizeIsGiven);

}  // namespace monge
