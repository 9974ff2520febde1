// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <vector>

#include "core/snapshot/transport_snapshot.h"

class QTabBar;
class QTableWidget;

namespace monge {

/// The singular set, the walls and the sites as lists, the widest tears first; of a selection of many only
/// what belongs to it. A click goes there. Emits wishes; it changes nothing itself.
class TransportLists : public QWidget {
  Q_OBJECT
 public:
  explicit TransportLists(QWidget* parent = nullptr);

  void setMoment(const TransportSnapshotPtr& moment);
  /// @param sites  ascending; none for all
  void setChosen(const std::vector<int>& sites);

 signals:
  void placeChosen(const monge::Box2& box);
  void siteChosen(int site);

 private:
  enum Tab { Pieces, Walls, Sites };
  void show();
  void showPieces();
  void showWalls();
  void showSites();
  void setColumns(const QStringList& heads);
  void addRow(const QStringList& words, const QString& tip, const Box2& place, int site);
  bool isChosen(int site) const;
  QString nameOf(const TransportSnapshot::SingularCurve& curve) const;

  struct Row {
    Box2 place;
    int site = -1;
  };
  TransportSnapshotPtr m_moment;  ///< the last that knew its singular set
  std::vector<int> m_chosen;
  std::vector<Row> m_rows;
  QTabBar* m_tabs;
  QTableWidget* m_table;
};

}  // namespace monge
