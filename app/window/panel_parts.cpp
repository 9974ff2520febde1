// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/panel_parts.h"

#include <QCoreApplication>
#include <QHeaderView>
#include <QLocale>
#include <QScrollArea>
#include <QTableWidget>
#include <QToolButton>
#include <QVBoxLayout>
#include <cmath>

namespace monge {

namespace {

QLabel* label(const QString& text, const char* role) {
  auto* made = new QLabel(text);
  made->setProperty("role", role);
  return made;
}

}  // namespace

QLabel* sectionHead(const QString& text) {
  QLabel* head = label(text, "head");
  QFont font = head->font();
  font.setCapitalization(QFont::AllUppercase);
  font.setPointSizeF(font.pointSizeF() * 0.88);
  head->setFont(font);
  return head;
}

QLabel* mutedLabel(const QString& text) {
  QLabel* made = label(text, "muted");
  return made;
}

QLabel* strongLabel(const QString& text) {
  return label(text, "strong");
}

QToolButton* pillButton(const QString& name) {
  auto* button = new QToolButton;
  button->setObjectName(name);
  button->setProperty("role", "pill");
  button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  button->setFocusPolicy(Qt::TabFocus);
  return button;
}

ElidedLabel::ElidedLabel(const QString& role, QWidget* parent) : QLabel(parent) {
  setProperty("role", role);
  setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
}

void ElidedLabel::setFullText(const QString& text) {
  m_text = text;
  setToolTip(text);
  setAccessibleName(text);
  elide();
}

QSize ElidedLabel::minimumSizeHint() const {
  return {0, QLabel::minimumSizeHint().height()};
}

void ElidedLabel::resizeEvent(QResizeEvent* event) {
  QLabel::resizeEvent(event);
  elide();
}

void ElidedLabel::elide() {
  setText(fontMetrics().elidedText(m_text, Qt::ElideRight, width()));
}

QScrollArea* scrollingPanel(QWidget* content) {
  content->setObjectName("panelContent");
  auto* scroll = new QScrollArea;
  scroll->setObjectName("panelScroll");
  scroll->setWidget(content);
  scroll->setWidgetResizable(true);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);  // so that nothing moves when it is needed
  scroll->setFocusPolicy(Qt::NoFocus);
  return scroll;
}

QTableWidget* readingTable(const QString& name) {
  auto* table = new QTableWidget;
  table->setObjectName(name);
  table->verticalHeader()->hide();
  table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
  table->verticalHeader()->setDefaultSectionSize(24);
  table->setShowGrid(false);
  table->setWordWrap(false);
  table->setEditTriggers(QAbstractItemView::NoEditTriggers);
  table->setSelectionBehavior(QAbstractItemView::SelectRows);
  table->setSelectionMode(QAbstractItemView::SingleSelection);
  table->setMinimumHeight(96);
  return table;
}

QString grouped(qint64 value) {
  QLocale locale;
  locale.setNumberOptions(QLocale::DefaultNumberOptions);
  if (locale.language() == QLocale::C) locale = QLocale(QLocale::English);
  return locale.toString(value);
}

QString spokenTime(double seconds) {
  const auto tr = [](const char* text) { return QCoreApplication::translate("Time", text); };
  const qint64 whole = std::llround(std::ceil(seconds));
  if (whole < 60) return tr("%1 s").arg(whole);
  if (whole < 3600) return tr("%1 min %2 s").arg(whole / 60).arg(whole % 60);
  return tr("%1 h %2 min").arg(whole / 3600).arg(whole % 3600 / 60);
}

QString shortNumber(double value) {
  if (value == 0) return QStringLiteral("0");
  const double size = std::abs(value);
  if (size >= 0.01 && size < 1e6) return QString::number(value, 'g', QLocale::FloatingPointShortest);
  QString text = QString::number(value, 'e', QLocale::FloatingPointShortest);  // 1e-04
  const qsizetype e = text.indexOf('e');
  return text.left(e) + 'e' + QString::number(text.mid(e + 1).toInt());
}

}  // namespace monge
