// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/cell_facts.h"

#include <QCoreApplication>
#include <algorithm>

#include "views/numbers.h"

namespace monge::views {
namespace {

constexpr Eigen::Index kMostCoordinates = 3;

QString tr(const char* text) {
  return QCoreApplication::translate("Cell", text);
}

template <class Row, class Text>
QString placeText(const Row& row, Text text) {
  QStringList words;
  for (Eigen::Index at = 0; at < std::min(row.size(), kMostCoordinates); ++at)
    words << text(static_cast<double>(row[at]));
  return '(' + words.join(QStringLiteral(", ")) + ')';
}

template <class Moment>
QStringList commonFacts(const Moment& moment, int site) {
  return {tr("Site %1").arg(site + 1),
          tr("target %1").arg(placeText(moment.sites.row(site), [](double x) { return numberText(x, 4); })),
          tr("mass %1 of %2").arg(numberText(moment.masses[site], 4), numberText(moment.targets[site], 4)),
          tr("weight %1, height %2")
              .arg(numberText(moment.weights[site], 4), numberText(moment.heights[site], 4))};
}

}  // namespace

QStringList siteFacts(const TransportSnapshot& moment, int site) {
  if (site < 0 || site >= moment.count()) return {};
  QStringList lines = commonFacts(moment, site);
  if (moment.hidden[static_cast<std::size_t>(site)]) lines << tr("hidden: its cell is empty");
  return lines;
}

QStringList siteFacts(const SpaceSnapshot& moment, int site) {
  if (site < 0 || site >= moment.count()) return {};
  QStringList lines = commonFacts(moment, site);
  if (!moment.hasCell(site)) return lines << tr("hidden: its cell is empty");
  const CellWalls walls = wallsOf(moment, site);
  return lines << tr("%1 neighbours, largest jump %2").arg(walls.count).arg(numberText(walls.largestJump, 4));
}

QStringList generatorFacts(const EnsembleSnapshot& snapshot, int id) {
  const auto found = std::find(snapshot.ids.begin(), snapshot.ids.end(), id);
  if (found == snapshot.ids.end()) return {};
  const auto index = static_cast<std::size_t>(found - snapshot.ids.begin());
  QStringList lines{tr("Cell %1").arg(id + 1)};
  if (index < snapshot.masses.size()) lines << tr("mass %1").arg(fixedText(snapshot.masses[index], 3));
  if (index < snapshot.law.targets.size()) {
    lines.last() = tr("mass %1 of %2")
                       .arg(fixedText(snapshot.masses[index], 3), fixedText(snapshot.law.targets[index], 3));
    lines << tr("dual weight %1").arg(numberText(snapshot.law.weight(index), 3));
  }
  if (index < snapshot.inside.size())
    lines << tr("%1 of samples inside").arg(percentText(snapshot.inside[index]));
  const auto prototype = snapshot.prototypes.row(static_cast<Eigen::Index>(index));
  return lines << tr("prototype %1").arg(placeText(prototype, [](double x) { return fixedText(x, 3); }));
}

CellWalls wallsOf(const SpaceSnapshot& moment, int site) {
  CellWalls walls;
  const auto row = static_cast<std::size_t>(site);
  for (int face = moment.cellStarts[row]; face < moment.cellStarts[row + 1]; ++face) {
    const int facet = moment.facetOf[static_cast<std::size_t>(face)];
    if (facet < 0) continue;
    ++walls.count;
    walls.largestJump = std::max(walls.largestJump, moment.facets[static_cast<std::size_t>(facet)].jump);
  }
  return walls;
}

}  // namespace monge::views
