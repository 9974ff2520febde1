// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include "core/snapshot/snapshot.h"
#include "core/snapshot/space_snapshot.h"
#include "core/snapshot/transport_snapshot.h"

namespace monge::views {

/// What a card beside the mouse says of a cell: the first line names it. None for a cell that is not there.
QStringList siteFacts(const TransportSnapshot& moment, int site);
QStringList siteFacts(const SpaceSnapshot& moment, int site);
/// @param id  the generator's stable identity
QStringList generatorFacts(const EnsembleSnapshot& snapshot, int id);

/// Walls of a cell of space to other cells, and the largest jump across them.
struct CellWalls {
  int count = 0;
  double largestJump = 0;
};
CellWalls wallsOf(const SpaceSnapshot& moment, int site);

}  // namespace monge::views
