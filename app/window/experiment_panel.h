// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "core/experiment/experiment.h"
#include "core/snapshot/snapshot.h"
#include "views/palette.h"

class QComboBox;
class QLabel;

namespace monge {

class ElidedLabel;

/// Preset, data and method: what is run on what.
class ExperimentPanel : public QWidget {
  Q_OBJECT
 public:
  explicit ExperimentPanel(QWidget* parent = nullptr);
  void setExperiment(const Experiment& experiment);
  void setData(const DataViewPtr& view);
  void setTheme(views::Theme theme);

 signals:
  void presetChosen(const monge::Experiment& experiment);
  void methodChosen(const QString& name);
  void openDataWanted();

 private:
  QWidget* makeDataCard();
  void choosePreset(int index);
  void showThumbnail();

  QComboBox *m_presets, *m_methods;
  QLabel* m_thumbnail;
  ElidedLabel *m_dataName, *m_dataFacts;
  DataViewPtr m_data;
  views::Theme m_theme = views::Theme::Light;
};

/// The data set at a glance: its points, or its first images.
QPixmap dataThumbnail(const DataView& data, QSize size, qreal ratio, views::Theme theme);

}  // namespace monge
