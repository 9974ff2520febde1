// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "views/figure.h"

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QFormLayout;
class QLabel;

namespace monge {

/// Size, resolution, text and looks of a figure: what every export asks for.
class FigureForm : public QWidget {
  Q_OBJECT
 public:
  explicit FigureForm(const views::FigureSpec& start, QWidget* parent = nullptr);

  /// The spec with what the form says of size, resolution, text, theme, transparency and axes.
  views::FigureSpec appliedTo(views::FigureSpec spec) const;
  /// For rows of an export's own.
  QFormLayout* rows() { return m_rows; }
  QComboBox* themeBox() { return m_theme; }
  QCheckBox* axesBox() { return m_axes; }
  /// What says nothing of the file is disabled.
  /// @param isPicture  a page, rather than a mesh or numbers
  /// @param isRaster   of pixels
  void setApplies(bool isPicture, bool isRaster);

 signals:
  void changed();

 private:
  QWidget* makeSizeRow();
  void unitChanged();
  void showPixels();
  QSizeF sizeMm() const;

  views::FigureSpec m_start;
  QFormLayout* m_rows;
  QWidget* m_size;
  QComboBox *m_unit, *m_theme;
  QDoubleSpinBox *m_width, *m_height, *m_dpi, *m_font;
  QCheckBox *m_transparent, *m_axes;
  QLabel* m_pixels;
  bool m_millimetres = true;
};

}  // namespace monge
