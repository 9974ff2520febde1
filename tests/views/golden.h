// SPDX-License-Identifier: GPL-3.0-or-later
// Comparison with golden pictures: one line in a test.
#pragma once

#include <QtTest>

#include <QDir>
#include <QFile>
#include <QFont>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QImage>
#include <algorithm>
#include <cmath>

namespace monge::test {

/// Largest difference (0 to 255) of the mean colours of two pictures over windows of `side` pixels, each half
/// a window from the next.
///
/// Anti-aliasing and the hinting of letters differ between versions of a library by a pixel here and there,
/// which a window's mean hardly sees; a layer that is missing or in another colour changes the mean wherever
/// it was.
inline double largestWindowDifference(const QImage& a, const QImage& b, int side) {
  if (a.size() != b.size()) return 255;
  const QImage first = a.convertToFormat(QImage::Format_RGB32),
               second = b.convertToFormat(QImage::Format_RGB32);
  double largest = 0;
  for (int top = 0; top < a.height(); top += side / 2) {
    for (int left = 0; left < a.width(); left += side / 2) {
      const int bottom = std::min(top + side, a.height()), right = std::min(left + side, a.width());
      double sums[3] = {0, 0, 0};
      for (int y = top; y < bottom; ++y) {
        for (int x = left; x < right; ++x) {
          const QRgb p = first.pixel(x, y), q = second.pixel(x, y);
          sums[0] += qRed(p) - qRed(q);
          sums[1] += qGreen(p) - qGreen(q);
          sums[2] += qBlue(p) - qBlue(q);
        }
      }
      for (const double sum : sums)
        largest = std::max(largest, std::abs(sum) / ((bottom - top) * (right - left)));
    }
  }
  return largest;
}

/// Difference at which two pictures are no longer the same, for windows of kWindow pixels.
constexpr double kTolerance = 3;
constexpr int kWindow = 24;

inline QImage differenceImage(const QImage& a, const QImage& b) {
  QImage out(a.size(), QImage::Format_RGB32);
  for (int y = 0; y < a.height(); ++y) {
    for (int x = 0; x < a.width(); ++x) {
      const QRgb p = a.pixel(x, y), q = b.valid(x, y) ? b.pixel(x, y) : qRgb(0, 0, 0);
      out.setPixel(
          x, y,
          qRgb(std::abs(qRed(p) - qRed(q)), std::abs(qGreen(p) - qGreen(q)), std::abs(qBlue(p) - qBlue(q))));
    }
  }
  return out;
}

inline QString goldenFile(const QString& name) {
  return QStringLiteral(MONGE_SOURCE_DIR "/tests/golden/") + name + QStringLiteral(".png");
}

/// Compares with tests/golden/<name>.png. On failure the picture and the difference lie in the test output
/// folder. With MONGE_UPDATE_GOLDEN set it writes the golden picture instead.
inline bool matchesGolden(const QImage& picture, const QString& name) {
  if (qEnvironmentVariableIsSet("MONGE_UPDATE_GOLDEN")) return picture.save(goldenFile(name));
  const QImage golden(goldenFile(name));
  const double difference = largestWindowDifference(picture, golden, kWindow);
  if (difference <= kTolerance) return true;
  const QDir output(QStringLiteral(MONGE_TEST_OUTPUT));
  output.mkpath(QStringLiteral("."));
  picture.save(output.filePath(name + QStringLiteral(".actual.png")));
  differenceImage(picture, golden).save(output.filePath(name + QStringLiteral(".difference.png")));
  qWarning("%s differs by %.1f of 255 (at most %.1f); see %s", qPrintable(name), difference, kTolerance,
           qPrintable(output.absolutePath()));
  return false;
}

/// The one font of the golden pictures; answers whether it is installed.
inline bool useGoldenFont() {
  if (!QFontDatabase::families().contains(QStringLiteral("DejaVu Sans"))) return false;
  QFont font(QStringLiteral("DejaVu Sans"));
  font.setPixelSize(12);
  font.setHintingPreference(QFont::PreferNoHinting);
  QGuiApplication::setFont(font);
  return true;
}

}  // namespace monge::test
