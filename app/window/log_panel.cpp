// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/log_panel.h"

#include <QFontDatabase>
#include <QTextDocument>

namespace monge {

LogPanel::LogPanel(QWidget* parent) : QPlainTextEdit(parent) {
  setObjectName(QStringLiteral("log"));
  setAccessibleName(tr("Log of the engine"));
  setReadOnly(true);
  setMaximumBlockCount(2000);
  setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
  document()->setDocumentMargin(12);
  setPlaceholderText(tr("What the engine says appears here."));
}

void LogPanel::append(const QString& line) {
  appendPlainText(line);
}

}  // namespace monge
