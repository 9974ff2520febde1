// SPDX-License-Identifier: GPL-3.0-or-later
#include <QActionGroup>
#include <QApplication>
#include <QComboBox>
#include <QDialog>
#include <QDialogButtonBox>
#include <QDir>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QFutureWatcher>
#include <QGridLayout>
#include <QInputDialog>
#include <QLabel>
#include <QMenuBar>
#include <QMessageBox>
#include <QMimeData>
#include <QRandomGenerator>
#include <QSettings>
#include <QTabWidget>
#include <QTimer>
#include <QToolButton>
#include <QtConcurrent>

#include "app/window/banner.h"
#include "app/window/data_choices_dialog.h"
#include "app/window/ensemble_space_view.h"
#include "app/window/export_dialog.h"
#include "app/window/layers_panel.h"
#include "app/window/main_window.h"
#include "app/window/run_folders.h"
#include "app/window/space/space_export_dialog.h"
#include "app/window/transport/transport_picture.h"
#include "app/window/transport/transport_window.h"
#include "core/base/error.h"
#include "views/space/space_view.h"
#include "views/tessellation_view.h"

namespace monge {

QAction* MainWindow::addCommand(QMenu& menu, const QString& text, const QKeySequence& key,
                                std::function<void()> run) {
  auto* action = menu.addAction(text);
  action->setShortcut(key);
  connect(action, &QAction::triggered, this, std::move(run));
  return action;
}

void MainWindow::makeActions() {
  makeFileMenu();
  makeEditMenu();
  makeDataMenu();
  makeRunMenu();
  makeViewMenu();
  makeHelpMenu();
}

void MainWindow::makeFileMenu() {
  QMenu& menu = *menuBar()->addMenu(tr("&File"));
  addCommand(menu, tr("Open experiment…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O),
             [this] { openExperiment(); });
  addCommand(menu, tr("Save experiment as…"), QKeySequence::Save, [this] { saveExperiment(); });
  menu.addSeparator();
  addCommand(menu, tr("Open run…"), {}, [this] { openRun(); });
  addCommand(menu, tr("Save run as…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_S),
             [this] { saveRunAs(); });
  menu.addSeparator();
  addCommand(menu, tr("Export figure…"), QKeySequence(Qt::CTRL | Qt::Key_E), [this] { exportFigure(); });
  menu.addSeparator();
  addCommand(menu, tr("Quit"), QKeySequence(Qt::CTRL | Qt::Key_Q), [this] { close(); });
}

void MainWindow::makeEditMenu() {
  QMenu& menu = *menuBar()->addMenu(tr("&Edit"));
  QAction* undo = m_session.undoStack().createUndoAction(this, tr("Undo"));
  undo->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_Z));
  QAction* redo = m_session.undoStack().createRedoAction(this, tr("Redo"));
  redo->setShortcuts({QKeySequence(Qt::CTRL | Qt::Key_Y), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z)});
  menu.addAction(undo);
  menu.addAction(redo);
}

void MainWindow::makeDataMenu() {
  QMenu& menu = *menuBar()->addMenu(tr("&Data"));
  addCommand(menu, tr("Open data…"), QKeySequence::Open, [this] { openData(); });
  menu.addSeparator();
  QMenu* list = menu.addMenu(tr("Presets"));
  for (const Preset& preset : presets()) {
    QAction* action = addCommand(*list, QString::fromStdString(preset.experiment.name), {},
                                 [this, &preset] { m_session.open(preset.experiment); });
    action->setToolTip(QString::fromStdString(preset.summary));
  }
  list->setToolTipsVisible(true);
  menu.addSeparator();
  addCommand(menu, tr("Transport to points…"), QKeySequence(Qt::CTRL | Qt::Key_T),
             [this] { showTransportWindow({}); });
}

void MainWindow::showTransportWindow(const QString& path) {
  auto* window = new TransportWindow(m_themes);  // deletes itself when it is closed
  window->launch(path, false);
  window->show();
}

