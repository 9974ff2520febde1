// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/main_window.h"

#include <QApplication>
#include <QCloseEvent>
#include <QDockWidget>
#include <QLabel>
#include <QMenuBar>
#include <QScreen>
#include <QScrollArea>
#include <QSettings>
#include <QStatusBar>
#include <QTabBar>
#include <QTabWidget>
#include <QToolBar>
#include <QVBoxLayout>

#include "app/window/banner.h"
#include "app/window/ensemble_space_view.h"
#include "app/window/experiment_panel.h"
#include "app/window/inspector_panel.h"
#include "app/window/layers_panel.h"
#include "app/window/log_panel.h"
#include "app/window/panel_parts.h"
#include "app/window/parameters_form.h"
#include "app/window/pipeline_panel.h"
#include "app/window/run_folders.h"
#include "app/window/transport_bar.h"
#include "views/metrics_view.h"
#include "views/sample_grid_view.h"
#include "views/tessellation_view.h"

namespace monge {

namespace {

constexpr int kStateVersion = 1;  // of saveState: raise it when docks change
constexpr int kLeftWidth = 276, kRightWidth = 262, kBottomHeight = 160, kEdge = 12;
constexpr int kScrolledEdge = 2;  // beside the scroll bar: 12 together

}  // namespace

MainWindow::MainWindow(const QString& engineCommand, ThemeController& theme, QWidget* parent)
    : QMainWindow(parent), m_session(engineCommand), m_themes(theme) {
  setWindowIcon(QIcon(QStringLiteral(":/icons/monge.svg")));
  setAcceptDrops(true);
  setDockOptions(QMainWindow::AnimatedDocks);
  makeCenter();
  makeTransport();
  makeLeftDock();
  makeRightDock();
  makeBottomDock();
  makeStatusBar();
  makeActions();
  connectSession();
  connectViews();
  connectTransport();
  connectPanels();
  connect(&m_themes, &ThemeController::changed, this, &MainWindow::setTheme);
  setTheme(m_themes.theme());
  resize(1280, 800);
  resizeDocks(findChildren<QDockWidget*>(QStringLiteral("bottomDock")), {kBottomHeight}, Qt::Vertical);
  restoreState();
  qApp->installEventFilter(this);
  showProgress();
  showEngine();
}

/// The session outlives the parts of the window, and its engine has last words.
MainWindow::~MainWindow() {
  m_session.disconnect(this);
  m_session.link().disconnect(this);
}

void MainWindow::makeCenter() {
  m_tessellation = new views::TessellationView;
  m_centerSamples = new views::SampleGridView;
  m_space = new EnsembleSpaceView;
  m_banner = new Banner;
  m_centerTabs = new QTabWidget;
  m_centerTabs->setObjectName(QStringLiteral("centerTabs"));
  m_centerTabs->setDocumentMode(true);
  m_centerTabs->addTab(m_tessellation, tr("Tessellation"));
  m_centerTabs->addTab(m_centerSamples, tr("Samples"));
  m_centerTabs->addTab(m_space, tr("Cells in space"));
  m_centerTabs->setTabVisible(kSpaceTab, false);  // until the data have three columns
  m_centerTabs->tabBar()->setFocusPolicy(Qt::TabFocus);
  auto* center = new QWidget;
  auto* column = new QVBoxLayout(center);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(m_banner);
  column->addWidget(m_centerTabs, 1);
  setCentralWidget(center);
}

void MainWindow::makeTransport() {
  m_transport = new TransportBar;
  auto* bar = new QToolBar(tr("Transport"));
  bar->setObjectName(QStringLiteral("transportToolBar"));
  bar->setMovable(false);
  bar->toggleViewAction()->setVisible(false);
  m_transport->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
  bar->addWidget(m_transport);
  addToolBar(bar);
}

QDockWidget* MainWindow::addDock(Qt::DockWidgetArea area, const QString& name, const QString& title,
                                 QWidget* content) {
  auto* dock = new QDockWidget(title);
  dock->setObjectName(name);
  dock->setFeatures(QDockWidget::DockWidgetClosable);  // through the View menu
  dock->setTitleBarWidget(new QWidget);
  dock->setWidget(content);
  addDockWidget(area, dock);
  return dock;
}

void MainWindow::makeLeftDock() {
  m_experimentPanel = new ExperimentPanel;
  m_parameters = new ParametersForm;
  auto* scrolled = new QWidget;
  auto* form = new QVBoxLayout(scrolled);
  form->setContentsMargins(kEdge, 4, kScrolledEdge, kEdge);
  form->addWidget(m_parameters);
  form->addStretch(1);
  auto* panel = new QWidget;
  panel->setObjectName(QStringLiteral("panel"));
  panel->setAttribute(Qt::WA_StyledBackground);
  auto* column = new QVBoxLayout(panel);
  column->setContentsMargins(0, kEdge, 0, 0);
  column->setSpacing(4);
  auto* top = new QVBoxLayout;
  top->setContentsMargins(kEdge, 0, kEdge, 0);
  top->addWidget(m_experimentPanel);
  column->addLayout(top);
  column->addWidget(scrollingPanel(scrolled), 1);
  panel->setMinimumWidth(kLeftWidth);
  panel->setMaximumWidth(2 * kLeftWidth);
  addDock(Qt::LeftDockWidgetArea, QStringLiteral("leftDock"), tr("Experiment"), panel);
}

void MainWindow::makeRightDock() {
  m_pipeline = new PipelinePanel;
  m_layers = new LayersPanel;
  m_inspector = new InspectorPanel;
  auto* content = new QWidget;
  auto* column = new QVBoxLayout(content);
  column->setContentsMargins(kEdge, kEdge, kScrolledEdge, kEdge);
  column->setSpacing(4);
  column->addWidget(sectionHead(tr("Pipeline")));
  column->addWidget(m_pipeline);
  column->addSpacing(6);
  column->addWidget(sectionHead(tr("Layers")));
  column->addWidget(m_layers);
  column->addSpacing(6);
  column->addWidget(sectionHead(tr("Inspector")));
  column->addWidget(m_inspector);
  column->addStretch(1);
  QScrollArea* scroll = scrollingPanel(content);
  scroll->setMinimumWidth(kRightWidth);
  scroll->setMaximumWidth(2 * kRightWidth);
  addDock(Qt::RightDockWidgetArea, QStringLiteral("rightDock"), tr("Pipeline, layers, inspector"), scroll);
}

void MainWindow::makeBottomDock() {
  m_metrics = new views::MetricsView;
  m_bottomSamples = new views::SampleGridView;
  m_log = new LogPanel;
  m_bottomTabs = new QTabWidget;
  m_bottomTabs->setObjectName(QStringLiteral("bottomTabs"));
  m_bottomTabs->setDocumentMode(true);
  m_bottomTabs->addTab(m_metrics, tr("Metrics"));
  m_bottomTabs->addTab(m_bottomSamples, tr("Samples"));
  m_bottomTabs->addTab(m_log, tr("Log"));
  m_bottomTabs->tabBar()->setFocusPolicy(Qt::TabFocus);
  m_bottomTabs->setMinimumHeight(96);
  m_bottomTabs->setAutoFillBackground(true);
  addDock(Qt::BottomDockWidgetArea, QStringLiteral("bottomDock"), tr("Metrics, samples, log"), m_bottomTabs);
}

void MainWindow::makeStatusBar() {
  m_statusEngine = new QLabel;
  m_statusEngine->setTextFormat(Qt::RichText);
  m_statusEngine->setContentsMargins(8, 0, 0, 0);
  m_statusFacts = mutedLabel();
  m_statusFacts->setContentsMargins(0, 0, 8, 0);
  statusBar()->setSizeGripEnabled(false);
  statusBar()->addWidget(m_statusEngine, 1);
  statusBar()->addPermanentWidget(m_statusFacts);
  m_title = mutedLabel();
  m_title->setContentsMargins(0, 4, 12, 0);
  m_title->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  m_title->setMinimumWidth(360);  // a menu bar asks its corner for its width once
  menuBar()->setCornerWidget(m_title);
}

void MainWindow::saveState() {
  QSettings settings;
  settings.setValue(QStringLiteral("geometry"), saveGeometry());
  settings.setValue(QStringLiteral("windowState"), QMainWindow::saveState(kStateVersion));
}

void MainWindow::restoreState() {
  QSettings settings;
  restoreGeometry(settings.value(QStringLiteral("geometry")).toByteArray());
  QMainWindow::restoreState(settings.value(QStringLiteral("windowState")).toByteArray(), kStateVersion);
  // A window whose screen is gone comes back to the one that is there.
  const QRect available = screen()->availableGeometry();
  if (available.intersected(geometry()).width() < 200 || available.intersected(geometry()).height() < 150) {
    resize(size().boundedTo(available.size()));
    move(available.center() - rect().center());
  }
}

void MainWindow::closeEvent(QCloseEvent* event) {
  saveState();
  m_session.link().stop();
  tidyRunFolders(sessionRunsRoot());
  event->accept();
}

}  // namespace monge
