// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFutureWatcher>
#include <QStackedWidget>

#include "core/snapshot/space_snapshot.h"
#include "views/palette.h"
#include "views/scene.h"

class QLabel;

namespace monge {

namespace views {
class SpaceView;
}

/// The cells of generators that learn data of three columns, to be turned while they train. Cells are made
/// away from the GUI thread, and only while they are seen; of snapshots that come meanwhile the newest is
/// next.
class EnsembleSpaceView : public QStackedWidget {
  Q_OBJECT
 public:
  explicit EnsembleSpaceView(QWidget* parent = nullptr);

  void setScene(const views::Scene& scene);
  void setTheme(views::Theme theme);
  /// Data, samples, cells and prototypes are layers of space too.
  void setLayers(const views::LayerSet& layers);
  void setSelected(int id);  ///< generator, by its stable id; -1 for none
  void setHovered(int id);
  const SpaceSnapshotPtr& shown() const { return m_shown; }
  const views::SpaceView& view() const { return *m_view; }

 signals:
  void selectionChanged(int id);
  void hoverChanged(int id);

 protected:
  void showEvent(QShowEvent* event) override;

 private:
  struct Made {
    SpaceSnapshotPtr moment;
    QString problem;
    SnapshotPtr of;
  };
  void make();
  void take();
  int rowOf(int id) const;
  int idOf(int row) const;

  views::SpaceView* m_view;
  QLabel* m_problem;
  views::Scene m_scene;
  SnapshotPtr m_made;  ///< the snapshot whose cells are shown
  SpaceSnapshotPtr m_shown;
  QFutureWatcher<Made> m_maker;
  int m_selected = -1, m_hovered = -1;  ///< ids
};

}  // namespace monge
