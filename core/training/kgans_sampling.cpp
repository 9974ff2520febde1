// SPDX-License-Identifier: GPL-3.0-or-later
// k-GANs: the batches, and what of them lies in the cells.
#include "core/training/kgans_cells.h"
#include "core/training/kgans_trainer.h"

namespace monge {

void KGansTrainer::drawBatch(Member& own) {
  own.sampler.fillBelow(static_cast<std::uint32_t>(m_data.size()), own.rows.data(), own.rows.size());
  m_cells->gather(own.rows, own.drawn.data(), m_stride);
}

/// Line 8: batch ~ Dataset, for each network on its own.
void KGansTrainer::sample(const Turn& turn) {
  for (int j = turn.first; j < turn.last; ++j) drawBatch(member(j));
}

/// Line 9: reject what lies outside the cell. With draws > 1 the batch is drawn again until it is full.
void KGansTrainer::assign(const Turn& turn) {
  const float* prototypes = m_prototypes[turn.iteration & 1].data();
  const int batch = m_options.rates.batch;
  for (int j = turn.first; j < turn.last; ++j) {
    auto& own = member(j);
    own.keptCount = 0;
    for (int draw = 0; draw < m_options.draws && own.keptCount < batch; ++draw) {
      if (draw > 0) drawBatch(own);
      own.keptCount = m_cells->keep(
          {own.drawn.data(), own.rows.data(), m_stride, batch, own.kept.data(), own.labels.data()},
          prototypes, j, own.keptCount, batch);
    }
  }
}

}  // namespace monge