void MainWindow::makeRunMenu() {
  QMenu& menu = *menuBar()->addMenu(tr("&Run"));
  addCommand(menu, tr("Play or pause"), QKeySequence(Qt::Key_Space), [this] { m_session.togglePlay(); });
  addCommand(menu, tr("Step iteration"), QKeySequence(Qt::Key_Period),
             [this] { m_session.step(QStringLiteral("iteration"), 1); });
  QAction* phase = addCommand(menu, tr("Step sub-phase"), QKeySequence(Qt::SHIFT | Qt::Key_Period),
                              [this] { m_session.step(QStringLiteral("phase"), 1); });
  // On many keyboards Shift and the full stop are another character.
  phase->setShortcuts(
      {QKeySequence(Qt::SHIFT | Qt::Key_Period), QKeySequence(Qt::Key_Greater), QKeySequence(Qt::Key_Colon)});
  addCommand(menu, tr("Step epoch"), QKeySequence(Qt::CTRL | Qt::Key_Period),
             [this] { m_session.step(QStringLiteral("epoch"), 1); });
  menu.addSeparator();
  addCommand(menu, tr("Reset, same seed"), QKeySequence(Qt::Key_R), [this] { m_session.reset(); });
  addCommand(menu, tr("Reset, new seed"), QKeySequence(Qt::SHIFT | Qt::Key_R), [this] { newSeed(); });
  menu.addSeparator();
  addCommand(menu, tr("Iterations…"), {}, [this] { askTarget(); });
  addCommand(menu, tr("Write a checkpoint"), {}, [this] { m_session.checkpoint(); });
  menu.addSeparator();
  addCommand(menu, tr("Restart the engine"), {}, [this] { m_session.restart(); });
}

void MainWindow::makeViewMenu() {
  QMenu& menu = *menuBar()->addMenu(tr("&View"));
  addCommand(menu, tr("Fit"), QKeySequence(Qt::Key_F), [this] { m_tessellation->fit(); });
  QMenu* layers = menu.addMenu(tr("Layers"));
  for (int i = 0; i < views::kLayerCount; ++i) {
    const auto layer = static_cast<views::Layer>(i);
    addCommand(*layers, layerName(layer), QKeySequence(Qt::Key_1 + i),
               [this, layer] { m_layers->toggle(layer); });
  }
  menu.addSeparator();
  for (QDockWidget* dock : findChildren<QDockWidget*>()) menu.addAction(dock->toggleViewAction());
  menu.addSeparator();
  QMenu* themes = menu.addMenu(tr("Theme"));
  auto* group = new QActionGroup(this);
  const std::pair<ThemeChoice, QString> choices[] = {{ThemeChoice::System, tr("As the system")},
                                                     {ThemeChoice::Light, tr("Light")},
                                                     {ThemeChoice::Dark, tr("Dark")}};
  for (const auto& [choice, text] : choices) {
    QAction* action = addCommand(*themes, text, {}, [this, choice = choice] {
      m_themes.choose(choice);
      QSettings().setValue(QStringLiteral("theme"), toString(choice));
    });
    action->setCheckable(true);
    action->setChecked(m_themes.choice() == choice);
    group->addAction(action);
  }
}

void MainWindow::makeHelpMenu() {
  QMenu& menu = *menuBar()->addMenu(tr("&Help"));
  addCommand(menu, tr("Keys"), QKeySequence(Qt::Key_Question), [this] { showKeys(); });
  addCommand(menu, tr("About Monge"), {}, [this] { showAbout(); });
}

void MainWindow::openData() {
  const QString file = QFileDialog::getOpenFileName(
      this, tr("Open data"), {},
      tr("Data (*.csv *.tsv *.txt *.npy *.npz *.gz *-ubyte *.idx);;All files (*)"));
  if (!file.isEmpty()) m_session.openDataFile(file);
}

