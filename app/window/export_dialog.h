// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <array>

#include "views/figure.h"

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QPushButton;

namespace monge {

/// The figure as it will be, drawn by the same code that writes it.
class FigurePreview : public QWidget {
  Q_OBJECT
 public:
  explicit FigurePreview(views::Scene scene, QWidget* parent = nullptr);
  void setSpec(const views::FigureSpec& spec);

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  views::Scene m_scene;
  views::FigureSpec m_spec;
};

/// Size, resolution, theme and layers of a figure, with a live preview. Writing happens on a worker thread
/// with values of its own, so training and the window go on meanwhile.
class ExportDialog : public QDialog {
  Q_OBJECT
 public:
  ExportDialog(views::Scene scene, const views::FigureSpec& spec, QWidget* parent = nullptr);
  views::FigureSpec spec() const;
  /// Writes without asking for a name; exported() or failed() tells the end. For Save and for tests.
  void writeTo(const QString& file);

 signals:
  void exported(const QString& file);
  void failed(const QString& message);

 private:
  QWidget* makeControls();
  QWidget* makeSizeRow();
  QWidget* makeLayers();
  void unitChanged();
  void changed();
  void chooseFile();
  QSizeF sizeMm() const;

  views::Scene m_scene;
  views::FigureSpec m_start;
  FigurePreview* m_preview;
  QComboBox *m_view, *m_unit, *m_theme;
  QDoubleSpinBox *m_width, *m_height, *m_dpi, *m_font;
  QCheckBox *m_transparent, *m_axes;
  std::array<QCheckBox*, views::kLayerCount> m_layers{};
  QLabel *m_pixels, *m_status;
  QPushButton* m_save;
  bool m_millimetres = true;
};

}  // namespace monge
