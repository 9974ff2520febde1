// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/layers_panel.h"

#include <QCheckBox>
#include <QGridLayout>
#include <QLabel>
#include <QPainter>
#include <QSignalBlocker>

#include "app/window/panel_parts.h"

namespace monge {

using views::Layer;

QString layerName(Layer layer) {
  switch (layer) {
    case Layer::Data:
      return LayersPanel::tr("Data");
    case Layer::Samples:
      return LayersPanel::tr("Samples");
    case Layer::Cells:
      return LayersPanel::tr("Cells");
    case Layer::Prototypes:
      return LayersPanel::tr("Prototypes");
    case Layer::Trails:
      return LayersPanel::tr("Prototype trails");
    case Layer::Critic:
      return LayersPanel::tr("Critic heat map");
    case Layer::LatentGrid:
      return LayersPanel::tr("Latent grid");
    case Layer::Gradients:
      break;
  }
  return LayersPanel::tr("Gradients");
}

namespace {

/// A lattice in the colours of the first generator's latent grid.
void paintLattice(QPainter& painter, const QRectF& box, views::Theme theme) {
  QColor ground = views::generatorColor(0);
  ground.setAlphaF(0.25);
  painter.setPen(QPen(views::gridColor(0, theme), 1));
  painter.setBrush(ground);
  painter.drawRect(box);
  for (int i = 1; i < 4; ++i) {
    const double x = box.left() + box.width() * i / 4;
    painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()));
  }
  painter.drawLine(QPointF(box.left(), box.center().y()), QPointF(box.right(), box.center().y()));
}

/// What a layer looks like, in 18 x 10 pixels: its colour, its lattice, or a field's two ends.
QPixmap chip(Layer layer, views::Theme theme, qreal ratio) {
  QPixmap pixmap((QSizeF(18, 10) * ratio).toSize());
  pixmap.setDevicePixelRatio(ratio);
  pixmap.fill(Qt::transparent);
  QPainter painter(&pixmap);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(Qt::NoPen);
  QLinearGradient fill(0, 0, 18, 0);
  const auto one = [&](const QColor& color) {
    fill.setColorAt(0, color);
    fill.setColorAt(1, color);
  };
  const views::Colors& c = views::colors(theme);
  switch (layer) {
    case Layer::Critic:
      for (int i = 0; i <= 4; ++i) fill.setColorAt(i / 4.0, views::diverging(i / 2.0 - 1, theme));
      break;
    case Layer::Samples:
      one(views::generatorColor(0));
      break;
    case Layer::Cells:
      one(views::generatorColor(2));
      break;
    case Layer::Prototypes:
      one(views::generatorColor(3));
      break;
    case Layer::Trails:
      one(views::generatorColor(1));
      break;
    case Layer::Data:
      one(c.realData);
      break;
    case Layer::LatentGrid:
      paintLattice(painter, QRectF(1, 1, 16, 8), theme);
      return pixmap;
    default:
      one(c.muted);
  }
  painter.setBrush(fill);
  painter.drawRoundedRect(QRectF(1, 0.5, 16, 9), 3, 3);
  return pixmap;
}

}  // namespace

LayersPanel::LayersPanel(QWidget* parent) : QWidget(parent) {
  auto* grid = new QGridLayout(this);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setVerticalSpacing(3);
  grid->setColumnStretch(0, 1);
  for (int i = 0; i < views::kLayerCount; ++i) {
    const auto layer = static_cast<Layer>(i);
    auto* box = new QCheckBox(layerName(layer));
    box->setObjectName(QStringLiteral("layer%1").arg(i + 1));
    box->setToolTip(tr("Show or hide (key %1)").arg(i + 1));
    box->setFocusPolicy(Qt::TabFocus);
    connect(box, &QCheckBox::toggled, this, [this, layer](bool on) {
      m_layers.set(layer, on);
      emit layersChanged(m_layers);
    });
    m_boxes[static_cast<std::size_t>(i)] = box;
    m_chips[static_cast<std::size_t>(i)] = new QLabel;
    grid->addWidget(box, i, 0);
    grid->addWidget(m_chips[static_cast<std::size_t>(i)], i, 1);
  }
  setLayers(m_layers);
  setTheme(views::Theme::Light);
}

void LayersPanel::setLayers(const views::LayerSet& layers) {
  m_layers = layers;
  for (int i = 0; i < views::kLayerCount; ++i) {
    QCheckBox* box = m_boxes[static_cast<std::size_t>(i)];
    const QSignalBlocker quiet(box);
    box->setChecked(layers.has(static_cast<Layer>(i)));
  }
}

void LayersPanel::toggle(Layer layer) {
  m_boxes[static_cast<std::size_t>(layer)]->toggle();
}

void LayersPanel::setTheme(views::Theme theme) {
  for (int i = 0; i < views::kLayerCount; ++i) {
    m_chips[static_cast<std::size_t>(i)]->setPixmap(chip(static_cast<Layer>(i), theme, devicePixelRatioF()));
  }
}

}  // namespace monge
