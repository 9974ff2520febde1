// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/inspector_panel.h"

#include <QDoubleSpinBox>
#include <QGridLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <algorithm>
#include <cmath>
#include <limits>

#include "app/window/panel_parts.h"

namespace monge {

namespace {

constexpr qint64 kMovedWindowMs = 1000;

QString percent(double share) {
  return std::isfinite(share) ? InspectorPanel::tr("%1 %").arg(100 * share, 0, 'f', 1) : QStringLiteral("–");
}

Eigen::Index rowOf(const EnsembleSnapshot& snapshot, int id) {
  const auto found = std::find(snapshot.ids.begin(), snapshot.ids.end(), id);
  return found == snapshot.ids.end() ? -1 : found - snapshot.ids.begin();
}

QString position(const EnsembleSnapshot& snapshot, Eigen::Index row) {
  if (snapshot.prototypes.cols() > 3) return InspectorPanel::tr("%1 values").arg(snapshot.prototypes.cols());
  QStringList parts;
  for (const float value : snapshot.prototypes.row(row)) parts << QString::number(value, 'f', 3);
  return '(' + parts.join(QStringLiteral(", ")) + ')';
}

}  // namespace

double latestValue(const HistoryChunk& history, const std::string& column) {
  const auto found = std::find(history.columns.begin(), history.columns.end(), column);
  if (found == history.columns.end()) return std::numeric_limits<double>::quiet_NaN();
  const auto values = history.rows.col(found - history.columns.begin());
  for (Eigen::Index i = values.size() - 1; i >= 0; --i) {
    if (std::isfinite(values[i])) return values[i];
  }
  return std::numeric_limits<double>::quiet_NaN();
}

InspectorPanel::InspectorPanel(QWidget* parent) : QWidget(parent) {
  m_clock.start();
  auto* grid = new QGridLayout(this);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setVerticalSpacing(3);
  const QStringList names = {tr("Prototype"),      tr("Moved, last second"),     tr("Mass of its cell"),
                             tr("Samples inside"), tr("Data that changed cell"), tr("Dual weight")};
  for (int i = 0; i < RowCount; ++i) {
    const auto at = static_cast<std::size_t>(i);
    m_names[at] = mutedLabel(names[i]);
    m_values[at] = new QLabel(QStringLiteral("–"));
    m_values[at]->setAlignment(Qt::AlignRight);
    m_values[at]->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_values[at]->setFocusPolicy(Qt::NoFocus);
    m_values[at]->setObjectName(QStringLiteral("inspector%1").arg(i));
    m_names[at]->setBuddy(m_values[at]);
    grid->addWidget(m_names[at], i, 0);
    grid->addWidget(m_values[at], i, 1);
  }
  m_wantedName = mutedLabel(tr("Mass it is to hold"));
  m_wanted = new QDoubleSpinBox;
  m_wanted->setObjectName(QStringLiteral("wantedMass"));
  m_wanted->setAccessibleName(m_wantedName->text());
  m_wanted->setRange(0.001, 0.999);
  m_wanted->setDecimals(3);
  m_wanted->setSingleStep(0.01);
  m_wanted->setKeyboardTracking(false);
  m_wanted->setToolTip(tr("The share of the data that this cell holds; the others keep their proportions."));
  m_wantedName->setBuddy(m_wanted);
  grid->addWidget(m_wantedName, RowCount, 0);
  grid->addWidget(m_wanted, RowCount, 1, Qt::AlignRight);
  connect(m_wanted, &QDoubleSpinBox::valueChanged, this,
          [this](double share) { emit massWanted(m_selected, share); });
  grid->setColumnStretch(1, 1);
  update();
}

void InspectorPanel::setSelected(int id) {
  if (id != m_selected) m_wanted->clearFocus();  // what is typed is for the cell it was begun for
  m_selected = id;
  update();
}

void InspectorPanel::setSnapshot(const SnapshotPtr& snapshot) {
  m_snapshot = snapshot;
  const qint64 now = m_clock.elapsed();
  m_past.push_back({now, snapshot});
  while (m_past.size() > 2 && m_past[1].time <= now - kMovedWindowMs) m_past.pop_front();
  update();
}

void InspectorPanel::setHistory(const HistoryChunk& history) {
  m_values[Changed]->setText(percent(latestValue(history, "changed_cell")));
}

void InspectorPanel::update() {
  const Eigen::Index row = m_snapshot ? rowOf(*m_snapshot, m_selected) : -1;
  showMasses(static_cast<std::size_t>(row));
  if (row < 0) {
    m_names[Prototype]->setText(tr("Prototype"));
    m_values[Prototype]->setText(tr("click one"));
    for (const Row other : {Moved, Mass, Inside}) m_values[other]->setText(QStringLiteral("–"));
    return;
  }
  const auto at = static_cast<std::size_t>(row);
  m_names[Prototype]->setText(tr("Prototype %1").arg(m_selected + 1));
  m_values[Prototype]->setText(position(*m_snapshot, row));
  const double moved = movedSince(*m_past.front().snapshot, row);
  m_values[Moved]->setText(std::isfinite(moved) ? QString::number(moved, 'f', 3) : QStringLiteral("–"));
  m_values[Mass]->setText(at < m_snapshot->masses.size() ? QString::number(m_snapshot->masses[at], 'f', 3)
                                                         : QStringLiteral("–"));
  m_values[Inside]->setText(at < m_snapshot->inside.size() ? percent(m_snapshot->inside[at])
                                                           : QStringLiteral("–"));
}

/// Rows of fixed masses, away while masses are free or nothing is selected.
void InspectorPanel::showMasses(std::size_t at) {
  const bool fixed = m_snapshot && at < m_snapshot->law.targets.size();
  for (QWidget* widget :
       std::initializer_list<QWidget*>{m_names[Weight], m_values[Weight], m_wantedName, m_wanted})
    widget->setVisible(fixed);
  if (!fixed) return;
  m_values[Weight]->setText(shortNumber(m_snapshot->law.weight(at)));
  if (m_wanted->hasFocus()) return;  // somebody is typing
  const QSignalBlocker quiet(m_wanted);
  m_wanted->setValue(m_snapshot->law.targets[at]);
}

double InspectorPanel::movedSince(const EnsembleSnapshot& past, Eigen::Index now) const {
  const Eigen::Index before = rowOf(past, m_selected);
  if (before < 0 || past.prototypes.cols() != m_snapshot->prototypes.cols()) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  return (m_snapshot->prototypes.row(now) - past.prototypes.row(before)).cast<double>().norm();
}

}  // namespace monge
