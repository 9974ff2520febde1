// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/problem_source.h"

#include <filesystem>

#include "core/base/error.h"
#include "core/data/readers.h"

namespace monge {

std::vector<Point2> planePoints(const RowsD& rows, const std::string& subject) {
  if (rows.cols() != 2)
    throw Error(subject, std::to_string(rows.cols()) + " columns", "points of the plane, 2 columns");
  std::vector<Point2> points;
  for (Eigen::Index row = 0; row < rows.rows(); ++row) points.push_back({rows(row, 0), rows(row, 1)});
  return points;
}

std::vector<Point3> spacePoints(const RowsD& rows, const std::string& subject) {
  if (rows.cols() != 3)
    throw Error(subject, std::to_string(rows.cols()) + " columns", "points in space, 3 columns");
  std::vector<Point3> points;
  for (Eigen::Index row = 0; row < rows.rows(); ++row)
    points.push_back({rows(row, 0), rows(row, 1), rows(row, 2)});
  return points;
}

Domain3 spaceDomainNamed(const std::string& word) {
  if (word == "box") return Domain3::cube();
  if (!std::filesystem::exists(word))
    throw Error("domain", word,
                "box or, for points in space, a file with the corners of a convex polyhedron");
  return Domain3::hull(spacePoints(readNumbers(word).values, word),
                       std::filesystem::path(word).stem().string());
}

Domain2 planeDomainNamed(const std::string& word) {
  if (word == "square") return Domain2::square();
  if (word == "disc") return Domain2::disc();
  if (!std::filesystem::exists(word))
    throw Error("domain", word,
                "square, disc or, for points in the plane, a file with the corners of a convex polygon");
  return Domain2(planePoints(readNumbers(word).values, word), std::filesystem::path(word).stem().string());
}

std::vector<double> massesFrom(const std::string& file) {
  if (file.empty()) return {};
  const RowsD values = readNumbers(file).values;
  if (values.cols() != 1)
    throw Error(file, std::to_string(values.cols()) + " columns", "1, a mass for each point");
  return {values.data(), values.data() + values.size()};
}

}  // namespace monge
