// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/banner.h"

#include <QFontDatabase>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QStyle>
#include <QToolButton>

namespace monge {

Banner::Banner(QWidget* parent)
    : QFrame(parent),
      m_text(new QLabel),
      m_action(new QPushButton),
      m_showDetails(new QPushButton(tr("Show log"))),
      m_details(new QPlainTextEdit) {
  setObjectName(QStringLiteral("banner"));
  setAccessibleName(tr("Message"));
  m_text->setWordWrap(true);
  m_text->setTextFormat(Qt::PlainText);
  m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
  m_action->setObjectName(QStringLiteral("bannerAction"));
  m_showDetails->setObjectName(QStringLiteral("bannerShowLog"));
  m_showDetails->setCheckable(true);
  m_details->setReadOnly(true);
  m_details->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
  m_details->setFixedHeight(120);
  m_details->hide();
  auto* close = new QPushButton(tr("Dismiss"));
  close->setObjectName(QStringLiteral("bannerDismiss"));
  close->setProperty("role", "flat");

  auto* row = new QHBoxLayout;
  row->setSpacing(8);
  row->addWidget(m_text, 1);
  for (QPushButton* button : {m_showDetails, m_action, close}) {
    button->setFocusPolicy(Qt::TabFocus);
    row->addWidget(button, 0, Qt::AlignTop);
  }
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(12, 8, 8, 8);
  column->addLayout(row);
  column->addWidget(m_details);

  connect(m_action, &QPushButton::clicked, this, &Banner::acted);
  connect(close, &QPushButton::clicked, this, &Banner::dismiss);
  connect(m_showDetails, &QPushButton::toggled, this, [this](bool shown) {
    m_details->setVisible(shown);
    m_showDetails->setText(shown ? tr("Hide log") : tr("Show log"));
  });
  hide();
}

void Banner::say(Kind kind, const QString& text, const QString& action, const QStringList& details) {
  setProperty("kind", kind == Kind::Bad ? "bad" : "note");
  style()->unpolish(this);  // the style sheet reads the property only when it dresses a widget
  style()->polish(this);
  m_text->setText(text);
  m_action->setText(action);
  m_action->setVisible(!action.isEmpty());
  m_showDetails->setChecked(false);
  m_showDetails->setVisible(!details.isEmpty());
  m_details->setPlainText(details.join('\n'));
  m_details->moveCursor(QTextCursor::End);
  show();
}

void Banner::dismiss() {
  hide();
}
QString Banner::text() const {
  return m_text->text();
}
QString Banner::actionText() const {
  return m_action->text();
}
QString Banner::detailText() const {
  return m_details->toPlainText();
}

}  // namespace monge
