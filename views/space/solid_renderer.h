// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QSize>
#include <memory>
#include <span>

#include "views/space/space_scene.h"

namespace monge::views {

/// Draws solids with VTK on OpenGL, without a window, into a picture. One thread at a time.
///
/// Faces that let others shine through are blended in the order that they are given, so that the order of
/// wallsBackToFront() makes translucency exact where depth peeling would take many passes. All that is opaque
/// is drawn before them and hides by depth.
class SolidRenderer {
 public:
  /// @throws Error where there is no OpenGL 3.2
  SolidRenderer();
  ~SolidRenderer();

  /// What render() draws from now on; a null one draws nothing.
  void setSolid(std::shared_ptr<const SpaceSolid> solid);
  const std::shared_ptr<const SpaceSolid>& solid() const;
  /// Rows of the solid's faces from back to front, as wallsBackToFront() gives them; needed where the solid
  /// blends. A face that has a twin is drawn for both.
  void setOrder(std::span<const int> faces);

  struct Frame {
    QSize pixels;
    double unit = 1;  ///< pixels to a unit of widths and sizes
    QColor ground;    ///< transparent where its alpha is 0
    int samples = 4;  ///< a pixel; 0 is faster, with rough edges
    bool outlines = true;
    QRectF target() const { return QRectF(QPointF(0, 0), QSizeF(pixels)); }
  };
  /// The same for a hand that moves: rough edges, no outlines where they would be many, and with `coarse`
  /// half as many pixels a side.
  static Frame moving(const Frame& still, const SpaceSolid& solid, bool coarse);
  /// @param projection  to pixels of the frame's target
  /// @return  premultiplied where the ground is transparent
  /// @throws Error when the driver gives no picture of that size
  QImage render(const SpaceProjection& projection, const Frame& frame);

 private:
  struct Scene;
  std::unique_ptr<Scene> m_scene;
};

}  // namespace monge::views
