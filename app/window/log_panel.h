// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPlainTextEdit>

namespace monge {

/// What the engine writes on its standard error, newest last; follows the end while nobody has scrolled up.
class LogPanel : public QPlainTextEdit {
  Q_OBJECT
 public:
  explicit LogPanel(QWidget* parent = nullptr);
  void append(const QString& line);
};

}  // namespace monge
