// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/numbers.h"

#include <cmath>

namespace monge::views {
namespace {

QString withTrueMinus(QString text) {
  return text.replace(QLatin1Char('-'), QChar(0x2212));
}

}  // namespace

std::vector<double> roundTicks(double from, double to, int most) {
  std::vector<double> ticks;
  if (!(to > from) || !std::isfinite(to - from) || most < 1) return ticks;
  double step = std::pow(10.0, std::floor(std::log10((to - from) / most)));
  for (const double factor : {1.0, 2.0, 5.0, 10.0}) {
    if ((to - from) / (step * factor) <= most) {
      step *= factor;
      break;
    }
  }
  const double first = std::ceil(from / step - 1e-9);
  // Counting in steps, not adding them up, keeps 0 exactly 0. A step lost in rounding (a far, tiny interval) has no ticks.
  for (double i = first; i * step <= to + 1e-9 * step && static_cast<int>(ticks.size()) <= most; ++i) {
    if (i + 1 == i) break;
    ticks.push_back(i * step);
  }
  return ticks;
}

QString numberText(double value, int digits) {
  if (std::isnan(value)) return QStringLiteral("NaN");
  if (std::isinf(value)) return value > 0 ? QStringLiteral("∞") : QStringLiteral("−∞");
  return withTrueMinus(QString::number(value == 0 ? 0.0 : value, 'g', digits));
}

QString fixedText(double value, int decimals) {
  const double smallest = 0.5 * std::pow(10.0, -decimals);
  return withTrueMinus(QString::number(std::abs(value) < smallest ? 0.0 : value, 'f', decimals));
}

QString percentText(double share) {
  return fixedText(100 * share, 1) + QStringLiteral(" %");
}

}  // namespace monge::views
