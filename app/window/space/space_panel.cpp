// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/space/space_panel.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QSignalBlocker>
#include <QSlider>
#include <QVBoxLayout>
#include <cmath>

#include "app/window/panel_parts.h"
#include "app/window/space/space_lists.h"
#include "views/cell_facts.h"
#include "views/numbers.h"

namespace monge {
namespace {

using views::numberText;
using views::SpaceClip;
using views::SpaceLayer;

constexpr int kSteps = 200;  ///< of a slider, from end to end
constexpr double kMostExplode = 1.5;

QString layerName(SpaceLayer layer) {
  switch (layer) {
    case SpaceLayer::Cells:
      return SpacePanel::tr("Cells");
    case SpaceLayer::Walls:
      return SpacePanel::tr("Walls as lines");
    case SpaceLayer::Surfaces:
      return SpacePanel::tr("Singular surfaces");
    case SpaceLayer::Curves:
      return SpacePanel::tr("Singular curves and points");
    case SpaceLayer::Sites:
      return SpacePanel::tr("Sites");
    default:
      break;
  }
  return SpacePanel::tr("Axes");
}

}  // namespace

SpacePanel::SpacePanel(QWidget* parent) : QWidget(parent) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(12, 12, 12, 12);
  column->setSpacing(4);
  makeLayers();
  m_opacity = addSlider(QStringLiteral("opacity"), tr("Opacity"), kSteps, static_cast<int>(0.3 * kSteps));
  m_explode = addSlider(QStringLiteral("explode"), tr("Explode"), kSteps, 0);
  makeClip();
  column->addSpacing(8);
  column->addWidget(sectionHead(tr("Inspector")));
  m_site = mutedLabel();
  m_site->setObjectName(QStringLiteral("cellFacts"));
  m_site->setWordWrap(true);
  column->addWidget(m_site);
  column->addSpacing(8);
  column->addWidget(sectionHead(tr("Certificate")));
  m_certificate = mutedLabel();
  m_certificate->setObjectName(QStringLiteral("certificate"));
  m_certificate->setWordWrap(true);
  column->addWidget(m_certificate);
  column->addSpacing(8);
  m_lists = new SpaceLists;
  connect(m_lists, &SpaceLists::placeChosen, this, &SpacePanel::placeChosen);
  connect(m_lists, &SpaceLists::siteChosen, this, &SpacePanel::siteChosen);
  connect(m_lists, &SpaceLists::siteHovered, this, &SpacePanel::siteHovered);
  column->addWidget(m_lists, 1);
  showSite();
  showCertificate();
}

void SpacePanel::makeLayers() {
  auto* column = static_cast<QVBoxLayout*>(layout());
  column->addWidget(sectionHead(tr("Layers")));
  for (int row = 0; row < views::kTransportSpaceLayers; ++row) {
    const auto layer = static_cast<SpaceLayer>(row);
    auto* box = new QCheckBox(layerName(layer));
    box->setObjectName(QStringLiteral("layer%1").arg(row + 1));
    box->setToolTip(tr("Key %1").arg(row + 1));
    box->setChecked(m_layers.has(layer));
    connect(box, &QCheckBox::toggled, this, [this, layer](bool on) {
      m_layers.set(layer, on);
      emit styleChanged();
    });
    column->addWidget(box);
    m_boxes[static_cast<std::size_t>(row)] = box;
  }
  m_colour = new QComboBox;
  m_colour->setObjectName(QStringLiteral("cellColour"));
  m_colour->addItems(
      {tr("Colour: target"), tr("Colour: mass"), tr("Colour: mass error"), tr("Colour: jump")});
  m_colour->setAccessibleName(tr("What colours the cells"));
  connect(m_colour, &QComboBox::currentIndexChanged, this, &SpacePanel::styleChanged);
  column->addWidget(m_colour);
  m_perspective = new QCheckBox(tr("Perspective"));
  m_perspective->setObjectName(QStringLiteral("perspective"));
  connect(m_perspective, &QCheckBox::toggled, this, &SpacePanel::perspectiveChanged);
  column->addWidget(m_perspective);
}

QSlider* SpacePanel::addSlider(const QString& name, const QString& label, int most, int value) {
  auto* slider = new QSlider(Qt::Horizontal);
  slider->setObjectName(name);
  slider->setRange(0, most);
  slider->setValue(value);
  slider->setMinimumHeight(20);
  slider->setAccessibleName(label);
  connect(slider, &QSlider::valueChanged, this, &SpacePanel::styleChanged);
  auto* row = new QHBoxLayout;
  auto* text = mutedLabel(label);
  text->setFixedWidth(56);
  row->addWidget(text);
  row->addWidget(slider, 1);
  static_cast<QVBoxLayout*>(layout())->addLayout(row);
  return slider;
}

