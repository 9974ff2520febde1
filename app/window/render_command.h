// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace monge {

/// `monge render RUN --view tessellation --out fig.pdf ...`: the figure of a run, or of several in panels,
/// without a display.
/// @param argv  the program, optionally the word render, then the command's own arguments
/// @return 0, 1 (the world said no) or 2 (bad usage or bad input), with one line on standard error
int runRender(int argc, char** argv);

}  // namespace monge
