// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/transport_bar.h"

#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QInputDialog>
#include <QLineEdit>
#include <QMenu>
#include <QPainter>
#include <QProgressBar>
#include <QPushButton>
#include <QSlider>
#include <QToolButton>
#include <cmath>

#include "app/window/panel_parts.h"
#include "app/window/theme.h"

namespace monge {

namespace {

constexpr int kSpeedSteps = 100;
constexpr double kFastest = 1e5;  // beyond this a limit makes no difference
enum UnitIndex { UnitPhase, UnitIteration, UnitEpoch, UnitMany };

QIcon dot(const QColor& color) {
  QPixmap pixmap(32, 32);
  pixmap.fill(Qt::transparent);
  QPainter painter(&pixmap);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(Qt::NoPen);
  painter.setBrush(color);
  painter.drawEllipse(QRectF(7, 7, 18, 18));
  return QIcon(pixmap);
}

}  // namespace

double speedOf(double position) {
  if (position >= 1) return 0;
  return std::round(std::pow(kFastest, std::max(0.0, position)));
}

TransportBar::TransportBar(QWidget* parent) : QWidget(parent) {
  setObjectName(QStringLiteral("transportBar"));
  m_reset =
      makeButton(QStringLiteral("reset"), tr("Reset"), tr("Back to iteration 0 with the same seed (R)"));
  m_play = makeButton(QStringLiteral("play"), tr("Play"), tr("Play or pause (Space)"));
  m_play->setFixedWidth(44);
  m_step = makeButton(QStringLiteral("step"), tr("Step"),
                      tr("One step of the kind chosen at the right. By key, whatever is chosen: "
                         "an iteration (.), a sub-phase (Shift+.), an epoch (Ctrl+.)"));
  makeUnits();
  makeSpeed();
  m_engine = pillButton(QStringLiteral("engine"));
  m_engine->setAccessibleName(tr("Engine"));
  makeSeedMenu();
  m_export = new QPushButton(tr("Export…"));
  m_export->setToolTip(tr("Save a view as a figure (Ctrl+E)"));
  m_export->setFocusPolicy(Qt::TabFocus);

  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(12, 4, 12, 4);
  row->setSpacing(6);
  for (QWidget* widget : std::initializer_list<QWidget*>{m_reset, m_play, m_step, m_units})
    row->addWidget(widget);
  row->addSpacing(12);
  row->addWidget(mutedLabel(tr("Speed")));
  row->addWidget(m_speed);
  row->addSpacing(16);
  row->addWidget(makeProgress());
  row->addStretch(1);
  for (QWidget* widget : std::initializer_list<QWidget*>{m_engine, m_seed}) row->addWidget(widget);
  row->addSpacing(12);
  row->addWidget(m_export);

  connect(m_reset, &QToolButton::clicked, this, &TransportBar::resetWanted);
  connect(m_play, &QToolButton::clicked, this, &TransportBar::playToggled);
  connect(m_step, &QToolButton::clicked, this, &TransportBar::stepWanted);
  connect(m_export, &QPushButton::clicked, this, &TransportBar::exportWanted);
  setTheme(m_theme);
}

QToolButton* TransportBar::makeButton(const QString& name, const QString& words, const QString& tip) {
  auto* button = new QToolButton;
  button->setObjectName(name);
  button->setAccessibleName(words);
  button->setToolTip(tip);
  button->setFixedSize(32, 30);
  button->setFocusPolicy(Qt::TabFocus);
  return button;
}

void TransportBar::makeUnits() {
  m_units = new QComboBox;
  m_units->setObjectName(QStringLiteral("stepUnit"));
  m_units->addItems({tr("Sub-phase"), tr("Iteration"), tr("Epoch"), tr("N…")});
  m_units->setAccessibleName(tr("What a step is"));
  m_units->setToolTip(
      tr("What one step runs: a sub-phase, an iteration, a pass over the data, or as many iterations as you "
         "say"));
  m_units->setFixedWidth(128);
  m_units->setFocusPolicy(Qt::TabFocus);
  connect(m_units, &QComboBox::activated, this, &TransportBar::unitChosen);
}

void TransportBar::unitChosen(int index) {
  if (index == UnitMany) {
    bool ok = false;
    const int count = QInputDialog::getInt(this, tr("Step"), tr("Iterations in one step"),
                                           std::max(m_stepCount, 100), 1, 1000000000, 100, &ok);
    if (!ok) return m_units->setCurrentIndex(m_lastUnit);
    m_stepCount = count;
    m_units->setItemText(UnitMany, tr("%1 iterations").arg(grouped(count)));
  } else {
    m_stepCount = 1;
    m_units->setItemText(UnitMany, tr("N…"));
  }
  m_lastUnit = index;
}

QString TransportBar::stepUnit() const {
  switch (m_units->currentIndex()) {
    case UnitPhase:
      return QStringLiteral("phase");
    case UnitEpoch:
      return QStringLiteral("epoch");
    default:
      return QStringLiteral("iteration");
  }
}

void TransportBar::makeSpeed() {
  m_speed = new QSlider(Qt::Horizontal);
  m_speed->setObjectName(QStringLiteral("speed"));
  m_speed->setRange(0, kSpeedSteps);
  m_speed->setValue(kSpeedSteps);
  m_speed->setFixedWidth(88);
  m_speed->setAccessibleName(tr("Speed"));
  m_speed->setToolTip(tr("As fast as possible"));
  m_speed->setFocusPolicy(Qt::TabFocus);
  connect(m_speed, &QSlider::valueChanged, this, [this](int value) {
    const double speed = speedOf(static_cast<double>(value) / kSpeedSteps);
    m_speed->setToolTip(speed > 0 ? tr("At most %1 iterations per second").arg(grouped(std::llround(speed)))
                                  : tr("As fast as possible"));
    emit speedChanged(speed);
  });
}

void TransportBar::makeSeedMenu() {
  m_seed = pillButton(QStringLiteral("seed"));
  m_seed->setToolTip(tr("Seed of this run"));
  m_seed->setPopupMode(QToolButton::InstantPopup);
  auto* menu = new QMenu(m_seed);
  menu->addAction(tr("New seed"), this, &TransportBar::newSeedWanted);
  menu->addAction(tr("Enter seed…"), this, [this] {
    bool ok = false;
    const QString text =
        QInputDialog::getText(this, tr("Seed"), tr("A whole number; the run starts anew with it"),
                              QLineEdit::Normal, QString::number(m_seedValue), &ok);
    const quint64 seed = text.trimmed().toULongLong(&ok);
    if (ok) emit seedWanted(seed);
  });
  menu->addAction(tr("Copy seed"), this,
                  [this] { QGuiApplication::clipboard()->setText(QString::number(m_seedValue)); });
  m_seed->setMenu(menu);
  setSeed(0);
}

QWidget* TransportBar::makeProgress() {
  auto* box = new QWidget;
  auto* grid = new QGridLayout(box);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setHorizontalSpacing(12);
  grid->setVerticalSpacing(1);
  m_count = new QPushButton;
  m_count->setObjectName(QStringLiteral("iterationCount"));
  m_count->setToolTip(tr("Click to change how many iterations the run is"));
  m_count->setFocusPolicy(Qt::TabFocus);
  m_left = mutedLabel();
  m_left->setObjectName(QStringLiteral("timeLeft"));
  QFont small = m_left->font();
  small.setPointSizeF(small.pointSizeF() * 0.88);
  m_left->setFont(small);
  m_left->setContentsMargins(3, 0, 0, 0);  // under the first digit of the count
  m_bar = new QProgressBar;
  m_bar->setTextVisible(false);
  m_bar->setFixedSize(136, 6);
  m_bar->setRange(0, 1000);
  m_bar->setAccessibleName(tr("Progress"));
  connect(m_count, &QPushButton::clicked, this, &TransportBar::targetWanted);
  grid->addWidget(m_count, 0, 0);
  grid->addWidget(m_bar, 0, 1, Qt::AlignVCenter);
  grid->addWidget(m_left, 1, 0, 1, 2);
  return box;
}

void TransportBar::setTheme(views::Theme theme) {
  m_theme = theme;
  const views::Colors& c = views::colors(theme);
  m_reset->setIcon(icon(QStringLiteral("reset"), c.text));
  m_step->setIcon(icon(QStringLiteral("step"), c.text));
  m_play->setIcon(icon(m_running ? QStringLiteral("pause") : QStringLiteral("play"), c.onAccent));
  showEngine();
}

void TransportBar::setProgress(const RunProgress& progress, bool canRun) {
  for (QToolButton* button : {m_reset, m_play, m_step}) button->setEnabled(canRun);
  const bool running = progress.status == RunStatus::Running;
  if (running != m_running) {
    m_running = running;
    m_play->setAccessibleName(running ? tr("Pause") : tr("Play"));
    setTheme(m_theme);
  }
  // Beyond this the target's digits would push the window wider than a small screen.
  constexpr std::int64_t kManyDigits = 100'000'000;
  const QString target = progress.target < kManyDigits ? grouped(progress.target)
                                                       : shortNumber(static_cast<double>(progress.target));
  m_count->setText(tr("%1 of %2 iterations").arg(grouped(progress.iteration), target));
  // As wide as it will get, so that the bar beside it stands still.
  const std::int64_t last = std::min(progress.target, std::max(kManyDigits, progress.iteration));
  const QString longest = tr("%1 of %2 iterations").arg(grouped(last), target);
  m_count->setFixedWidth(m_count->fontMetrics().horizontalAdvance(longest) + 6);
  m_bar->setValue(progress.target > 0 ? static_cast<int>(1000 * progress.iteration / progress.target) : 0);
  QString left;
  if (progress.status == RunStatus::Finished) {
    left = tr("finished");
  } else if (progress.status == RunStatus::Diverged) {
    left = tr("diverged");
  } else if (!running) {
    left = progress.phase.empty() || !canRun
               ? tr("paused")
               : tr("paused before %1").arg(QString::fromStdString(progress.phase));
  } else if (progress.secondsLeft > 0) {
    left = tr("%1 left").arg(spokenTime(progress.secondsLeft));
  } else {
    left = tr("running");
  }
  m_left->setText(left);
  if (m_rate != progress.iterationsPerSecond) {
    m_rate = progress.iterationsPerSecond;
    showEngine();
  }
}

void TransportBar::setEngine(EngineLink::State state, const QString& where, const QString& device,
                             const QString& details) {
  m_state = state;
  m_where = where;
  m_device = device;
  m_engine->setToolTip(details);
  showEngine();
}

void TransportBar::showEngine() {
  const views::Colors& c = views::colors(m_theme);
  QColor color = c.warning;
  QString words = tr("Engine starting…");
  if (m_state == EngineLink::State::Ready) {
    color = c.good;
    words = m_where + QStringLiteral(" · ") + m_device;
    if (m_rate > 0)
      words +=
          tr(" · %1 it/s").arg(m_rate < 10 ? QString::number(m_rate, 'g', 2) : grouped(std::llround(m_rate)));
  } else if (m_state != EngineLink::State::Starting) {
    color = c.bad;
    words = tr("Engine lost");
  }
  m_engine->setIcon(dot(color));
  m_engine->setText(words);
}

void TransportBar::setSeed(quint64 seed) {
  m_seedValue = seed;
  m_seed->setText(tr("Seed %1").arg(seed));
  m_seed->setAccessibleName(m_seed->text());
}

}  // namespace monge
