// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QToolBar>
#include <functional>

namespace monge {

/// Reset, back, step and solve or pause, with their keys: the tool bar of a solver that is watched.
class SolveToolBar : public QToolBar {
  Q_OBJECT
 public:
  struct Commands {
    std::function<void()> reset, back, step, solve, pause;
  };
  explicit SolveToolBar(Commands commands, QWidget* parent = nullptr);

  /// What can be done now.
  void offer(bool isOpen, bool hasSteps, bool solving);

 private:
  QAction* add(const QString& name, const QString& text, int key, std::function<void()> run);

  QAction *m_reset, *m_back, *m_step, *m_solve;
  bool m_solving = false;
};

}  // namespace monge
