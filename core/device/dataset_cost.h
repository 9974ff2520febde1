// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "core/device/site_costs.h"

namespace monge {

/// A cost between the rows of one data set, whose part in it is worked out once, and sites that move: what
/// training needs of costs that take a network or an image's windows. Single precision.
///
/// Not shared between threads; LibTorch's own threads serve.
class DatasetCost {
 public:
  /// @param data    n x d, finite, n >= 1
  /// @param device  "cpu" or "cuda"
  /// @throws Error as CostedSites does
  DatasetCost(const CostOptions& options, const RowsF& data, const ImageShape& image,
              const std::string& device = "cpu");
  ~DatasetCost();

  /// c(x_i, y_j) for some rows of the data set, k x m.
  /// @param rows  m indices below n;  @param sites  k x d
  RowsF ofRows(std::span<const std::uint32_t> rows, const RowsF& sites) const;
  /// The same for all its rows, k x n.
  RowsF ofAll(const RowsF& sites) const;
  /// The same for other points, m x d.
  RowsF ofPoints(const RowsF& points, const RowsF& sites) const;

  /// d/dy of the mean of c(x_i, y) over points (m x d), at a site (1 x d): 1 x d.
  RowsF meanGradient(const RowsF& points, const RowsF& site) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

}  // namespace monge
