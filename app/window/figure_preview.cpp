// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/figure_preview.h"

#include <QPainter>
#include <QtConcurrent>
#include <algorithm>

namespace monge {
namespace {

constexpr double kPointsPerMm = 72 / 25.4;
constexpr int kEdge = 24;

QImage pictureOf(const views::PagePainter& paint, const QSizeF& points, const QSize& pixels) {
  QImage image(pixels, QImage::Format_ARGB32_Premultiplied);
  if (image.isNull()) return image;
  image.fill(Qt::transparent);
  QPainter painter(&image);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.scale(pixels.width() / points.width(), pixels.height() / points.height());
  painter.setClipRect(QRectF({}, points));
  paint(painter, QRectF({}, points));
  return image;
}

}  // namespace

FigurePreview::FigurePreview(Painting where, QWidget* parent) : QWidget(parent), m_where(where) {
  setMinimumSize(420, 340);
  setAccessibleName(tr("Preview of the figure"));
  connect(&m_watcher, &QFutureWatcher<QImage>::finished, this, [this] { take(m_watcher.result()); });
}

void FigurePreview::setFigure(const views::FigureSpec& spec, views::PagePainter paint) {
  m_spec = spec;
  m_paint = std::move(paint);
  m_note.clear();
  refresh();
}

void FigurePreview::setNote(const QString& note) {
  m_note = note;
  m_paint = nullptr;
  update();
}

void FigurePreview::refresh() {
  if (!m_paint) return;
  m_isStale = m_watcher.isRunning();
  if (m_isStale) return;
  const QSize pixels = (shownSize() * devicePixelRatioF()).toSize().expandedTo({1, 1});
  const QSizeF points = m_spec.sizeMm * kPointsPerMm;
  if (m_where == Painting::Here) return take(pictureOf(m_paint, points, pixels));
  m_watcher.setFuture(QtConcurrent::run(pictureOf, m_paint, points, pixels));
}

void FigurePreview::take(const QImage& picture) {
  m_picture = picture;
  update();
  if (m_isStale) return refresh();
  emit painted();
}

QSizeF FigurePreview::shownSize() const {
  return m_spec.sizeMm.scaled(QSizeF(width() - kEdge, height() - kEdge), Qt::KeepAspectRatio);
}

void FigurePreview::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  refresh();
}

void FigurePreview::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  if (!m_note.isEmpty()) return painter.drawText(rect(), Qt::AlignCenter | Qt::TextWordWrap, m_note);
  const QSizeF shown = shownSize();
  const QRectF page(QPointF((width() - shown.width()) / 2, (height() - shown.height()) / 2), shown);
  // What is transparent in the figure is drawn as a chequer, as image editors do.
  if (m_spec.transparent) {
    painter.fillRect(page, Qt::white);
    painter.fillRect(page, QBrush(QColor(0, 0, 0, 40), Qt::Dense4Pattern));
  }
  painter.setRenderHint(QPainter::SmoothPixmapTransform);
  painter.drawImage(page, m_picture);
}

}  // namespace monge
