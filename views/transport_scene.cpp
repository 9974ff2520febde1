// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/transport_scene.h"

#include <algorithm>
#include <cmath>

namespace monge::views {
namespace {

/// A place in the plane as a colour: hue by direction from the middle, chroma by distance.
QColor placeColour(double x, double y, double reach, Theme theme) {
  const double distance = reach > 0 ? std::min(std::hypot(x, y) / reach, 1.0) : 0;
  const double lightness = theme == Theme::Dark ? 0.66 : 0.74;
  return perceptualColour(lightness, 0.03 + 0.13 * distance, std::atan2(y, x) * 180 / M_PI + 40);
}

std::vector<QColor> coloursByPlace(const TransportSnapshot& moment, Theme theme) {
  std::vector<QColor> colours;
  constexpr int kFew = 7;  // the palette's own colours are told apart best
  if (moment.count() <= kFew) {
    for (int site = 0; site < moment.count(); ++site) colours.push_back(generatorColor(site));
    return colours;
  }
  const Eigen::RowVector2d low = moment.sites.colwise().minCoeff(), high = moment.sites.colwise().maxCoeff();
  const Eigen::RowVector2d middle = (low + high) / 2;
  const double reach = (high - middle).norm();
  for (int site = 0; site < moment.count(); ++site)
    colours.push_back(
        placeColour(moment.sites(site, 0) - middle.x(), moment.sites(site, 1) - middle.y(), reach, theme));
  return colours;
}

std::vector<double> valuesOf(const TransportSnapshot& moment, CellColour by) {
  std::vector<double> values(static_cast<std::size_t>(moment.count()), 0);
  if (by == CellColour::Jump) {
    for (const auto& facet : moment.facets)
      for (const int site : {facet.first, facet.second})
        values[static_cast<std::size_t>(site)] = std::max(values[static_cast<std::size_t>(site)], facet.jump);
    return values;
  }
  for (int site = 0; site < moment.count(); ++site) {
    const double mass = moment.masses[site], target = moment.targets[site];
    values[static_cast<std::size_t>(site)] = by == CellColour::Mass ? mass : (mass - target) / target;
  }
  return values;
}

ColourScale scaleOf(const std::vector<double>& values, CellColour by) {
  if (values.empty()) return {};
  const auto [least, largest] = std::minmax_element(values.begin(), values.end());
  if (by == CellColour::Error) {
    const double extent = std::max(std::abs(*least), std::abs(*largest));
    return {-extent, extent, true};
  }
  return {by == CellColour::Mass ? 0 : *least, *largest, false};
}

}  // namespace

ColourScale colourScale(const TransportSnapshot& moment, CellColour by) {
  return scaleOf(valuesOf(moment, by), by);
}

std::vector<QColor> siteColours(const TransportSnapshot& moment, CellColour by, Theme theme) {
  if (by == CellColour::Site) return coloursByPlace(moment, theme);
  const std::vector<double> values = valuesOf(moment, by);
  const ColourScale scale = scaleOf(values, by);
  const double extent = scale.largest - scale.least;
  std::vector<QColor> colours;
  for (const double value : values) {
    const double t = extent > 0 ? (value - scale.least) / extent : 0.5;
    colours.push_back(scale.signedValues ? diverging(2 * t - 1, theme) : viridis(t));
  }
  return colours;
}

QColor singularColour(Theme theme) {
  return theme == Theme::Dark ? QColor(0xFF6B9A) : QColor(0xCC3366);
}

}  // namespace monge::views
