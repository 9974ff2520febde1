// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/space/space_lists.h"

#include <QEvent>
#include <QLabel>
#include <QTabBar>
#include <QTableWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <numeric>

#include "app/window/list_table.h"
#include "app/window/panel_parts.h"
#include "app/window/ranked_rows.h"
#include "views/numbers.h"

namespace monge {
namespace {

using views::numberText;

QString pointKind(const std::string& kind) {
  if (kind == "branch") return SpaceLists::tr("Branch point");
  if (kind == "isolated") return SpaceLists::tr("Isolated point");
  return kind == "end" ? SpaceLists::tr("End of a curve") : SpaceLists::tr("End at the boundary");
}

std::array<double, 3> spotAt(const std::vector<double>& numbers, std::size_t at) {
  return {numbers[at], numbers[at + 1], numbers[at + 2]};
}

}  // namespace

SpaceLists::SpaceLists(QWidget* parent) : QWidget(parent) {
  m_tabs = new QTabBar;
  m_tabs->setObjectName(QStringLiteral("listTabs"));
  m_tabs->setDrawBase(false);
  m_tabs->setExpanding(false);
  for (const QString& name : {tr("Singular set"), tr("Walls"), tr("Sites")}) m_tabs->addTab(name);
  m_note = mutedLabel();
  m_note->setObjectName(QStringLiteral("singularNote"));
  m_note->setWordWrap(true);
  m_table = readingTable(QStringLiteral("singularSet"));
  m_table->setAccessibleName(tr("Singular set, walls or sites"));
  m_table->setMouseTracking(true);
  m_table->viewport()->installEventFilter(this);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(4);
  column->addWidget(m_tabs);
  column->addWidget(m_note);
  column->addWidget(m_table, 1);
  connect(m_tabs, &QTabBar::currentChanged, this, &SpaceLists::show);
  connect(m_table, &QTableWidget::cellClicked, this, [this](int row, int) {
    const Row clicked = m_rows[static_cast<std::size_t>(row)];
    if (clicked.site >= 0) emit siteChosen(clicked.site);
    emit placeChosen(clicked.place[0], clicked.place[1], clicked.place[2]);
  });
  connect(m_table, &QTableWidget::cellEntered, this,
          [this](int row, int) { emit siteHovered(m_rows[static_cast<std::size_t>(row)].site); });
  show();
}

bool SpaceLists::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::Leave) emit siteHovered(-1);
  return QWidget::eventFilter(watched, event);
}

void SpaceLists::setMoment(const SpaceSnapshotPtr& moment) {
  m_moment = moment;
  m_faceOf.assign(moment ? moment->facets.size() : 0, -1);
  if (moment)
    for (std::size_t face = 0; face < moment->facetOf.size(); ++face)
      if (moment->facetOf[face] >= 0)
        m_faceOf[static_cast<std::size_t>(moment->facetOf[face])] = static_cast<int>(face);
  show();
}

void SpaceLists::setSelected(int site) {
  m_selected = site;
  light();
}

void SpaceLists::setHovered(int site) {
  if (site == m_hovered) return;
  m_hovered = site;
  light();
}

void SpaceLists::setTheme(views::Theme theme) {
  m_theme = theme;
  light();
}

void SpaceLists::light() {
  const auto brush = [this](float strength) {
    QColor colour = views::colors(m_theme).accent;
    colour.setAlphaF(strength);
    return QBrush(colour);
  };
  const QBrush selected = brush(0.3f), hovered = brush(0.12f);
  for (std::size_t row = 0; row < m_rows.size(); ++row)
    for (int column = 0; column < m_table->columnCount(); ++column)
      m_table->item(static_cast<int>(row), column)
          ->setBackground(m_rows[row].isOf(m_selected)  ? selected
                          : m_rows[row].isOf(m_hovered) ? hovered
                                                        : QBrush());
}

void SpaceLists::setColumns(const QStringList& heads) {
  m_rows.clear();
  monge::setColumns(*m_table, heads);
}

void SpaceLists::addRow(const QStringList& words, const QString& tip, const Row& row) {
  m_rows.push_back(row);
  monge::addRow(*m_table, words, tip);
}

