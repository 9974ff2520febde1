// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/base/random.h"
#include "core/base/thread_team.h"
#include "core/snapshot/arrays.h"
#include "core/transport/sample_panels.h"
#include "core/transport/sobol_points.h"

namespace monge {

/// What is carried to the sites, in any dimension: uniform on a box or in a ball, or normal with the same
/// deviation along every axis. Mass 1.
struct SourceMeasure {
  enum class Kind { Box, Ball, Normal };

  Kind kind = Kind::Box;
  VectorD centre;  ///< d, data units
  VectorD extent;  ///< d: sides of the box, the radius of the ball or the deviation, along each axis

  int dimension() const { return static_cast<int>(centre.size()); }
  std::string name() const;  ///< "box", "ball", "normal"
  /// Uniform numbers that make a sample.
  int uniforms() const { return dimension() + (kind == Kind::Ball ? 1 : 0); }

  static SourceMeasure unitBox(int dimension);
  /// The ball about the middle of the sites' bounding box that holds them all.
  static SourceMeasure ballAround(const RowsD& sites);
  static SourceMeasure normal(int dimension, double deviation = 1);

  /// Its standard deviation along axis k.
  double deviation(int k) const;
  /// Where along an axis a share `u` in (0, 1) of the mass lies below, less the centre.
  double quantile(int k, double u) const;

  /// One sample of chance, not centred.
  void draw(Random& random, std::span<double> point) const;
};

enum class PointKind { Uniform, Sobol };

/// A stream of samples that can be read anywhere: sample s of stream t under one seed is always the same, by
/// whichever thread it is made. Streams are independent. Coordinates are relative to the measure's centre.
class SampleStreams {
 public:
  SampleStreams(SourceMeasure measure, PointKind kind, std::uint64_t seed);

  /// Samples first, ..., first + panels.count() - 1 of a stream; `first` a multiple of 64.
  void fill(std::uint64_t stream, std::int64_t first, SamplePanels& panels, ThreadTeam& team) const;
  /// The same of chance alone, whatever the kind: independent samples, as tests need them.
  void fillUniform(std::uint64_t stream, std::int64_t first, SamplePanels& panels, ThreadTeam& team) const;

  const SourceMeasure& measure() const { return m_measure; }

 private:
  void shape(const std::uint32_t* uniforms, float* panel) const;

  SourceMeasure m_measure;
  PointKind m_kind;
  std::uint64_t m_seed;
  SobolPoints m_sobol;
};

}  // namespace monge
