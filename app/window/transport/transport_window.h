// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMainWindow>
#include <QPointer>

#include "app/window/theme.h"
#include "app/window/transport/transport_documents.h"
#include "app/window/transport/transport_solver.h"

class QAction;
class QLabel;
class QSplitter;

namespace monge {

namespace views {
class DiagramView;
class SolveChart;
class SurfaceView;
}  // namespace views

class Banner;
class TransportSidePanel;

/// The window of semi-discrete transport: the power diagram, the Brenier potential over it and its Legendre
/// dual, in step, while the problem is solved, stepped and edited. One selection for all of them.
class TransportWindow : public QMainWindow {
  Q_OBJECT
 public:
  explicit TransportWindow(ThemeController& themes, QWidget* parent = nullptr);

  void open(const TransportDocument& document);
  /// A points file or a folder of monge-cli transport; what is wrong with it is said in the window.
  void openPath(const QString& path);
  /// What the command line names: a preset, points or a folder; the first preset when it names nothing.
  void launch(const QString& what, bool play);
  TransportSolver& solver() { return m_solver; }
  int selected() const { return m_selected; }

 protected:
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  void makeViews();
  void makeToolBar();
  void makeMenus();
  void connectViews();
  void showMoment();
  void select(int site);
  void hover(int site);
  void setTheme(views::Theme theme);
  void askForFile();
  void exportFigure();
  void showCommands(bool solving);

  ThemeController& m_themes;
  TransportSolver m_solver;
  views::DiagramView* m_diagram;
  views::SurfaceView *m_potential, *m_dual;
  views::SolveChart* m_chart;
  TransportSidePanel* m_side;
  Banner* m_banner;
  QLabel *m_caption, *m_status;
  QAction *m_solve, *m_step, *m_back, *m_reset;
  int m_selected = -1;
  bool m_solveWhenRead = false;
};

}  // namespace monge
