// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/hilbert_order.h"

#include <CGAL/Exact_predicates_inexact_constructions_kernel.h>
#include <CGAL/Spatial_sort_traits_adapter_2.h>
#include <CGAL/Spatial_sort_traits_adapter_3.h>
#include <CGAL/hilbert_sort.h>
#include <CGAL/property_map.h>

#include <numeric>
#include <utility>

namespace monge {

namespace {

using Kernel = CGAL::Exact_predicates_inexact_constructions_kernel;

template <class Place, template <class, class> class Adapter>
std::vector<int> order(std::vector<Place> places) {
  using Map = typename CGAL::Pointer_property_map<Place>::type;
  const Adapter<Kernel, Map> traits(CGAL::make_property_map(places));
  std::vector<std::size_t> rows(places.size());
  std::iota(rows.begin(), rows.end(), 0);
  CGAL::hilbert_sort(rows.begin(), rows.end(), traits);
  return {rows.begin(), rows.end()};
}

}  // namespace

std::vector<int> hilbertOrder(std::span<const Point2> points) {
  std::vector<Kernel::Point_2> places;
  places.reserve(points.size());
  for (const Point2 point : points) places.emplace_back(point.x, point.y);
  return order<Kernel::Point_2, CGAL::Spatial_sort_traits_adapter_2>(std::move(places));
}

std::vector<int> hilbertOrder(std::span<const Point3> points) {
  std::vector<Kernel::Point_3> places;
  places.reserve(points.size());
  for (const Point3 point : points) places.emplace_back(point.x, point.y, point.z);
  return order<Kernel::Point_3, CGAL::Spatial_sort_traits_adapter_3>(std::move(places));
}

}  // namespace monge