void SpacePanel::makeClip() {
  m_clip = new QComboBox;
  m_clip->setObjectName(QStringLiteral("clip"));
  m_clip->addItems({tr("No clip"), tr("Clip across x"), tr("Clip across y"), tr("Clip across z"),
                    tr("Clip across the sight")});
  m_clip->setAccessibleName(tr("What is cut away"));
  m_flip = new QCheckBox(tr("Other side"));
  m_flip->setObjectName(QStringLiteral("clipFlip"));
  auto* row = new QHBoxLayout;
  row->addWidget(m_clip, 1);
  row->addWidget(m_flip);
  static_cast<QVBoxLayout*>(layout())->addLayout(row);
  m_offset = addSlider(QStringLiteral("clipOffset"), tr("Offset"), kSteps, kSteps / 2);
  const auto enable = [this] {
    m_offset->setEnabled(m_clip->currentIndex() > 0);
    m_flip->setEnabled(m_clip->currentIndex() > 0);
  };
  enable();
  connect(m_clip, &QComboBox::currentIndexChanged, this, [this, enable] {
    enable();
    emit styleChanged();
  });
  connect(m_flip, &QCheckBox::toggled, this, &SpacePanel::styleChanged);
}

bool SpacePanel::perspective() const {
  return m_perspective->isChecked();
}

views::SpaceStyle SpacePanel::style() const {
  views::SpaceStyle style;
  style.layers = m_layers;
  style.colour = static_cast<views::CellColour>(m_colour->currentIndex());
  style.opacity = static_cast<double>(m_opacity->value()) / kSteps;
  const double explode = static_cast<double>(m_explode->value()) / kSteps;
  style.explode = kMostExplode * explode * explode;  // small gaps are what people look for
  if (m_clip->currentIndex() == 0 || !m_moment) return style;
  SpaceClip clip{static_cast<SpaceClip::Across>(m_clip->currentIndex() - 1), m_flip->isChecked(), 0};
  const views::SpaceBox box = views::domainBox(*m_moment);
  const double share = static_cast<double>(m_offset->value()) / kSteps;
  if (clip.across == SpaceClip::Across::Sight) {
    const double reach = (box.high - box.low).norm() / 2;
    clip.offset = reach * (2 * share - 1);
  } else {
    const int axis = m_clip->currentIndex() - 1;
    clip.offset = box.low[axis] + share * (box.high[axis] - box.low[axis]);
  }
  style.clip = clip;
  return style;
}

void SpacePanel::toggle(SpaceLayer layer) {
  m_boxes[static_cast<std::size_t>(layer)]->toggle();
}

void SpacePanel::setMoment(const SpaceSnapshotPtr& moment) {
  m_moment = moment;
  m_lists->setMoment(moment);
  showSite();
  showCertificate();
}

void SpacePanel::setSelected(int site) {
  m_selected = site;
  m_lists->setSelected(site);
  showSite();
}

void SpacePanel::setHovered(int site) {
  m_lists->setHovered(site);
}

void SpacePanel::setTheme(views::Theme theme) {
  m_lists->setTheme(theme);
}

void SpacePanel::showSite() {
  if (!m_moment || m_selected < 0 || m_selected >= m_moment->count())
    return m_site->setText(tr("Click a cell to see its numbers."));
  const int site = m_selected;
  const auto place = [](const auto& row) {
    return QStringLiteral("(%1, %2, %3)").arg(numberText(row(0)), numberText(row(1)), numberText(row(2)));
  };
  const views::CellWalls walls = views::wallsOf(*m_moment, site);
  QStringList lines{tr("Site %1 at %2").arg(site + 1).arg(place(m_moment->sites.row(site)))};
  if (m_moment->hasCell(site))
    lines << tr("Centroid %1").arg(place(m_moment->centroids.row(site)));
  else
    lines << tr("Its cell is empty.");
  lines << tr("Mass %1, wanted %2")
               .arg(numberText(m_moment->masses[site], 4), numberText(m_moment->targets[site], 4))
        << tr("Weight %1, height %2")
               .arg(numberText(m_moment->weights[site], 4), numberText(m_moment->heights[site], 4))
        << tr("%n wall(s), largest jump %1", nullptr, walls.count).arg(numberText(walls.largestJump));
  m_site->setText(lines.join('\n'));
}

void SpacePanel::showCertificate() {
  if (!m_moment || m_moment->status != "converged")
    return m_certificate->setText(tr("Solve to see what proves the solution."));
  m_certificate->setText(tr("Cost %1\nNo plan costs less than %2\nGap %3")
                             .arg(numberText(m_moment->primal, 9), numberText(m_moment->dualValue, 9),
                                  numberText(std::abs(m_moment->primal - m_moment->dualValue), 2)));
}

}  // namespace monge
