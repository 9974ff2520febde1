// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

class QPlainTextEdit;
class QToolButton;
class QHBoxLayout;
class QLabel;
class QPushButton;

namespace monge {

/// The strip above the canvas that says what happened and offers what to do next. Hidden while there is
/// nothing to say.
class Banner : public QFrame {
  Q_OBJECT
 public:
  enum class Kind { Note, Bad };

  explicit Banner(QWidget* parent = nullptr);
  /// @param action  words of the button that emits acted(); empty: none
  /// @param details lines shown on demand; empty: no button for them
  void say(Kind kind, const QString& text, const QString& action = {}, const QStringList& details = {});
  void dismiss();
  QString text() const;
  QString actionText() const;
  QString detailText() const;

 signals:
  void acted();

 private:
  QLabel* m_text;
  QPushButton* m_action;
  QPushButton* m_showDetails;
  QPlainTextEdit* m_details;
};

}  // namespace monge
