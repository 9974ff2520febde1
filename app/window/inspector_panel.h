// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QWidget>
#include <array>
#include <deque>
#include <vector>

#include "views/scene.h"

class QDoubleSpinBox;
class QLabel;

namespace monge {

/// Newest value of a history column that is a number, or NaN.
double latestValue(const HistoryChunk& history, const std::string& column);

/// Figures of the selected prototype; with fixed masses its dual weight too, and the mass that it is to hold,
/// which the person may change.
class InspectorPanel : public QWidget {
  Q_OBJECT
 public:
  explicit InspectorPanel(QWidget* parent = nullptr);
  void setSelected(int id);
  void setSnapshot(const SnapshotPtr& snapshot);
  void setHistory(const HistoryChunk& history);

 signals:
  void massWanted(int id, double share);

 private:
  enum Row { Prototype, Moved, Mass, Inside, Changed, Weight, RowCount };
  struct Past {
    qint64 time;
    SnapshotPtr snapshot;
  };
  void update();
  void showMasses(std::size_t at);
  double movedSince(const EnsembleSnapshot& past, Eigen::Index now) const;

  SnapshotPtr m_snapshot;
  std::deque<Past> m_past;  ///< about one second
  QElapsedTimer m_clock;
  int m_selected = -1;
  std::array<QLabel*, RowCount> m_names{}, m_values{};
  QLabel* m_wantedName;
  QDoubleSpinBox* m_wanted;
};

}  // namespace monge
