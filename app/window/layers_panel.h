// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <array>

#include "views/palette.h"
#include "views/scene.h"

class QCheckBox;
class QLabel;

namespace monge {

QString layerName(views::Layer layer);

/// A check box with a colour chip for each layer of the tessellation.
class LayersPanel : public QWidget {
  Q_OBJECT
 public:
  explicit LayersPanel(QWidget* parent = nullptr);
  views::LayerSet layers() const { return m_layers; }
  void setLayers(const views::LayerSet& layers);
  void toggle(views::Layer layer);
  void setTheme(views::Theme theme);

 signals:
  void layersChanged(const monge::views::LayerSet& layers);

 private:
  views::LayerSet m_layers;
  std::array<QCheckBox*, views::kLayerCount> m_boxes{};
  std::array<QLabel*, views::kLayerCount> m_chips{};
};

}  // namespace monge
