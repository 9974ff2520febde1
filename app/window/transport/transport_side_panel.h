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
class QSlider;

namespace monge {

class TransportLists;

/// What stands beside the views of transport: what is shown, the numbers of the selected site, the
/// certificate and the lists. Emits wishes; it changes nothing itself.
class TransportSidePanel : public QWidget {
  Q_OBJECT
 public:
  explicit TransportSidePanel(QWidget* parent = nullptr);

  void setMoment(const TransportSnapshotPtr& moment);
  void setSelected(int site);
  void setChosen(const std::vector<int>& sites);
  TransportLists& lists() const { return *m_lists; }
  views::DiagramLayers layers() const { return m_layers; }
  views::CellColour colour() const;
  double surfaceHeight() const;  ///< as SurfaceStyle::height
  void toggle(views::DiagramLayer layer);
  bool follows() const;

 signals:
  void layersChanged();
  void colourChanged();
  void heightChanged(double height);  ///< as SurfaceStyle::height
  void massEdited(int site, double share);
  void weightEdited(int site, double weight);

 private:
  void makeLayers();
  void showSite();

  TransportSnapshotPtr m_moment;
  int m_selected = -1;
  views::DiagramLayers m_layers;
  std::array<QCheckBox*, views::kDiagramLayerCount> m_boxes{};
  QComboBox* m_colour;
  QSlider* m_height;
  QCheckBox* m_follow;
  QLabel *m_site, *m_certificate;
  QDoubleSpinBox *m_mass, *m_weight;
  TransportLists* m_lists;
  int m_chosen = 0;
  double m_chosenMass = 0;
};

/// "Cells", "Walls", ... in the order of the layers' keys.
QString diagramLayerName(views::DiagramLayer layer);

}  // namespace monge
