// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/render_scene.h"

#include <algorithm>
#include <string>

#include "core/base/error.h"
#include "core/base/thread_team.h"
#include "core/experiment/run_directory.h"
#include "core/geometry/law_cells.h"

namespace monge {

views::Scene readScene(const std::filesystem::path& run, std::optional<std::int64_t> iteration) {
  const RunDirectory directory = RunDirectory::open(run);
  const std::vector<std::int64_t> checkpoints = directory.checkpoints();
  if (checkpoints.empty()) throw Error(run.string(), "no whole checkpoint", "a run that has written one");
  if (iteration && std::find(checkpoints.begin(), checkpoints.end(), *iteration) == checkpoints.end()) {
    std::string known;
    for (const std::int64_t each : checkpoints) known += (known.empty() ? "" : ", ") + std::to_string(each);
    throw Error(run.string(), "no checkpoint " + std::to_string(*iteration), "one of " + known);
  }
  const std::int64_t shown = iteration.value_or(checkpoints.back());
  views::Scene scene;
  scene.data = std::make_shared<const DataView>(directory.readData());
  scene.snapshot = std::make_shared<const EnsembleSnapshot>(directory.readSnapshot(shown));
  scene.history = directory.readHistory(shown);
  return scene;
}

void addFigureCells(views::Scene& scene, const views::FigureSpec& spec) {
  scene.cells.reset();
  if (!scene.snapshot) return;
  const EnsembleSnapshot& snapshot = *scene.snapshot;
  if (snapshot.prototypes.cols() != 2 || snapshot.prototypes.rows() == 0 || snapshot.image.isImage()) return;
  if (!hasPlaneCells(snapshot.law, snapshot.prototypes)) return;
  // A little over the edge: a page is rounded to whole pixels.
  const Box2 page = views::figureBox(scene, spec);
  const double over = 0.01 * std::max(page.width(), page.height());
  const Box2 box{page.xMin - over, page.yMin - over, page.xMax + over, page.yMax + over};
  constexpr int kPixels =
      1600;  // bent walls are polylines between so many places, straightened where they may be
  const LabelledPoints labelled =
      snapshot.law.usesLabels() && scene.data ? labelledPoints(*scene.data) : LabelledPoints{};
  scene.cells = std::make_shared<const CellComplex>(
      lawCells(snapshot.law, snapshot.prototypes, labelled, box, kPixels, ThreadTeam::availableCores()));
}

}  // namespace monge
