// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/space/space_scene.h"

namespace monge::views {

/// Rows of the solid's faces from back to front, of twins the one that looks to the eye alone: nothing lies
/// between the two, so that one face with the colours of both does for them. What cannot be seen for the
/// glass before it is left out: where the faces before it let through, on whatever way to the eye, less than
/// half a step of a colour. Light in cell i passes at most T_i = max over the faces that look to the eye of
/// (1 - a_ij) T_j, with T = 1 outside, so that one pass over the cells finds them all.
std::vector<int> wallsBackToFront(const SpaceSolid& solid, const std::vector<int>& cells,
                                  const SpaceProjection& projection);
/// The colour of both: of a face that looks to the eye, and of its twin over it.
QRgb twinsFill(const SpaceSolid& solid, int face);

}  // namespace monge::views
