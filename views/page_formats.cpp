// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/page_formats.h"

#include <QBuffer>
#include <QImage>
#include <QPageSize>
#include <QPainter>
#include <QPdfWriter>
#include <QSvgGenerator>
#include <cmath>

#include "core/base/error.h"
#include "views/pdf_file.h"
#include "views/vector_pen.h"

namespace monge::views {
namespace {

constexpr double kPointsPerMm = 72 / 25.4;
constexpr double kMostPixels = 250e6;  ///< a gigabyte of picture
constexpr int kMostSide = 32767;       ///< what QPainter's raster engine addresses

QRectF pageInPoints(const FigureSpec& spec) {
  return {QPointF(0, 0), spec.sizeMm * kPointsPerMm};
}

QSize pixels(const FigureSpec& spec) {
  if (!(spec.dpi >= 10 && spec.dpi <= 4800)) {
    throw Error("resolution", std::to_string(spec.dpi) + " dpi", "10 to 4800 dpi");
  }
  const double width = std::round(spec.sizeMm.width() / 25.4 * spec.dpi);
  const double height = std::round(spec.sizeMm.height() / 25.4 * spec.dpi);
  const auto text =
      std::to_string(std::llround(width)) + " x " + std::to_string(std::llround(height)) + " pixels";
  if (width * height > kMostPixels || width > kMostSide || height > kMostSide) {
    throw Error("figure size", text,
                "at most 250 million pixels and 32767 a side; ask for fewer dpi, or for PDF");
  }
  if (width < 1 || height < 1) throw Error("figure size", text, "at least one pixel a side");
  return {static_cast<int>(width), static_cast<int>(height)};
}

}  // namespace

QByteArray pngPage(const FigureSpec& spec, const PagePainter& paint) {
  QImage image(pixels(spec), QImage::Format_ARGB32_Premultiplied);
  if (image.isNull()) throw Error::failed("figure", "not enough memory for a picture of this size");
  image.fill(spec.transparent ? QColor(Qt::transparent) : colors(spec.theme).canvas);
  const QRectF page = pageInPoints(spec);
  QPainter painter(&image);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.scale(image.width() / page.width(), image.height() / page.height());
  paint(painter, page);
  painter.end();
  image.setDotsPerMeterX(static_cast<int>(std::lround(spec.dpi / 0.0254)));
  image.setDotsPerMeterY(static_cast<int>(std::lround(spec.dpi / 0.0254)));
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  // A picture that hides nothing needs no transparency channel.
  const QImage whole = spec.transparent ? image : image.convertToFormat(QImage::Format_RGB32);
  if (!whole.save(&buffer, "PNG")) throw Error::failed("figure", "the PNG encoder failed");
  return bytes;
}

QByteArray svgPage(const FigureSpec& spec, const PagePainter& paint) {
  constexpr int kUnitsPerMm = 100;  // whole numbers of them give the page's size
  QByteArray bytes;
  QBuffer buffer(&bytes);
  QSvgGenerator generator;
  generator.setOutputDevice(&buffer);
  generator.setResolution(static_cast<int>(25.4 * kUnitsPerMm));
  const QSize size = (spec.sizeMm * kUnitsPerMm).toSize();
  generator.setSize(size);
  generator.setViewBox(QRect(QPoint(0, 0), size));
  generator.setTitle(QStringLiteral("Monge"));
  QPainter painter(&generator);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.scale(kUnitsPerMm / kPointsPerMm, kUnitsPerMm / kPointsPerMm);
  paint(painter, pageInPoints(spec));
  painter.end();
  return bytes;
}

namespace {

QByteArray qtsPdf(const FigureSpec& spec, const PagePainter& paint) {
  constexpr int kResolution = 1200;
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  QPdfWriter writer(&buffer);
  writer.setCreator(QStringLiteral("Monge"));
  writer.setResolution(kResolution);
  writer.setPageSize(QPageSize(spec.sizeMm, QPageSize::Millimeter, QString(), QPageSize::ExactMatch));
  writer.setPageMargins(QMarginsF(0, 0, 0, 0));
  QPainter painter(&writer);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.scale(kResolution / 72.0, kResolution / 72.0);
  paint(painter, pageInPoints(spec));
  painter.end();
  return bytes;
}

}  // namespace

QByteArray pdfPage(const FigureSpec& spec, const PagePainter& paint) {
  const QByteArray page = qtsPdf(spec, paint);
  try {
    return finishedPdf(page, spec.sizeMm * kPointsPerMm);
  } catch (const Error&) {
    // A Qt that lays PDF out in another way: its own page is larger, but right.
    const PlainPens plain;
    return qtsPdf(spec, paint);
  }
}

}  // namespace monge::views
