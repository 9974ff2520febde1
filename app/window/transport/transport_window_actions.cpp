// SPDX-License-Identifier: GPL-3.0-or-later
// What can be done in the window of transport: its tool bar, its menus, what they ask.
#include <QAction>
#include <QActionGroup>
#include <QFileDialog>
#include <QMenuBar>
#include <QToolBar>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "app/window/solve_tool_bar.h"
#include "app/window/space/space_window.h"
#include "app/window/transport/problem_dialog.h"
#include "app/window/transport/transport_export_dialog.h"
#include "app/window/transport/transport_session.h"
#include "app/window/transport/transport_side_panel.h"
#include "app/window/transport/transport_window.h"
#include "views/diagram_view.h"
#include "views/surface_view.h"

namespace monge {

using views::DiagramTool;
using views::DiagramView;

namespace {

/// "Undo" and what it would undo.
QString editName(const std::string& edit) {
  if (edit == "move") return TransportWindow::tr("moved site");
  if (edit == "add") return TransportWindow::tr("added sites");
  if (edit == "remove") return TransportWindow::tr("removed sites");
  if (edit == "mass") return TransportWindow::tr("mass");
  if (edit == "weight") return TransportWindow::tr("weight");
  if (edit == "density") return TransportWindow::tr("painted density");
  return edit.empty() ? QString() : TransportWindow::tr("changed problem");
}

}  // namespace

void TransportWindow::makeToolBar() {
  m_commands = new SolveToolBar({[this] { m_solver.reset(); }, [this] { m_solver.back(); },
                                 [this] { m_solver.step(); }, [this] { m_solver.solve(); },
                                 [this] { m_solver.pause(); }});
  addToolBar(m_commands);
}

/// What a drag over the diagram does.
void TransportWindow::makeTools() {
  QToolBar* bar = addToolBar(tr("Tools"));
  bar->setObjectName(QStringLiteral("tools"));
  bar->setMovable(false);
  bar->setToolButtonStyle(Qt::ToolButtonTextOnly);
  auto* group = new QActionGroup(this);
  const auto add = [&](DiagramTool tool, const QString& name, const QString& text, int key,
                       const QString& tip) {
    QAction* action = bar->addAction(text);
    action->setObjectName(name);
    action->setCheckable(true);
    action->setChecked(tool == DiagramTool::Hand);
    action->setShortcut(QKeySequence(key));
    action->setToolTip(
        QStringLiteral("%1 (%2)").arg(tip, action->shortcut().toString(QKeySequence::NativeText)));
    group->addAction(action);
    connect(action, &QAction::triggered, m_diagram, [this, tool] { m_diagram->setTool(tool); });
  };
  add(DiagramTool::Hand, QStringLiteral("hand"), tr("Move"), Qt::Key_V,
      tr("Drag sites, or the paper; double click to add a site"));
  add(DiagramTool::Box, QStringLiteral("box"), tr("Box"), Qt::Key_X,
      tr("Choose the cells in a box; Shift adds"));
  add(DiagramTool::Lasso, QStringLiteral("lasso"), tr("Lasso"), Qt::Key_L,
      tr("Choose the cells within a line; Shift adds"));
  add(DiagramTool::BrushSites, QStringLiteral("brushSites"), tr("Paint sites"), Qt::Key_B,
      tr("Paint sites; Shift takes them away, [ and ] change the brush"));
  add(DiagramTool::BrushDensity, QStringLiteral("brushDensity"), tr("Paint density"), Qt::Key_D,
      tr("Paint the source's density; Shift takes it away, [ and ] change the brush"));
}

void TransportWindow::makeMenus() {
  makeFileMenu();
  makeEditMenu();
  makeViewMenu();
}

void TransportWindow::makeFileMenu() {
  QMenu* file = menuBar()->addMenu(tr("&File"));
  file->addAction(tr("Problem…"), QKeySequence::New, this, &TransportWindow::askForProblem)
      ->setObjectName(QStringLiteral("problem"));
  file->addAction(tr("Open points or a solved folder…"), QKeySequence::Open, this,
                  &TransportWindow::askForFile);
  QMenu* list = file->addMenu(tr("Presets"));
  for (const TransportDocument& document : transportPresets())
    list->addAction(document.name, this, [this, &document] { open(document); });
  addSpacePresets(list->addMenu(tr("In space")), m_themes);
  file->addSeparator();
  file->addAction(tr("Save as folder…"), QKeySequence::Save, this, &TransportWindow::askWhereToSave);
  file->addAction(tr("Export figure…"), QKeySequence(Qt::CTRL | Qt::Key_E), this,
                  &TransportWindow::exportFigure);
  file->addSeparator();
  file->addAction(tr("Close"), QKeySequence::Close, this, &QWidget::close);
}

void TransportWindow::makeEditMenu() {
  QMenu* edit = menuBar()->addMenu(tr("&Edit"));
  m_undo = edit->addAction(tr("Undo"), QKeySequence::Undo, &m_solver, &TransportSolver::undo);
  m_undo->setObjectName(QStringLiteral("undo"));
  m_redo = edit->addAction(tr("Redo"), &m_solver, &TransportSolver::redo);
  m_redo->setObjectName(QStringLiteral("redo"));
  m_redo->setShortcuts({QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z), QKeySequence(Qt::CTRL | Qt::Key_Y)});
  edit->addSeparator();
  edit->addAction(tr("Choose all cells"), QKeySequence::SelectAll, this, [this] {
    std::vector<int> all(m_solver.moment() ? static_cast<std::size_t>(m_solver.moment()->count()) : 0);
    std::iota(all.begin(), all.end(), 0);
    choose(std::move(all));
  });
  edit->addAction(tr("Choose none"), this, [this] { choose({}); });
}

