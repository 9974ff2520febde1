// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHeaderView>
#include <QStringList>
#include <QTableWidget>

namespace monge {

/// Empties the table and gives it these columns, the first as wide as there is room.
inline void setColumns(QTableWidget& table, const QStringList& heads) {
  table.setRowCount(0);
  table.setColumnCount(static_cast<int>(heads.size()));
  table.setHorizontalHeaderLabels(heads);
  table.horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
  table.horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
}

/// Adds a row of words, those behind the first to the right, as numbers stand.
inline void addRow(QTableWidget& table, const QStringList& words, const QString& tip) {
  const int row = table.rowCount();
  table.setRowCount(row + 1);
  for (int column = 0; column < words.size(); ++column) {
    auto* item = new QTableWidgetItem(words[column]);
    item->setToolTip(tip);
    if (column > 0) item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    table.setItem(row, column, item);
  }
}

}  // namespace monge
