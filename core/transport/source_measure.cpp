// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/source_measure.h"

#include <algorithm>
#include <array>
#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <numbers>
#include <span>
#include <utility>
#include <vector>

#include "core/base/parallel_for.h"

namespace monge {
namespace {

constexpr int kPanel = SamplePanels::kPanel;

/// 24 bits as the middle of one of 2^24 intervals of (-1/2, 1/2): exact in single precision, never an end.
float centred(std::uint32_t bits) {
  return static_cast<float>(2 * static_cast<std::int32_t>(bits >> 8) + 1 - (1 << 24)) * 0x1p-25f;
}

/// The standard normal quantile at 1/2 + v, v in (-1/2, 1/2): sqrt(2) erfinv(2 v) by Giles 2010, table 5,
/// with a relative error under 4e-7 of single precision.
float normalQuantile(float v) {
  const float x = 2 * v;
  float w = -std::log((1 - x) * (1 + x)), p;
  if (w < 5) {
    w -= 2.5f;
    p = 2.81022636e-08f;
    for (const float c : {3.43273939e-07f, -3.5233877e-06f, -4.39150654e-06f, 0.00021858087f, -0.00125372503f,
                          -0.00417768164f, 0.246640727f, 1.50140941f})
      p = c + p * w;
  } else {
    w = std::sqrt(w) - 3;
    p = -0.000200214257f;
    for (const float c : {0.000100950558f, 0.00134934322f, -0.00367342844f, 0.00573950773f, -0.0076224613f,
                          0.00943887047f, 1.00167406f, 2.83297682f})
      p = c + p * w;
  }
  return std::numbers::sqrt2_v<float> * p * x;
}

/// A seed for each pair of a stream and a place in it.
std::uint64_t seedOf(std::uint64_t seed, std::uint64_t stream, std::uint64_t place) {
  Random random(seed);
  Random second(random.next() ^ (stream * 0x9e3779b97f4a7c15u));
  return second.next() + place * 0xd1342543de82ef95u;
}

}  // namespace

std::string SourceMeasure::name() const {
  return kind == Kind::Box ? "box" : kind == Kind::Ball ? "ball" : "normal";
}

SourceMeasure SourceMeasure::unitBox(int dimension) {
  return {Kind::Box, VectorD::Constant(dimension, 0.5), VectorD::Ones(dimension)};
}

SourceMeasure SourceMeasure::ballAround(const RowsD& sites) {
  const VectorD centre = 0.5 * (sites.colwise().minCoeff() + sites.colwise().maxCoeff()).transpose();
  const double radius = (sites.rowwise() - centre.transpose()).rowwise().norm().maxCoeff();
  return {Kind::Ball, centre, VectorD::Constant(sites.cols(), radius)};
}

SourceMeasure SourceMeasure::normal(int dimension, double deviation) {
  return {Kind::Normal, VectorD::Zero(dimension), VectorD::Constant(dimension, deviation)};
}

double SourceMeasure::deviation(int k) const {
  switch (kind) {
    case Kind::Box:
      return extent[k] / std::sqrt(12.0);
    case Kind::Ball:
      return extent[k] / std::sqrt(dimension() + 2.0);
    default:
      return extent[k];
  }
}

/// Of a ball's projection that of the normal distribution of equal variance, which it is close to.
double SourceMeasure::quantile(int k, double u) const {
  if (kind == Kind::Box) return extent[k] * (u - 0.5);
  // Masses that vanish beside the others put u on the very ends.
  constexpr double kEnd = 1e-15;
  return deviation(k) * std::numbers::sqrt2 * boost::math::erf_inv(2 * std::clamp(u, kEnd, 1 - kEnd) - 1);
}

void SourceMeasure::draw(Random& random, std::span<double> point) const {
  double squared = 0;
  for (int k = 0; k < dimension(); ++k) {
    point[k] = kind == Kind::Box ? random.uniform(-0.5, 0.5) : random.normal();
    squared += point[k] * point[k];
  }
  const double scale =
      kind == Kind::Ball ? std::pow(random.uniform(), 1.0 / dimension()) / std::sqrt(squared) : 1;
  for (int k = 0; k < dimension(); ++k) point[k] = centre[k] + extent[k] * scale * point[k];
}

SampleStreams::SampleStreams(SourceMeasure measure, PointKind kind, std::uint64_t seed)
    : m_measure(std::move(measure)), m_kind(kind), m_seed(seed), m_sobol(m_measure.uniforms()) {}

/// @param uniforms  m_measure.uniforms() x 64 binary fractions
void SampleStreams::shape(const std::uint32_t* uniforms, float* panel) const {
  const int d = m_measure.dimension();
  std::array<float, kPanel> squared{};
  for (int k = 0; k < d; ++k) {
    const float extent = static_cast<float>(m_measure.extent[k]);
    for (int s = 0; s < kPanel; ++s) {
      float& x = panel[k * kPanel + s];
      x = centred(uniforms[k * kPanel + s]);
      if (m_measure.kind != SourceMeasure::Kind::Box) x = normalQuantile(x);
      squared[s] += x * x;
      x *= extent;
    }
  }
  if (m_measure.kind != SourceMeasure::Kind::Ball) return;
  for (int s = 0; s < kPanel; ++s) {
    const float share = centred(uniforms[d * kPanel + s]) + 0.5f;
    const float scale = std::pow(share, 1.0f / static_cast<float>(d)) / std::sqrt(squared[s]);
    for (int k = 0; k < d; ++k) panel[k * kPanel + s] *= scale;
  }
}

void SampleStreams::fill(std::uint64_t stream, std::int64_t first, SamplePanels& panels,
                         ThreadTeam& team) const {
  if (m_kind == PointKind::Uniform) return fillUniform(stream, first, panels, team);
  Random random(seedOf(m_seed, stream, 0));
  const SobolPoints points = m_sobol.scrambled(random);
  parallelChunks(team, panels.panels(), 16, [&](std::int64_t begin, std::int64_t end, std::int64_t) {
    std::vector<std::uint32_t> uniforms(static_cast<std::size_t>(m_measure.uniforms()) * kPanel);
    for (std::int64_t panel = begin; panel < end; ++panel) {
      points.panel(first / kPanel + panel, uniforms.data());
      shape(uniforms.data(), panels.panel(panel));
    }
  });
}

void SampleStreams::fillUniform(std::uint64_t stream, std::int64_t first, SamplePanels& panels,
                                ThreadTeam& team) const {
  parallelChunks(team, panels.panels(), 16, [&](std::int64_t begin, std::int64_t end, std::int64_t) {
    std::vector<std::uint32_t> uniforms(static_cast<std::size_t>(m_measure.uniforms()) * kPanel);
    for (std::int64_t panel = begin; panel < end; ++panel) {
      Random random(seedOf(m_seed, stream, static_cast<std::uint64_t>(first / kPanel + panel)));
      for (std::size_t at = 0; at < uniforms.size(); at += 2) {
        const std::uint64_t bits = random.next();
        uniforms[at] = static_cast<std::uint32_t>(bits >> 32);
        uniforms[at + 1] = static_cast<std::uint32_t>(bits);
      }
      shape(uniforms.data(), panels.panel(panel));
    }
  });
}

}  // namespace monge
