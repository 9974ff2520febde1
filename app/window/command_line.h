// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <optional>
#include <utility>
#include <vector>

namespace monge {

/// What `monge [WHAT] [options]` asks for.
struct LaunchOptions {
  QString what;            ///< preset, experiment file, data file or run folder; empty: the first preset
  bool transport = false;  ///< the window of transport; `what` is then points, a solved folder or its preset
  bool play = false;
  std::optional<qint64> iterations;
  std::optional<quint64> seed;
  std::vector<std::pair<QString, QString>> parameters;  ///< --set key=value, in order
  QString theme;                                        ///< dark, light, or empty: as saved
  QString engine;                                       ///< command, or empty
  QString screenshot;                                   ///< PNG to write before quitting, for documentation
  double after = 5;                                     ///< seconds until then
  QString output;                                       ///< --help or --version: print this and leave
};

/// @param arguments  with the program's name first
/// @throws monge::Error naming the option
LaunchOptions parseLaunch(const QStringList& arguments);

}  // namespace monge
