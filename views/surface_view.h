// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPixmap>
#include <QTimer>
#include <QWidget>

#include "views/surface_painter.h"

namespace monge::views {

/// A convex surface to be turned: drag turns, Shift and drag or the middle button pan, the wheel zooms, a
/// double click comes back. Its camera can be shared with another view.
class SurfaceView : public QWidget {
  Q_OBJECT
 public:
  explicit SurfaceView(Surface surface, QWidget* parent = nullptr);

  void setMoment(TransportSnapshotPtr moment);
  void setTheme(Theme theme);
  void setColour(CellColour colour);
  void setSelected(int site);
  void setHovered(int site);
  void setChosen(std::vector<int> sites);
  void setCamera(const OrbitCamera& camera);
  const OrbitCamera& camera() const { return m_camera; }
  void setHeightScale(double height);  ///< as SurfaceStyle::height

 signals:
  void cameraChanged(const monge::views::OrbitCamera& camera);
  void selectionChanged(int site);
  void hoverChanged(int site);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;

 private:
  SurfaceStyle style() const;
  int siteAt(const QPointF& point) const;
  void turn(const OrbitCamera& camera);

  Surface m_surface;
  TransportSnapshotPtr m_moment;
  Theme m_theme = Theme::Light;
  CellColour m_colour = CellColour::Site;
  OrbitCamera m_camera, m_pressedCamera;
  double m_height = 0.6;
  int m_selected = -1, m_hovered = -1;
  std::vector<int> m_chosen;
  bool m_pressed = false, m_moved = false, m_pans = false;
  QPointF m_pressedAt;
};

}  // namespace monge::views
