// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMainWindow>
#include <QPointer>

#include "app/window/theme.h"
#include "app/window/transport/transport_documents.h"
#include "app/window/transport/transport_solver.h"
#include "core/base/random.h"
#include "views/diagram_tool.h"

class QAction;
class QLabel;
class QSplitter;

namespace monge {

namespace views {
class DiagramView;
class JumpHistogram;
class SolveChart;
class SurfaceView;
}  // namespace views

struct SpaceDocument;

class Banner;
class SolveToolBar;
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
  const std::vector<int>& chosen() const { return m_chosen; }

 protected:
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  void openInSpace(const SpaceDocument& document);
  void makeViews();
  QWidget* makeCharts();
  void makeToolBar();
  void makeTools();
  void makeMenus();
  void makeFileMenu();
  void makeEditMenu();
  void makeViewMenu();
  void connectViews();
  void showMoment();
  void select(int site);
  void hover(int site);
  void setTheme(views::Theme theme);
  void choose(std::vector<int> sites);
  void chooseRegion(const QPolygonF& region, bool add);
  void paint(views::DiagramTool brush, const QPolygonF& stroke, double radius, bool erases, bool done);
  void paintSites(const QPolygonF& stroke, double radius, bool erases);
  void openAs(const TransportDocument& document, const QString& source);
  void showOpened();
  void askForFile();
  void askForProblem();
  void askWhereToSave();
  void exportFigure();
  void showCommands(bool solving);
  void showEdits();

  ThemeController& m_themes;
  TransportSolver m_solver;
  views::DiagramView* m_diagram;
  views::SurfaceView *m_potential, *m_dual;
  views::SolveChart* m_chart;
  views::JumpHistogram* m_histogram;
  TransportSidePanel* m_side;
  Banner* m_banner;
  QLabel *m_caption, *m_status;
  SolveToolBar* m_commands;
  QAction *m_undo, *m_redo;
  int m_selected = -1;
  std::vector<int> m_chosen;  ///< ascending
  Random m_brushRandom{1};
  bool m_solveWhenRead = false;
  QString m_source;  ///< the preset or folder that is open, for a command line; empty for others
  /// What was asked for last, shown once it is there.
  struct Opening {
    QString name, caption, source;
  };
  Opening m_opening;
  int m_shownRevision = -1;
};

}  // namespace monge
