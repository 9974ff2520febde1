// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/transport/transport_side_panel.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QHeaderView>
#include <QLabel>
#include <QSignalBlocker>
#include <QTableWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "app/window/panel_parts.h"
#include "views/numbers.h"

namespace monge {

namespace {

using views::DiagramLayer;
using views::numberText;

constexpr std::size_t kMostRows = 200;

QDoubleSpinBox* numberField(const QString& name, double low, double high) {
  auto* box = new QDoubleSpinBox;
  box->setObjectName(name);
  box->setRange(low, high);
  box->setDecimals(6);
  box->setStepType(QAbstractSpinBox::AdaptiveDecimalStepType);
  box->setKeyboardTracking(false);
  box->setButtonSymbols(QAbstractSpinBox::NoButtons);
  box->setEnabled(false);
  return box;
}

Box2 boundsOf(const std::vector<double>& path) {
  Box2 box{path[0], path[1], path[0], path[1]};
  for (std::size_t at = 0; at + 1 < path.size(); at += 2) {
    box.xMin = std::min(box.xMin, path[at]), box.xMax = std::max(box.xMax, path[at]);
    box.yMin = std::min(box.yMin, path[at + 1]), box.yMax = std::max(box.yMax, path[at + 1]);
  }
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
      break;
  }
  return TransportSidePanel::tr("Subgradients");
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

  column->addSpacing(8);
  column->addWidget(sectionHead(tr("Inspector")));
  m_site = mutedLabel();
  m_site->setObjectName(QStringLiteral("siteFacts"));
  m_site->setWordWrap(true);
  column->addWidget(m_site);
  auto* form = new QFormLayout;
  form->setContentsMargins(0, 0, 0, 0);
  m_mass = numberField(QStringLiteral("siteMass"), 1e-6, 1 - 1e-6);
  m_weight = numberField(QStringLiteral("siteWeight"), -1e9, 1e9);
  form->addRow(tr("Mass wanted"), m_mass);
  form->addRow(tr("Weight"), m_weight);
  column->addLayout(form);
  connect(m_mass, &QDoubleSpinBox::valueChanged, this,
          [this](double share) { emit massEdited(m_selected, share); });
  connect(m_weight, &QDoubleSpinBox::valueChanged, this,
          [this](double weight) { emit weightEdited(m_selected, weight); });

  column->addSpacing(8);
  column->addWidget(sectionHead(tr("Certificate")));
  m_certificate = mutedLabel();
  m_certificate->setObjectName(QStringLiteral("certificate"));
  m_certificate->setWordWrap(true);
  column->addWidget(m_certificate);

  column->addSpacing(8);
  column->addWidget(sectionHead(tr("Singular set")));
  m_curves = new QTableWidget(0, 3);
  m_curves->setObjectName(QStringLiteral("singularSet"));
  m_curves->setHorizontalHeaderLabels({tr("Piece"), tr("Length"), tr("Jump")});
  m_curves->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
  m_curves->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
  m_curves->verticalHeader()->hide();
  m_curves->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
  m_curves->verticalHeader()->setDefaultSectionSize(24);
  m_curves->setShowGrid(false);
  m_curves->setWordWrap(false);
  m_curves->setEditTriggers(QAbstractItemView::NoEditTriggers);
  m_curves->setSelectionBehavior(QAbstractItemView::SelectRows);
  m_curves->setMinimumHeight(96);
  connect(m_curves, &QTableWidget::cellClicked, this, [this](int row, int) { goTo(row); });
  column->addWidget(m_curves, 1);
  showSite();
}

void TransportSidePanel::makeLayers() {
  for (int at = 0; at < views::kDiagramLayerCount; ++at) {
    const auto layer = static_cast<DiagramLayer>(at);
    auto* box = new QCheckBox(diagramLayerName(layer));
    box->setChecked(m_layers.has(layer));
    box->setToolTip(tr("Key %1").arg(at + 1));
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
  // Moments between two whole ones do not know the singular set.
  if (m_moment && (m_moment->potential.faces() > 0 || m_moment->status == "new")) showSingularSet();
}

void TransportSidePanel::setSelected(int site) {
  m_selected = site;
  showSite();
}

void TransportSidePanel::showSite() {
  const bool shown = m_moment && m_selected >= 0;
  for (QDoubleSpinBox* box : {m_mass, m_weight}) box->setEnabled(shown);
  if (!shown) return m_site->setText(tr("Click a cell, a face or a site."));
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
                      .arg(site)
                      .arg(numberText(m.sites(site, 0), 5), numberText(m.sites(site, 1), 5),
                           numberText(m.masses[site], 5), numberText(m.heights[site], 5))
                      .arg(neighbours)
                      .arg(numberText(jump, 4), hidden ? tr("\nhidden: its cell is empty") : QString()));
  const QSignalBlocker quietMass(m_mass), quietWeight(m_weight);
  if (!m_mass->hasFocus()) m_mass->setValue(m.targets[site]);
  if (!m_weight->hasFocus()) m_weight->setValue(m.weights[site]);
}

void TransportSidePanel::showSingularSet() {
  m_listed = m_moment;
  m_rows.clear();
  for (std::size_t at = 0; at < m_listed->curves.size(); ++at) m_rows.push_back({true, at});
  for (std::size_t at = 0; at < m_listed->points.size(); ++at)
    if (m_listed->points[at].kind != "boundary") m_rows.push_back({false, at});
  // The widest tears first.
  const auto jump = [&](const ListedPiece& piece) {
    return piece.isCurve ? m_listed->curves[piece.at].meanJump : std::sqrt(m_listed->points[piece.at].area);
  };
  std::stable_sort(m_rows.begin(), m_rows.end(), [&](const ListedPiece& a, const ListedPiece& b) {
    return a.isCurve != b.isCurve ? a.isCurve : jump(a) > jump(b);
  });
  m_rows.resize(std::min(m_rows.size(), kMostRows));
  m_curves->setRowCount(static_cast<int>(m_rows.size()));
  for (std::size_t row = 0; row < m_rows.size(); ++row) {
    const ListedPiece& piece = m_rows[row];
    const QString words[] = {nameOf(piece),
                             piece.isCurve ? numberText(m_listed->curves[piece.at].length, 4) : QString(),
                             numberText(jump(piece), 4)};
    for (int at = 0; at < 3; ++at)
      m_curves->setItem(static_cast<int>(row), at, new QTableWidgetItem(words[at]));
  }
}

QString TransportSidePanel::nameOf(const ListedPiece& piece) const {
  if (piece.isCurve) return tr("curve");
  const std::string& kind = m_listed->points[piece.at].kind;
  return kind == "branch" ? tr("branch point") : kind == "end" ? tr("end inside") : tr("lone point");
}

void TransportSidePanel::goTo(int row) {
  const ListedPiece& piece = m_rows[static_cast<std::size_t>(row)];
  if (piece.isCurve) return emit placeChosen(boundsOf(m_listed->curves[piece.at].path));
  const auto& point = m_listed->points[piece.at];
  const double reach = 0.05 * std::max(m_listed->box.width(), m_listed->box.height());
  emit placeChosen({point.x - reach, point.y - reach, point.x + reach, point.y + reach});
}

}  // namespace monge
