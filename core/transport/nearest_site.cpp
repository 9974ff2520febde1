// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/nearest_site.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nanoflann.hpp>
#include <string>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/base/parallel_for.h"

namespace monge {
namespace {

/// Where a walk through the tree is faster than a look at all, measured by tests/benchmarks/bench_nearest:
/// the more sites, the more dimensions.
bool treeHelps(Eigen::Index sites, Eigen::Index dimension) {
  return (dimension <= 5 && sites >= 64) || (dimension <= 8 && sites >= 1000) ||
         (dimension <= 12 && sites >= 10000);
}

constexpr std::size_t kLeaf = 8;

}  // namespace

/// The sites with their weights as one more coordinate.
struct NearestSite::Tree {
  struct Lifted {
    RowsD rows;
    std::size_t kdtree_get_point_count() const { return static_cast<std::size_t>(rows.rows()); }
    double kdtree_get_pt(std::size_t row, std::size_t axis) const {
      return rows(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(axis));
    }
    template <class Box>
    bool kdtree_get_bbox(Box&) const {
      return false;
    }
  };
  using Index = nanoflann::KDTreeSingleIndexAdaptor<nanoflann::L2_Simple_Adaptor<double, Lifted>, Lifted, -1,
                                                    std::uint32_t>;

  Lifted lifted;
  double scale = 0;  ///< of squared distances, for what rounding does to them
  std::unique_ptr<Index> index;

  Tree(const RowsD& sites, const VectorD& weights) {
    const bool flat = (weights.array() == weights(0)).all();
    lifted.rows.resize(sites.rows(), sites.cols() + (flat ? 0 : 1));
    lifted.rows.leftCols(sites.cols()) = sites;
    if (!flat) lifted.rows.rightCols<1>() = (weights.maxCoeff() - weights.array()).sqrt();
    scale = lifted.rows.rowwise().squaredNorm().maxCoeff();
    index = std::make_unique<Index>(static_cast<int>(lifted.rows.cols()), lifted,
                                    nanoflann::KDTreeSingleIndexAdaptorParams(kLeaf));
  }
};

/// Keeps every site whose distance is within rounding of the least seen.
class NearTies {
 public:
  using DistanceType = double;
  void start(double slack) {
    m_found.clear();
    m_slack = std::max(slack, std::numeric_limits<double>::min());  // two of distance 0 are ties as well
    m_worst = std::numeric_limits<double>::infinity();
  }
  std::size_t size() const { return m_found.size(); }
  bool full() const { return true; }
  bool addPoint(double distance, std::uint32_t row) {
    if (distance > m_worst) return true;
    m_worst = std::min(m_worst, distance + m_slack);
    m_found.push_back({distance, static_cast<int>(row)});
    return true;
  }
  double worstDist() const { return m_worst; }
  void sort() {}  ///< newer versions of the library call it; here the order decides nothing
  template <class Visit>
  void forEach(const Visit& visit) const {
    for (const auto& [distance, row] : m_found)
      if (distance <= m_worst) visit(row);
  }

 private:
  std::vector<std::pair<double, int>> m_found;
  double m_slack = 0, m_worst = 0;
};

/// What one search needs, kept from one to the next.
struct NearestSite::Scratch {
  std::vector<double> lifted;
  NearTies ties;
};

NearestSite::NearestSite(RowsD sites, VectorD weights, Search search)
    : m_sites(std::move(sites)), m_weights(std::move(weights)) {
  if (m_sites.rows() < 1 || m_sites.cols() < 1) throw Error("sites", "none", "at least one");
  if (m_weights.size() == 0) m_weights = VectorD::Zero(m_sites.rows());
  if (m_weights.size() != m_sites.rows())
    throw Error("weights", std::to_string(m_weights.size()),
                std::to_string(m_sites.rows()) + ", one for each site");
  if (!m_sites.allFinite()) throw Error("sites", "a value that is not finite", "finite numbers");
  if (!m_weights.allFinite()) throw Error("weights", "a value that is not finite", "finite numbers");
  const bool helps = treeHelps(m_sites.rows(), m_sites.cols());
  if (search == Search::Tree || (search == Search::Choose && helps))
    m_tree = std::make_unique<Tree>(m_sites, m_weights);
}

NearestSite::~NearestSite() = default;
NearestSite::NearestSite(NearestSite&&) noexcept = default;

double NearestSite::reduced(const double* point, int site) const {
  using Point = Eigen::Map<const Eigen::RowVectorXd>;
  return (Point(point, m_sites.cols()) - m_sites.row(site)).squaredNorm() - m_weights(site);
}

int NearestSite::lookAtAll(const double* point) const {
  int best = 0;
  double least = reduced(point, 0);
  for (int site = 1; site < siteCount(); ++site) {
    const double value = reduced(point, site);
    if (value < least) least = value, best = site;
  }
  return best;
}

int NearestSite::searchTree(const double* point, Scratch& scratch) const {
  scratch.lifted.assign(point, point + dimension());
  double size = m_tree->scale;
  for (const double x : scratch.lifted) size += x * x;
  scratch.lifted.resize(static_cast<std::size_t>(m_tree->lifted.rows.cols()), 0);
  scratch.ties.start(16 * (dimension() + 4) * std::numeric_limits<double>::epsilon() * size);
  m_tree->index->findNeighbors(scratch.ties, scratch.lifted.data(), {});
  int best = -1;
  double least = 0;
  scratch.ties.forEach([&](int site) {
    const double value = reduced(point, site);
    if (best < 0 || value < least || (value == least && site < best)) least = value, best = site;
  });
  return best;
}

int NearestSite::operator()(std::span<const double> point) const {
  if (static_cast<int>(point.size()) != dimension())
    throw Error("point", std::to_string(point.size()) + " numbers", std::to_string(dimension()));
  Scratch scratch;
  return m_tree ? searchTree(point.data(), scratch) : lookAtAll(point.data());
}

IndicesI NearestSite::operator()(const RowsD& points, ThreadTeam& team) const {
  if (points.cols() != m_sites.cols())
    throw Error("points", std::to_string(points.cols()) + " columns", std::to_string(dimension()));
  if (!points.allFinite()) throw Error("points", "a value that is not finite", "finite numbers");
  IndicesI result(points.rows());
  parallelChunks(team, points.rows(), 256, [&](std::int64_t begin, std::int64_t end, std::int64_t) {
    Scratch scratch;
    for (std::int64_t row = begin; row < end; ++row) {
      const double* point = points.row(row).data();
      result[row] = m_tree ? searchTree(point, scratch) : lookAtAll(point);
    }
  });
  return result;
}

}  // namespace monge
