// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "app/window/space/render_space.h"

namespace monge {

/// The `monge render` that writes the same file, for a shell: only what differs from what it does by itself.
/// @param what     a folder of transport, a run or a preset
/// @param isOfRun  what is usual is ensembleSpaceStyle()
QString spaceCommand(const QString& what, const QString& file, const SpaceFigure& figure, bool isOfRun);

}  // namespace monge
