// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "core/geometry/domain_2.h"
#include "core/geometry/domain_3.h"
#include "core/geometry/point.h"
#include "core/snapshot/arrays.h"

namespace monge {

/// What a transport problem is made of, as a person names it: on the command line, in the window. Pure but
/// for the files that are read.

/// @param rows     n x 2
/// @param subject  file or field, for the error
/// @throws Error on another number of columns
std::vector<Point2> planePoints(const RowsD& rows, const std::string& subject);
/// @param rows  n x 3
std::vector<Point3> spacePoints(const RowsD& rows, const std::string& subject);

/// @param word  square, disc, or a file with the corners of a convex polygon
/// @throws Error on another word; as the reader of the file and Domain2 do
Domain2 planeDomainNamed(const std::string& word);
/// @param word  box, or a file with the corners of a convex polyhedron
Domain3 spaceDomainNamed(const std::string& word);

/// One mass for each point, from a file of one column; none, for equal masses, where no file is named.
/// @throws Error on another number of columns; as the reader of the file does
std::vector<double> massesFrom(const std::string& file);

}  // namespace monge
