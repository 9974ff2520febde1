// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "core/snapshot/arrays.h"

namespace monge {

/// What all solvers between weighted points ask of their input. @throws Error that names what is wrong.

/// Same dimension >= 1, at least one point each, every coordinate finite.
void requirePoints(const RowsD& x, const RowsD& y);
/// At least one row and column, every entry finite and at most 1e300, so that sums of them stay finite.
void requireCosts(const RowsD& cost);
/// 1 <= p <= 64, where |x - y|^p still makes sense in double precision.
void requirePower(double p);
/// One weight per point, finite and >= 0, sums positive and equal within 1e-9 relative.
void requireWeights(const VectorD& a, Eigen::Index n, const VectorD& b, Eigen::Index m);

/// Powers of distances leave the range of numbers long before distances do. Solvers work on points in units
/// of 2^exponent, so that nothing is rounded: 0 for ordinary points and powers, otherwise such that
/// |x - y|^p, of all pairs, stays below 2^900 and uses what range there is below.
int unitExponent(const RowsD& x, const RowsD& y, double p);
/// Both sets in those units; coordinates that all points share are dropped to 0, for they may be far larger.
std::pair<RowsD, RowsD> pointsInUnits(const RowsD& x, const RowsD& y, int exponent);
/// A cost in those units as what it is; infinity or 0 where that is beyond all numbers.
double costInDataUnits(double cost, int exponent, double p);
/// The root of order p of a cost in those units, as what it is.
double distanceInDataUnits(double cost, int exponent, double p);

/// The weights as whole numbers of equal sum, in their order. Exactly proportional where both sides are
/// uniform or are whole numbers already; otherwise rounded to 2^-60 of the sum, the rest going to the largest
/// weight. A weight that rounds to 0 is taken as 0.
/// @return  n and m, sums equal, at most 2^61
std::pair<std::vector<std::int64_t>, std::vector<std::int64_t>> wholeMasses(const VectorD& a,
                                                                            const VectorD& b);

}  // namespace monge