void MainWindow::askChoices(const QString& file, const DataChoices& choices) {
  auto* dialog = new DataChoicesDialog(file, choices, this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  connect(dialog, &QDialog::accepted, this,
          [this, dialog, file] { m_session.openDataFile(file, dialog->options()); });
  dialog->open();
}

void MainWindow::openExperiment() {
  const QString file =
      QFileDialog::getOpenFileName(this, tr("Open experiment"), {}, tr("Experiments (*.json)"));
  if (!file.isEmpty()) m_session.openPath(file);
}

void MainWindow::openRun() {
  const QString folder = QFileDialog::getExistingDirectory(this, tr("Open run"));
  if (!folder.isEmpty()) m_session.openRun(folder);
}

void MainWindow::saveExperiment() {
  const QString name =
      QString::fromStdString(m_session.experiment().name).toLower().replace(' ', '-') + ".json";
  QString file = QFileDialog::getSaveFileName(this, tr("Save experiment"), name, tr("Experiments (*.json)"));
  if (file.isEmpty()) return;
  if (QFileInfo(file).suffix().isEmpty()) file += QStringLiteral(".json");
  try {
    m_session.saveExperiment(file);
    m_banner->say(Banner::Kind::Note, tr("Saved as %1").arg(QDir::toNativeSeparators(file)));
  } catch (const Error& error) {
    showProblem(QString::fromUtf8(error.what()));
  }
}

namespace {

QString copyInWorker(const QString& from, const QString& to) {
  try {
    copyRun(from, to);
    return {};
  } catch (const std::exception& error) {
    return QString::fromUtf8(error.what());
  }
}

}  // namespace

void MainWindow::saveRunAs() {
  if (m_session.link().isRemote()) {
    return showProblem(tr("This run is on another machine, in its folder %1.").arg(m_session.runFolder()));
  }
  const QString folder = QFileDialog::getSaveFileName(this, tr("Save run as a folder"));
  if (folder.isEmpty()) return;
  const auto copy = [this, folder] {
    auto* watcher = new QFutureWatcher<QString>(this);
    connect(watcher, &QFutureWatcher<QString>::finished, this, [this, watcher, folder] {
      watcher->deleteLater();
      const QString problem = watcher->result();
      if (!problem.isEmpty()) return showProblem(problem);
      m_banner->say(Banner::Kind::Note, tr("Run saved as %1").arg(QDir::toNativeSeparators(folder)));
    });
    watcher->setFuture(QtConcurrent::run(copyInWorker, m_session.runFolder(), folder));
  };
  if (m_session.link().state() != EngineLink::State::Ready) return copy();
  // What is on screen is to be in the copy: a checkpoint of now first.
  connect(&m_session, &Session::checkpointSaved, this, copy, Qt::SingleShotConnection);
  m_session.checkpoint();
}

void MainWindow::exportSpace() {
  SpaceFigure figure;
  figure.style = m_space->view().style();
  figure.camera = m_space->view().camera();
  auto* dialog = new SpaceExportDialog(m_space->shown(), figure, this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  if (!m_session.link().isRemote()) dialog->setSource(m_session.runFolder());
  dialog->show();
}

void MainWindow::exportFigure() {
  if (m_centerTabs->currentIndex() == kSpaceTab && m_space->shown()) return exportSpace();
  const views::Scene scene = m_session.figureScene();
  if (!scene.snapshot) return showProblem(tr("There is nothing to export yet."));
  views::FigureSpec spec;
  spec.layers = m_layers->layers();
  spec.view = m_centerTabs->currentIndex() == 1 ? QStringLiteral("samples") : QStringLiteral("tessellation");
  spec.box = m_tessellation->visibleBox();
  auto* dialog = new ExportDialog(scene, spec, this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->show();
}

void MainWindow::askTarget() {
  bool ok = false;
  const int now = static_cast<int>(qMin<qint64>(m_session.progress().target, 1000000000));
  const int target = QInputDialog::getInt(this, tr("Iterations"), tr("Pause as finished at iteration"),
                                          qMax(1, now), 1, 1000000000, 1000, &ok);
  if (ok) m_session.setTarget(target);
}

void MainWindow::newSeed() {
  // Seeds that people can read out and type again.
  m_session.reset(QRandomGenerator::global()->bounded(1u, 100000u));
}

std::vector<std::pair<QString, QString>> MainWindow::keys() const {
  std::vector<std::pair<QString, QString>> list;
  for (const QAction* action : findChildren<QAction*>()) {
    if (action->shortcut().isEmpty() || action->text().isEmpty()) continue;
    list.emplace_back(action->shortcut().toString(QKeySequence::NativeText),
                      QString(action->text()).remove('&'));
  }
  // The canvas takes these itself.
  list.emplace_back(tr("Delete, Backspace"), tr("Remove the selected generator (canvas)"));
  list.emplace_back(tr("Arrows"), tr("Move its prototype (canvas)"));
  list.emplace_back(tr("+, −"), tr("Zoom (canvas)"));
  list.emplace_back(tr("Escape"), tr("End a drag, or select nothing (canvas)"));
  return list;
}

void MainWindow::showKeys() {
  constexpr int kRows = 16;
  QDialog dialog(this);
  dialog.setWindowTitle(tr("Keys"));
  auto* grid = new QGridLayout(&dialog);
  grid->setHorizontalSpacing(24);
  int at = 0;
  for (const auto& [key, words] : keys()) {
    auto* label = new QLabel(key);
    label->setProperty("role", "strong");
    grid->addWidget(label, at % kRows, at / kRows * 2);
    grid->addWidget(new QLabel(words), at % kRows, at / kRows * 2 + 1);
    ++at;
  }
  auto* mouse = new QLabel(
      tr("On the canvas: click it for its keys; drag a prototype to move it, double click to add one; the "
         "wheel zooms, dragging the ground pans."));
  mouse->setWordWrap(true);
  grid->addWidget(mouse, kRows, 0, 1, -1);
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
  grid->addWidget(buttons, kRows + 1, 0, 1, -1);
  connect(buttons, &QDialogButtonBox::rejected, &dialog, &QDialog::reject);
  dialog.exec();
}

void MainWindow::showAbout() {
  QMessageBox::about(this, tr("About Monge"),
                     tr("<b>Monge %1</b><br>Watch generative models learn by optimal transport.<br><br>"
                        "Free software under the GNU General Public License, version 3 or later.")
                         .arg(QApplication::applicationVersion()));
}

namespace {

QStringList localFiles(const QMimeData& mime) {
  QStringList files;
  for (const QUrl& url : mime.urls()) {
    if (url.isLocalFile()) files << url.toLocalFile();
  }
  return files;
}

}  // namespace

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
  if (!localFiles(*event->mimeData()).isEmpty()) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
  const QStringList files = localFiles(*event->mimeData());
  if (files.isEmpty()) return;
  event->acceptProposedAction();
  if (isTransportFolder(files.first().toStdString())) return showTransportWindow(files.first());
  m_session.openPath(files.first());
}

bool MainWindow::eventFilter(QObject* watched, QEvent* event) {
  // Space plays, but a button or a list that was reached with Tab keeps its own Space: the keyboard alone
  // must be enough.
  if (event->type() == QEvent::ShortcutOverride && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Space &&
      (qobject_cast<QAbstractButton*>(watched) || qobject_cast<QComboBox*>(watched))) {
    event->accept();
    return false;
  }
  return QMainWindow::eventFilter(watched, event);
}

void MainWindow::launch(const LaunchOptions& options) {
  m_session.setOverrides(
      [options](Experiment& experiment) {
        if (options.iterations) experiment.iterations = *options.iterations;
        if (options.seed) experiment.seed = *options.seed;
        const MethodSpec& spec = method(experiment.method);
        for (const auto& [key, value] : options.parameters) {
          const ParameterSpec& parameter = spec.at(key.toStdString());
          experiment.parameters[parameter.key] = parseParameter(parameter, value.toStdString(), "--set");
        }
      },
      options.play);
  m_session.start();
  const Experiment first = presets().front().experiment;
  if (options.what.isEmpty()) return m_session.open(first);
  for (const Preset& preset : presets()) {
    if (preset.name == options.what.toStdString()) return m_session.open(preset.experiment);
  }
  m_session.openOrFallBack(options.what, first);
}

}  // namespace monge
