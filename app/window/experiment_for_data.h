// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "core/data/readers.h"
#include "core/experiment/experiment.h"

namespace monge {

/// Experiment for a data file somebody opened: the current one's method and parameters on the new data. From
/// points to images or back the networks have to change too; then a preset of the other kind is the start.
/// @param set      what the file holds, already read
/// @param options  how it was read
Experiment experimentForData(const Experiment& current, const QString& file, const Dataset& set,
                             const ReadOptions& options = {});

}  // namespace monge
