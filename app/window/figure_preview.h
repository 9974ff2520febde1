// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFutureWatcher>
#include <QImage>
#include <QWidget>

#include "views/figure.h"

namespace monge {

/// The figure as it will be, drawn by the same code that writes it.
class FigurePreview : public QWidget {
  Q_OBJECT
 public:
  /// InWorker: for figures that take longer than a frame; `paint` then runs on another thread, one at a time,
  /// and the last figure stays until the next is there.
  enum class Painting { Here, InWorker };
  explicit FigurePreview(Painting where, QWidget* parent = nullptr);

  /// @param paint  in points on a page of the spec's size
  void setFigure(const views::FigureSpec& spec, views::PagePainter paint);
  /// Words in place of a figure.
  void setNote(const QString& note);
  const QString& note() const { return m_note; }
  /// Null while there is none yet.
  const QImage& picture() const { return m_picture; }

 signals:
  void painted();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  void refresh();
  void take(const QImage& picture);
  QSizeF shownSize() const;

  Painting m_where;
  views::FigureSpec m_spec;
  views::PagePainter m_paint;
  QString m_note;
  QImage m_picture;
  bool m_isStale = false;
  QFutureWatcher<QImage> m_watcher;
};

}  // namespace monge
