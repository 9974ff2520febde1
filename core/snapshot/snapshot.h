// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/snapshot/arrays.h"
#include "core/snapshot/cell_law.h"

namespace monge {

/// Everything here is a value: built by the trainer's thread, never changed afterwards, shared as
/// shared_ptr<const ...>. Nothing refers to a tensor, a widget or a file.

enum class RunStatus { Paused, Running, Finished, Diverged, Failed };

/// Where a run stands. Times in seconds of wall clock.
struct RunProgress {
  RunStatus status = RunStatus::Paused;
  std::int64_t iteration = 0;    ///< finished iterations
  std::int64_t target = 0;       ///< iteration at which the run pauses as Finished
  std::int64_t epochLength = 1;  ///< iterations in one pass over the data
  std::string phase;             ///< next sub-phase, e.g. "critic"; first of the cycle between iterations
  double iterationsPerSecond = 0;
  double secondsLeft = 0;  ///< 0 when unknown
  std::uint64_t seed = 0;
  std::string message;  ///< why Diverged or Failed, else empty
};

/// What the views need of the data set; sent once per data set. At most 20,000 rows are shown.
struct DataView {
  std::string name;
  std::string provenance;  ///< "generated, seed 7" or the file's path
  std::int64_t rows = 0;   ///< in the whole set
  int dimension = 0;
  ImageShape image;
  RowsF points;            ///< shown x d (for images: a small sample)
  IndicesI labels;         ///< shown, or empty
  RowsF lower, upper;      ///< 1 x d each: the box of the whole set
  std::vector<Disc> mask;  ///< support when it is known in closed form (2D), else empty
};

/// Critic values of every generator's critic on a grid over `box`, row 0 at yMin.
struct CriticField {
  Box2 box;
  int columns = 0, rows = 0;
  RowsF values;  ///< k x (rows * columns)
};

/// Images of a lattice of latent points (two latent axes, the rest 0): the generated manifold.
struct LatentGrid {
  int side = 0;  ///< points along one axis
  RowsF points;  ///< (k * side * side) x 2, generator-major then row-major in the lattice
};

/// Sample grid: a fixed noise per column, so that a column's change is training's, not chance's.
struct SampleGrid {
  int columns = 0;
  RowsF samples;  ///< (k * columns) x d, generator-major
  RowsF nearest;  ///< same shape: nearest data row of each sample, or 0 rows when not computed
  std::vector<float> nearestDistance;  ///< k * columns, l2 distance in data units, or empty
};

/// One moment of an ensemble in training. k generators; arrays of a layer that is off are empty.
struct EnsembleSnapshot {
  RunProgress progress;
  std::uint64_t sequence = 0;  ///< grows with each snapshot of a run, from 1
  int dimension = 0;
  ImageShape image;
  std::vector<int> ids;          ///< k: stable identity of a generator; decides its colour for life
  RowsF prototypes;              ///< k x d
  std::vector<double> masses;    ///< k: share of the data in each cell, sums to 1
  CellLaw law;                   ///< whose a point is: cost, dual weights, wanted masses
  std::vector<double> inside;    ///< k: share of the generator's samples that fall in its own cell
  RowsF samples;                 ///< m x d
  std::vector<int> sampleOwner;  ///< m: index in 0..k-1 of the generator
  std::vector<int> assignment;   ///< of DataView::points, index in 0..k-1
  RowsF gradients;               ///< m x d: d critic / d sample at `samples`; layer "gradients"
  CriticField critic;            ///< layer "critic"
  LatentGrid latentGrid;         ///< layer "latent_grid"
  SampleGrid grid;               ///< layer "sample_grid"
  std::vector<RowsF> trails;     ///< per generator: T x d positions of its prototype, oldest first
};

/// New rows of the append-only history since the receiver's last one; none is dropped.
/// Columns: "iteration", then metric names in snake_case; NaN where a metric has no value.
struct HistoryChunk {
  std::vector<std::string> columns;
  std::int64_t firstRow = 0;
  RowsD rows;
};

/// Cells of a tessellation, clipped to a box. Computed by geometry, painted by views. Polylines are x0 y0 x1
/// y1 ...
struct CellComplex {
  struct Cell {
    int site = 0;                 ///< row of the site
    std::vector<double> polygon;  ///< of a convex cell, counter-clockwise; empty for an empty cell
    /// Of a cell with bent walls instead: closed, the cell to the left; holes run clockwise.
    std::vector<std::vector<double>> loops;
  };
  Box2 box;
  std::vector<Cell> cells;                 ///< one per site, in the sites' order
  bool bent = false;                       ///< cells have loops, and walls are their own
  std::vector<std::vector<double>> walls;  ///< between two cells each; ends at a third or at the box
};

using SnapshotPtr = std::shared_ptr<const EnsembleSnapshot>;
using DataViewPtr = std::shared_ptr<const DataView>;

}  // namespace monge
