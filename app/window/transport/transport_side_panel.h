// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <array>
#include <vector>

#include "views/transport_scene.h"

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QTableWidget;

namespace monge {

/// What stands beside the views of transport: what is shown, the numbers of the selected site, the
/// certificate and the singular set. Emits wishes; it changes nothing itself.
class TransportSidePanel : public QWidget {
  Q_OBJECT
 public:
  explicit TransportSidePanel(QWidget* parent = nullptr);

  void setMoment(const TransportSnapshotPtr& moment);
  void setSelected(int site);
  views::DiagramLayers layers() const { return m_layers; }
  views::CellColour colour() const;
  void toggle(views::DiagramLayer layer);
  bool follows() const;

 signals:
  void layersChanged();
  void colourChanged();
  void massEdited(int site, double share);
  void weightEdited(int site, double weight);
  void placeChosen(const monge::Box2& box);  ///< a curve or point of the singular set was clicked

 private:
  void makeLayers();
  void showSite();
  void showSingularSet();
  void goTo(int row);
  /// A row of the table: a curve or a point of the singular set.
  struct ListedPiece {
    bool isCurve = false;
    std::size_t at = 0;
  };
  QString nameOf(const ListedPiece& piece) const;

  TransportSnapshotPtr m_moment;
  TransportSnapshotPtr m_listed;  ///< whose singular set is in the table
  std::vector<ListedPiece> m_rows;
  int m_selected = -1;
  views::DiagramLayers m_layers;
  std::array<QCheckBox*, views::kDiagramLayerCount> m_boxes{};
  QComboBox* m_colour;
  QCheckBox* m_follow;
  QLabel *m_site, *m_certificate;
  QDoubleSpinBox *m_mass, *m_weight;
  QTableWidget* m_curves;
};

/// "Cells", "Walls", ... in the order of the layers' keys.
QString diagramLayerName(views::DiagramLayer layer);

}  // namespace monge
