// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "core/geometry/domain_2.h"
#include "core/geometry/domain_3.h"
#include "core/snapshot/arrays.h"
#include "core/transport/density_source.h"
#include "core/transport/source_measure.h"

namespace monge {

/// A solved transport problem as it lies in a folder: transport.json (the report, the domain, the density),
/// sites.csv (a row per site: its coordinates, weight, height, target, mass, all digits), and a copy of the
/// density's file where it was made from one.
struct TransportRecord {
  nlohmann::json
      domain;  ///< {"name": "square", "corners": [[x, y], ...]}; in space the corners of a convex hull
  nlohmann::json density;             ///< as toJson(DensitySource) has it
  std::filesystem::path densityFile;  ///< what `density` was made from, wherever it is; empty for none
  nlohmann::json
      report;       ///< status, sites, dimension, iterations, residual, primal, dual, hidden, seconds, ...
  RowsD sites;      ///< n x d, data units
  VectorD weights;  ///< n, squared data units; heights are h_i = (w_i - |y_i|^2) / 2
  VectorD targets;  ///< n, sum 1
  VectorD masses;   ///< n, what the cells hold

  VectorD heights() const { return 0.5 * (weights - sites.rowwise().squaredNorm()); }
};

/// Writes each file whole or not at all; transport.json last, so that a folder with it is complete.
/// Where another problem lies in the folder, its cells, singular set, state and density go, but for files
/// `beside` that belong to this record; files of other names stay.
/// @throws Error when the folder cannot be made or a file not be written
void writeTransportDirectory(const std::filesystem::path& folder, const TransportRecord& record,
                             const std::set<std::string>& beside = {});

/// Checked whole; the one reader of such folders.
/// @throws Error naming the file and, of transport.json, every field that is wrong
TransportRecord readTransportDirectory(const std::filesystem::path& folder);

/// The domain of a record. @throws Error when it is of another dimension
Domain2 planeDomain(const TransportRecord& record);
Domain3 spaceDomain(const TransportRecord& record);
/// What its density is made of.
DensitySource densityOf(const TransportRecord& record);
/// The very density that the problem was solved with, on that domain.
/// @throws Error when it is of another dimension, or its file cannot be read
Density2Ptr planeDensity(const TransportRecord& record, const Domain2& domain);
Density3Ptr spaceDensity(const TransportRecord& record, const Domain3& domain);

nlohmann::json domainJson(const Domain2& domain);
nlohmann::json domainJson(const Domain3& domain);

/// What a record of Monte-Carlo transport was carried from. @throws Error when it names no such measure
SourceMeasure sourceOf(const TransportRecord& record);
/// {"name": "ball", "centre": [...], "extent": [...]}; of the unit square and cube as above.
nlohmann::json domainJson(const SourceMeasure& source);

}  // namespace monge
