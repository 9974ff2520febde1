// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/transport/transport_side_panel.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QSlider>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "app/window/panel_parts.h"
#include "app/window/transport/transport_lists.h"
#include "views/numbers.h"

namespace monge {

namespace {

using views::DiagramLayer;
using views::numberText;

QDoubleSpinBox* numberField(const QString& name, double low, double high) {
  auto* box = new QDoubleSpinBox;
  box->setObjectName(name);
  box->setRange(low, high);
  box->setDecimals(6);
  box->setStepType(QAbstractSpinBox::AdaptiveDecimalStepType);
  box->setKeyboardTracking(false);
  box->setButtonSymbols(QAbstractSpinBox::NoButtons);
  box->setSpecialValueText(QStringLiteral("–"));
  box->setEnabled(false);
  return box;
}

}  // namespace

QString diagramLayerName(DiagramLayer layer) {
  switch (layer) {
    case DiagramLayer::Cells:
      return TransportSidePanel::tr("Cells");
    case DiagramLayer::Walls:
      return TransportSidePanel::tr("Walls");
    case DiagramLayer::Triangulation:
      return TransportSidePanel::tr("Triangulation");
    case DiagramLayer::Discs:
      return TransportSidePanel::tr("Weights as discs");
    case DiagramLayer::Rays:
      return TransportSidePanel::tr("Transport rays");
    case DiagramLayer::Centroids:
      return TransportSidePanel::tr("Centroids");
    case DiagramLayer::Sites:
      return TransportSidePanel::tr("Sites");
    case DiagramLayer::Singular:
      return TransportSidePanel::tr("Singular set");
    case DiagramLayer::Subgradients:
      return TransportSidePanel::tr("Subgradients");
    case DiagramLayer::Density:
      break;
  }
  return TransportSidePanel::tr("Density");
}

TransportSidePanel::TransportSidePanel(QWidget* parent) : QWidget(parent) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(12, 12, 12, 12);
  column->setSpacing(4);
  column->addWidget(sectionHead(tr("Layers")));
  makeLayers();
  for (QCheckBox* box : m_boxes) column->addWidget(box);
  m_colour = new QComboBox;
  m_colour->setObjectName(QStringLiteral("cellColour"));
  m_colour->addItems(
      {tr("Colour: target"), tr("Colour: mass"), tr("Colour: mass error"), tr("Colour: jump")});
  m_colour->setAccessibleName(tr("What colours the cells"));
  connect(m_colour, &QComboBox::currentIndexChanged, this, &TransportSidePanel::colourChanged);
  column->addWidget(m_colour);
  m_follow = new QCheckBox(tr("Solve while dragging"));
  m_follow->setObjectName(QStringLiteral("follow"));
  m_follow->setChecked(true);
  column->addWidget(m_follow);
  m_height = new QSlider(Qt::Horizontal);
  m_height->setObjectName(QStringLiteral("surfaceHeight"));
  m_height->setRange(0, 200);
  m_height->setValue(60);
  m_height->setAccessibleName(tr("Height of the surfaces"));
  m_height->setToolTip(tr("Height of the surfaces over what they stand on"));
  connect(m_height, &QSlider::valueChanged, this, [this] { emit heightChanged(surfaceHeight()); });
  auto* heightRow = new QHBoxLayout;
  heightRow->addWidget(mutedLabel(tr("Height")));
  heightRow->addWidget(m_height, 1);
  column->addLayout(heightRow);

  column->addSpacing(8);
  column->addWidget(sectionHead(tr("Inspector")));
  m_site = mutedLabel();
  m_site->setObjectName(QStringLiteral("siteFacts"));
  m_site->setWordWrap(true);
  column->addWidget(m_site);
  auto* form = new QFormLayout;
  form->setContentsMargins(0, 0, 0, 0);
  m_mass = numberField(QStringLiteral("siteMass"), 0, 1 - 1e-6);
  m_weight = numberField(QStringLiteral("siteWeight"), -1e9, 1e9);
  form->addRow(tr("Mass wanted"), m_mass);
  form->addRow(tr("Weight"), m_weight);
  column->addLayout(form);
  connect(m_mass, &QDoubleSpinBox::valueChanged, this, [this](double share) {
    if (share > 0) emit massEdited(m_selected, share);
  });
  connect(m_weight, &QDoubleSpinBox::valueChanged, this,
          [this](double weight) { emit weightEdited(m_selected, weight); });

