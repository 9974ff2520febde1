// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QStringList>
#include <QTimer>
#include <QWidget>
#include <functional>
#include <memory>
#include <optional>

#include "views/space/space_scene.h"

namespace monge::views {

class SolidRenderer;

/// Cells in space to be turned: drag turns, Shift and drag or the middle button pan, the wheel zooms at the
/// cursor, a double click comes back; the cell under the mouse is marked and has a card, a click picks it.
/// OpenGL draws the cells without a window of its own, so that the rest of the window stays with the raster
/// engine, and this view works wherever widgets do; where there is no OpenGL the painter of figures draws
/// them.
class SpaceView : public QWidget {
  Q_OBJECT
 public:
  explicit SpaceView(QWidget* parent = nullptr);
  ~SpaceView() override;

  void setMoment(SpaceSnapshotPtr moment);
  /// Its selection and hover are the view's own.
  void setStyle(const SpaceStyle& style);
  const SpaceStyle& style() const { return m_style; }
  void setSelected(int site);
  void setHovered(int site);
  /// What the card beside the mouse says of a site; by itself what siteFacts() does.
  using Facts = std::function<QStringList(int site)>;
  void setFacts(Facts facts) { m_facts = std::move(facts); }
  /// The card that is shown; empty for none.
  QStringList card() const;
  void setCamera(const SpaceCamera& camera);
  const SpaceCamera& camera() const { return m_camera; }
  /// Brings a place into the middle, near enough to see what is around it.
  void flyTo(const Vec3& place);
  /// Where a point of data units is seen, in pixels of the widget.
  QPointF placeOf(const Vec3& at) const;
  /// Whether OpenGL draws; setting it off is for who wants to see the painter.
  bool usesOpenGl() const { return m_usesOpenGl; }
  void setUsesOpenGl(bool uses);

 signals:
  void cameraChanged();
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
  void refresh();
  void drawFrame();
  void paintCardAtMouse(QPainter& painter) const;
  void prepareSolid(const SpaceProjection& projection);
  SpaceProjection projection(const QRectF& target, double unit) const;
  SpaceStyle styleAt(double unit) const;
  int siteAt(const QPointF& point) const;
  void turn(const SpaceCamera& camera);
  void hoverAt(const QPointF& point);
  void changeHovered(int site);

  SpaceSnapshotPtr m_moment;
  SpaceStyle m_style;
  SpaceCamera m_camera, m_pressedCamera;
  std::unique_ptr<SolidRenderer> m_renderer;  ///< made when it is first needed
  std::shared_ptr<const SpaceSolid> m_solid;  ///< null while it has to be made
  QImage m_frame;                             ///< null while it has to be drawn
  QSize m_framePixels;                        ///< of the screen that it was drawn for
  bool m_usesOpenGl;
  bool m_isRough = false;   ///< the frame was drawn for a hand that moves
  bool m_isCoarse = false;  ///< such frames have half the pixels a side: all of them took too long
  QTimer m_rest;            ///< runs out once the hand is still
  bool m_pressed = false, m_moved = false, m_pans = false;
  QPointF m_pressedAt;
  std::optional<QPointF> m_mouse;  ///< while it is over the view
  Facts m_facts;
};

}  // namespace monge::views
