// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <array>

#include "views/figure.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QPushButton;

namespace monge {

class FigureForm;
class FigurePreview;

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
  QWidget* makeLayers();
  void changed();
  void chooseFile();

  views::Scene m_scene;
  views::FigureSpec m_start;
  FigurePreview* m_preview;
  QComboBox* m_view;
  FigureForm* m_form;
  std::array<QCheckBox*, views::kLayerCount> m_layers{};
  QLabel* m_status;
  QPushButton* m_save;
};

}  // namespace monge
