// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/experiment_for_data.h"

namespace monge {

namespace {

bool isForImages(const Experiment& experiment) {
  return experiment.parameters.value("network", "") == "digits";
}

/// Networks for images do not fit points, so a change between the two starts from a preset of the other kind.
Experiment baseFor(const Experiment& current, bool images) {
  if (isForImages(current) == images) return current;
  for (const Preset& preset : presets()) {
    if (isForImages(preset.experiment) == images) return preset.experiment;
  }
  return current;
}

}  // namespace

Experiment experimentForData(const Experiment& current, const QString& file, const Dataset& set,
                             const ReadOptions& options) {
  Experiment experiment = baseFor(current, set.image.isImage());
  experiment.name = set.name;
  experiment.caption.clear();
  DataSource source;
  if (set.image.isImage()) source = experiment.data;  // how many, how scaled: as the preset for images has it
  source.toy.clear();
  source.file = file.toStdString();
  source.labels = options.labels;
  source.array = options.array;
  if (!set.image.isImage()) source.points = 0;
  experiment.data = source;
  return experiment;
}

}  // namespace monge
