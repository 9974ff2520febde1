// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "app/window/transport/render_transport.h"

namespace monge {

/// The `monge render` that writes the same file, for a shell: only what differs from what it does by itself.
/// @param what  the folder or the preset
QString transportCommand(const QString& what, const QString& file, const TransportFigure& figure);

}  // namespace monge