  column->addSpacing(8);
  column->addWidget(sectionHead(tr("Certificate")));
  m_certificate = mutedLabel();
  m_certificate->setObjectName(QStringLiteral("certificate"));
  m_certificate->setWordWrap(true);
  column->addWidget(m_certificate);

  column->addSpacing(8);
  m_lists = new TransportLists;
  column->addWidget(m_lists, 1);
  showSite();
}

void TransportSidePanel::makeLayers() {
  for (int at = 0; at < views::kDiagramLayerCount; ++at) {
    const auto layer = static_cast<DiagramLayer>(at);
    auto* box = new QCheckBox(diagramLayerName(layer));
    box->setChecked(m_layers.has(layer));
    box->setToolTip(tr("Key %1").arg((at + 1) % 10));
    connect(box, &QCheckBox::toggled, this, [this, layer](bool on) {
      m_layers.set(layer, on);
      emit layersChanged();
    });
    m_boxes[static_cast<std::size_t>(at)] = box;
  }
}

views::CellColour TransportSidePanel::colour() const {
  return static_cast<views::CellColour>(m_colour->currentIndex());
}

double TransportSidePanel::surfaceHeight() const {
  return m_height->value() / 100.0;
}

void TransportSidePanel::toggle(DiagramLayer layer) {
  m_boxes[static_cast<std::size_t>(layer)]->toggle();
}

bool TransportSidePanel::follows() const {
  return m_follow->isChecked();
}

void TransportSidePanel::setMoment(const TransportSnapshotPtr& moment) {
  m_moment = moment;
  if (m_moment && m_selected >= m_moment->count()) m_selected = -1;
  showSite();
  const bool proven = m_moment && m_moment->status == "converged";
  m_certificate->setText(
      !m_moment ? QString()
      : proven  ? tr("W₂² / 2 = %1\ngap to the dual %2\nlargest mass error %3")
                     .arg(numberText(m_moment->primal, 8),
                          numberText(std::abs(m_moment->primal - m_moment->dualValue), 2),
                          numberText(m_moment->residual, 2))
               : tr("not solved: largest mass error %1").arg(numberText(m_moment->residual, 3)));
  m_lists->setMoment(moment);
}

void TransportSidePanel::setSelected(int site) {
  m_selected = site;
  showSite();
}

void TransportSidePanel::setChosen(const std::vector<int>& sites) {
  m_chosen = static_cast<int>(sites.size());
  m_chosenMass = 0;
  for (const int site : sites) m_chosenMass += m_moment->masses[site];
  m_lists->setChosen(sites);
  showSite();
}

void TransportSidePanel::showSite() {
  const bool shown = m_moment && m_selected >= 0;
  for (QDoubleSpinBox* box : {m_mass, m_weight}) box->setEnabled(shown);
  if (!shown) {
    const QSignalBlocker quietMass(m_mass), quietWeight(m_weight);
    for (QDoubleSpinBox* box : {m_mass, m_weight}) box->setValue(box->minimum());  // shown as a dash
    return m_site->setText(
        m_chosen > 0 ? tr("%1 cells hold %2 of the mass.").arg(m_chosen).arg(numberText(m_chosenMass, 4))
                     : tr("Click a cell, a face or a site."));
  }
  const TransportSnapshot& m = *m_moment;
  const int site = m_selected;
  int neighbours = 0;
  double jump = 0;
  for (const auto& facet : m.facets) {
    if (facet.first != site && facet.second != site) continue;
    ++neighbours;
    jump = std::max(jump, facet.jump);
  }
  const bool hidden = m.hidden[static_cast<std::size_t>(site)];
  m_site->setText(tr("Site %1 at (%2, %3)\nmass %4, height %5\n%6 neighbours, largest jump %7%8")
                      .arg(site + 1)
                      .arg(numberText(m.sites(site, 0), 5), numberText(m.sites(site, 1), 5),
                           numberText(m.masses[site], 5), numberText(m.heights[site], 5))
                      .arg(neighbours)
                      .arg(numberText(jump, 4), hidden ? tr("\nhidden: its cell is empty") : QString()));
  const QSignalBlocker quietMass(m_mass), quietWeight(m_weight);
  if (!m_mass->hasFocus()) m_mass->setValue(m.targets[site]);
  if (!m_weight->hasFocus()) m_weight->setValue(m.weights[site]);
}

}  // namespace monge
