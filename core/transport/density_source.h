// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/geometry/density_2.h"
#include "core/geometry/density_3.h"

namespace monge {

/// A density as a person names it and as a folder keeps it: all that it is made of, so that it can be made
/// again, the very same. A value.
struct DensitySource {
  enum class Kind {
    Uniform,
    Gaussian,  ///< isotropic, cut off at the domain's boundary
    Image,     ///< in the plane: a grey PNG picture over the domain's bounds
    Mesh,      ///< in the plane: an ASCII PLY mesh of triangles with a density at each vertex
    Points     ///< in space: a CSV with x, y, z and the density, linear on the points' Delaunay tetrahedra
  };
  Kind kind = Kind::Uniform;
  std::vector<double> mean;    ///< of a Gaussian: a coordinate each, data units
  double sigma = 0;            ///< of a Gaussian: above 0, data units
  std::filesystem::path file;  ///< what an image, a mesh or points are read from
};

/// @param word   uniform, gaussian (about the domain's centroid) or a file
/// @param sigma  of a Gaussian; a quarter of the domain's smallest extent for 0
/// @throws Error on another word, or a file of a kind that is of no use in this dimension
DensitySource densitySource(const std::string& word, double sigma, const Domain2& domain);
DensitySource densitySource(const std::string& word, double sigma, const Domain3& domain);

/// @throws Error as the densities do, and as the readers of their files
Density2Ptr makeDensity(const DensitySource& source, const Domain2& domain);
Density3Ptr makeDensity(const DensitySource& source, const Domain3& domain);

/// Name of the copy of its file that a folder keeps: "density.png", ...
std::string copyName(const DensitySource& source);
/// {"name": "uniform"}, {"name": "gaussian", "mean": [x, y], "sigma": s} or {"name": "image" or "mesh",
/// "file": "..."}, with the file's name alone.
nlohmann::json toJson(const DensitySource& source);
/// @param folder     where its file is
/// @param dimension  2 or 3
/// @param problems   gets a line for each field that is wrong; the source then is not to be used
DensitySource densityFromJson(const nlohmann::json& json, const std::filesystem::path& folder,
                              Eigen::Index dimension, std::vector<std::string>& problems);

}  // namespace monge
