// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <array>

#include "core/snapshot/space_snapshot.h"
#include "views/space/space_scene.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QSlider;

namespace monge {

class SpaceLists;

/// What stands beside the view of space: what is shown and how, the numbers of the selected cell, the
/// certificate and the lists. Emits wishes; it changes nothing itself.
class SpacePanel : public QWidget {
  Q_OBJECT
 public:
  explicit SpacePanel(QWidget* parent = nullptr);

  void setMoment(const SpaceSnapshotPtr& moment);
  void setSelected(int site);
  void setHovered(int site);
  void setTheme(views::Theme theme);
  /// All that the controls say; the theme is the default one.
  views::SpaceStyle style() const;
  bool perspective() const;
  void toggle(views::SpaceLayer layer);

 signals:
  void styleChanged();
  void perspectiveChanged(bool on);
  void placeChosen(double x, double y, double z);
  void siteChosen(int site);
  void siteHovered(int site);

 private:
  QSlider* addSlider(const QString& name, const QString& label, int most, int value);
  void makeLayers();
  void makeClip();
  void showSite();
  void showCertificate();

  SpaceSnapshotPtr m_moment;
  int m_selected = -1;
  views::SpaceLayers m_layers;
  std::array<QCheckBox*, views::kTransportSpaceLayers> m_boxes{};
  QComboBox *m_colour, *m_clip;
  QCheckBox *m_flip, *m_perspective;
  QSlider *m_opacity, *m_explode, *m_offset;
  QLabel *m_site, *m_certificate;
  SpaceLists* m_lists;
};

}  // namespace monge
