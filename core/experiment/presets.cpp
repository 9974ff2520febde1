// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "core/base/error.h"
#include "core/experiment/experiment.h"
#include "core/experiment/nearest.h"
#include "core/experiment/preset_documents.h"
#include "core/snapshot/json_text.h"

namespace monge {

namespace {

struct Entry {
  const char* name;
  const char* summary;
};

/// In the order in which a newcomer should see them.
constexpr Entry kEntries[] = {
    {"four-clusters", "Four generators claim four discs (k-GANs, figure 1)"},
    {"three-clusters", "Three generators, three discs (k-GANs, figure 1)"},
    {"two-clusters", "Two generators, two discs (k-GANs, figure 1)"},
    {"four-clusters-baseline", "One generator for four discs: the baseline of figure 1"},
    {"four-clusters-uniform", "Four discs, prototypes started anywhere"},
    {"ring-8", "Eight generators on a ring of 8 Gaussians"},
    {"grid-25", "25 generators on 5 x 5 Gaussians"},
    {"swiss-roll", "Eight generators share a spiral"},
    {"laguerre", "Four unequal discs, cells of equal mass (Laguerre k-GANs)"},
    {"manhattan", "Eight generators on a disc under |x| + |y|: bent cells"},
    {"labels", "Six generators whose cells follow the labels of the data"},
    {"ball-3d", "Eight generators share a Gaussian ball in space"},
    {"clusters-3d", "Six generators on six clusters in space"},
    {"digits",
     "Four generators on 5,000 handwritten digits (k-GANs, figure 2); needs the files of MNIST in "
     "MONGE_DATA"},
    {"fashion",
     "Four generators on 5,000 pieces of clothing (k-GANs, figure 3); needs those of Fashion-MNIST in "
     "MONGE_DATA"},
};

Preset load(const Entry& entry) {
  const std::vector<PresetDocument>& documents = presetDocuments();
  const auto found = std::find_if(documents.begin(), documents.end(), [&](const PresetDocument& document) {
    return document.name == entry.name;
  });
  const std::string subject = "preset " + std::string(entry.name);
  if (found == documents.end()) throw Error(subject, "no document", "resources/presets/<name>.json");
  return {entry.name, entry.summary, experimentFromJson(parseJson(found->text, subject), subject)};
}

std::vector<Preset> loadAll() {
  std::vector<Preset> list;
  for (const Entry& entry : kEntries) list.push_back(load(entry));
  return list;
}

/// Something that can only be meant as a path.
bool looksLikeFile(const std::string& name) {
  return name.find('/') != std::string::npos || name.ends_with(".json");
}

}  // namespace

const std::vector<Preset>& presets() {
  static const std::vector<Preset> list = loadAll();
  return list;
}

Experiment presetOrFile(const std::string& nameOrFile) {
  std::vector<std::string> names;
  for (const Preset& preset : presets()) {
    if (preset.name == nameOrFile) return preset.experiment;
    names.push_back(preset.name);
  }
  std::error_code ignored;
  if (looksLikeFile(nameOrFile) || std::filesystem::exists(nameOrFile, ignored))
    return readExperiment(nameOrFile);
  throw Error(nameOrFile.empty() ? "experiment" : nameOrFile, "no preset and no file of that name",
              suggestion(nameOrFile, names));
}

}  // namespace monge
