// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMainWindow>

#include "app/window/space/space_documents.h"
#include "app/window/space/space_solver.h"
#include "app/window/theme.h"

class QAction;
class QLabel;
class QMenu;

namespace monge {

namespace views {
class SolveChart;
class SpaceView;
}  // namespace views

class Banner;
class SolveToolBar;
class SpacePanel;

/// The window of semi-discrete transport in space: cells that are turned, cut and taken apart while the
/// problem is solved, with the surfaces along which the map is torn. One selection for view and panel.
class SpaceWindow : public QMainWindow {
  Q_OBJECT
 public:
  explicit SpaceWindow(ThemeController& themes, QWidget* parent = nullptr);

  void open(const SpaceDocument& document);
  /// A points file or a folder of monge-cli transport; what is wrong with it is said in the window.
  void openPath(const QString& path);
  /// What the command line names: a preset, points or a folder.
  void launch(const QString& what, bool play);
  SpaceSolver& solver() { return m_solver; }
  int selected() const { return m_selected; }

 protected:
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  void makeViews();
  void makeToolBar();
  void makeMenus();
  void makeCameraMenu(QMenu* view);
  void connectViews();
  void showMoment();
  void showOpened();
  void showStyle();
  void showCommands(bool solving);
  void select(int site);
  void hover(int site);
  void setTheme(views::Theme theme);
  void askForFile();
  void exportFigure();

  ThemeController& m_themes;
  SpaceSolver m_solver;
  views::SpaceView* m_view;
  views::SolveChart* m_chart;
  SpacePanel* m_panel;
  Banner* m_banner;
  QLabel *m_caption, *m_status;
  SolveToolBar* m_commands;
  QAction* m_export;
  int m_selected = -1;
  bool m_solveWhenRead = false;
  QString m_openingCaption, m_openingSource, m_source;  ///< what a command names; empty for points
  int m_shownRevision = -1;
};

/// Adds the presets in space to a menu of a window; each opens a window of its own.
void addSpacePresets(QMenu* menu, ThemeController& themes);

}  // namespace monge
