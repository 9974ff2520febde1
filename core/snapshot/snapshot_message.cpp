// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/snapshot/snapshot_message.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "core/base/error.h"
#include "core/snapshot/fields.h"

namespace monge {

namespace {

using nlohmann::json;

constexpr std::array<const char*, 5> kStatusNames = {"paused", "running", "finished", "diverged", "failed"};
constexpr int kMaxExtent = std::numeric_limits<int>::max();

// JSON has no NaN or infinity; in rates and times 0 says "unknown".
double known(double value) {
  return std::isfinite(value) ? value : 0;
}

json toFields(const RunProgress& progress) {
  return {{"status", toString(progress.status)},
          {"iteration", progress.iteration},
          {"target", progress.target},
          {"epoch_length", progress.epochLength},
          {"phase", progress.phase},
          {"iterations_per_second", known(progress.iterationsPerSecond)},
          {"seconds_left", known(progress.secondsLeft)},
          {"seed", progress.seed},
          {"message", progress.message}};
}

RunProgress progressFrom(const Fields& fields) {
  RunProgress progress;
  progress.status = runStatusFromString(fields.text("status"));
  progress.iteration = fields.integer("iteration");
  progress.target = fields.integer("target");
  progress.epochLength = fields.integer("epoch_length");
  progress.phase = fields.text("phase");
  progress.iterationsPerSecond = fields.number("iterations_per_second");
  progress.secondsLeft = fields.number("seconds_left");
  progress.seed = fields.natural("seed");
  progress.message = fields.text("message");
  return progress;
}

json toFields(const ImageShape& image) {
  return {{"channels", image.channels}, {"height", image.height}, {"width", image.width}};
}

ImageShape imageFrom(const Fields& fields, int dimension) {
  ImageShape image;
  image.channels = static_cast<int>(fields.integer("channels", 0, 1 << 10));
  image.height = static_cast<int>(fields.integer("height", 0, 1 << 15));
  image.width = static_cast<int>(fields.integer("width", 0, 1 << 15));
  const std::int64_t size = std::int64_t{image.channels} * image.height * image.width;
  if (image.isImage() && size != dimension)
    throw Error("image", std::to_string(size) + " values", std::to_string(dimension) + ", the dimension");
  return image;
}

[[noreturn]] void contradiction(const std::string& what, std::int64_t found, std::int64_t expected) {
  throw Error("array " + what, std::to_string(found), std::to_string(expected) + " as the other arrays say");
}

void requireCount(const std::string& name, std::size_t found, std::int64_t expected) {
  if (static_cast<std::int64_t>(found) != expected)
    contradiction(name, static_cast<std::int64_t>(found), expected);
}

/// A layer that is off has no rows; one that is on has exactly these extents.
void requireRows(const std::string& name, const RowsF& rows, std::int64_t count, std::int64_t columns) {
  if (rows.rows() == 0) return;
  if (rows.rows() != count) contradiction(name + " (rows)", rows.rows(), count);
  if (rows.cols() != columns) contradiction(name + " (columns)", rows.cols(), columns);
}

void requireIndices(const std::string& name, const std::vector<int>& indices, std::int64_t below) {
  for (const int index : indices)
    if (index < 0 || index >= below)
      throw Error("array " + name, std::to_string(index), "indices from 0, below " + std::to_string(below));
}

void requireType(const Message& message, const char* type) {
  if (message.type != type) throw Error("message", "type " + message.type, type);
}

void addTrails(Message& message, const std::vector<RowsF>& trails, int dimension) {
  std::vector<int> lengths;
  Eigen::Index total = 0;
  for (const RowsF& trail : trails) {
    lengths.push_back(static_cast<int>(trail.rows()));
    total += trail.rows();
  }
  RowsF joined(total, dimension);
  Eigen::Index row = 0;
  for (const RowsF& trail : trails) {
    if (trail.rows() > 0) joined.middleRows(row, trail.rows()) = trail;
    row += trail.rows();
  }
  message.add("trail_lengths", lengths);
  message.add("trails", joined);
}

std::vector<RowsF> trailsFrom(const Message& message, std::int64_t generators, int dimension) {
  const std::vector<int> lengths = message.ints("trail_lengths");
  const RowsF joined = message.rowsF("trails");
  if (!lengths.empty()) requireCount("trail_lengths", lengths.size(), generators);
  std::int64_t total = 0;
  for (const int length : lengths) {
    if (length < 0) contradiction("trail_lengths", length, 0);
    total += length;
  }
  if (joined.rows() != total) contradiction("trails (rows)", joined.rows(), total);
  if (joined.cols() != dimension) contradiction("trails (columns)", joined.cols(), dimension);
  std::vector<RowsF> trails;
  Eigen::Index row = 0;
  for (const int length : lengths) {
    trails.emplace_back(joined.middleRows(row, length));
    row += length;
  }
  return trails;
}

void addCritic(Message& message, const CriticField& critic) {
  message.fields["critic"] = {{"columns", critic.columns}, {"rows", critic.rows}};
  const Box2& box = critic.box;
  message.add("critic_box", std::array{box.xMin, box.yMin, box.xMax, box.yMax});
  message.add("critic_values", critic.values);
}

CriticField criticFrom(const Message& message, const Fields& fields, std::int64_t generators) {
  CriticField critic;
  const Fields size = fields.object("critic");
  critic.columns = static_cast<int>(size.integer("columns", 0, 1 << 15));
  critic.rows = static_cast<int>(size.integer("rows", 0, 1 << 15));
  const std::vector<double> box = message.doubles("critic_box");
  requireCount("critic_box", box.size(), 4);
  critic.box = {box[0], box[1], box[2], box[3]};
  critic.values = message.rowsF("critic_values");
  requireRows("critic_values", critic.values, generators, std::int64_t{critic.rows} * critic.columns);
  if (critic.values.rows() == 0) critic.columns = critic.rows = 0;
  return critic;
}

LatentGrid latentGridFrom(const Message& message, const Fields& fields, std::int64_t generators) {
  LatentGrid grid;
  grid.side = static_cast<int>(fields.integer("latent_side", 0, 1 << 15));
  grid.points = message.rowsF("latent_points");
  requireRows("latent_points", grid.points, generators * grid.side * grid.side, 2);
  if (grid.points.rows() == 0) grid.side = 0;
  return grid;
}

SampleGrid sampleGridFrom(const Message& message, const Fields& fields, std::int64_t generators,
                          int dimension) {
  SampleGrid grid;
  grid.columns = static_cast<int>(fields.integer("grid_columns", 0, 1 << 20));
  grid.samples = message.rowsF("grid_samples");
  grid.nearest = message.rowsF("grid_nearest");
  grid.nearestDistance = message.floats("grid_distances");
  const std::int64_t count = generators * grid.columns;
  requireRows("grid_samples", grid.samples, count, dimension);
  requireRows("grid_nearest", grid.nearest, count, dimension);
  if (!grid.nearestDistance.empty()) requireCount("grid_distances", grid.nearestDistance.size(), count);
  if (grid.samples.rows() == 0) grid.columns = 0;
  return grid;
}

void addLaw(Message& message, const CellLaw& law) {
  message.fields["law"] = {
      {"cost", toString(law.cost)}, {"power", law.power}, {"same", law.same}, {"other", law.other}};
  message.add("dual_weights", law.weights);
  message.add("target_masses", law.targets);
  message.add("site_labels", law.siteLabels);
}

/// Moments that were saved before cells had a law are of Voronoi cells.
CellLaw lawFrom(const Message& message, const Fields& fields, std::int64_t generators) {
  CellLaw law;
  if (!fields.has("law")) return law;
  const Fields own = fields.object("law");
  law.cost = cellCostFromString(own.text("cost"));
  law.power = own.number("power");
  if (!(law.power >= 1)) throw Error("law.power", std::to_string(law.power), "at least 1");
  law.same = own.number("same");
  law.other = own.number("other");
  law.weights = message.doubles("dual_weights");
  if (!law.weights.empty()) requireCount("dual_weights", law.weights.size(), generators);
  law.targets = message.doubles("target_masses");
  if (!law.targets.empty()) requireCount("target_masses", law.targets.size(), generators);
  law.siteLabels = message.ints("site_labels");
  if (!law.siteLabels.empty()) requireCount("site_labels", law.siteLabels.size(), generators);
  return law;
}

/// What every snapshot has, whatever layers are on.
void readEnsemble(const Message& message, EnsembleSnapshot& snapshot) {
  snapshot.ids = message.ints("ids");
  const std::int64_t generators = std::ssize(snapshot.ids);
  if (std::set<int>(snapshot.ids.begin(), snapshot.ids.end()).size() != snapshot.ids.size())
    throw Error("array ids", "one id twice", "an id for each generator");
  snapshot.prototypes = message.rowsF("prototypes");
  requireCount("prototypes (rows)", static_cast<std::size_t>(snapshot.prototypes.rows()), generators);
  requireRows("prototypes", snapshot.prototypes, generators, snapshot.dimension);
  snapshot.masses = message.doubles("masses");
  if (!snapshot.masses.empty()) requireCount("masses", snapshot.masses.size(), generators);
  snapshot.inside = message.doubles("inside");
  if (!snapshot.inside.empty()) requireCount("inside", snapshot.inside.size(), generators);
}

void readSamples(const Message& message, EnsembleSnapshot& snapshot) {
  const std::int64_t generators = std::ssize(snapshot.ids);
  snapshot.samples = message.rowsF("samples");
  const std::int64_t count = snapshot.samples.rows();
  requireRows("samples", snapshot.samples, count, snapshot.dimension);
  snapshot.sampleOwner = message.ints("sample_owner");
  requireCount("sample_owner", snapshot.sampleOwner.size(), count);
  requireIndices("sample_owner", snapshot.sampleOwner, generators);
  snapshot.assignment = message.ints("assignment");
  requireIndices("assignment", snapshot.assignment, generators);
  snapshot.gradients = message.rowsF("gradients");
  requireRows("gradients", snapshot.gradients, count, snapshot.dimension);
}

}  // namespace

const char* toString(RunStatus status) {
  return kStatusNames[static_cast<std::size_t>(status)];
}

RunStatus runStatusFromString(const std::string& name) {
  const auto found = std::find(kStatusNames.begin(), kStatusNames.end(), name);
  if (found == kStatusNames.end())
    throw Error("status", name, "paused, running, finished, diverged or failed");
  return static_cast<RunStatus>(found - kStatusNames.begin());
}

Message toMessage(const EnsembleSnapshot& snapshot) {
  Message message("snapshot");
  message.fields = {{"progress", toFields(snapshot.progress)}, {"sequence", snapshot.sequence},
                    {"dimension", snapshot.dimension},         {"image", toFields(snapshot.image)},
                    {"latent_side", snapshot.latentGrid.side}, {"grid_columns", snapshot.grid.columns}};
  message.add("ids", snapshot.ids);
  message.add("prototypes", snapshot.prototypes);
  message.add("masses", snapshot.masses);
  addLaw(message, snapshot.law);
  message.add("inside", snapshot.inside);
  message.add("samples", snapshot.samples);
  message.add("sample_owner", snapshot.sampleOwner);
  message.add("assignment", snapshot.assignment);
  message.add("gradients", snapshot.gradients);
  addCritic(message, snapshot.critic);
  message.add("latent_points", snapshot.latentGrid.points);
  message.add("grid_samples", snapshot.grid.samples);
  message.add("grid_nearest", snapshot.grid.nearest);
  message.add("grid_distances", snapshot.grid.nearestDistance);
  addTrails(message, snapshot.trails, snapshot.dimension);
  return message;
}

EnsembleSnapshot snapshotFromMessage(const Message& message) {
  requireType(message, "snapshot");
  const Fields fields(message.fields, "snapshot");
  EnsembleSnapshot snapshot;
  snapshot.progress = progressFrom(fields.object("progress"));
  snapshot.sequence = fields.natural("sequence");
  snapshot.dimension = static_cast<int>(fields.integer("dimension", 0, kMaxExtent));
  snapshot.image = imageFrom(fields.object("image"), snapshot.dimension);
  readEnsemble(message, snapshot);
  readSamples(message, snapshot);
  const std::int64_t generators = std::ssize(snapshot.ids);
  snapshot.law = lawFrom(message, fields, generators);
  snapshot.critic = criticFrom(message, fields, generators);
  snapshot.latentGrid = latentGridFrom(message, fields, generators);
  snapshot.grid = sampleGridFrom(message, fields, generators, snapshot.dimension);
  snapshot.trails = trailsFrom(message, generators, snapshot.dimension);
  return snapshot;
}

Message toMessage(const DataView& data) {
  Message message("data");
  message.fields = {{"name", data.name},
                    {"provenance", data.provenance},
                    {"rows", data.rows},
                    {"dimension", data.dimension},
                    {"image", toFields(data.image)}};
  message.add("points", data.points);
  message.add("labels",
              std::span<const int>(data.labels.data(), static_cast<std::size_t>(data.labels.size())));
  message.add("lower", data.lower);
  message.add("upper", data.upper);
  RowsD discs(std::ssize(data.mask), 3);
  for (Eigen::Index i = 0; i < discs.rows(); ++i) {
    const Disc& disc = data.mask[static_cast<std::size_t>(i)];
    discs.row(i) << disc.x, disc.y, disc.radius;
  }
  message.add("mask", discs);
  return message;
}

DataView dataViewFromMessage(const Message& message) {
  requireType(message, "data");
  const Fields fields(message.fields, "data");
  DataView data;
  data.name = fields.text("name");
  data.provenance = fields.text("provenance");
  data.rows = fields.integer("rows", 0);
  data.dimension = static_cast<int>(fields.integer("dimension", 0, kMaxExtent));
  data.image = imageFrom(fields.object("image"), data.dimension);
  data.points = message.rowsF("points");
  requireRows("points", data.points, data.points.rows(), data.dimension);
  const std::vector<int> labels = message.ints("labels");
  if (!labels.empty()) requireCount("labels", labels.size(), data.points.rows());
  data.labels = Eigen::Map<const IndicesI>(labels.data(), std::ssize(labels));
  data.lower = message.rowsF("lower");
  data.upper = message.rowsF("upper");
  requireRows("lower", data.lower, 1, data.dimension);
  requireRows("upper", data.upper, 1, data.dimension);
  const RowsD discs = message.rowsD("mask");
  if (discs.cols() != 3) contradiction("mask (columns)", discs.cols(), 3);
  for (Eigen::Index i = 0; i < discs.rows(); ++i)
    data.mask.push_back({discs(i, 0), discs(i, 1), discs(i, 2)});
  return data;
}

Message toMessage(const HistoryChunk& history) {
  Message message("history");
  message.fields = {{"columns", history.columns}, {"first_row", history.firstRow}};
  message.add("rows", history.rows);
  return message;
}

HistoryChunk historyFromMessage(const Message& message) {
  requireType(message, "history");
  const Fields fields(message.fields, "history");
  HistoryChunk history;
  const json& columns = fields.value("columns");
  if (!columns.is_array()) throw Error("history.columns", columns.type_name(), "a list of names");
  for (const json& column : columns) {
    if (!column.is_string()) throw Error("history.columns", column.type_name(), "a list of names");
    history.columns.push_back(column.get<std::string>());
  }
  history.firstRow = fields.integer("first_row", 0);
  history.rows = message.rowsD("rows");
  if (history.rows.rows() > 0)
    requireCount("rows (columns)", static_cast<std::size_t>(history.rows.cols()),
                 std::ssize(history.columns));
  return history;
}

}  // namespace monge
