// SPDX-License-Identifier: GPL-3.0-or-later
// k-GANs: the batches, and what of them lies in the cells.
#include "core/models/fused/kernels.h"
#include "core/training/kgans_trainer.h"

namespace monge {

void KGansTrainer::drawBatch(Member& own, int thread) {
  auto& drawn = m_drawn[static_cast<std::size_t>(thread)];
  own.sampler.fillBelow(static_cast<std::uint32_t>(m_data.size()), drawn.data(), drawn.size());
  const int padded = fused::paddedBatch(static_cast<int>(m_data.size()));
  for (int c = 0; c < m_data.dimension(); ++c) {
    const float* column = m_columns.data() + c * padded;
    float* out = own.drawn.data() + c * m_stride;
    for (std::size_t i = 0; i < drawn.size(); ++i) out[i] = column[drawn[i]];
  }
}

/// Line 8: batch ~ Dataset, for each network on its own.
void KGansTrainer::sample(const Turn& turn) {
  for (int j = turn.first; j < turn.last; ++j) drawBatch(member(j), turn.thread);
}

/// Line 9: reject what lies outside V_j. With draws > 1 the batch is drawn again until it is full.
void KGansTrainer::assign(const Turn& turn) {
  const float* prototypes = m_prototypes[turn.iteration & 1].data();
  const int d = m_data.dimension(), batch = m_options.rates.batch;
  for (int j = turn.first; j < turn.last; ++j) {
    auto& own = member(j);
    own.keptCount = 0;
    for (int draw = 0; draw < m_options.draws && own.keptCount < batch; ++draw) {
      if (draw > 0) drawBatch(own, turn.thread);
      own.keptCount = fused::kernels().keepCell(own.drawn.data(), d, m_stride, batch, prototypes, count(), j,
                                                own.kept.data(), own.keptCount, batch);
    }
  }
}

}  // namespace monge
