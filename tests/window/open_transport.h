// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAction>
#include <QPointer>
#include <QTest>

#include "app/window/transport/transport_window.h"
#include "views/diagram_view.h"
#include "views/surface_view.h"

namespace monge::test {

/// A grid of 5 x 5 targets: every cell is a square, and every number is known.
inline TransportDocument gridDocument() {
  TransportDocument document{{Domain2::square(), uniformDensity(Domain2::square()), {}, {}}, "Grid", {}, {}};
  for (int at = 0; at < 25; ++at) document.problem.sites.push_back({(at % 5 + 0.5) / 5, (at / 5 + 0.5) / 5});
  return document;
}

/// The window of transport with a document, shown and active.
struct OpenWindow {
  ThemeController themes;
  QPointer<TransportWindow> window;
  explicit OpenWindow(const TransportDocument& document = gridDocument()) {
    themes.choose(ThemeChoice::Light);
    window = new TransportWindow(themes);
    window->open(document);
    window->show();
    window->activateWindow();  // keys go to the active window, also where no window manager sees to it
    if (!QTest::qWaitForWindowActive(window)) qWarning("the window is not active");
  }
  ~OpenWindow() { delete window; }
  const TransportSnapshotPtr& moment() const { return window->solver().moment(); }
  bool isOpen() const { return moment() != nullptr; }
  bool hasStatus(const char* status) const { return isOpen() && moment()->status == status; }
  views::DiagramView* diagram() const { return window->findChild<views::DiagramView*>("diagram"); }
  views::SurfaceView* surface(const char* name) const { return window->findChild<views::SurfaceView*>(name); }
  QAction* action(const char* name) const { return window->findChild<QAction*>(name); }
  QPoint at(double x, double y) const {
    return diagram()->planeMap().toTarget(x, y, QRectF(diagram()->rect())).toPoint();
  }
};

}  // namespace monge::test
