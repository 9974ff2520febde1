// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/transport/transport_window.h"

#include <QDir>
#include <QDragEnterEvent>
#include <QFileInfo>
#include <QFutureWatcher>
#include <QKeyEvent>
#include <QLabel>
#include <QMimeData>
#include <QSplitter>
#include <QStatusBar>
#include <QVBoxLayout>
#include <QtConcurrent>
#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <utility>

#include "app/window/banner.h"
#include "app/window/panel_parts.h"
#include "app/window/solve_tool_bar.h"
#include "app/window/space/space_window.h"
#include "app/window/transport/transport_lists.h"
#include "app/window/transport/transport_session.h"
#include "app/window/transport/transport_side_panel.h"
#include "views/diagram_view.h"
#include "views/jump_histogram.h"
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
  makeTools();
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
  left->addWidget(makeCharts());
  left->setStretchFactor(0, 1);
  left->setSizes({600, 140});
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

QWidget* TransportWindow::makeCharts() {
  m_chart = new views::SolveChart;
  m_histogram = new views::JumpHistogram;
  m_histogram->setObjectName(QStringLiteral("jumps"));
  auto* charts = new QSplitter(Qt::Horizontal);
  charts->addWidget(m_chart);
  charts->addWidget(m_histogram);
  charts->setStretchFactor(0, 3);
  charts->setStretchFactor(1, 2);
  charts->setSizes({600, 420});
  charts->setHandleWidth(1);
  charts->setChildrenCollapsible(false);
  return charts;
}

void TransportWindow::connectViews() {
  connect(&m_solver, &TransportSolver::momentChanged, this, &TransportWindow::showMoment);
  connect(&m_solver, &TransportSolver::solvingChanged, this, &TransportWindow::showCommands);
  connect(&m_solver, &TransportSolver::saved, this, [this](const QString& folder) {
    m_banner->say(Banner::Kind::Note, tr("Saved as %1").arg(QDir::toNativeSeparators(folder)));
  });
  connect(&m_solver, &TransportSolver::problem, this,
          [this](const QString& message) { m_banner->say(Banner::Kind::Bad, message); });
  connect(m_diagram, &DiagramView::siteDragged, this, [this](int site, double x, double y, bool done) {
    m_solver.moveSite(site, {x, y}, m_side->follows(), done);
  });
  connect(m_diagram, &DiagramView::siteAdded, this, [this](double x, double y) {
    m_solver.addSites({{x, y}});
  });
  connect(m_diagram, &DiagramView::sitesRemoved, this, [this](const std::vector<int>& sites) {
    m_solver.removeSites(sites);
    select(-1);
    choose({});
  });
  connect(m_diagram, &DiagramView::regionChosen, this, &TransportWindow::chooseRegion);
  connect(m_diagram, &DiagramView::painted, this, &TransportWindow::paint);
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
  connect(m_side, &TransportSidePanel::heightChanged, this, [this](double height) {
    for (SurfaceView* view : {m_potential, m_dual}) view->setHeightScale(height);
  });
  connect(&m_side->lists(), &TransportLists::placeChosen, m_diagram, &DiagramView::flyTo);
  connect(&m_side->lists(), &TransportLists::siteChosen, this, &TransportWindow::select);
  connect(m_histogram, &views::JumpHistogram::ruleChanged, this, [this](const WallRule& rule) {
    SingularRule wanted;
    wanted.by = rule.by == WallRule::By::Spacing ? SingularRule::By::Spacing
                : rule.by == WallRule::By::Jump  ? SingularRule::By::Jump
                                                 : SingularRule::By::Angle;
    wanted.threshold = rule.threshold;
    m_solver.setRule(wanted);
  });
}

void TransportWindow::open(const TransportDocument& document) {
  openAs(document, document.id);
}

void TransportWindow::openAs(const TransportDocument& document, const QString& source) {
  m_banner->dismiss();
  m_opening = {document.name, document.caption, source};
  m_solver.open({document.problem, document.density, {}}, document.name);
}

