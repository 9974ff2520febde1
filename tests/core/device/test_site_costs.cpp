// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <fstream>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/device/site_costs.h"

using namespace monge;

namespace {

using Kind = CostOptions::Kind;

RowsF randomRows(int rows, int columns, std::uint64_t seed) {
  Random random(seed);
  RowsF result(rows, columns);
  for (Eigen::Index at = 0; at < result.size(); ++at)
    result.data()[at] = static_cast<float>(random.uniform(0, 1));
  return result;
}

CostOptions cost(Kind kind) {
  CostOptions options;
  options.kind = kind;
  return options;
}

double powerCost(const RowsF& x, int i, const RowsF& y, int j, double p) {
  double sum = 0;
  for (Eigen::Index at = 0; at < x.cols(); ++at)
    sum += std::pow(std::abs(double{x(i, at)} - double{y(j, at)}), p);
  return sum;
}

/// The least of c - w, first of equal ones, by looking at all.
template <class Cost>
int bruteForce(int sites, const VectorD& weights, const Cost& reduced) {
  int best = 0;
  for (int j = 1; j < sites; ++j)
    if (reduced(j) - weights(j) < reduced(best) - weights(best)) best = j;
  return best;
}

/// SSIM of two grey images, written out as in the paper.
double ssim(const float* x, const float* y, int side, int window, double range) {
  std::vector<double> weight(static_cast<std::size_t>(window));
  double total = 0;
  for (int at = 0; at < window; ++at) {
    const double offset = at - (window - 1) / 2.0;
    total += weight[at] = std::exp(-offset * offset / (2 * 1.5 * 1.5));
  }
  const double c1 = std::pow(0.01 * range, 2), c2 = std::pow(0.03 * range, 2);
  double sum = 0;
  for (int top = 0; top + window <= side; ++top)
    for (int left = 0; left + window <= side; ++left) {
      double mx = 0, my = 0, xx = 0, yy = 0, xy = 0;
      for (int v = 0; v < window; ++v)
        for (int u = 0; u < window; ++u) {
          const double w = weight[v] * weight[u] / (total * total);
          const double a = x[(top + v) * side + left + u], b = y[(top + v) * side + left + u];
          mx += w * a, my += w * b, xx += w * a * a, yy += w * b * b, xy += w * a * b;
        }
      sum += (2 * mx * my + c1) * (2 * (xy - mx * my) + c2) /
             ((mx * mx + my * my + c1) * (xx - mx * mx + yy - my * my + c2));
    }
  return sum / ((side - window + 1) * (side - window + 1));
}

QString refusal(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

class TestSiteCosts : public QObject {
  Q_OBJECT

 private slots:
  void squaredIsThatOfDoublePrecision_data() {
    QTest::addColumn<int>("dimension");
    QTest::addColumn<double>("shift");
    QTest::newRow("plane") << 2 << 0.0;
    QTest::newRow("latent") << 64 << 0.0;
    // Far from the origin single precision alone names the wrong site for most points.
    QTest::newRow("far away") << 3 << 1000.0;
  }
  void squaredIsThatOfDoublePrecision() {
    QFETCH(int, dimension);
    QFETCH(double, shift);
    const auto far = static_cast<float>(shift);
    const RowsF sites = randomRows(300, dimension, 1).array() + far;
    const RowsF points = randomRows(500, dimension, 2).array() + far;
    Random random(3);
    const VectorD weights = VectorD::NullaryExpr(300, [&] { return random.uniform(0, 0.1); });
    CostedSites costed(cost(Kind::Squared), sites);
    costed.setWeights(weights);
    const CostedSites::Nearest nearest = costed.nearest(points);
    QCOMPARE(nearest.site.size(), 500);
    for (int i = 0; i < 500; ++i) {
      const auto reduced = [&](int j) { return powerCost(points, i, sites, j, 2); };
      const int site = bruteForce(300, weights, reduced);
      QCOMPARE(nearest.site[i], site);
      QVERIFY(std::abs(nearest.value[i] - (reduced(site) - weights[site])) <= 1e-12 * dimension);
    }
    if (shift > 0)
      QVERIFY(nearest.decidedAgain > 0);
    else
      QVERIFY(nearest.decidedAgain < 50);
  }

  /// Squares beyond single precision: what overflowed is decided in double precision.
  void squaresThatOverflowAreDecidedAgain() {
    RowsF sites(3, 2), points(2, 2);
    sites << 1e20f, 0, -1e20f, 0, 0, 3e20f;
    points << 0.9e20f, 1e19f, 1e19f, 2e20f;
    const CostedSites::Nearest nearest = CostedSites(cost(Kind::Squared), sites).nearest(points);
    QCOMPARE(nearest.decidedAgain, 2);
    for (int i = 0; i < 2; ++i)
      QCOMPARE(nearest.site[i],
               bruteForce(3, VectorD::Zero(3), [&](int j) { return powerCost(points, i, sites, j, 2); }));
    QVERIFY(nearest.value.allFinite());
  }

  void equalSitesGiveTheLowest() {
    RowsF sites(4, 2);
    sites << 5, 5, 1, 1, 1, 1, -5, 0;
    const CostedSites costed(cost(Kind::Squared), sites);
    QCOMPARE(costed.nearest((RowsF(1, 2) << 1.2f, 0.9f).finished()).site[0], 1);
  }

  void powersAreSumsOfPowers_data() {
    QTest::addColumn<double>("p");
    for (const double p : {1.0, 1.5, 2.0, 3.0, 7.0}) QTest::newRow(qPrintable(QString::number(p))) << p;
  }
  void powersAreSumsOfPowers() {
    QFETCH(double, p);
    const RowsF sites = randomRows(20, 5, 4), points = randomRows(30, 5, 5);
    CostOptions options = cost(Kind::Power);
    options.power = p;
    options.scale = 3;
    CostedSites costed(options, sites);
    const RowsF costs = costed.costs(points);
    const auto nearest = costed.nearest(points);
    for (int i = 0; i < 30; ++i) {
      for (int j = 0; j < 20; ++j) {
        const double expected = 3 * powerCost(points, i, sites, j, p);
        QVERIFY(std::abs(double{costs(i, j)} - expected) <= 2e-6 * (1 + expected) * p);
      }
      Eigen::Index least;
      costs.row(i).minCoeff(&least);
      QCOMPARE(nearest.site[i], static_cast<int>(least));
    }
  }

  void ssimIsThePapers() {
    constexpr int kSide = 16;
    const RowsF sites = randomRows(7, kSide * kSide, 6);
    RowsF points = randomRows(5, kSide * kSide, 7);
    points.row(3) = sites.row(2);
    CostOptions options = cost(Kind::Ssim);
    options.window = 7;
    options.range = 2;
    const CostedSites costed(options, sites, {1, kSide, kSide});
    const RowsF costs = costed.costs(points);
    for (int i = 0; i < 5; ++i)
      for (int j = 0; j < 7; ++j) {
        const double expected = 1 - ssim(points.row(i).data(), sites.row(j).data(), kSide, 7, 2);
        QVERIFY(std::abs(double{costs(i, j)} - expected) < 2e-5);
      }
    QVERIFY(std::abs(costs(3, 2)) < 1e-6);
    QCOMPARE(costed.nearest(points).site[3], 2);
  }

  void ssimIsTheMeanOverChannels() {
    constexpr int kSide = 12, kPixels = kSide * kSide;
    const RowsF x = randomRows(1, 2 * kPixels, 8), y = randomRows(1, 2 * kPixels, 9);
    const CostedSites costed(cost(Kind::Ssim), y, {2, kSide, kSide});
    double expected = 0;
    for (int channel = 0; channel < 2; ++channel)
      expected += ssim(x.data() + channel * kPixels, y.data() + channel * kPixels, kSide, 11, 1) / 2;
    QVERIFY(std::abs(double{costed.costs(x)(0, 0)} - (1 - expected)) < 2e-5);
  }

  void psnrIsInDecibels() {
    RowsF site = RowsF::Zero(1, 4), points(2, 4);
    points << 0.1f, 0.1f, 0.1f, 0.1f, 0, 0, 0, 0;
    CostOptions options = cost(Kind::Psnr);
    const RowsF costs = CostedSites(options, site).costs(points);
    QVERIFY(std::abs(double{costs(0, 0)} - (1 - 20)) < 1e-5);   // MSE 0.01
    QVERIFY(std::abs(double{costs(1, 0)} - (1 - 100)) < 1e-4);  // no error: as 1e-10
    options.range = 2;
    QVERIFY(std::abs(double{CostedSites(options, site).costs(points)(0, 0)} -
                     (1 - 20 - 20 * std::log10(2.0))) < 1e-5);
  }

  /// Two clusters, one labelled point in each: a site takes the label of the nearest, and a cost between
  /// labels is scaled as eq. (32) says.
  void labelsScaleTheCost() {
    RowsF sites(2, 1), labelled(2, 1), points(3, 1);
    sites << 0, 10;
    labelled << 1, 8;
    points << 4, 4, 4;
    CostedSites costed(cost(Kind::Squared), sites);
    costed.setLabels(labelled, {3, 5});
    QCOMPARE(costed.labels(), (std::vector<int>{3, 5}));
    const RowsF costs = costed.costs(points, {3, 5, CostedSites::kUnlabelled});
    QCOMPARE(costs, (RowsF(3, 2) << 1.6f, 360, 160, 3.6f, 16, 36).finished());
    const auto nearest = costed.nearest(points, {3, 5, CostedSites::kUnlabelled});
    QCOMPARE(nearest.site, (IndicesI(3) << 0, 1, 0).finished());
    QVERIFY(std::abs(nearest.value[1] - 3.6) < 1e-12);
    // Without labels of the points nothing is scaled.
    QCOMPARE(costed.nearest(points).site, (IndicesI(3) << 0, 0, 0).finished());
  }

  void refusesWhatMakesNoSense() {
    const RowsF two = randomRows(2, 4, 1);
    const auto refused = [&](auto change, const ImageShape& image = {}) {
      return refusal([&] {
        CostOptions options;
        change(options);
        CostedSites(options, two, image);
      });
    };
    QCOMPARE(refused([](CostOptions& o) { o.kind = Kind::Power, o.power = 0.5; }),
             QString("power of the cost: 0.5; expected a finite number of at least 1"));
    QCOMPARE(refused([](CostOptions& o) { o.scale = 0; }),
             QString("cost scale: 0; expected a finite number above 0"));
    QCOMPARE(refused([](CostOptions& o) { o.kind = Kind::Ssim; }),
             QString("cost ssim: points; expected images, which have windows"));
    QCOMPARE(refused([](CostOptions& o) { o.kind = Kind::Ssim; }, {1, 2, 2}),
             QString("window of ssim: 11; expected an odd number of pixels from 1 to 2"));
    QCOMPARE(refused([](CostOptions&) {}, {1, 3, 3}),
             QString("image shape: 9 pixels; expected 4 as the sites have"));
    QCOMPARE(refused([](CostOptions& o) { o.kind = Kind::Features; }),
             QString("network of the feature cost: none; expected a TorchScript network (torch.jit.save)"));
    QTemporaryDir folder;
    const std::string file = folder.filePath("net.pt").toStdString();
    std::ofstream(file) << "no network";
    const QString broken = refused([&](CostOptions& o) { o.kind = Kind::Features, o.network = file; });
    QVERIFY2(broken.contains("net.pt") && broken.contains("TorchScript") && !broken.contains('\n'),
             qPrintable(broken));
    QCOMPARE(refusal([&] { CostedSites({}, two, {}, "tpu"); }), QString("device: tpu; expected cpu or cuda"));
    CostedSites costed({}, two);
    QCOMPARE(refusal([&] { costed.nearest(randomRows(1, 3, 1)); }),
             QString("points: 3 columns; expected 4 as the sites have"));
    QCOMPARE(refusal([&] { costed.setWeights(VectorD::Zero(3)); }),
             QString("weights: 3; expected 2, one for each site"));
    QCOMPARE(refusal([&] {
               costed.setLabels(two, {0, -1});
             }),
             QString("labels: -1; expected whole numbers from 0"));
    QCOMPARE(costKind("ssim", "--cost"), Kind::Ssim);
    QCOMPARE(refusal([] { costKind("l2", "--cost"); }),
             QString("--cost: l2; expected one of squared, power, ssim, psnr, features"));
  }

  void aStopEndsEarly() {
    std::stop_source stop;
    stop.request_stop();
    const CostedSites costed({}, randomRows(3, 2, 1));
    QCOMPARE(costed.nearest(randomRows(5, 2, 2), {}, stop.get_token()).site.size(), 0);
  }
};

QTEST_APPLESS_MAIN(TestSiteCosts)
#include "test_site_costs.moc"
