// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMainWindow>
#include <QTimer>

#include "app/window/cell_maker.h"
#include "app/window/command_line.h"
#include "app/window/session.h"
#include "app/window/theme.h"

class QDockWidget;
class QLabel;
class QTabWidget;
class QToolButton;
class QVBoxLayout;

namespace monge {

namespace views {
class MetricsView;
class SampleGridView;
class TessellationView;
}  // namespace views

class Banner;
class EnsembleSpaceView;
class ExperimentPanel;
class InspectorPanel;
class LayersPanel;
class LogPanel;
class ParametersForm;
class PipelinePanel;
class TransportBar;

/// The window: makes the panels, connects them to the session and to one another, and remembers where they
/// were. What a run is and how the engine is spoken to is the session's.
class MainWindow : public QMainWindow {
  Q_OBJECT
 public:
  MainWindow(const QString& engineCommand, ThemeController& theme, QWidget* parent = nullptr);
  ~MainWindow() override;

  /// Starts the engine and opens what the command line names.
  void launch(const LaunchOptions& options);
  Session& session() { return m_session; }
  /// Every key and what it does, for people to read.
  std::vector<std::pair<QString, QString>> keys() const;

 protected:
  void closeEvent(QCloseEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  // main_window.cpp: the parts and their places
  void makeCenter();
  void makeTransport();
  void makeLeftDock();
  void makeRightDock();
  void makeBottomDock();
  void makeStatusBar();
  QDockWidget* addDock(Qt::DockWidgetArea area, const QString& name, const QString& title, QWidget* content);
  void saveState();
  void restoreState();

  // main_window_wiring.cpp: who tells whom
  void connectSession();
  void connectViews();
  void connectTransport();
  void connectPanels();
  void showExperiment();
  void showData();
  void showSnapshot();
  void showGeneratorCount(int count);
  void showHistory(const HistoryChunk& chunk);
  void showProgressSoon();
  void showProgress();
  void showFacts();
  void showEngine();
  void showLost(const QString& reason, const QStringList& log);
  void showDiverged(const QString& message);
  void showFailed(const QString& message);
  void showProblem(const QString& message);
  void select(int id);
  void hover(int id);
  void updateLayers();
  void setTheme(views::Theme theme);

  // main_window_actions.cpp: menus, keys and the dialogs behind them
  void makeActions();
  void makeFileMenu();
  void makeEditMenu();
  void makeDataMenu();
  void makeRunMenu();
  void makeViewMenu();
  void makeHelpMenu();
  QAction* addCommand(QMenu& menu, const QString& text, const QKeySequence& key, std::function<void()> run);
  void openData();
  void askChoices(const QString& file, const DataChoices& choices);
  void openExperiment();
  void openRun();
  void showTransportWindow(const QString& path);
  void saveExperiment();
  void saveRunAs();
  void exportFigure();
  void exportSpace();
  void askTarget();
  void newSeed();
  void showKeys();
  void showAbout();

  static constexpr int kSpaceTab = 2;  ///< of m_centerTabs

  Session m_session;
  CellMaker m_cells;
  ThemeController& m_themes;
  views::TessellationView* m_tessellation;
  views::SampleGridView *m_centerSamples, *m_bottomSamples;
  EnsembleSpaceView* m_space;
  views::MetricsView* m_metrics;
  Banner* m_banner;
  ExperimentPanel* m_experimentPanel;
  ParametersForm* m_parameters;
  PipelinePanel* m_pipeline;
  LayersPanel* m_layers;
  InspectorPanel* m_inspector;
  TransportBar* m_transport;
  LogPanel* m_log;
  QTabWidget *m_centerTabs, *m_bottomTabs;
  QLabel *m_statusEngine, *m_statusFacts, *m_title;
  QString m_busyWords;
  std::function<void()> m_bannerAction;
  double m_busySeconds = 0;
  QTimer m_words;  ///< runs while the digits on screen are too young to change
  bool m_wordsWait = false;
  bool m_fitWhenShown = false;
  int m_selectWhenShown = -1;       ///< a new generator, until a snapshot holds it
  bool m_connectionBroken = false;  ///< the banner about it stays until a run is open again
};

}  // namespace monge
