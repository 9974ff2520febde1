// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>
#include <QString>

class QScrollArea;
class QTableWidget;
class QToolButton;
class QVBoxLayout;

namespace monge {

/// The small parts that panels are made of; their looks are in the style sheet of theme.cpp.
QLabel* sectionHead(const QString& text);
QLabel* mutedLabel(const QString& text = {});
QLabel* strongLabel(const QString& text = {});
QToolButton* pillButton(const QString& name);

/// A label that shortens its text with an ellipsis to the width it has and shows the whole in its tooltip.
class ElidedLabel : public QLabel {
  Q_OBJECT
 public:
  explicit ElidedLabel(const QString& role, QWidget* parent = nullptr);
  void setFullText(const QString& text);
  const QString& fullText() const { return m_text; }
  QSize minimumSizeHint() const override;

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  void elide();
  QString m_text;
};

/// A column on the panel's surface with the window's edge of 12 pixels, that scrolls when it is too long.
QScrollArea* scrollingPanel(QWidget* content);

/// A table that is read: rows to be clicked, no grid, no row heads.
QTableWidget* readingTable(const QString& name);

/// 12400 as "12,400": digits in groups, in the user's language.
QString grouped(qint64 value);
/// Seconds as people say them: "3 s", "4 min 10 s", "2 h 5 min".
QString spokenTime(double seconds);
/// 1e-4 as "1e-4", 0.25 as "0.25": the shortest form that is the same number.
QString shortNumber(double value);

}  // namespace monge
