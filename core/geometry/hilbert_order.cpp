// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/hilbert_order.h"

#include <CGAL/Exact_predicates_inexact_constructions_kernel.h>
#include <CGAL/Spatial_sort_traits_adapter_2.h>
#include <CGAL/hilbert_sort.h>
#include <CGAL/property_map.h>

#include <numeric>

namespace monge {

std::vector<int> hilbertOrder(std::span<const Point2> points) {
  using Kernel = CGAL::Exact_predicates_inexact_constructions_kernel;
  std::vector<Kernel::Point_2> places;
  places.reserve(points.size());
  for (const Point2 point : points) places.emplace_back(point.x, point.y);
  using Map = CGAL::Pointer_property_map<Kernel::Point_2>::type;
  const CGAL::Spatial_sort_traits_adapter_2<Kernel, Map> traits(CGAL::make_property_map(places));
  std::vector<std::size_t> order(points.size());
  std::iota(order.begin(), order.end(), 0);
  CGAL::hilbert_sort(order.begin(), order.end(), traits);
  return {order.begin(), order.end()};
}

}  // namespace monge
