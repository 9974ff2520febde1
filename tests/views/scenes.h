// SPDX-License-Identifier: GPL-3.0-or-later
// Scenes that the tests of views paint: small, drawn from fixed seeds, the same on every machine.
#pragma once

#include <algorithm>
#include <cmath>
#include <random>

#include "views/scene.h"

namespace monge::test {

/// Uniform in [0, 1) from the engine's bits alone: the standard library's distributions differ between
/// libraries.
inline double uniform(std::mt19937& engine) {
  return engine() / 4294967296.0;
}

inline std::pair<float, float> inDisc(std::mt19937& engine, double x, double y, double radius) {
  const double r = radius * std::sqrt(uniform(engine)), angle = 2 * M_PI * uniform(engine);
  return {static_cast<float>(x + r * std::cos(angle)), static_cast<float>(y + r * std::sin(angle))};
}

/// Voronoi cells by cutting the box with every bisector: slow and plain.
inline std::shared_ptr<const CellComplex> plainCells(const RowsF& sites, const Box2& box) {
  auto complex = std::make_shared<CellComplex>();
  complex->box = box;
  for (int i = 0; i < sites.rows(); ++i) {
    std::vector<double> polygon{box.xMin, box.yMin, box.xMax, box.yMin,
                                box.xMax, box.yMax, box.xMin, box.yMax};
    for (int j = 0; j < sites.rows(); ++j) {
      if (j == i) continue;
      const double nx = sites(j, 0) - sites(i, 0), ny = sites(j, 1) - sites(i, 1);
      const double c = (nx * (sites(i, 0) + sites(j, 0)) + ny * (sites(i, 1) + sites(j, 1))) / 2;
      std::vector<double> cut;
      const std::size_t corners = polygon.size() / 2;
      for (std::size_t p = 0; p < corners; ++p) {
        const std::size_t q = (p + 1) % corners;
        const double px = polygon[2 * p], py = polygon[2 * p + 1], qx = polygon[2 * q],
                     qy = polygon[2 * q + 1];
        const double a = nx * px + ny * py - c, b = nx * qx + ny * qy - c;
        if (a <= 0) cut.insert(cut.end(), {px, py});
        if ((a < 0 && b > 0) || (a > 0 && b < 0)) {
          const double t = a / (a - b);
          cut.insert(cut.end(), {px + t * (qx - px), py + t * (qy - py)});
        }
      }
      polygon = cut;
    }
    complex->cells.push_back({i, polygon, {}});
  }
  return complex;
}

/// Four cells whose walls are no straight lines: a diamond in the middle of a box cut into three columns.
inline CellComplex bentCells(const Box2& box) {
  const double x0 = box.xMin, x1 = box.xMax, y0 = box.yMin, y1 = box.yMax;
  const double cx = (x0 + x1) / 2, cy = (y0 + y1) / 2, w = (x1 - x0) / 6, h = (y1 - y0) / 6;
  CellComplex complex;
  complex.box = box;
  complex.bent = true;
  complex.cells.resize(4);
  for (int site = 0; site < 4; ++site) complex.cells[static_cast<std::size_t>(site)].site = site;
  complex.cells[0].loops = {{x0, y0, cx - 2 * w, y0, cx - 1.5 * w, cy, cx - 2 * w, y1, x0, y1}};
  complex.cells[1].loops = {
      {cx - 2 * w, y0, cx + 2 * w, y0, cx + 1.5 * w, cy, cx + 2 * w, y1, cx - 2 * w, y1, cx - 1.5 * w, cy},
      {cx - w, cy, cx, cy + h, cx + w, cy, cx, cy - h}};
  complex.cells[2].loops = {{cx + 2 * w, y0, x1, y0, x1, y1, cx + 2 * w, y1, cx + 1.5 * w, cy}};
  complex.cells[3].loops = {{cx - w, cy, cx, cy - h, cx + w, cy, cx, cy + h}};
  complex.walls = {{cx - 2 * w, y0, cx - 1.5 * w, cy, cx - 2 * w, y1},
                   {cx + 2 * w, y0, cx + 1.5 * w, cy, cx + 2 * w, y1},
                   {cx - w, cy, cx, cy - h, cx + w, cy, cx, cy + h, cx - w, cy}};
  return complex;
}

inline RowsF rowsOf(std::initializer_list<std::initializer_list<float>> values) {
  RowsF rows(static_cast<Eigen::Index>(values.size()), static_cast<Eigen::Index>(values.begin()->size()));
  Eigen::Index i = 0;
  for (const auto& row : values) {
    Eigen::Index j = 0;
    for (const float value : row) rows(i, j++) = value;
    ++i;
  }
  return rows;
}

inline std::shared_ptr<DataView> discData(int points) {
  auto data = std::make_shared<DataView>();
  data->name = "Four discs, radius 0.25";
  data->rows = points;
  data->dimension = 2;
  data->mask = {{-0.5, -0.5, 0.25}, {0.5, -0.5, 0.25}, {0.5, 0.5, 0.25}, {-0.5, 0.5, 0.25}};
  data->points.resize(points, 2);
  std::mt19937 engine(7);
  for (int i = 0; i < points; ++i) {
    const Disc& disc = data->mask[static_cast<std::size_t>(i % 4)];
    std::tie(data->points(i, 0), data->points(i, 1)) = inDisc(engine, disc.x, disc.y, disc.radius);
  }
  data->lower = rowsOf({{-0.75f, -0.75f}});
  data->upper = rowsOf({{0.75f, 0.75f}});
  return data;
}

/// Critic of generator j: a smooth bump about its prototype, negative far away.
inline CriticField criticField(const RowsF& prototypes) {
  CriticField field{{-1.6, -1.1, 1.6, 1.1}, 49, 33, RowsF(prototypes.rows(), 49 * 33)};
  for (Eigen::Index j = 0; j < prototypes.rows(); ++j) {
    for (int i = 0; i < 49 * 33; ++i) {
      const double x = -1.6 + 3.2 * (i % 49) / 48, y = -1.1 + 2.2 * (i / 49) / 32;
      const double distance = std::hypot(x - prototypes(j, 0), y - prototypes(j, 1));
      field.values(j, i) = static_cast<float>(0.8 * std::exp(-8 * distance * distance) - 0.35 * distance);
    }
  }
  return field;
}

inline LatentGrid latentGrid(const RowsF& prototypes, int side) {
  LatentGrid grid{side, RowsF(prototypes.rows() * side * side, 2)};
  for (Eigen::Index j = 0; j < prototypes.rows(); ++j) {
    for (int i = 0; i < side * side; ++i) {
      const double u = 2.0 * (i % side) / (side - 1) - 1, v = 2.0 * (i / side) / (side - 1) - 1;
      grid.points(j * side * side + i, 0) =
          static_cast<float>(prototypes(j, 0) + 0.2 * u + 0.04 * std::sin(3 * v));
      grid.points(j * side * side + i, 1) = static_cast<float>(prototypes(j, 1) + 0.2 * v * (1 - 0.3 * u));
    }
  }
  return grid;
}

inline RowsF trailTo(double x, double y, double fromX, double fromY, std::mt19937& engine) {
  RowsF trail(40, 2);
  for (int i = 0; i < 40; ++i) {
    const double t = i / 40.0;
    trail(i, 0) = static_cast<float>(fromX + t * (x - fromX) + 0.02 * (uniform(engine) - 0.5));
    trail(i, 1) = static_cast<float>(fromY + t * (y - fromY) + 0.02 * (uniform(engine) - 0.5));
  }
  return trail;
}

/// The four discs with four generators late in training, every layer present.
inline views::Scene discScene(int points = 1600, int samples = 800) {
  views::Scene scene;
  scene.data = discData(points);
  auto snapshot = std::make_shared<EnsembleSnapshot>();
  snapshot->dimension = 2;
  snapshot->sequence = 1;
  snapshot->ids = {0, 1, 2, 3};
  snapshot->prototypes = rowsOf({{-0.52f, -0.47f}, {0.49f, -0.53f}, {0.5f, 0.49f}, {-0.48f, 0.52f}});
  snapshot->masses = {0.249, 0.252, 0.251, 0.248};
  snapshot->inside = {0.981, 0.973, 0.968, 0.99};
  snapshot->samples.resize(samples, 2);
  snapshot->gradients.resize(samples, 2);
  std::mt19937 engine(11);
  for (int i = 0; i < samples; ++i) {
    const int j = i % 4;
    const double x = snapshot->prototypes(j, 0), y = snapshot->prototypes(j, 1);
    std::tie(snapshot->samples(i, 0), snapshot->samples(i, 1)) = inDisc(engine, x, y, 0.23);
    snapshot->gradients(i, 0) = 0.4f + snapshot->samples(i, 1);
    snapshot->gradients(i, 1) = 0.2f - snapshot->samples(i, 0);
    snapshot->sampleOwner.push_back(j);
  }
  for (int j = 0; j < 4; ++j) {
    const double x = snapshot->prototypes(j, 0), y = snapshot->prototypes(j, 1);
    snapshot->trails.push_back(trailTo(x, y, 0.3 * x - 0.1, 0.2 * y + 0.05, engine));
  }
  snapshot->critic = criticField(snapshot->prototypes);
  snapshot->latentGrid = latentGrid(snapshot->prototypes, 9);
  scene.cells = plainCells(snapshot->prototypes, {-6, -6, 6, 6});
  scene.snapshot = snapshot;
  return scene;
}

/// Images of a bar and a ring in three generators, 28 x 28.
inline views::Scene imageScene(int columns = 10) {
  const ImageShape shape{1, 28, 28};
  const auto draw = [&](RowsF& rows, Eigen::Index row, int kind, double tilt) {
    for (int p = 0; p < shape.size(); ++p) {
      const double x = p % 28 - 13.5, y = p / 28 - 13.5;
      const double distance = kind == 0   ? std::abs(x + tilt * y)
                              : kind == 1 ? std::abs(std::hypot(x, y * (1 + 0.3 * tilt)) - 8)
                                          : std::abs(std::abs(x) - std::abs(y) * (1 + 0.3 * tilt));
      const bool inside = std::hypot(x, y) < 12;
      rows(row, p) = inside ? static_cast<float>(std::clamp(2.5 - distance, 0.0, 1.0)) : 0.0f;
    }
  };
  views::Scene scene;
  auto data = std::make_shared<DataView>();
  data->name = "Signs";
  data->rows = 300;
  data->dimension = shape.size();
  data->image = shape;
  data->lower = RowsF::Zero(1, shape.size());
  data->upper = RowsF::Ones(1, shape.size());
  auto snapshot = std::make_shared<EnsembleSnapshot>();
  snapshot->dimension = shape.size();
  snapshot->image = shape;
  snapshot->ids = {0, 1, 2};
  snapshot->masses = {0.31, 0.4, 0.29};
  snapshot->inside = {0.9, 0.95, 0.99};
  snapshot->prototypes.resize(3, shape.size());
  snapshot->grid.columns = columns;
  snapshot->grid.samples.resize(3 * columns, shape.size());
  snapshot->grid.nearest.resize(3 * columns, shape.size());
  for (int j = 0; j < 3; ++j) {
    draw(snapshot->prototypes, j, j, 0);
    for (int c = 0; c < columns; ++c) {
      draw(snapshot->grid.samples, j * columns + c, j, (c - columns / 2) * 0.2);
      draw(snapshot->grid.nearest, j * columns + c, j, (c - columns / 2) * 0.15);
      snapshot->grid.nearestDistance.push_back(0.5f + 0.1f * static_cast<float>(c));
    }
  }
  scene.data = data;
  scene.snapshot = snapshot;
  return scene;
}

/// A history as a run of k-GANs leaves it; coverage is measured at every tenth row only.
inline HistoryChunk history(int rows) {
  HistoryChunk chunk;
  chunk.columns = {"iteration", "critic_loss",  "generator_loss", "coverage",
                   "precision", "data_changed", "samples_outside"};
  chunk.rows.resize(rows, 7);
  std::mt19937 engine(3);
  const auto noisy = [&](double value, double noise) { return value + noise * (uniform(engine) - 0.5); };
  for (int i = 0; i < rows; ++i) {
    const double t = 5.0 * i / rows;
    const bool measured = i % 10 == 0;
    chunk.rows.row(i) << 100.0 * (i + 1), noisy(0.2 + 0.6 * std::exp(-t), 0.05),
        noisy(0.5 + 0.9 * std::exp(-t), 0.08), measured ? 0.97 - 0.9 * std::exp(-t) : std::nan(""),
        measured ? 0.93 - 0.8 * std::exp(-1.5 * t) : std::nan(""),
        noisy(0.001 + 0.4 * std::exp(-1.4 * t), 0.002), noisy(0.032 + 0.6 * std::exp(-t), 0.01);
  }
  return chunk;
}

}  // namespace monge::test
