// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCommandLineParser>

#include "app/window/space/render_space.h"

namespace monge {

/// The options of `monge render` that are for points in space.
void addSpaceOptions(QCommandLineParser& parser);

/// What they say, with the options that are for the plane too.
/// @throws Error naming the option, what was found and what was expected
SpaceFigure spaceFigure(const QCommandLineParser& parser, const views::FigureSpec& spec);

/// "x:0.5", "-y:0.25", "sight:0". @throws Error as above
views::SpaceClip parseClip(const QString& text);

/// What --threshold and --by say of the singular set, in the plane and in space; `rule` where they say
/// nothing.
/// @throws Error as above
SingularRule ruleOption(const QCommandLineParser& parser, SingularRule rule);

/// "azimuth,elevation" in degrees or the name of a preset. @throws Error as above
views::OrbitCamera parseCamera(const QString& text);

}  // namespace monge
