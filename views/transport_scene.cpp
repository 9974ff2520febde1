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

std::vector<QColor> paletteColours(int count) {
  std::vector<QColor> colours;
  for (int site = 0; site < count; ++site) colours.push_back(generatorColor(site));
  return colours;
}

constexpr int kFew = 7;  // the palette's own colours are told apart best

std::vector<QColor> coloursByPlace(const TransportSnapshot& moment, Theme theme) {
  if (moment.count() <= kFew) return paletteColours(moment.count());
  std::vector<QColor> colours;
  const Eigen::RowVector2d low = moment.sites.colwise().minCoeff(), high = moment.sites.colwise().maxCoeff();
  const Eigen::RowVector2d middle = (low + high) / 2;
  const double reach = (high - middle).norm();
  for (int site = 0; site < moment.count(); ++site)
    colours.push_back(
        placeColour(moment.sites(site, 0) - middle.x(), moment.sites(site, 1) - middle.y(), reach, theme));
  return colours;
}

/// As in the plane by x and y; what is higher is lighter.
std::vector<QColor> coloursByPlace(const SpaceSnapshot& moment, Theme theme) {
  if (moment.count() <= kFew) return paletteColours(moment.count());
  std::vector<QColor> colours;
  const Eigen::RowVector3d low = moment.sites.colwise().minCoeff(), high = moment.sites.colwise().maxCoeff();
  const Eigen::RowVector3d middle = (low + high) / 2, half = (high - middle).cwiseMax(1e-300);
  const double reach = half.head<2>().norm();
  for (int site = 0; site < moment.count(); ++site) {
    const Eigen::RowVector3d at = moment.sites.row(site) - middle;
    const double lightness = (theme == Theme::Dark ? 0.64 : 0.72) + 0.1 * at.z() / half.z();
    const double distance = std::min(std::hypot(at.x(), at.y()) / reach, 1.0);
    colours.push_back(
        perceptualColour(lightness, 0.03 + 0.13 * distance, std::atan2(at.y(), at.x()) * 180 / M_PI + 40));
  }
  return colours;
}

template <class Moment>
std::vector<double> valuesOf(const Moment& moment, CellColour by) {
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

template <class Moment>
std::vector<QColor> coloursOf(const Moment& moment, CellColour by, Theme theme) {
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

}  // namespace

ColourScale colourScale(const TransportSnapshot& moment, CellColour by) {
  return scaleOf(valuesOf(moment, by), by);
}

ColourScale colourScale(const SpaceSnapshot& moment, CellColour by) {
  return scaleOf(valuesOf(moment, by), by);
}

std::vector<QColor> siteColours(const TransportSnapshot& moment, CellColour by, Theme theme) {
  return coloursOf(moment, by, theme);
}

std::vector<QColor> siteColours(const SpaceSnapshot& moment, CellColour by, Theme theme) {
  if (by == CellColour::Site && moment.training) {
    std::vector<QColor> colours;
    for (const int id : moment.training->ids) colours.push_back(generatorColor(id));
    return colours;
  }
  return coloursOf(moment, by, theme);
}

QColor singularColour(Theme theme) {
  return theme == Theme::Dark ? QColor(0xFF6B9A) : QColor(0xCC3366);
}

}  // namespace monge::views