void SpaceLists::show() {
  const int tab = m_tabs->currentIndex();
  if (tab == Pieces) {
    setColumns({tr("What"), tr("Size")});
    if (m_moment) showPieces();
  } else if (tab == Walls) {
    setColumns({tr("Between"), tr("Jump"), tr("Area")});
    if (m_moment) showWalls();
  } else {
    setColumns({tr("Site"), tr("Mass"), tr("Weight")});
    if (m_moment) showSites();
  }
  m_table->setVisible(m_moment != nullptr);
  showNote();
  light();
}

void SpaceLists::showNote() {
  QString note;
  if (!m_moment)
    note = tr("Nothing is open.");
  else if (m_tabs->currentIndex() == Pieces && !m_moment->note.empty())
    note = QString::fromStdString(m_moment->note);
  else if (m_tabs->currentIndex() == Pieces && m_rows.empty())
    note = tr("The map is torn nowhere.");
  m_note->setText(note);
  m_note->setVisible(!note.isEmpty());
}

void SpaceLists::showPieces() {
  const auto size = [](double value) { return value > 0 ? numberText(value) : QString(); };
  for (const auto& surface : m_moment->surfaces)
    addRow({tr("Surface"), size(surface.area)},
           tr("Area %1, jumps from %2 to %3, %n wall(s)", nullptr, surface.facets)
               .arg(numberText(surface.area), numberText(surface.leastJump), numberText(surface.largestJump)),
           {surface.middle});
  for (const auto& curve : m_moment->curves)
    addRow({curve.kind == "junction" ? tr("Junction curve") : tr("Border curve"), size(curve.length)},
           tr("Length %1, subgradient area %2 on average")
               .arg(numberText(curve.length), numberText(curve.meanArea)),
           {spotAt(curve.path, curve.path.size() / 6 * 3)});
  for (const auto& point : m_moment->points)
    addRow({pointKind(point.kind), size(point.volume)},
           tr("Subgradient volume %1").arg(numberText(point.volume)), {point.at});
}

std::array<double, 3> SpaceLists::wallMiddle(int facet) const {
  const int face = m_faceOf[static_cast<std::size_t>(facet)];
  if (face < 0) return {};
  const SurfaceMesh& cells = m_moment->cells;
  const int begin = cells.starts[static_cast<std::size_t>(face)],
            end = cells.starts[static_cast<std::size_t>(face) + 1];
  std::array<double, 3> middle{};
  for (int at = begin; at < end; ++at)
    for (std::size_t axis = 0; axis < 3; ++axis)
      middle[axis] +=
          cells.vertices(cells.corners[static_cast<std::size_t>(at)], static_cast<Eigen::Index>(axis)) /
          (end - begin);
  return middle;
}

void SpaceLists::showWalls() {
  std::vector<int> rows(m_moment->facets.size());
  std::iota(rows.begin(), rows.end(), 0);
  // Where more cells than four meet in a point, some of them touch there alone.
  std::erase_if(rows, [this](int at) { return m_faceOf[static_cast<std::size_t>(at)] < 0; });
  const auto facet = [this](int at) { return m_moment->facets[static_cast<std::size_t>(at)]; };
  for (const int row : ranked(rows, [&](int at) { return facet(at).jump; })) {
    const auto wall = facet(row);
    addRow({tr("%1 and %2").arg(wall.first + 1).arg(wall.second + 1), numberText(wall.jump, 4),
            numberText(wall.area, 3)},
           tr("jump %1, angle %2%3")
               .arg(numberText(wall.jump, 5), numberText(wall.angle, 4),
                    wall.isSingular() ? tr("; singular") : QString()),
           {wallMiddle(row), wall.first, wall.second});
  }
}

void SpaceLists::showSites() {
  std::vector<int> rows(static_cast<std::size_t>(m_moment->count()));
  std::iota(rows.begin(), rows.end(), 0);
  for (const int site : ranked(rows, [&](int at) { return m_moment->masses[at]; })) {
    const auto place = m_moment->sites.row(site), middle = m_moment->centroids.row(site);
    addRow({tr("%1 at (%2, %3, %4)")
                .arg(site + 1)
                .arg(numberText(place[0], 3), numberText(place[1], 3), numberText(place[2], 3)),
            numberText(m_moment->masses[site], 4), numberText(m_moment->weights[site], 4)},
           tr("height %1").arg(numberText(m_moment->heights[site], 5)),
           {{middle[0], middle[1], middle[2]}, site});
  }
}

}  // namespace monge
