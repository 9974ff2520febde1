// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <array>
#include <vector>

#include "core/snapshot/space_snapshot.h"
#include "views/palette.h"

class QLabel;
class QTabBar;
class QTableWidget;

namespace monge {

/// The singular set, the walls and the sites of transport in space as lists, the widest tears first: the twin
/// of TransportLists. A click goes there; the mouse over a row marks its cell, and rows of the cell that is
/// marked elsewhere are lit. Emits wishes; it changes nothing itself.
class SpaceLists : public QWidget {
  Q_OBJECT
 public:
  explicit SpaceLists(QWidget* parent = nullptr);

  void setMoment(const SpaceSnapshotPtr& moment);
  void setSelected(int site);
  void setHovered(int site);
  void setTheme(views::Theme theme);

 signals:
  void placeChosen(double x, double y, double z);
  void siteChosen(int site);
  void siteHovered(int site);

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  enum Tab { Pieces, Walls, Sites };
  struct Row {
    std::array<double, 3> place{};
    int site = -1, other = -1;  ///< whose cells it is of
    bool isOf(int one) const { return one >= 0 && (site == one || other == one); }
  };
  void show();
  void showPieces();
  void showWalls();
  void showSites();
  void showNote();
  void light();
  void setColumns(const QStringList& heads);
  void addRow(const QStringList& words, const QString& tip, const Row& row);
  std::array<double, 3> wallMiddle(int facet) const;

  SpaceSnapshotPtr m_moment;
  std::vector<Row> m_rows;
  std::vector<int> m_faceOf;  ///< per facet of the moment: a face that shows it
  int m_selected = -1, m_hovered = -1;
  views::Theme m_theme = views::Theme::Light;
  QTabBar* m_tabs;
  QTableWidget* m_table;
  QLabel* m_note;
};

}  // namespace monge
