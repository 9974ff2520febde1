// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "app/cli/commands.h"
#include "app/cli/singular_rule.h"
#include "app/cli/stop_on_interrupt.h"
#include "app/cli/text.h"
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/base/text.h"
#include "core/device/device_crossings.h"
#include "core/geometry/path_crossings.h"
#include "core/geometry/singular_facets_3.h"
#include "core/transport/transport_directory.h"
#include "core/transport/transport_folder.h"

namespace monge {
namespace {

using json = nlohmann::json;
using Draw = std::function<void(Random&, std::span<double>)>;
using IsSingular = std::function<bool(const PathCrossing&)>;

/// A uniform point of the fan of triangles about the first corner, by area.
Draw drawIn(const Domain2& domain) {
  std::vector<double> areas;
  const auto& corners = domain.corners();
  for (std::size_t at = 1; at + 1 < corners.size(); ++at)
    areas.push_back((areas.empty() ? 0 : areas.back()) +
                    cross(corners[at] - corners[0], corners[at + 1] - corners[0]) / 2);
  return [corners, areas](Random& random, std::span<double> point) {
    const auto found = std::upper_bound(areas.begin(), areas.end() - 1, random.uniform() * areas.back());
    const auto at = static_cast<std::size_t>(found - areas.begin()) + 1;
    double s = random.uniform(), t = random.uniform();
    if (s + t > 1) s = 1 - s, t = 1 - t;
    const Point2 drawn = corners[0] + s * (corners[at] - corners[0]) + t * (corners[at + 1] - corners[0]);
    point[0] = drawn.x, point[1] = drawn.y;
  };
}

/// A uniform point of the bounds, drawn again until it is in the domain.
Draw drawIn(const Domain3& domain) {
  return [domain](Random& random, std::span<double> point) {
    const Box3& box = domain.bounds();
    Point3 drawn;
    do {
      drawn = {random.uniform(box.low.x, box.high.x), random.uniform(box.low.y, box.high.y),
               random.uniform(box.low.z, box.high.z)};
    } while (!domain.contains(drawn));
    point[0] = drawn.x, point[1] = drawn.y, point[2] = drawn.z;
  };
}

std::set<std::pair<int, int>> singularPairs(const TransportRecord& record, const SingularRule& rule,
                                            ThreadTeam& team) {
  std::set<std::pair<int, int>> pairs;
  if (record.sites.cols() == 2) {
    const PlaneFolder folder = planeFolder(record, team);
    for (const int row : singularFacets(folder.diagram, powerComplex(folder.diagram), rule).rows)
      pairs.emplace(folder.diagram.facets[row].first, folder.diagram.facets[row].second);
    return pairs;
  }
  const auto cells = spaceCells(record, team);
  const PowerComplex3 complex = powerComplex(*cells);
  const SingularFacets3 facets = singularFacets(cells->sites(), complex, rule);
  for (std::size_t row = 0; row < complex.facets.size(); ++row)
    if (facets.isSingular[row]) pairs.emplace(complex.facets[row].first, complex.facets[row].second);
  return pairs;
}

/// In the plane and in space the facets are at hand and may be chosen by any rule; elsewhere by their jump or
/// angle.
IsSingular testFor(const TransportRecord& record, const SingularRule& rule, ThreadTeam& team) {
  if (rule.by != SingularRule::By::Spacing)
    return [rule](const PathCrossing& crossing) {
      return (rule.by == SingularRule::By::Jump ? crossing.jump : crossing.angle) > rule.threshold;
    };
  if (record.sites.cols() > 3)
    throw Error("--threshold", "none, for points of dimension " + std::to_string(record.sites.cols()),
                "the least jump that counts; it is chosen from the data only up to dimension 3");
  return [pairs = singularPairs(record, rule, team)](const PathCrossing& crossing) {
    return pairs.contains(std::minmax(crossing.before, crossing.after));
  };
}

Draw drawFor(const TransportRecord& record) {
  if (!record.domain.contains("corners"))
    return
        [source = sourceOf(record)](Random& random, std::span<double> point) { source.draw(random, point); };
  if (record.sites.cols() == 2) return drawIn(planeDomain(record));
  return drawIn(spaceDomain(record));
}

/// What the paths met.
struct Tally {
  std::int64_t paths = 0, singular = 0, crossings = 0;
  double largestJump = 0, sumOfLargest = 0;

  void add(const PathCrossings::Path& path, const IsSingular& isSingular) {
    double largest = 0;
    for (const PathCrossing& crossing : path.crossings) largest = std::max(largest, crossing.jump);
    ++paths;
    singular += std::any_of(path.crossings.begin(), path.crossings.end(), isSingular);
    crossings += static_cast<std::int64_t>(path.crossings.size());
    largestJump = std::max(largestJump, largest);
    sumOfLargest += largest;
  }
};

json reportOf(const Tally& tally, const SingularRule& rule, const ProbeOptions& options,
              const PathCrossings& cells) {
  const ShareInterval share = wilsonInterval(tally.singular, tally.paths);
  const double paths = std::max(1.0, static_cast<double>(tally.paths));
  return {{"status", tally.paths == options.segments ? "done" : "cancelled"},
          {"sites", cells.siteCount()},
          {"dimension", cells.dimension()},
          {"segments", tally.paths},
          {"seed", options.seed},
          {"by", nameOf(rule.by)},
          {"threshold", rule.threshold},
          {"singular", tally.singular},
          {"share", share.share},
          {"lower", share.lower},
          {"upper", share.upper},
          {"confidence", 0.95},
          {"mean_crossings", static_cast<double>(tally.crossings) / paths},
          {"mean_largest_jump", tally.sumOfLargest / paths},
          {"largest_jump", tally.largestJump}};
}

std::string sentence(const json& report) {
  return grouped(report["singular"]) + " of " + grouped(report["segments"]) +
         " segments cross the singular set: " + figure(report["share"]) + " (95 % interval " +
         figure(report["lower"]) + " to " + figure(report["upper"]) + ")\n" +
         table({{"walls crossed, mean", figure(report["mean_crossings"])},
                {"largest jump, mean", figure(report["mean_largest_jump"])},
                {"largest jump", figure(report["largest_jump"])}},
               "  ");
}

}  // namespace

int probeCommand(const ProbeOptions& options, CliContext& context) {
  const TransportRecord record = readTransportDirectory(options.folder);
  const SingularRule rule = singularRuleFrom(options.rule, record.sites.cols());
  ThreadTeam team(ThreadTeam::availableCores());
  const IsSingular isSingular = testFor(record, rule, team);
  const Draw draw = drawFor(record);
  const PathCrossings cells(record.sites, record.heights());
  Random random(options.seed);
  Tally tally;
  StopOnInterrupt stop;
  const PathCrossings::Ends ends = [&](std::int64_t, std::span<double> from, std::span<double> to) {
    draw(random, from), draw(random, to);
  };
  const PathCrossings::Visit visit = [&](std::int64_t, const PathCrossings::Path& path) {
    tally.add(path, isSingular);
  };
  if (options.device == "cpu")
    cells.forEach(options.segments, ends, visit, team, stop.token());
  else
    DeviceCrossings(cells, options.device).forEach(options.segments, ends, visit, stop.token());
  const json report = reportOf(tally, rule, options, cells);
  context.out << (options.json ? report.dump(2) + "\n" : sentence(report));
  return tally.paths == options.segments ? kSuccess : kFailed;
}

}  // namespace monge
