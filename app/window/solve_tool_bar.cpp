// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/solve_tool_bar.h"

#include <QAction>
#include <utility>

namespace monge {

SolveToolBar::SolveToolBar(Commands commands, QWidget* parent) : QToolBar(tr("Transport"), parent) {
  setObjectName(QStringLiteral("solveToolBar"));
  setMovable(false);
  setToolButtonStyle(Qt::ToolButtonTextOnly);
  m_reset = add(QStringLiteral("reset"), tr("Reset"), Qt::Key_R, commands.reset);
  m_back = add(QStringLiteral("back"), tr("Back"), Qt::Key_Comma, commands.back);
  m_step = add(QStringLiteral("step"), tr("Step"), Qt::Key_Period, commands.step);
  m_solve = add(QStringLiteral("solve"), tr("Solve"), Qt::Key_Space,
                [this, solve = commands.solve, pause = commands.pause] { m_solving ? pause() : solve(); });
}

QAction* SolveToolBar::add(const QString& name, const QString& text, int key, std::function<void()> run) {
  QAction* action = addAction(text);
  action->setObjectName(name);
  action->setShortcut(QKeySequence(key));
  action->setToolTip(
      QStringLiteral("%1 (%2)").arg(text, action->shortcut().toString(QKeySequence::NativeText)));
  connect(action, &QAction::triggered, this, std::move(run));
  return action;
}

void SolveToolBar::offer(bool isOpen, bool hasSteps, bool solving) {
  m_solving = solving;
  m_solve->setText(solving ? tr("Pause") : tr("Solve"));
  m_solve->setEnabled(isOpen);
  m_step->setEnabled(isOpen && !solving);
  m_back->setEnabled(isOpen && hasSteps && !solving);
  m_reset->setEnabled(isOpen);
}

}  // namespace monge
