// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <vector>

namespace monge::views {

/// Smallest of 1, 2 or 5 times a power of ten that is at least `atLeast`; 0 where that is not a positive
/// number.
double roundStep(double atLeast);

/// The multiples of `step` inside [from, to]; none where there would be more than a thousand.
std::vector<double> multiples(double from, double to, double step);

/// Round numbers (1, 2 or 5 times a power of ten apart) inside [from, to], at most `most` of them; empty for
/// an empty or non-finite interval.
std::vector<double> roundTicks(double from, double to, int most);

/// Up to `digits` significant digits with a true minus sign; "0" for what rounds to it.
QString numberText(double value, int digits = 3);

/// The value with a fixed number of decimals and a true minus sign.
QString fixedText(double value, int decimals);

/// 0.0316 as "3.2 %".
QString percentText(double share);

}  // namespace monge::views
