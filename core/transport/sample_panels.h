// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/snapshot/arrays.h"

namespace monge {

/// An array at an address that is a multiple of 64, as vector instructions want it. Its values are 0 at
/// first.
template <class Value>
class AlignedArray {
 public:
  AlignedArray() = default;
  explicit AlignedArray(std::int64_t size)
      : m_blocks(static_cast<std::size_t>(size * static_cast<std::int64_t>(sizeof(Value)) + 63) / 64) {}

  Value* data() { return m_blocks.empty() ? nullptr : reinterpret_cast<Value*>(m_blocks.data()); }
  const Value* data() const {
    return m_blocks.empty() ? nullptr : reinterpret_cast<const Value*>(m_blocks.data());
  }
  Value& operator[](std::int64_t at) { return data()[at]; }
  const Value& operator[](std::int64_t at) const { return data()[at]; }

 private:
  struct alignas(64) Block {
    std::byte bytes[64];
  };
  std::vector<Block> m_blocks;
};

/// Samples in panels of 64: coordinate k of sample s at [s / 64][k][s % 64], so that 16 samples fill a
/// register. The last panel is filled up with copies of nothing in particular; their answers are not used.
class SamplePanels {
 public:
  static constexpr int kPanel = 64;

  SamplePanels(std::int64_t count, int dimension)
      : m_count(count), m_dimension(dimension), m_values(panels() * kPanel * dimension) {}
  explicit SamplePanels(const RowsF& rows);

  std::int64_t count() const { return m_count; }
  int dimension() const { return m_dimension; }
  std::int64_t panels() const { return (m_count + kPanel - 1) / kPanel; }
  float* panel(std::int64_t at) { return m_values.data() + at * kPanel * m_dimension; }
  const float* panel(std::int64_t at) const { return m_values.data() + at * kPanel * m_dimension; }
  float at(std::int64_t sample, int coordinate) const {
    return panel(sample / kPanel)[coordinate * kPanel + sample % kPanel];
  }

 private:
  std::int64_t m_count;
  int m_dimension;
  AlignedArray<float> m_values;
};

}  // namespace monge
