// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/numbers.h"

#include <cmath>

namespace monge::views {
namespace {

QString withTrueMinus(QString text) {
  return text.replace(QLatin1Char('-'), QChar(0x2212));
}

}  // namespace

double roundStep(double atLeast) {
  if (!(atLeast > 0) || !std::isfinite(atLeast)) return 0;
  const double power = std::pow(10.0, std::floor(std::log10(atLeast)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= atLeast * (1 - 1e-12)) return factor * power;
  }
  return 10 * power;
}

std::vector<double> multiples(double from, double to, double step) {
  constexpr double kMost = 1000;
  std::vector<double> values;
  if (!(step > 0) || !(to >= from) || !((to - from) / step <= kMost)) return values;
  const double first = std::ceil(from / step - 1e-9), last = std::floor(to / step + 1e-9);
  // Counted in steps, not added up, so that 0 is exactly 0. Far from 0 a step may be lost in rounding: then
  // there are none.
  if (first + 1 == first) return values;
  for (double i = first; i <= last; ++i) values.push_back(i * step);
  return values;
}

std::vector<double> roundTicks(double from, double to, int most) {
  return most < 1 ? std::vector<double>() : multiples(from, to, roundStep((to - from) / most));
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
