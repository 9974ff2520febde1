// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QLabel>
#include <QTabWidget>
#include <algorithm>
#include <cmath>

#include "app/window/banner.h"
#include "app/window/ensemble_space_view.h"
#include "app/window/experiment_panel.h"
#include "app/window/inspector_panel.h"
#include "app/window/layers_panel.h"
#include "app/window/log_panel.h"
#include "app/window/main_window.h"
#include "app/window/panel_parts.h"
#include "app/window/parameters_form.h"
#include "app/window/pipeline_panel.h"
#include "app/window/transport_bar.h"
#include "core/base/error.h"
#include "core/experiment/notices.h"
#include "views/metrics_view.h"
#include "views/sample_grid_view.h"
#include "views/tessellation_view.h"

namespace monge {

namespace {

constexpr double kBusyWorthSaying = 2;  // seconds of one step
constexpr int kWordsMs = 100;           // between two changes of the digits, at least

}  // namespace

void MainWindow::connectSession() {
  connect(&m_session, &Session::experimentChanged, this, &MainWindow::showExperiment);
  connect(&m_session, &Session::dataChanged, this, &MainWindow::showData);
  connect(&m_session, &Session::snapshotChanged, this, &MainWindow::showSnapshot);
  connect(&m_session, &Session::historyChanged, this, &MainWindow::showHistory);
  connect(&m_session, &Session::progressChanged, this, &MainWindow::showProgressSoon);
  m_words.setSingleShot(true);
  connect(&m_words, &QTimer::timeout, this, [this] {
    if (m_wordsWait) showProgress();
  });
  connect(&m_session, &Session::problem, this, &MainWindow::showProblem);
  connect(&m_session, &Session::choicesOpen, this, &MainWindow::askChoices);
  connect(&m_session, &Session::lost, this, &MainWindow::showLost);
  connect(&m_session, &Session::diverged, this, &MainWindow::showDiverged);
  connect(&m_session, &Session::failed, this, &MainWindow::showFailed);
  connect(&m_session, &Session::parameterRefused, m_parameters, &ParametersForm::setProblem);
  connect(&m_session, &Session::recovered, this, [this] {
    m_connectionBroken = false;
    m_banner->dismiss();
  });
  connect(&m_session, &Session::parameterChanged, this, [this](const QString& key) {
    m_parameters->setValue(key, m_session.experiment().parameters.at(key.toStdString()));
    m_parameters->setWaiting(static_cast<int>(m_session.waiting().size()));
  });
  connect(&m_session, &Session::generatorAdded, this, [this](int id) { m_selectWhenShown = id; });
  connect(&m_session, &Session::busyWith, this, [this](const QString& what) {
    m_busyWords = what;
    showEngine();
  });
  EngineLink& link = m_session.link();
  connect(&link, &EngineLink::stateChanged, this, [this] {
    showEngine();
    showProgress();
  });
  connect(&link, &EngineLink::logLine, m_log, &LogPanel::append);
  connect(&link, &EngineLink::hello, this, [this](const EngineInfo& info) {
    if (!info.warnings.isEmpty()) m_banner->say(Banner::Kind::Note, info.warnings.join('\n'));
    showEngine();
  });
  connect(&link, &EngineLink::busy, this, [this](double seconds) {
    m_busySeconds = seconds;
    showEngine();
  });
}

void MainWindow::connectViews() {
  using View = views::TessellationView;
  m_tessellation->setCellFunction(
      [this](const views::CellQuestion& question) { return m_cells.ask(question); });
  connect(&m_cells, &CellMaker::made, m_tessellation, &View::takeCells);
  connect(m_tessellation, &View::prototypeMoved, this,
          [this](int id, double x, double y, double fromX, double fromY) {
            m_session.editMove(id, {fromX, fromY}, {x, y});
          });
  connect(m_tessellation, &View::prototypeAdded, this, [this](double x, double y) {
    // Not the cell underneath, which the first click chose: Delete is for the new one.
    select(-1);
    m_session.editAdd({x, y});
  });
  connect(m_tessellation, &View::prototypeDragged, this,
          [this] { m_inspector->setSnapshot(m_tessellation->shown().snapshot); });
  connect(m_tessellation, &View::prototypeDeleted, &m_session, &Session::editDelete);
  connect(m_tessellation, &View::selectionChanged, this, &MainWindow::select);
  connect(m_tessellation, &View::hoverChanged, this, &MainWindow::hover);
  connect(m_space, &EnsembleSpaceView::selectionChanged, this, &MainWindow::select);
  connect(m_space, &EnsembleSpaceView::hoverChanged, this, &MainWindow::hover);
  connect(m_tessellation, &View::visibleBoxChanged, &m_session, &Session::setVisibleBox);
  connect(m_tessellation, &View::filesDropped, this, [this](const QStringList& files) {
    if (!files.isEmpty()) m_session.openPath(files.first());
  });
  for (auto* grid : {m_centerSamples, m_bottomSamples}) {
    connect(grid, &views::SampleGridView::selectionChanged, this, &MainWindow::select);
    connect(grid, &views::SampleGridView::hoverChanged, this, &MainWindow::hover);
  }
  for (QTabWidget* tabs : {m_centerTabs, m_bottomTabs}) {
    connect(tabs, &QTabWidget::currentChanged, this, &MainWindow::updateLayers);
  }
}

void MainWindow::connectTransport() {
  connect(m_transport, &TransportBar::playToggled, &m_session, &Session::togglePlay);
  connect(m_transport, &TransportBar::resetWanted, this, [this] { m_session.reset(); });
  connect(m_transport, &TransportBar::stepWanted, this,
          [this] { m_session.step(m_transport->stepUnit(), m_transport->stepCount()); });
  connect(m_transport, &TransportBar::speedChanged, &m_session, &Session::setSpeed);
  connect(m_transport, &TransportBar::seedWanted, this, [this](quint64 seed) { m_session.reset(seed); });
  connect(m_transport, &TransportBar::newSeedWanted, this, &MainWindow::newSeed);
  connect(m_transport, &TransportBar::exportWanted, this, &MainWindow::exportFigure);
  connect(m_transport, &TransportBar::targetWanted, this, &MainWindow::askTarget);
}

void MainWindow::connectPanels() {
  connect(m_experimentPanel, &ExperimentPanel::presetChosen, &m_session, &Session::open);
  connect(m_experimentPanel, &ExperimentPanel::methodChosen, this, [this](const QString& name) {
    if (name.toStdString() == m_session.experiment().method) return;
    Experiment experiment = m_session.experiment();
    experiment.method = name.toStdString();
    experiment.parameters = nlohmann::json::object();
    for (const ParameterSpec& spec : method(experiment.method).parameters) {
      experiment.parameters[spec.key] = spec.defaultValue;
    }
    m_session.open(experiment);
  });
  connect(m_experimentPanel, &ExperimentPanel::openDataWanted, this, &MainWindow::openData);
  connect(m_parameters, &ParametersForm::edited, &m_session, &Session::editParameter);
  connect(m_parameters, &ParametersForm::resetWanted, this, [this] { m_session.reset(); });
  connect(m_inspector, &InspectorPanel::massWanted, &m_session, &Session::editMass);
  connect(m_pipeline, &PipelinePanel::generatorClicked, this, &MainWindow::select);
  connect(m_pipeline, &PipelinePanel::generatorHovered, this, &MainWindow::hover);
  connect(m_layers, &LayersPanel::layersChanged, this, &MainWindow::updateLayers);
  connect(m_banner, &Banner::acted, this, [this] {
    if (m_bannerAction) m_bannerAction();
  });
}

void MainWindow::showExperiment() {
  const Experiment& experiment = m_session.experiment();
  m_experimentPanel->setExperiment(experiment);
  m_parameters->setMethod(method(experiment.method), experiment.parameters);
  m_parameters->setWaiting(static_cast<int>(m_session.waiting().size()));
  m_transport->setSeed(experiment.seed);
  const QString name = QString::fromStdString(experiment.name);
  m_title->setText(tr("%1 — Monge").arg(name));
  setWindowTitle(tr("%1 — Monge").arg(name));
}

void MainWindow::showData() {
  const DataViewPtr& view = m_session.scene().data;
  m_experimentPanel->setData(view);
  m_tessellation->setEditable(view->dimension == 2);
  QStringList notes;
  for (const std::string& notice : notices(m_session.experiment(), view->rows))
    notes << QString::fromStdString(notice);
  if (!notes.isEmpty()) m_banner->say(Banner::Kind::Note, notes.join('\n'));
  select(-1);
  m_selectWhenShown = -1;
  const bool inSpace = view->dimension == 3 && !view->image.isImage();
  m_centerTabs->setTabVisible(kSpaceTab, inSpace);
  m_centerTabs->setCurrentIndex(view->image.isImage() ? 1 : inSpace ? kSpaceTab : 0);
  m_fitWhenShown = true;
}

void MainWindow::showSnapshot() {
  const views::Scene& scene = m_session.scene();
  m_tessellation->setScene(scene);
  if (!scene.snapshot) return;
  if (std::exchange(m_fitWhenShown, false)) m_tessellation->fit();
  for (auto* grid : {m_centerSamples, m_bottomSamples}) {
    if (grid->isVisible()) grid->setScene(scene);
  }
  m_space->setScene(scene);
  m_inspector->setSnapshot(m_tessellation->shown().snapshot);
  const std::vector<int>& ids = scene.snapshot->ids;
  m_pipeline->setGenerators(ids);
  m_pipeline->setFixedMasses(!scene.snapshot->law.targets.empty());
  showGeneratorCount(static_cast<int>(ids.size()));
  if (m_selectWhenShown >= 0 && std::find(ids.begin(), ids.end(), m_selectWhenShown) != ids.end())
    select(std::exchange(m_selectWhenShown, -1));
}

/// The parameter says how many a reset begins with; prototypes come and go meanwhile.
void MainWindow::showGeneratorCount(int count) {
  const QString key = QStringLiteral("generators");
  const nlohmann::json& parameters = m_session.experiment().parameters;
  const auto set = parameters.find(key.toStdString());
  const bool same = set == parameters.end() || m_session.waiting().contains(key) || *set == count;
  m_parameters->setNote(key, same ? QString() : tr("%1 now; a reset begins with these").arg(count));
}

void MainWindow::showHistory(const HistoryChunk& chunk) {
  m_metrics->append(chunk);
}

void MainWindow::showFacts() {
  m_inspector->setHistory(m_session.history());
  const double outside = latestValue(m_session.history(), "outside_cell");
  const double changed = latestValue(m_session.history(), "changed_cell");
  QStringList facts;
  if (std::isfinite(changed))
    facts << tr("data that changed cell %1 %").arg(100 * std::max(0.0, changed), 0, 'f', 1);
  if (std::isfinite(outside))
    facts << tr("samples outside their cell %1 %").arg(100 * std::max(0.0, outside), 0, 'f', 1);
  m_statusFacts->setText(facts.join(QStringLiteral(" · ")));
}

/// Digits that change thirty times a second cannot be read, and to lay them out costs as much as a frame.
void MainWindow::showProgressSoon() {
  m_wordsWait = true;
  if (!m_words.isActive() || !m_session.isRunning()) showProgress();
}

void MainWindow::showProgress() {
  m_wordsWait = false;
  m_words.start(kWordsMs);
  showFacts();
  const RunProgress& progress = m_session.progress();
  const bool ready = m_session.isOpen() && m_session.link().state() == EngineLink::State::Ready;
  m_transport->setProgress(progress, ready);
  if (m_session.isOpen()) m_transport->setSeed(m_session.experiment().seed);
  m_pipeline->setPhase(QString::fromStdString(progress.phase), !m_session.isRunning());
  showEngine();
}

void MainWindow::showEngine() {
  const EngineLink& link = m_session.link();
  const QString where = link.isRemote() ? link.command().section(' ', 1, 1) : tr("This machine");
  const EngineInfo& info = link.info();
  const bool cuda = !info.devices.filter(QStringLiteral("cuda")).isEmpty();
  const QString device =
      cuda && m_session.experiment().device != "cpu" ? QStringLiteral("CUDA") : QStringLiteral("CPU");
  const QString details = tr("Engine %1, LibTorch %2, %n thread(s)\n%3", nullptr, info.threads)
                              .arg(info.version, info.torch, info.devices.join('\n'));
  m_transport->setEngine(link.state(), where, device, details);

  const views::Colors& c = views::colors(m_themes.theme());
  QString words;
  QColor color = c.good;
  if (link.state() == EngineLink::State::Ready) {
    words = !m_busyWords.isEmpty()             ? m_busyWords
            : m_busySeconds > kBusyWorthSaying ? tr("this step has taken %1").arg(spokenTime(m_busySeconds))
            : m_session.isRunning()            ? tr("running")
                                               : tr("ready");
  } else {
    const bool starting = link.state() == EngineLink::State::Starting;
    words = starting ? tr("starting") : tr("lost");
    color = starting ? c.warning : c.bad;
  }
  m_statusEngine->setText(
      QStringLiteral("<span style='color:%1'>●</span>&nbsp; %2")
          .arg(color.name(), tr("Engine: %1 · %2").arg(where.toLower(), words).toHtmlEscaped()));
}

void MainWindow::showLost(const QString& reason, const QStringList& log) {
  m_connectionBroken = true;
  const qint64 iteration = m_session.checkpointIteration();
  const QString action =
      iteration >= 0 ? tr("Restart from checkpoint %1").arg(grouped(iteration)) : tr("Start again");
  const bool shown = m_session.scene().data != nullptr;
  m_banner->say(Banner::Kind::Bad, shown ? reason + ' ' + tr("Everything on screen is kept.") : reason,
                action, log);
  m_bannerAction = [this] { m_session.restart(); };
}

void MainWindow::showDiverged(const QString& message) {
  const qint64 iteration = m_session.checkpointIteration();
  const QString what = message.isEmpty() ? tr("Training diverged.") : message + '.';
  if (iteration < 0) {
    m_banner->say(Banner::Kind::Bad, what, tr("Reset"));
    m_bannerAction = [this] { m_session.reset(); };
    return;
  }
  m_banner->say(Banner::Kind::Bad, what,
                tr("Go on from iteration %1 with a smaller rate").arg(grouped(iteration)));
  m_bannerAction = [this] { m_session.goOnFromCheckpoint(0.5); };
}

/// Playing on tries again what could not be written; a trainer that threw needs its last checkpoint.
void MainWindow::showFailed(const QString& message) {
  const qint64 iteration = m_session.checkpointIteration();
  const QString action = iteration < 0 ? tr("Reset") : tr("Go on from iteration %1").arg(grouped(iteration));
  m_banner->say(Banner::Kind::Bad, tr("Training stopped: %1.").arg(message), action);
  m_bannerAction = [this, iteration] { iteration < 0 ? m_session.reset() : m_session.goOnFromCheckpoint(1); };
}

void MainWindow::showProblem(const QString& message) {
  if (m_connectionBroken) return;  // what the lost engine had to say comes first
  m_banner->say(Banner::Kind::Bad, message);
  m_bannerAction = nullptr;
}

void MainWindow::select(int id) {
  m_tessellation->setSelected(id);
  m_space->setSelected(id);
  m_centerSamples->setSelected(id);
  m_bottomSamples->setSelected(id);
  m_pipeline->setSelected(id);
  m_inspector->setSelected(id);
}

void MainWindow::hover(int id) {
  m_tessellation->setHovered(id);
  m_space->setHovered(id);
  m_centerSamples->setHovered(id);
  m_bottomSamples->setHovered(id);
  m_pipeline->setHovered(id);
}

void MainWindow::updateLayers() {
  const bool grid =
      m_centerTabs->currentWidget() == m_centerSamples || m_bottomTabs->currentWidget() == m_bottomSamples;
  m_tessellation->setLayers(m_layers->layers());
  m_space->setLayers(m_layers->layers());
  m_session.setLayers(m_layers->layers(), grid);
  showSnapshot();
}

void MainWindow::setTheme(views::Theme theme) {
  m_tessellation->setTheme(theme);
  m_space->setTheme(theme);
  m_centerSamples->setTheme(theme);
  m_bottomSamples->setTheme(theme);
  m_metrics->setTheme(theme);
  m_transport->setTheme(theme);
  m_pipeline->setTheme(theme);
  m_layers->setTheme(theme);
  m_experimentPanel->setTheme(theme);
  showEngine();
}

}  // namespace monge