void TransportWindow::showEdits() {
  const TransportSnapshotPtr& moment = m_solver.moment();
  const QString undo = moment ? editName(moment->undo) : QString(),
                redo = moment ? editName(moment->redo) : QString();
  m_undo->setText(undo.isEmpty() ? tr("Undo") : tr("Undo: %1").arg(undo));
  m_undo->setEnabled(!undo.isEmpty());
  m_redo->setText(redo.isEmpty() ? tr("Redo") : tr("Redo: %1").arg(redo));
  m_redo->setEnabled(!redo.isEmpty());
}

void TransportWindow::makeViewMenu() {
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

/// A brush of sites acts once the stroke is done, one of density while it is drawn.
void TransportWindow::paint(DiagramTool brush, const QPolygonF& stroke, double radius, bool erases,
                            bool done) {
  if (brush == DiagramTool::BrushSites) {
    if (done) paintSites(stroke, radius, erases);
    return;
  }
  std::vector<Point2> places;
  for (const QPointF& point : stroke) places.push_back({point.x(), point.y()});
  m_solver.paint(std::move(places), radius, erases, done);
}

void TransportWindow::paintSites(const QPolygonF& stroke, double radius, bool erases) {
  const TransportSnapshotPtr& moment = m_solver.moment();
  if (!moment) return;
  if (erases) {
    std::vector<int> under;
    for (int site = 0; site < moment->count(); ++site) {
      const QPointF at(moment->sites(site, 0), moment->sites(site, 1));
      if (std::any_of(stroke.begin(), stroke.end(), [&](const QPointF& dab) {
            return std::hypot(dab.x() - at.x(), dab.y() - at.y()) <= radius;
          }))
        under.push_back(site);
    }
    select(-1);
    choose({});
    return m_solver.removeSites(std::move(under));
  }
  constexpr int kSitesOfDab = 4;
  std::vector<Point2> painted;
  for (const QPointF& dab : stroke) {
    for (int each = 0; each < kSitesOfDab; ++each) {
      const double away = radius * std::sqrt(m_brushRandom.uniform(0, 1)),
                   angle = m_brushRandom.uniform(0, 2 * M_PI);
      painted.push_back({dab.x() + away * std::cos(angle), dab.y() + away * std::sin(angle)});
    }
  }
  m_solver.addSites(std::move(painted));
}

void TransportWindow::askForProblem() {
  m_solver.ask([this](const EditedProblem& edited) {
    std::optional<TransportDocument> open;
    if (!edited.problem.sites.empty())
      open = TransportDocument{
          edited.problem, QString::fromStdString(m_solver.moment()->name), {}, {}, edited.density};
    auto* dialog = new ProblemDialog(open, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog, painted = edited.painted] {
      const TransportDocument& document = dialog->document();
      if (!dialog->keepsPoints()) return this->open(document);
      m_solver.change({document.problem, document.density, dialog->keepsDensity() ? painted : nullptr});
    });
    dialog->open();
  });
}

void TransportWindow::askWhereToSave() {
  const QString folder =
      QFileDialog::getSaveFileName(this, tr("Save as folder"), QStringLiteral("transport"));
  if (!folder.isEmpty()) m_solver.save(folder);
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
  TransportFigure figure;
  figure.spec.view = QStringLiteral("panels");
  figure.spec.sizeMm = {174, 150};
  figure.layers = m_side->layers();
  figure.colour = m_side->colour();
  figure.camera = m_potential->camera();
  figure.height = m_side->surfaceHeight();
  auto* dialog = new TransportExportDialog(moment, figure, this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  // Of what was edited there is no other source than a folder that it is saved as.
  if (!m_source.isEmpty() && moment->undo.empty()) dialog->setSource(m_source);
  dialog->open();
}

}  // namespace monge
