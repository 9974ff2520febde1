// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/snapshot/snapshot.h"

namespace monge::views {

/// Layers of the tessellation view; keys 1-8 toggle them in this order.
enum class Layer { Data, Samples, Cells, Prototypes, Trails, Critic, LatentGrid, Gradients };
constexpr int kLayerCount = 8;

class LayerSet {
 public:
  bool has(Layer layer) const { return m_bits & bit(layer); }
  void set(Layer layer, bool on) { m_bits = on ? (m_bits | bit(layer)) : (m_bits & ~bit(layer)); }
  bool operator==(const LayerSet&) const = default;

 private:
  static unsigned bit(Layer layer) { return 1u << static_cast<int>(layer); }
  unsigned m_bits = bit(Layer::Data) | bit(Layer::Samples) | bit(Layer::Cells) | bit(Layer::Prototypes) |
                    bit(Layer::Trails);
};

/// All that a painter needs; values only, cheap to copy.
struct Scene {
  DataViewPtr data;
  SnapshotPtr snapshot;
  std::shared_ptr<const CellComplex>
      cells;             ///< of snapshot->prototypes (or of their positions while dragged)
  HistoryChunk history;  ///< whole history so far (metrics view and figures)
};

/// Which cells a view wants to show: those of prototypes under a law, in a box, at a resolution.
struct CellQuestion {
  CellLaw law;
  RowsF sites;
  DataViewPtr data;  ///< whose labels count, where they do
  Box2 box;
  int pixels = 1000;  ///< of the screen along the longer side of the box
};

}  // namespace monge::views