/// Once what was asked for is there: a problem that is refused leaves the old one with its own name.
void TransportWindow::showOpened() {
  select(-1);
  choose({});
  m_source = m_opening.source;
  m_caption->setText(m_opening.caption);
  m_caption->setVisible(!m_opening.caption.isEmpty());
  setWindowTitle(tr("%1 – Transport – Monge").arg(m_opening.name));
}

namespace {

struct ReadDocument {
  std::optional<TransportDocument> document;
  std::optional<SpaceDocument> inSpace;  ///< in its place where the points have three coordinates
  QString problem;
};

ReadDocument readInWorker(const QString& path) {
  try {
    const std::string file = path.toStdString();
    if (dimensionOf(file) == 3) return {{}, readSpaceDocument(file), {}};
    return {readTransportDocument(file), {}, {}};
  } catch (const std::exception& error) {
    return {{}, {}, QString::fromUtf8(error.what())};
  }
}

}  // namespace

void TransportWindow::openPath(const QString& path) {
  auto* watcher = new QFutureWatcher<ReadDocument>(this);
  connect(watcher, &QFutureWatcher<ReadDocument>::finished, this, [this, watcher, path] {
    watcher->deleteLater();
    const ReadDocument read = watcher->result();
    const bool solve = std::exchange(m_solveWhenRead, false);
    if (read.inSpace) return openInSpace(*read.inSpace);
    if (!read.document) return m_banner->say(Banner::Kind::Bad, read.problem);
    openAs(*read.document, QFileInfo(path).isDir() ? path : QString());
    if (solve) m_solver.solve();
  });
  watcher->setFuture(QtConcurrent::run(readInWorker, path));
}

/// In a window of its own; this one makes room where nothing is open in it.
void TransportWindow::openInSpace(const SpaceDocument& document) {
  auto* window = new SpaceWindow(m_themes);  // deletes itself when it is closed
  window->open(document);
  window->show();
  if (std::exchange(m_solveWhenRead, false)) window->solver().solve();
  if (!m_solver.moment()) close();
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
  const QString name = QString::fromStdString(moment->name);
  if (moment->status == "new" && moment->revision != m_shownRevision && name == m_opening.name) showOpened();
  m_shownRevision = moment->revision;
  m_diagram->setMoment(moment);
  m_potential->setMoment(moment);
  m_dual->setMoment(moment);
  m_chart->setSteps(moment->steps);
  m_histogram->setMoment(moment);
  if (!m_chosen.empty() && m_chosen.back() >= moment->count()) choose({});
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

void TransportWindow::choose(std::vector<int> sites) {
  if (sites == m_chosen) return;
  m_chosen = std::move(sites);
  m_diagram->setChosen(m_chosen);
  m_potential->setChosen(m_chosen);
  m_dual->setChosen(m_chosen);
  m_side->setChosen(m_chosen);
}

void TransportWindow::chooseRegion(const QPolygonF& region, bool add) {
  const TransportSnapshotPtr& moment = m_solver.moment();
  if (!moment) return;
  std::vector<int> sites = region.isEmpty() ? std::vector<int>() : views::diagramSitesIn(*moment, region),
                   all;
  std::set_union(sites.begin(), sites.end(), add ? m_chosen.begin() : m_chosen.end(), m_chosen.end(),
                 std::back_inserter(all));
  if (!all.empty()) select(-1);
  choose(std::move(all));
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
  m_histogram->setTheme(theme);
}

void TransportWindow::showCommands(bool solving) {
  const TransportSnapshotPtr& moment = m_solver.moment();
  m_commands->offer(moment != nullptr, moment && !moment->steps.empty(), solving);
  showEdits();
}

void TransportWindow::keyPressEvent(QKeyEvent* event) {
  const int digit = event->key() == Qt::Key_0 ? 9 : event->key() - Qt::Key_1;
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
