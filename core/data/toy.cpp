// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/toy.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/base/error.h"
#include "core/base/random.h"

namespace monge {
namespace {

using std::numbers::pi;

/// What every toy distribution says of itself.
struct Card {
  std::string name, title, source;
};

/// Draws rows one by one. A subclass fills one point and answers its label (of the mixture's component).
class Toy : public ToyDistribution {
 public:
  Toy(Card card, int dimension) : m_card(std::move(card)), m_dimension(dimension) {}
  std::string name() const override { return m_card.name; }
  std::string title() const override { return m_card.title; }
  std::string source() const override { return m_card.source; }
  int dimension() const override { return m_dimension; }

  Dataset sample(std::int64_t count, std::uint64_t seed) const override {
    const std::int64_t most = kMaxDatasetBytes / static_cast<std::int64_t>(sizeof(float)) / m_dimension;
    if (count < 1 || count > most) {
      throw Error("points of " + m_card.name, std::to_string(count), "1 to " + std::to_string(most));
    }
    Dataset set;
    set.name = m_card.title;
    set.provenance = "generated, seed " + std::to_string(seed);
    set.rows.resize(count, m_dimension);
    set.mask = mask();
    if (components() > 1) set.labels.resize(static_cast<std::size_t>(count));
    Random random(seed);
    for (std::int64_t row = 0; row < count; ++row) {
      const int label = draw(random, set.rows.row(row).data());
      if (!set.labels.empty()) set.labels[static_cast<std::size_t>(row)] = label;
    }
    return set;
  }

 protected:
  virtual int components() const { return 1; }
  virtual int draw(Random& random, float* x) const = 0;

 private:
  Card m_card;
  int m_dimension;
};

/// Discs that do not overlap; the density is constant on them, so that a disc's mass is its area's share.
class Discs : public Toy {
 public:
  Discs(Card card, std::vector<Disc> discs) : Toy(std::move(card), 2), m_discs(std::move(discs)) {}
  std::vector<Disc> mask() const override { return m_discs; }
  std::optional<double> density(const double* x) const override {
    double area = 0;
    bool inside = false;
    for (const Disc& disc : m_discs) {
      area += pi * disc.radius * disc.radius;
      inside = inside || disc.contains(x[0], x[1]);
    }
    return inside ? 1 / area : 0;
  }

 protected:
  int components() const override { return static_cast<int>(m_discs.size()); }
  int draw(Random& random, float* x) const override {
    const std::size_t label = drawDisc(random);
    const Disc& disc = m_discs[label];
    do {  // tested after rounding to single precision: a sample never lies outside its mask
      x[0] = static_cast<float>(random.uniform(disc.x - disc.radius, disc.x + disc.radius));
      x[1] = static_cast<float>(random.uniform(disc.y - disc.radius, disc.y + disc.radius));
    } while (!disc.contains(x[0], x[1]));
    return static_cast<int>(label);
  }

 private:
  std::size_t drawDisc(Random& random) const {
    const auto squares = [](const Disc& disc) { return disc.radius * disc.radius; };
    const bool equal = std::all_of(m_discs.begin(), m_discs.end(),
                                   [&](const Disc& disc) { return disc.radius == m_discs[0].radius; });
    if (equal) return random.below(m_discs.size());
    double total = 0;
    for (const Disc& disc : m_discs) total += squares(disc);
    double left = random.uniform() * total;
    std::size_t label = 0;
    while (label + 1 < m_discs.size() && left >= squares(m_discs[label])) left -= squares(m_discs[label++]);
    return label;
  }

  std::vector<Disc> m_discs;
};

/// Isotropic Gaussians of one deviation and equal weights.
class Gaussians : public Toy {
 public:
  Gaussians(Card card, RowsF means, double deviation)
      : Toy(std::move(card), static_cast<int>(means.cols())),
        m_means(std::move(means)),
        m_deviation(deviation) {}
  RowsF modes() const override { return m_means; }
  double modeDeviation() const override { return m_deviation; }
  std::optional<double> density(const double* x) const override {
    const double variance = m_deviation * m_deviation;
    const double peak = std::pow(2 * pi * variance, -0.5 * dimension()) / static_cast<double>(m_means.rows());
    double sum = 0;
    for (Eigen::Index mode = 0; mode < m_means.rows(); ++mode) {
      double squared = 0;
      for (int axis = 0; axis < dimension(); ++axis) {
        const double difference = x[axis] - m_means(mode, axis);
        squared += difference * difference;
      }
      sum += peak * std::exp(-squared / (2 * variance));
    }
    return sum;
  }

