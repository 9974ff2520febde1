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

/// QPdfWriter rounds pages to whole points. The page's box is put right, and the table of byte offsets behind
/// it follows.
void setExactPage(QByteArray& pdf, const QSizeF& points) {
  const qsizetype start = pdf.indexOf("/MediaBox [");
  const qsizetype end = start < 0 ? -1 : pdf.indexOf(']', start);
  const qsizetype tableMark = pdf.lastIndexOf("startxref");
  if (end < 0 || tableMark < 0) return;
  const QList<QByteArray> corners = pdf.mid(start + 11, end - start - 11).simplified().split(' ');
  const qsizetype table = pdf.mid(tableMark + 9).simplified().split(' ').value(0).toLongLong();
  if (corners.size() != 4 || pdf.mid(table, 4) != "xref") return;
  // The drawing hangs from the top edge, where the writer put it.
  const double top = corners[3].toDouble();
  const QByteArray exact = "/MediaBox [0 " + QByteArray::number(top - points.height(), 'f', 4) + ' ' +
                           QByteArray::number(points.width(), 'f', 4) + ' ' +
                           QByteArray::number(top, 'f', 4) + ']';
  const qsizetype shift = exact.size() - (end + 1 - start);
  for (qsizetype line = pdf.indexOf('\n', pdf.indexOf('\n', table) + 1) + 1; line + 20 <= tableMark;
       line += 20) {
    const qlonglong offset = pdf.mid(line, 10).toLongLong();
    if (pdf[line + 17] == 'n' && offset > start)
      pdf.replace(line, 10, QByteArray::number(offset + shift).rightJustified(10, '0'));
  }
  const qsizetype number = tableMark + 10, numberEnd = pdf.indexOf('\n', number);
  pdf.replace(number, numberEnd - number, QByteArray::number(table + shift));
  pdf.replace(start, end + 1 - start, exact);
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

QByteArray pdfPage(const FigureSpec& spec, const PagePainter& paint) {
  constexpr int kResolution = 1200;
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  {
    QPdfWriter writer(&buffer);
    writer.setCreator(QStringLiteral("Monge"));
    writer.setResolution(kResolution);
    writer.setPageSize(QPageSize(spec.sizeMm, QPageSize::Millimeter, QString(), QPageSize::ExactMatch));
    writer.setPageMargins(QMarginsF(0, 0, 0, 0));
    QPainter painter(&writer);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.scale(kResolution / 72.0, kResolution / 72.0);
    paint(painter, pageInPoints(spec));
  }
  buffer.close();
  setExactPage(bytes, spec.sizeMm * kPointsPerMm);
  return bytes;
}

}  // namespace monge::views
