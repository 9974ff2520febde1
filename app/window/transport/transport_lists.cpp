// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/transport/transport_lists.h"

#include <QTabBar>
#include <QTableWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "app/window/list_table.h"
#include "app/window/panel_parts.h"
#include "app/window/ranked_rows.h"
#include "views/numbers.h"

namespace monge {
namespace {

using views::numberText;
using Moment = TransportSnapshot;

Box2 boundsOf(const std::vector<double>& path) {
  Box2 box{path[0], path[1], path[0], path[1]};
  for (std::size_t at = 0; at + 1 < path.size(); at += 2) {
    box.xMin = std::min(box.xMin, path[at]), box.xMax = std::max(box.xMax, path[at]);
    box.yMin = std::min(box.yMin, path[at + 1]), box.yMax = std::max(box.yMax, path[at + 1]);
  }
  return box;
}

Box2 around(double x, double y, double reach) {
  return {x - reach, y - reach, x + reach, y + reach};
}

QString placeText(double x, double y) {
  return QStringLiteral("(%1, %2)").arg(numberText(x, 3), numberText(y, 3));
}

QString pointName(const std::string& kind) {
  if (kind == "branch") return TransportLists::tr("branch point");
  if (kind == "end") return TransportLists::tr("end inside");
  return kind == "boundary" ? TransportLists::tr("rim") : TransportLists::tr("lone point");
}

}  // namespace

TransportLists::TransportLists(QWidget* parent) : QWidget(parent) {
  m_tabs = new QTabBar;
  m_tabs->setObjectName(QStringLiteral("listTabs"));
  m_tabs->setDrawBase(false);
  m_tabs->setExpanding(false);
  for (const QString& name : {tr("Singular set"), tr("Walls"), tr("Sites")}) m_tabs->addTab(name);
  m_table = readingTable(QStringLiteral("singularSet"));
  m_table->setAccessibleName(tr("Singular set, walls or sites"));
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(4);
  column->addWidget(m_tabs);
  column->addWidget(m_table, 1);
  connect(m_tabs, &QTabBar::currentChanged, this, &TransportLists::show);
  connect(m_table, &QTableWidget::cellClicked, this, [this](int row, int) {
    const Row& clicked = m_rows[static_cast<std::size_t>(row)];
    if (clicked.site >= 0) emit siteChosen(clicked.site);
    emit placeChosen(clicked.place);
  });
  show();
}

void TransportLists::setMoment(const TransportSnapshotPtr& moment) {
  // Moments between two whole ones do not know the singular set.
  if (!moment || (moment->potential.faces() == 0 && moment->status != "new")) return;
  if (m_moment && m_moment->count() != moment->count()) m_chosen.clear();
  m_moment = moment;
  show();
}

void TransportLists::setChosen(const std::vector<int>& sites) {
  m_chosen = sites;
  show();
}

bool TransportLists::isChosen(int site) const {
  return m_chosen.empty() || std::binary_search(m_chosen.begin(), m_chosen.end(), site);
}

void TransportLists::setColumns(const QStringList& heads) {
  m_rows.clear();
  monge::setColumns(*m_table, heads);
}

void TransportLists::addRow(const QStringList& words, const QString& tip, const Box2& place, int site) {
  m_rows.push_back({place, site});
  monge::addRow(*m_table, words, tip);
}

void TransportLists::show() {
  const int tab = m_tabs->currentIndex();
  if (tab == Pieces) {
    setColumns({tr("Piece"), tr("Length"), tr("Jump")});
    if (m_moment) showPieces();
  } else if (tab == Walls) {
    setColumns({tr("Between"), tr("Jump"), tr("Angle")});
    if (m_moment) showWalls();
  } else {
    setColumns({tr("Site"), tr("Mass"), tr("Weight")});
    if (m_moment) showSites();
  }
}

/// "rim – branch point": between what a curve runs.
QString TransportLists::nameOf(const Moment::SingularCurve& curve) const {
  if (curve.from < 0 || curve.to < 0) return tr("closed curve");
  const auto name = [this](int point) {
    return pointName(m_moment->points[static_cast<std::size_t>(point)].kind);
  };
  return tr("%1 – %2").arg(name(curve.from), name(curve.to));
}

void TransportLists::showPieces() {
  const auto& curves = m_moment->curves;
  const auto& points = m_moment->points;
  std::vector<int> rows;
  for (std::size_t at = 0; at < curves.size(); ++at) {
    const bool belongs = std::any_of(curves[at].facets.begin(), curves[at].facets.end(), [this](int facet) {
      const auto& wall = m_moment->facets[static_cast<std::size_t>(facet)];
      return isChosen(wall.first) || isChosen(wall.second);
    });
    if (belongs || m_chosen.empty()) rows.push_back(static_cast<int>(at));
  }
  for (const int row : ranked(rows, [&](int at) { return curves[static_cast<std::size_t>(at)].meanJump; })) {
    const auto& curve = curves[static_cast<std::size_t>(row)];
    const std::size_t end = curve.path.size();
    addRow({nameOf(curve), numberText(curve.length, 4), numberText(curve.meanJump, 4)},
           tr("%1\nfrom %2 to %3\nmean jump %4, largest %5")
               .arg(nameOf(curve), placeText(curve.path[0], curve.path[1]),
                    placeText(curve.path[end - 2], curve.path[end - 1]), numberText(curve.meanJump, 5),
                    numberText(curve.largestJump, 5)),
           boundsOf(curve.path), -1);
  }
  if (!m_chosen.empty()) return;
  rows.clear();
  for (std::size_t at = 0; at < points.size(); ++at)
    if (points[at].kind != "boundary") rows.push_back(static_cast<int>(at));
  const double reach = 0.05 * std::max(m_moment->box.width(), m_moment->box.height());
  for (const int row : ranked(rows, [&](int at) { return points[static_cast<std::size_t>(at)].area; })) {
    const auto& point = points[static_cast<std::size_t>(row)];
    addRow({pointName(point.kind), QString(), numberText(std::sqrt(point.area), 4)},
           tr("%1 at %2\nsubgradient of area %3")
               .arg(pointName(point.kind), placeText(point.x, point.y), numberText(point.area, 5)),
           around(point.x, point.y, reach), -1);
  }
}

void TransportLists::showWalls() {
  const auto& walls = m_moment->facets;
  // Where four cells or more meet in a point, some of them touch there alone.
  const double least = 1e-12 * std::max(m_moment->box.width(), m_moment->box.height());
  const auto hasLength = [least](const Moment::Facet& wall) {
    return std::hypot(wall.toX - wall.fromX, wall.toY - wall.fromY) > least;
  };
  std::vector<int> rows;
  for (std::size_t at = 0; at < walls.size(); ++at)
    if (hasLength(walls[at]) && (isChosen(walls[at].first) || isChosen(walls[at].second)))
      rows.push_back(static_cast<int>(at));
  for (const int row : ranked(rows, [&](int at) { return walls[static_cast<std::size_t>(at)].jump; })) {
    const auto& wall = walls[static_cast<std::size_t>(row)];
    addRow({tr("%1 and %2").arg(wall.first + 1).arg(wall.second + 1), numberText(wall.jump, 4),
            numberText(wall.angle, 3)},
           tr("jump %1, angle %2, %3 spacings%4")
               .arg(numberText(wall.jump, 5), numberText(wall.angle, 4), numberText(wall.spread, 3),
                    wall.singular ? tr("; singular") : QString()),
           boundsOf({wall.fromX, wall.fromY, wall.toX, wall.toY}), wall.first);
  }
}

void TransportLists::showSites() {
  std::vector<int> rows(static_cast<std::size_t>(m_moment->count()));
  std::iota(rows.begin(), rows.end(), 0);
  std::erase_if(rows, [this](int site) { return !isChosen(site); });
  const double reach = 0.1 * std::max(m_moment->box.width(), m_moment->box.height());
  for (const int site : ranked(rows, [&](int at) { return m_moment->masses[at]; }))
    addRow({tr("%1 at %2").arg(site + 1).arg(placeText(m_moment->sites(site, 0), m_moment->sites(site, 1))),
            numberText(m_moment->masses[site], 4), numberText(m_moment->weights[site], 4)},
           tr("height %1").arg(numberText(m_moment->heights[site], 5)),
           around(m_moment->centroids(site, 0), m_moment->centroids(site, 1), reach), site);
}

}  // namespace monge
