// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/transport/transport_window.h"

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
#include <cmath>
#include <optional>
#include <utility>

#include "app/window/banner.h"
#include "app/window/panel_parts.h"
#include "app/window/transport/render_transport.h"
#include "app/window/transport/transport_side_panel.h"
#include "core/base/error.h"
#include "views/diagram_view.h"
#include "views/numbers.h"
#include "views/solve_chart.h"
#include "views/surface_view.h"

namespace monge {

using views::DiagramView;
using views::Surface;
using views::SurfaceView;

TransportWindow::TransportWindow(ThemeController& themes, QWidget* parent)
    : QMainWindow(parent), m_themes(themes) {
  setWindowIcon(QIcon(QStringLiteral(":/icons/monge.svg")));
  setAttribute(Qt::WA_DeleteOnClose);
  setAcceptDrops(true);
  setWindowTitle(tr("Transport – Monge"));
  makeViews();
  makeToolBar();
  makeMenus();
  connectViews();
  m_status = mutedLabel();
  m_status->setObjectName(QStringLiteral("transportStatus"));
  m_status->setContentsMargins(8, 0, 8, 0);
  statusBar()->setSizeGripEnabled(false);
  statusBar()->addWidget(m_status, 1);
  connect(&m_themes, &ThemeController::changed, this, &TransportWindow::setTheme);
  setTheme(m_themes.theme());
  resize(1280, 800);
  showCommands(false);
}

void TransportWindow::makeViews() {
  m_diagram = new DiagramView;
  m_diagram->setObjectName(QStringLiteral("diagram"));
  m_potential = new SurfaceView(Surface::Potential);
  m_potential->setObjectName(QStringLiteral("potential"));
  m_dual = new SurfaceView(Surface::Dual);
  m_dual->setObjectName(QStringLiteral("dual"));
  m_chart = new views::SolveChart;
  m_side = new TransportSidePanel;
  m_side->setObjectName(QStringLiteral("panel"));
  m_side->setAttribute(Qt::WA_StyledBackground);
  m_side->setFixedWidth(262);
  m_banner = new Banner;
  m_caption = mutedLabel();
  m_caption->setWordWrap(true);
  m_caption->setContentsMargins(12, 6, 12, 6);

  auto* surfaces = new QSplitter(Qt::Vertical);
  surfaces->addWidget(m_potential);
  surfaces->addWidget(m_dual);
  auto* pictures = new QSplitter(Qt::Horizontal);
  pictures->addWidget(m_diagram);
  pictures->addWidget(surfaces);
  pictures->setStretchFactor(0, 3);
  pictures->setStretchFactor(1, 2);
  pictures->setSizes({600, 420});
  auto* left = new QSplitter(Qt::Vertical);
  left->addWidget(pictures);
  left->addWidget(m_chart);
  left->setStretchFactor(0, 1);
  left->setSizes({600, 130});
  for (QSplitter* splitter : {surfaces, pictures, left}) {
    splitter->setHandleWidth(1);
    splitter->setChildrenCollapsible(false);
  }
  auto* row = new QHBoxLayout;
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(0);
  row->addWidget(left, 1);
  row->addWidget(m_side);
  auto* center = new QWidget;
  auto* column = new QVBoxLayout(center);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(m_banner);
  column->addWidget(m_caption);
  column->addLayout(row, 1);
  setCentralWidget(center);
}

void TransportWindow::makeToolBar() {
  auto* bar = addToolBar(tr("Transport"));
  bar->setObjectName(QStringLiteral("solveToolBar"));
  bar->setMovable(false);
  bar->setToolButtonStyle(Qt::ToolButtonTextOnly);
  const auto command = [&](const QString& name, const QString& text, const QKeySequence& key, auto run) {
    QAction* action = bar->addAction(text);
    action->setObjectName(name);
    action->setShortcut(key);
    action->setToolTip(QStringLiteral("%1 (%2)").arg(text, key.toString(QKeySequence::NativeText)));
    connect(action, &QAction::triggered, this, run);
    return action;
  };
  m_reset =
      command(QStringLiteral("reset"), tr("Reset"), QKeySequence(Qt::Key_R), [this] { m_solver.reset(); });
  m_back =
      command(QStringLiteral("back"), tr("Back"), QKeySequence(Qt::Key_Comma), [this] { m_solver.back(); });
  m_step =
      command(QStringLiteral("step"), tr("Step"), QKeySequence(Qt::Key_Period), [this] { m_solver.step(); });
  m_solve = command(QStringLiteral("solve"), tr("Solve"), QKeySequence(Qt::Key_Space),
                    [this] { m_solver.isSolving() ? m_solver.pause() : m_solver.solve(); });
}

void TransportWindow::makeMenus() {
  QMenu* file = menuBar()->addMenu(tr("&File"));
  file->addAction(tr("Open points or a solved folder…"), QKeySequence::Open, this,
                  &TransportWindow::askForFile);
  QMenu* list = file->addMenu(tr("Presets"));
  for (const TransportDocument& document : transportPresets())
    list->addAction(document.name, this, [this, &document] { open(document); });
  file->addSeparator();
  file->addAction(tr("Export figure…"), QKeySequence(Qt::CTRL | Qt::Key_E), this,
                  &TransportWindow::exportFigure);
  file->addSeparator();
  file->addAction(tr("Close"), QKeySequence::Close, this, &QWidget::close);
  QMenu* view = menuBar()->addMenu(tr("&View"));
  view->addAction(tr("Fit"), QKeySequence(Qt::Key_F), m_diagram, &DiagramView::fit);
  const auto look = [this, view](const QString& text, double azimuth, double elevation) {
    view->addAction(text, this, [this, azimuth, elevation] {
      views::OrbitCamera camera;
      camera.azimuth = azimuth;
      camera.elevation = elevation;
      m_potential->setCamera(camera);
      m_dual->setCamera(camera);
    });
  };
  view->addSeparator();
  look(tr("Surfaces from the corner"), -60, 24);
  look(tr("Surfaces from above"), -90, 90);
  look(tr("Surfaces from the front"), -90, 0);
  look(tr("Surfaces from below"), -60, -30);
}

void TransportWindow::connectViews() {
  connect(&m_solver, &TransportSolver::momentChanged, this, &TransportWindow::showMoment);
  connect(&m_solver, &TransportSolver::solvingChanged, this, &TransportWindow::showCommands);
  connect(&m_solver, &TransportSolver::problem, this,
          [this](const QString& message) { m_banner->say(Banner::Kind::Bad, message); });
  connect(m_diagram, &DiagramView::siteDragged, this, [this](int site, double x, double y, bool done) {
    m_solver.moveSite(site, {x, y}, m_side->follows(), done);
  });
  connect(m_diagram, &DiagramView::siteAdded, this, [this](double x, double y) {
    m_solver.addSites({{x, y}});
  });
  connect(m_diagram, &DiagramView::siteRemoved, this, [this](int site) {
    select(-1);
    m_solver.removeSites({site});
  });
  connect(m_diagram, &DiagramView::weightTurned, this, [this](int site, double notches) {
    const TransportSnapshotPtr& moment = m_solver.moment();
    if (!moment || site >= moment->count()) return;
    // A notch is a hundredth of what would carry a wall across the whole picture.
    const double reach = std::max(moment->box.width(), moment->box.height());
    m_solver.turnWeight(site, notches * 0.01 * reach * reach);
  });
  connect(m_diagram, &DiagramView::selectionChanged, this, &TransportWindow::select);
  connect(m_diagram, &DiagramView::hoverChanged, this, &TransportWindow::hover);
  for (SurfaceView* view : {m_potential, m_dual}) {
    connect(view, &SurfaceView::selectionChanged, this, &TransportWindow::select);
    connect(view, &SurfaceView::hoverChanged, this, &TransportWindow::hover);
    // One camera: the dual turns with the potential.
    connect(view, &SurfaceView::cameraChanged, this, [this](const views::OrbitCamera& camera) {
      m_potential->setCamera(camera);
      m_dual->setCamera(camera);
    });
  }
  connect(m_side, &TransportSidePanel::layersChanged, this,
          [this] { m_diagram->setLayers(m_side->layers()); });
  connect(m_side, &TransportSidePanel::colourChanged, this, [this] {
    m_diagram->setColour(m_side->colour());
    for (SurfaceView* view : {m_potential, m_dual}) view->setColour(m_side->colour());
  });
  connect(m_side, &TransportSidePanel::massEdited, &m_solver, &TransportSolver::setMass);
  connect(m_side, &TransportSidePanel::weightEdited, &m_solver, &TransportSolver::setWeight);
  connect(m_side, &TransportSidePanel::placeChosen, m_diagram, &DiagramView::flyTo);
}

void TransportWindow::open(const TransportDocument& document) {
  m_banner->dismiss();
  select(-1);
  m_caption->setText(document.caption);
  m_caption->setVisible(!document.caption.isEmpty());
  setWindowTitle(tr("%1 – Transport – Monge").arg(document.name));
  m_solver.open(document.problem, document.name);
}

namespace {

struct ReadDocument {
  std::optional<TransportDocument> document;
  QString problem;
};

ReadDocument readInWorker(const QString& path) {
  try {
    return {readTransportDocument(path.toStdString()), {}};
  } catch (const std::exception& error) {
    return {{}, QString::fromUtf8(error.what())};
  }
}

}  // namespace

void TransportWindow::openPath(const QString& path) {
  auto* watcher = new QFutureWatcher<ReadDocument>(this);
  connect(watcher, &QFutureWatcher<ReadDocument>::finished, this, [this, watcher] {
    watcher->deleteLater();
    const ReadDocument read = watcher->result();
    if (!read.document) return m_banner->say(Banner::Kind::Bad, read.problem);
    open(*read.document);
    if (std::exchange(m_solveWhenRead, false)) m_solver.solve();
  });
  watcher->setFuture(QtConcurrent::run(readInWorker, path));
}

void TransportWindow::launch(const QString& what, bool play) {
  const TransportDocument* preset = what.isEmpty() ? &transportPresets().front() : transportPreset(what);
  m_solveWhenRead = play && !preset;
  if (!preset) return openPath(what);
  open(*preset);
  if (play) m_solver.solve();
}

void TransportWindow::showMoment() {
  const TransportSnapshotPtr& moment = m_solver.moment();
  m_diagram->setMoment(moment);
  m_potential->setMoment(moment);
  m_dual->setMoment(moment);
  m_chart->setSteps(moment->steps);
  m_side->setMoment(moment);
  m_status->setText(tr("%1 sites, %2 walls, %3; largest mass error %4")
                        .arg(grouped(moment->count()), grouped(static_cast<qint64>(moment->facets.size())),
                             QString::fromStdString(moment->status), views::numberText(moment->residual, 3)));
  showCommands(m_solver.isSolving());
}

void TransportWindow::select(int site) {
  if (site == m_selected) return;
  m_selected = site;
  m_diagram->setSelected(site);
  m_potential->setSelected(site);
  m_dual->setSelected(site);
  m_side->setSelected(site);
}

void TransportWindow::hover(int site) {
  m_diagram->setHovered(site);
  m_potential->setHovered(site);
  m_dual->setHovered(site);
}

void TransportWindow::setTheme(views::Theme theme) {
  m_diagram->setTheme(theme);
  m_potential->setTheme(theme);
  m_dual->setTheme(theme);
  m_chart->setTheme(theme);
}

void TransportWindow::showCommands(bool solving) {
  m_solve->setText(solving ? tr("Pause") : tr("Solve"));
  const bool isOpen = m_solver.moment() != nullptr;
  const bool hasSteps = isOpen && !m_solver.moment()->steps.empty();
  m_solve->setEnabled(isOpen);
  m_step->setEnabled(isOpen && !solving);
  m_back->setEnabled(hasSteps && !solving);
  m_reset->setEnabled(isOpen);
}

void TransportWindow::askForFile() {
  const QString file =
      QFileDialog::getOpenFileName(this, tr("Open points"), {},
                                   tr("Points (*.csv *.tsv *.txt *.npy *.npz);;Solved transport "
                                      "(transport.json)"));
  if (file.isEmpty()) return;
  openPath(QFileInfo(file).fileName() == QLatin1String("transport.json") ? QFileInfo(file).path() : file);
}

void TransportWindow::exportFigure() {
  const TransportSnapshotPtr moment = m_solver.moment();
  if (!moment) return;
  QString file = QFileDialog::getSaveFileName(this, tr("Export figure"), QStringLiteral("transport.pdf"),
                                              tr("Figures (*.pdf *.svg *.png)"));
  if (file.isEmpty()) return;
  if (QFileInfo(file).suffix().isEmpty()) file += QStringLiteral(".pdf");
  TransportFigure figure;
  figure.spec.view = QStringLiteral("panels");
  figure.spec.sizeMm = {174, 150};
  figure.layers = m_side->layers();
  figure.colour = m_side->colour();
  figure.camera = m_potential->camera();
  try {
    writeTransportFigure(file, *moment, figure);
    m_banner->say(Banner::Kind::Note, tr("Written to %1").arg(QDir::toNativeSeparators(file)));
  } catch (const std::exception& error) {
    m_banner->say(Banner::Kind::Bad, QString::fromUtf8(error.what()));
  }
}

void TransportWindow::keyPressEvent(QKeyEvent* event) {
  const int digit = event->key() - Qt::Key_1;
  if (event->modifiers() == Qt::NoModifier && digit >= 0 && digit < views::kDiagramLayerCount)
    return m_side->toggle(static_cast<views::DiagramLayer>(digit));
  QMainWindow::keyPressEvent(event);
}

void TransportWindow::dragEnterEvent(QDragEnterEvent* event) {
  for (const QUrl& url : event->mimeData()->urls())
    if (url.isLocalFile()) return event->acceptProposedAction();
}

void TransportWindow::dropEvent(QDropEvent* event) {
  for (const QUrl& url : event->mimeData()->urls()) {
    if (!url.isLocalFile()) continue;
    event->acceptProposedAction();
    return openPath(url.toLocalFile());
  }
}

}  // namespace monge