 protected:
  int components() const override { return static_cast<int>(m_means.rows()); }
  int draw(Random& random, float* x) const override {
    const auto mode = static_cast<Eigen::Index>(random.below(static_cast<std::uint64_t>(m_means.rows())));
    for (int axis = 0; axis < dimension(); ++axis) {
      x[axis] = static_cast<float>(m_means(mode, axis) + m_deviation * random.normal());
    }
    return static_cast<int>(mode);
  }

 private:
  RowsF m_means;
  double m_deviation;
};

/// Uniform on a plane shape inside [-halfWidth, halfWidth] x [-halfHeight, halfHeight], by rejection.
class Shape : public Toy {
 public:
  using Contains = bool (*)(double x, double y);
  Shape(Card card, double halfWidth, double halfHeight, double area, Contains contains)
      : Toy(std::move(card), 2),
        m_halfWidth(halfWidth),
        m_halfHeight(halfHeight),
        m_area(area),
        m_contains(contains) {}
  std::optional<double> density(const double* x) const override {
    return m_contains(x[0], x[1]) ? 1 / m_area : 0;
  }

 protected:
  int draw(Random& random, float* x) const override {
    do {
      x[0] = static_cast<float>(random.uniform(-m_halfWidth, m_halfWidth));
      x[1] = static_cast<float>(random.uniform(-m_halfHeight, m_halfHeight));
    } while (!m_contains(x[0], x[1]));
    return 0;
  }

 private:
  double m_halfWidth, m_halfHeight, m_area;
  Contains m_contains;
};

/// t (cos t, sin t) with t uniform in [1.5 pi, 4.5 pi], Gaussian noise of deviation 0.25, all divided by 7.5:
/// the scale that WGAN-GP's toy made common. The convolution with the noise has no closed form.
class SwissRoll : public Toy {
 public:
  using Toy::Toy;
  std::optional<double> density(const double*) const override { return std::nullopt; }

