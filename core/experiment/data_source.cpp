// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdlib>

#include "core/base/error.h"
#include "core/data/readers.h"
#include "core/data/toy.h"
#include "core/experiment/experiment.h"

namespace monge {

namespace {

namespace fs = std::filesystem;

/// Where a data file of that name may be: as it is named, then in the data folder.
std::vector<fs::path> places(const fs::path& file) {
  if (file.is_absolute()) return {file};
  const char* folder = std::getenv("MONGE_DATA");
  const fs::path data = folder && *folder ? fs::path(folder) : fs::path("../shared/data");
  return {fs::absolute(file), fs::absolute(data / file).lexically_normal()};
}

fs::path locate(const std::string& file) {
  const std::vector<fs::path> candidates = places(file);
  std::error_code ignored;
  for (const fs::path& candidate : candidates)
    if (fs::exists(candidate, ignored)) return candidate;
  if (candidates.size() == 1) return candidates[0];  // the reader says what is wrong with it
  throw Error(file, "not found at " + candidates[0].string() + " or " + candidates[1].string(),
              "a data file there; MONGE_DATA names the folder of data sets");
}

Dataset readSource(const DataSource& source) {
  ReadOptions options;
  options.labels = source.labels;
  options.array = source.array;
  return readDataset(locate(source.file), options);
}

Dataset fewer(const Dataset& set, const DataSource& source) {
  return source.firstRows ? firstRows(set, source.points) : subsample(set, source.points, source.seed);
}

}  // namespace

Dataset loadData(const DataSource& source) {
  if (source.file.empty()) {
    Dataset set = toyDistribution(source.toy).sample(source.points, source.seed);
    return source.scale ? scaleToBox(set, source.lower, source.upper) : set;
  }
  Dataset set = readSource(source);
  if (source.points > 0 && source.points < set.size()) set = fewer(set, source);
  if (source.resize > 0) set = resizeImages(set, source.resize);
  if (!source.scale) return set;
  // Grey values keep their meaning: 0 is black in every image, whatever values a set happens to hold.
  if (set.image.isImage()) return scaleValues(set, 0, 1, source.lower, source.upper);
  return scaleToBox(set, source.lower, source.upper);
}

}  // namespace monge
