// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/data/dataset.h"
#include "core/models/fused/mlp.h"
#include "core/snapshot/cell_law.h"
#include "core/training/kgans_options.h"

namespace monge {

class DatasetCost;
struct CapacityAssignment;

/// Whose a point is in a run of k-GANs: the law in force, applied to the rows of the data set and to other
/// points. Costs of coordinates run on the fused kernels, those of a network or of windows on LibTorch.
///
/// Functions that are const may run on several threads at once, unless usesTorch(). Prototypes are given as
/// the iteration reads them, k x d, row by row; k is the number of weights published last.
class KGansCells {
 public:
  /// @param device  for LibTorch's costs: "cpu" or "cuda"
  /// @throws Error for a cost that these data cannot have
  KGansCells(const Dataset& data, const KGansOptions& options, const std::string& device);
  ~KGansCells();

  /// Another cost while the run goes on. @throws Error as the constructor, with nothing changed
  void setCost(const KGansOptions& options);
  /// Dual weights and targets of k sites; targets empty: free, and all weights 0.
  void publish(std::vector<double> weights, std::vector<double> targets);
  /// Gives each prototype the label of its nearest labelled point, when labels count.
  void labelSites(const float* prototypes);

  const CellLaw& law() const { return m_law; }
  bool usesTorch() const { return m_torch != nullptr; }
  int count() const { return m_count; }

  /// Some rows of the data set feature by feature, d x stride.
  void gather(std::span<const std::uint32_t> rows, float* columns, int stride) const;

  /// A batch of rows of the data set, and where those of one cell go.
  struct Batch {
    const float* columns;       ///< d x stride
    const std::uint32_t* rows;  ///< n: which rows they are
    int stride, n;
    float* kept;    ///< d x stride
    float* labels;  ///< stride: scratch
  };
  /// Appends to `kept` the points of the batch in cell `own`, from place `count` on while there are fewer
  /// than `limit`; returns how many there are then.
  int keep(const Batch& batch, const float* prototypes, int own, int count, int limit) const;

  std::vector<int> ownersOfData(const float* prototypes) const;
  std::vector<int> ownersOf(const RowsF& points, const float* prototypes) const;
  /// Whose some rows of the data set are.
  std::vector<int> ownersOfRows(std::span<const std::uint32_t> rows, const float* prototypes) const;
  /// Mean of theta c over the data to the prototypes of their owners.
  double meanCost(const std::vector<int>& owners, const float* prototypes) const;
  /// Mean of c between the data and their mean: the size of the cost on these data.
  double scale() const { return m_scale; }
  /// d/dy of the mean of c(x, y) over n points (d x stride), eq. (29). Samples carry no label: theta is 1.
  std::vector<double> meanGradient(const float* columns, int stride, int n,
                                   const std::vector<double>& y) const;

  /// The weights that give every cell its target, as nearly as whole points can: eq. (7) to (12) on the data.
  /// None where a cost is beyond single precision, of a prototype dragged far away.
  std::optional<CapacityAssignment> solve(const float* prototypes) const;

 private:
  /// Costs of n points to all sites, k rows `stride` apart, 64-byte aligned.
  struct Costs {
    fused::Buffer values;
    int stride;
    const float* row(int site) const { return values.data() + site * stride; }
    float* row(int site) { return values.data() + site * stride; }
  };
  Costs costsOf(const float* columns, int stride, int n, const float* sites, int k) const;
  static Costs costsFrom(const RowsF& torchCosts);
  void scaleByLabels(Costs& costs, std::span<const int> labels) const;
  std::vector<int> ownersAmong(const Costs& costs, int n) const;
  std::vector<int> fusedOwners(const float* columns, int stride, int n, std::span<const int> labels,
                               const float* prototypes) const;
  Costs costsOfData(const float* prototypes) const;
  std::vector<int> labelsOf(const RowsF& points) const;
  std::vector<int> labelsOfRows(std::span<const std::uint32_t> rows) const;
  RowsF sites(const float* prototypes) const;
  double findScale() const;
  fused::CellSites cellSites(const float* prototypes) const;
  fused::Buffer columnsOf(const RowsF& points) const;
  std::unique_ptr<DatasetCost> torchCost(const KGansOptions& options) const;

  const Dataset& m_data;
  std::string m_device;
  CellLaw m_law;
  std::string m_network;  ///< of the cost in force
  bool m_useLabels = false;
  int m_count = 0;
  std::vector<float> m_weights;     ///< k, or empty: all 0
  std::vector<float> m_siteLabels;  ///< k, or empty
  fused::Buffer m_columns;          ///< the data feature by feature
  fused::Buffer m_labels;           ///< of its rows, where there are any
  int m_stride;
  std::vector<int> m_labelled;  ///< rows that have a label
  RowsF m_labelledRows;         ///< the same
  std::unique_ptr<DatasetCost> m_torch;
  double m_scale = 0;
};

}  // namespace monge
