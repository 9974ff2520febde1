// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <filesystem>
#include <vector>

#include "core/transport/density_source.h"
#include "core/transport/site_transport.h"

namespace monge {

/// A transport problem in the plane as it is opened in the window.
struct TransportDocument {
  PlaneProblem problem{Domain2::square(), {}, {}, {}};
  QString name;
  QString caption;             ///< what to look at
  QString id;                  ///< of a preset, for the command line: "dumbbell"
  DensitySource density = {};  ///< what the problem's density was made of
};

/// The problems of Lei et al. 2019, figures 2 to 5, on points that we draw ourselves: seeded, so that
/// everybody sees the same.
const std::vector<TransportDocument>& transportPresets();
/// The preset of that id or name, in any case; null for none.
const TransportDocument* transportPreset(const QString& word);

/// The unit square where that holds all points, else their bounding box with a tenth of air.
Domain2 domainFor(const std::vector<Point2>& points);

/// Points of the plane from CSV, NPY or NPZ, equal masses, a uniform density on domainFor() them. Or the
/// problem of a folder that `monge-cli transport` wrote.
/// @throws Error naming the file, what was found and what was expected
TransportDocument readTransportDocument(const std::filesystem::path& path);

}  // namespace monge
