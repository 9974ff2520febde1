// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "app/window/engine_link.h"
#include "views/palette.h"

class QComboBox;
class QLabel;
class QProgressBar;
class QPushButton;
class QSlider;
class QToolButton;

namespace monge {

/// Iterations per second for a slider position in [0, 1]: 1 at 0, a thousand or so in the middle, 0 (no
/// limit) at the end.
double speedOf(double position);

/// Reset, play, step, speed, progress, the engine and the seed. Shows what it is told and says what people
/// want.
class TransportBar : public QWidget {
  Q_OBJECT
 public:
  explicit TransportBar(QWidget* parent = nullptr);
  void setTheme(views::Theme theme);
  void setProgress(const RunProgress& progress, bool canRun);
  void setEngine(EngineLink::State state, const QString& where, const QString& device,
                 const QString& details);
  void setSeed(quint64 seed);
  QString stepUnit() const;  ///< phase, iteration or epoch
  int stepCount() const { return m_stepCount; }

 signals:
  void resetWanted();
  void playToggled();
  void stepWanted();
  void speedChanged(double iterationsPerSecond);
  void seedWanted(quint64 seed);
  void newSeedWanted();
  void exportWanted();
  void targetWanted();

 private:
  QWidget* makeProgress();
  QToolButton* makeButton(const QString& name, const QString& words, const QString& tip);
  void makeUnits();
  void makeSpeed();
  void makeSeedMenu();
  void unitChosen(int index);
  void showEngine();

  QToolButton *m_reset, *m_play, *m_step, *m_engine, *m_seed;
  QComboBox* m_units;
  QSlider* m_speed;
  QLabel* m_left;
  QProgressBar* m_bar;
  QPushButton *m_count, *m_export;
  views::Theme m_theme = views::Theme::Light;
  EngineLink::State m_state = EngineLink::State::Stopped;
  QString m_where, m_device;
  double m_rate = 0;
  bool m_running = false;
  quint64 m_seedValue = 0;
  int m_stepCount = 1;
  int m_lastUnit = 0;
};

}  // namespace monge