 protected:
  int draw(Random& random, float* x) const override {
    const double t = 1.5 * pi * (1 + 2 * random.uniform());
    x[0] = static_cast<float>((t * std::cos(t) + 0.25 * random.normal()) / 7.5);
    x[1] = static_cast<float>((t * std::sin(t) + 0.25 * random.normal()) / 7.5);
    return 0;
  }
};

RowsF ring(int count, double radius) {
  RowsF means(count, 2);
  for (int mode = 0; mode < count; ++mode) {
    const double angle = 2 * pi * mode / count;
    means.row(mode) << static_cast<float>(radius * std::cos(angle)),
        static_cast<float>(radius * std::sin(angle));
  }
  return means;
}

/// Corners of an octahedron.
RowsF octahedron(float radius) {
  RowsF means = RowsF::Zero(6, 3);
  for (int mode = 0; mode < 6; ++mode) means(mode, mode / 2) = mode % 2 == 0 ? radius : -radius;
  return means;
}

RowsF grid(int side, float spacing) {
  RowsF means(side * side, 2);
  for (int mode = 0; mode < side * side; ++mode) {
    const auto at = [&](int i) {
      return spacing * (static_cast<float>(i) - static_cast<float>(side - 1) / 2);
    };
    means.row(mode) << at(mode / side), at(mode % side);
  }
  return means;
}

/// Unit disc with a round and a triangular hole.
namespace holes {
constexpr Disc kRound{-0.4, 0.15, 0.35};
constexpr double kX[3] = {0.15, 0.65, 0.4}, kY[3] = {-0.45, -0.25, 0.4};  // counter-clockwise

bool inTriangle(double x, double y) {
  for (int i = 0; i < 3; ++i) {
    const int j = (i + 1) % 3;
    if ((kX[j] - kX[i]) * (y - kY[i]) - (kY[j] - kY[i]) * (x - kX[i]) < 0) return false;
  }
  return true;
}
bool contains(double x, double y) {
  return x * x + y * y <= 1 && !kRound.contains(x, y) && !inTriangle(x, y);
}
double area() {
  const double twice = (kX[1] - kX[0]) * (kY[2] - kY[0]) - (kX[2] - kX[0]) * (kY[1] - kY[0]);
  return pi * (1 - kRound.radius * kRound.radius) - twice / 2;
}
}  // namespace holes

/// Two discs and the bar that joins their centres.
namespace dumbbell {
constexpr double kCentre = 0.6, kRadius = 0.4, kBar = 0.1;  // kBar: half the bar's height

bool contains(double x, double y) {
  const bool bar = std::abs(x) <= kCentre && std::abs(y) <= kBar;
  return bar || Disc{-kCentre, 0, kRadius}.contains(x, y) || Disc{kCentre, 0, kRadius}.contains(x, y);
}
/// Discs and bar, less what they share: on each side the integral of sqrt(r^2 - y^2) over |y| <= h.
double area() {
  const double shared =
      kBar * std::sqrt(kRadius * kRadius - kBar * kBar) + kRadius * kRadius * std::asin(kBar / kRadius);
  return 2 * pi * kRadius * kRadius + 4 * kCentre * kBar - 2 * shared;
}
}  // namespace dumbbell

using Toys = std::vector<std::unique_ptr<const ToyDistribution>>;

void addDiscs(Toys& toys) {
  const double r = 0.25;
  const std::string e1 = "k-gans, sec. 10.1";
  toys.push_back(std::make_unique<Discs>(Card{"two_clusters", "Two discs, radius 0.25", e1},
                                         std::vector<Disc>{{-.5, 0, r}, {.5, 0, r}}));
  toys.push_back(std::make_unique<Discs>(Card{"three_clusters", "Three discs, radius 0.25", e1},
                                         std::vector<Disc>{{-.5, -.5, r}, {.5, -.5, r}, {0, .5, r}}));
  toys.push_back(
      std::make_unique<Discs>(Card{"four_clusters", "Four discs, radius 0.25", e1},
                              std::vector<Disc>{{-.5, -.5, r}, {.5, -.5, r}, {.5, .5, r}, {-.5, .5, r}}));
  toys.push_back(std::make_unique<Discs>(
      Card{"unequal_clusters", "Four discs of 4 to 55 % of the mass", "for k-gans, sec. 5"},
      std::vector<Disc>{{-.6, -.6, .12}, {.5, -.6, .2}, {-.5, .45, .3}, {.45, .35, .42}}));
}

/// Neither pot-gan nor assignment states radius and deviation of its ring. The ring of 8 takes those of the
/// benchmark that its baselines share (unrolled GAN, appendix A.1); the 5 x 5 grid is PacGAN's, whose figure
/// ae-ot repeats.
void addGaussians(Toys& toys) {
  toys.push_back(std::make_unique<Gaussians>(
      Card{"ring_8", "Ring of 8 Gaussians, deviation 0.02", "pot-gan, table 1"}, ring(8, 2), 0.02));
  toys.push_back(std::make_unique<Gaussians>(
      Card{"ball_3d", "3D Gaussian ball, deviation 1", "pot-gan, table 1 and fig. 3"}, RowsF::Zero(1, 3), 1));
  toys.push_back(std::make_unique<Gaussians>(
      Card{"clusters_3d", "6 Gaussians in space, deviation 0.2", "our own"}, octahedron(1), 0.2));
  toys.push_back(std::make_unique<Gaussians>(
      Card{"ring_10", "Ring of 10 Gaussians, deviation 0.05", "assignment, fig. 2"}, ring(10, 1), 0.05));
}

void addShapes(Toys& toys) {
  toys.push_back(std::make_unique<Discs>(Card{"disc", "Uniform disc, radius 1", "ae-ot, fig. 2"},
                                         std::vector<Disc>{{0, 0, 1}}));
  toys.push_back(std::make_unique<Discs>(Card{"disc_pair", "Two discs, radius 0.4", "ae-ot, fig. 4"},
                                         std::vector<Disc>{{-.6, 0, .4}, {.6, 0, .4}}));
  toys.push_back(std::make_unique<Shape>(
      Card{"shape_with_holes", "Disc with a round and a triangular hole", "ae-ot, fig. 3"}, 1, 1,
      holes::area(), holes::contains));
  toys.push_back(std::make_unique<Shape>(Card{"dumbbell", "Dumbbell", "ae-ot, fig. 5"}, 1, dumbbell::kRadius,
                                         dumbbell::area(), dumbbell::contains));
  toys.push_back(std::make_unique<Gaussians>(
      Card{"grid_25", "5 x 5 Gaussians, deviation 0.05", "ae-ot, fig. 6"}, grid(5, 2), 0.05));
  toys.push_back(std::make_unique<SwissRoll>(Card{"swiss_roll", "Swiss roll", "WGAN-GP, fig. 1"}, 2));
}

Toys makeToys() {
  Toys toys;
  addDiscs(toys);
  addGaussians(toys);
  addShapes(toys);
  return toys;
}

}  // namespace

const std::vector<const ToyDistribution*>& toyDistributions() {
  static const Toys toys = makeToys();
  static const std::vector<const ToyDistribution*> pointers = [] {
    std::vector<const ToyDistribution*> result;
    for (const auto& toy : toys) result.push_back(toy.get());
    return result;
  }();
  return pointers;
}

const ToyDistribution& toyDistribution(std::string_view name) {
  std::string known;
  for (const ToyDistribution* toy : toyDistributions()) {
    if (toy->name() == name) return *toy;
    known += (known.empty() ? "" : ", ") + toy->name();
  }
  throw Error("toy distribution", "\"" + std::string(name) + "\"", "one of " + known);
}

}  // namespace monge
