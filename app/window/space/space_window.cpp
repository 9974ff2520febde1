// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/space/space_window.h"

#include <QActionGroup>
#include <QDir>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFutureWatcher>
#include <QKeyEvent>
#include <QLabel>
#include <QMenuBar>
#include <QMimeData>
#include <QSplitter>
#include <QStatusBar>
#include <QToolBar>
#include <QVBoxLayout>
#include <QtConcurrent>
#include <optional>
#include <utility>

#include "app/window/banner.h"
#include "app/window/panel_parts.h"
#include "app/window/solve_tool_bar.h"
#include "app/window/space/space_export_dialog.h"
#include "app/window/space/space_panel.h"
#include "views/numbers.h"
#include "views/solve_chart.h"
#include "views/space/space_page.h"
#include "views/space/space_view.h"

namespace monge {
namespace {

struct ReadDocument {
  std::optional<SpaceDocument> document;
  QString problem;
};

ReadDocument readInWorker(const QString& path) {
  try {
    return {readSpaceDocument(path.toStdString()), {}};
  } catch (const std::exception& error) {
    return {{}, QString::fromUtf8(error.what())};
  }
}

}  // namespace

SpaceWindow::SpaceWindow(ThemeController& themes, QWidget* parent) : QMainWindow(parent), m_themes(themes) {
  setWindowIcon(QIcon(QStringLiteral(":/icons/monge.svg")));
  setAttribute(Qt::WA_DeleteOnClose);
  setAcceptDrops(true);
  setWindowTitle(tr("Transport in space – Monge"));
  makeViews();
  makeToolBar();
  makeMenus();
  connectViews();
  m_status = mutedLabel();
  m_status->setObjectName(QStringLiteral("spaceStatus"));
  m_status->setContentsMargins(8, 0, 8, 0);
  statusBar()->setSizeGripEnabled(false);
  statusBar()->addWidget(m_status, 1);
  connect(&m_themes, &ThemeController::changed, this, &SpaceWindow::setTheme);
  setTheme(m_themes.theme());
  resize(1280, 800);
  showCommands(false);
}

void SpaceWindow::makeViews() {
  m_view = new views::SpaceView;
  m_view->setObjectName(QStringLiteral("space"));
  m_chart = new views::SolveChart;
  m_panel = new SpacePanel;
  m_panel->setObjectName(QStringLiteral("panel"));
  m_panel->setAttribute(Qt::WA_StyledBackground);
  m_panel->setFixedWidth(278);
  m_banner = new Banner;
  m_caption = mutedLabel();
  m_caption->setWordWrap(true);
  m_caption->setContentsMargins(12, 6, 12, 6);
  m_caption->hide();
  auto* left = new QSplitter(Qt::Vertical);
  left->addWidget(m_view);
  left->addWidget(m_chart);
  left->setStretchFactor(0, 1);
  left->setSizes({600, 130});
  left->setHandleWidth(1);
  left->setChildrenCollapsible(false);
  auto* row = new QHBoxLayout;
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(0);
  row->addWidget(left, 1);
  row->addWidget(m_panel);
  auto* center = new QWidget;
  auto* column = new QVBoxLayout(center);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(m_banner);
  column->addWidget(m_caption);
  column->addLayout(row, 1);
  setCentralWidget(center);
}

void SpaceWindow::makeToolBar() {
  m_commands = new SolveToolBar({[this] { m_solver.reset(); }, [this] { m_solver.back(); },
                                 [this] { m_solver.step(); }, [this] { m_solver.solve(); },
                                 [this] { m_solver.pause(); }});
  addToolBar(m_commands);
}

void SpaceWindow::makeMenus() {
  QMenu* file = menuBar()->addMenu(tr("&File"));
  file->addAction(tr("Open points or a solved folder…"), QKeySequence::Open, this, &SpaceWindow::askForFile);
  QMenu* list = file->addMenu(tr("Presets"));
  for (const SpaceDocument& document : spacePresets())
    list->addAction(document.name, this, [this, &document] { open(document); });
  file->addSeparator();
  m_export =
      file->addAction(tr("Export…"), QKeySequence(Qt::CTRL | Qt::Key_E), this, &SpaceWindow::exportFigure);
  file->addSeparator();
  file->addAction(tr("Close"), QKeySequence::Close, this, &QWidget::close);
  makeCameraMenu(menuBar()->addMenu(tr("&View")));
}

void SpaceWindow::makeCameraMenu(QMenu* view) {
  view->addAction(tr("Fit"), QKeySequence(Qt::Key_F), this, [this] {
    views::SpaceCamera camera = m_view->camera();
    camera.orbit.zoom = 1;
    camera.orbit.pan = {};
    m_view->setCamera(camera);
  });
  view->addSeparator();
  for (const views::CameraPreset& preset : views::cameraPresets()) {
    QAction* action = view->addAction(preset.name, this, [this, preset] {
      views::SpaceCamera camera = m_view->camera();
      camera.orbit = {preset.azimuth, preset.elevation, 1, {}};
      m_view->setCamera(camera);
    });
    action->setObjectName(QStringLiteral("camera-") + preset.id);
  }
}

void SpaceWindow::connectViews() {
  connect(&m_solver, &SpaceSolver::momentChanged, this, &SpaceWindow::showMoment);
  connect(&m_solver, &SpaceSolver::solvingChanged, this, &SpaceWindow::showCommands);
  connect(&m_solver, &SpaceSolver::problem, this,
          [this](const QString& message) { m_banner->say(Banner::Kind::Bad, message); });
  connect(m_view, &views::SpaceView::selectionChanged, this, &SpaceWindow::select);
  connect(m_view, &views::SpaceView::hoverChanged, this, &SpaceWindow::hover);
  connect(m_panel, &SpacePanel::siteChosen, this, &SpaceWindow::select);
  connect(m_panel, &SpacePanel::siteHovered, this, &SpaceWindow::hover);
  connect(m_panel, &SpacePanel::styleChanged, this, &SpaceWindow::showStyle);
  connect(m_panel, &SpacePanel::perspectiveChanged, this, [this](bool on) {
    views::SpaceCamera camera = m_view->camera();
    camera.perspective = on;
    m_view->setCamera(camera);
  });
  connect(m_panel, &SpacePanel::placeChosen, this,
          [this](double x, double y, double z) { m_view->flyTo(views::Vec3(x, y, z)); });
  if (!views::missingOpenGl().isEmpty())
    m_banner->say(Banner::Kind::Note,
                  tr("Cells in space need OpenGL 3.2 to turn smoothly; they are drawn without it here. (%1)")
                      .arg(views::missingOpenGl()));
}

void SpaceWindow::open(const SpaceDocument& document) {
  m_banner->dismiss();
  m_openingCaption = document.caption;
  m_openingSource = document.id;
  m_solver.open(document.problem, document.name);
}

/// Once what was asked for is there: a problem that is refused leaves the old one with its own name.
void SpaceWindow::showOpened() {
  select(-1);
  m_source = m_openingSource;
  m_caption->setText(m_openingCaption);
  m_caption->setVisible(!m_openingCaption.isEmpty());
  setWindowTitle(tr("%1 – Transport in space – Monge").arg(QString::fromStdString(m_solver.moment()->name)));
  showStyle();  // the clip plane lies in the domain
}

void SpaceWindow::openPath(const QString& path) {
  auto* watcher = new QFutureWatcher<ReadDocument>(this);
  connect(watcher, &QFutureWatcher<ReadDocument>::finished, this, [this, watcher] {
    watcher->deleteLater();
    const ReadDocument read = watcher->result();
    const bool solve = std::exchange(m_solveWhenRead, false);
    if (!read.document) return m_banner->say(Banner::Kind::Bad, read.problem);
    open(*read.document);
    if (solve) m_solver.solve();
  });
  watcher->setFuture(QtConcurrent::run(readInWorker, path));
}

void SpaceWindow::launch(const QString& what, bool play) {
  const SpaceDocument* preset = spacePreset(what);
  m_solveWhenRead = play && !preset;
  if (!preset) return openPath(what);
  open(*preset);
  if (play) m_solver.solve();
}

void SpaceWindow::showMoment() {
  const SpaceSnapshotPtr& moment = m_solver.moment();
  if (m_selected >= moment->count()) select(-1);
  m_view->setMoment(moment);
  m_panel->setMoment(moment);
  if (moment->revision != std::exchange(m_shownRevision, moment->revision)) showOpened();
  m_chart->setSteps(moment->steps);
  m_status->setText(tr("%1 sites, %2 walls, %3; largest mass error %4")
                        .arg(grouped(moment->count()), grouped(static_cast<qint64>(moment->facets.size())),
                             QString::fromStdString(moment->status), views::numberText(moment->residual, 3)));
  showCommands(m_solver.isSolving());
}

void SpaceWindow::showStyle() {
  views::SpaceStyle style = m_panel->style();
  style.theme = m_themes.theme();
  m_view->setStyle(style);
}

void SpaceWindow::showCommands(bool solving) {
  const SpaceSnapshotPtr& moment = m_solver.moment();
  m_commands->offer(moment != nullptr, moment && !moment->steps.empty(), solving);
  m_export->setEnabled(moment != nullptr);
}

void SpaceWindow::select(int site) {
  m_selected = site;
  m_view->setSelected(site);
  m_panel->setSelected(site);
}

void SpaceWindow::hover(int site) {
  m_view->setHovered(site);
  m_panel->setHovered(site);
}

void SpaceWindow::setTheme(views::Theme theme) {
  showStyle();
  m_panel->setTheme(theme);
  m_chart->setTheme(theme);
}

void SpaceWindow::askForFile() {
  const QString file = QFileDialog::getOpenFileName(
      this, tr("Open points"), {},
      tr("Points (*.csv *.tsv *.txt *.npy *.npz);;Solved transport (transport.json)"));
  if (file.isEmpty()) return;
  openPath(QFileInfo(file).fileName() == QLatin1String("transport.json") ? QFileInfo(file).path() : file);
}

void SpaceWindow::exportFigure() {
  const SpaceSnapshotPtr& moment = m_solver.moment();
  if (!moment) return;
  SpaceFigure figure;
  figure.style = m_view->style();
  figure.camera = m_view->camera();
  auto* dialog = new SpaceExportDialog(moment, figure, this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  if (!m_source.isEmpty()) dialog->setSource(m_source);
  dialog->open();
}

void SpaceWindow::keyPressEvent(QKeyEvent* event) {
  const int digit = event->key() - Qt::Key_1;
  if (event->modifiers() == Qt::NoModifier && digit >= 0 && digit < views::kTransportSpaceLayers)
    return m_panel->toggle(static_cast<views::SpaceLayer>(digit));
  QMainWindow::keyPressEvent(event);
}

void SpaceWindow::dragEnterEvent(QDragEnterEvent* event) {
  for (const QUrl& url : event->mimeData()->urls())
    if (url.isLocalFile()) return event->acceptProposedAction();
}

void SpaceWindow::dropEvent(QDropEvent* event) {
  for (const QUrl& url : event->mimeData()->urls())
    if (url.isLocalFile()) return openPath(url.toLocalFile());
}

void addSpacePresets(QMenu* menu, ThemeController& themes) {
  for (const SpaceDocument& document : spacePresets())
    menu->addAction(document.name, menu, [&document, &themes] {
      auto* window = new SpaceWindow(themes);  // deletes itself when it is closed
      window->open(document);
      window->show();
    });
}

}  // namespace monge
