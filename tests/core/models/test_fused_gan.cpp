// SPDX-License-Identifier: GPL-3.0-or-later
// The LibTorch back end differentiates by itself: it is the oracle of the fused one. Both read each other's
// state and draw the same noise, so whole steps can be compared.
#include <QTest>
#include <cmath>
#include <limits>

#include "core/base/random.h"
#include "core/models/fused/kernels.h"
#include "core/models/fused/mlp.h"
#include "core/models/gan.h"

using namespace monge;

namespace {

constexpr int kBatch = 100;

struct Pair {
  std::unique_ptr<NetworkEnsemble> fused, torch;
  fused::Buffer points;
  std::vector<RealBatch> real;
};

/// Two ensembles of k networks with equal parameters, and a batch of points for each network: the first has
/// 100, the second 37, the third 1.
Pair twins(const GanShape& shape, int k = 3) {
  const int stride = fused::paddedBatch(kBatch);
  Pair pair{makeFusedEnsemble(shape, k, 11, kBatch, 1),
            makeTorchEnsemble(shape, k, 12, kBatch, 1, "cpu"),
            fused::Buffer(k * shape.dimension * stride),
            {}};
  for (int j = 0; j < k; ++j) pair.torch->loadNetwork(j, pair.fused->saveNetwork(j));
  Random random(5);
  for (int i = 0; i < pair.points.size(); ++i)
    pair.points.data()[i] = static_cast<float>(random.uniform(-1, 1));
  const int counts[] = {100, 37, 1};
  for (int j = 0; j < k; ++j)
    pair.real.push_back({pair.points.data() + j * shape.dimension * stride, counts[j]});
  return pair;
}

GanShape toyShape() {
  GanShape shape;
  shape.lower = {-0.75f, -0.5f};
  shape.extent = {1.5f, 1.0f};
  return shape;
}

/// Those that this build has and this processor runs.
std::vector<const fused::Kernels*> runningKernels() {
  std::vector<const fused::Kernels*> sets{&fused::genericKernels()};
  if (fused::avx2Kernels() && __builtin_cpu_supports("avx2")) sets.push_back(fused::avx2Kernels());
  if (fused::avx512Kernels() && __builtin_cpu_supports("avx512dq")) sets.push_back(fused::avx512Kernels());
  return sets;
}

/// Largest difference relative to the largest entry.
double difference(const std::vector<float>& a, const std::vector<float>& b) {
  double largest = 0, scale = 1e-30;
  for (std::size_t i = 0; i < a.size(); ++i) {
    largest = std::max(largest, std::abs(static_cast<double>(a[i]) - b[i]));
    scale = std::max(scale, std::abs(static_cast<double>(a[i])));
  }
  return largest / scale;
}

/// After the first step of Adam its first moment is (1 - beta1) times the gradient.
double gradientDifference(const Pair& pair, const char* network) {
  double worst = 0;
  for (int j = 0; j < pair.fused->count(); ++j) {
    const auto a = pair.fused->saveNetwork(j).floats(std::string(network) + ".m"),
               b = pair.torch->saveNetwork(j).floats(std::string(network) + ".m");
    worst = std::max(worst, difference(a, b));
  }
  return worst;
}

}  // namespace

class TestFusedGan : public QObject {
  Q_OBJECT

 private slots:
  void gradientsAgree_data() {
    QTest::addColumn<int>("critic");
    QTest::addColumn<int>("reading");
    QTest::addColumn<int>("pairs");
    QTest::addColumn<bool>("norm");
    QTest::addColumn<float>("scale");  // of the critic's weights: large ones make the soft term act
    QTest::newRow("soft slope real-generated") << 0 << 1 << 1 << true << 6.0f;
    QTest::newRow("soft slope real-real") << 0 << 1 << 0 << true << 6.0f;
    QTest::newRow("soft difference real-real") << 0 << 0 << 0 << true << 12.0f;
    QTest::newRow("soft difference real-generated") << 0 << 0 << 1 << false << 12.0f;
    QTest::newRow("clip") << 1 << 1 << 1 << true << 1.0f;
    QTest::newRow("penalty") << 2 << 1 << 1 << true << 1.0f;
    QTest::newRow("penalty, steep critic, no norm") << 2 << 1 << 1 << false << 4.0f;
  }
  void gradientsAgree() {
    QFETCH(int, critic);
    QFETCH(int, reading);
    QFETCH(int, pairs);
    QFETCH(bool, norm);
    QFETCH(float, scale);
    GanShape shape = toyShape();
    shape.batchNorm = norm;
    Pair pair = twins(shape);
    for (int j = 0; j < 3; ++j) {
      Message state = pair.fused->saveNetwork(j);
      for (auto& array : state.arrays)
        if (array.name == "critic.p")
          for (std::size_t i = 0; i < array.bytes.size() / 4; ++i)
            reinterpret_cast<float*>(array.bytes.data())[i] *= scale;
      pair.fused->loadNetwork(j, state);
      pair.torch->loadNetwork(j, state);
    }
    GanRates rates;
    rates.critic = static_cast<CriticKind>(critic);
    rates.reading = static_cast<PairReading>(reading);
    rates.pairs = static_cast<PairSource>(pairs);
    CriticLoss a[3], b[3];
    pair.fused->criticStep(0, 3, 0, rates, pair.real.data(), a);
    pair.torch->criticStep(0, 3, 0, rates, pair.real.data(), b);
    for (int j = 0; j < 3; ++j) {
      // Values grow with the product of three layers' scales, and rounding with them.
      const float rounding = 1e-6f * scale * scale * scale;
      QVERIFY2(std::abs(a[j].distance - b[j].distance) < rounding,
               qPrintable(QString::number(a[j].distance - b[j].distance)));
      QVERIFY2(std::abs(a[j].term - b[j].term) < 1e-5f * (1 + std::abs(b[j].term)),
               qPrintable(QString("%1 %2").arg(a[j].term).arg(b[j].term)));
      if (critic != 1 && j < 2)
        QVERIFY(a[j].term > 0);  // the case tests something (a lone point has no partner)
    }
    const double ofCritic = gradientDifference(pair, "critic");
    QVERIFY2(ofCritic < 2e-6, qPrintable(QString::number(ofCritic)));
    const char active[] = {1, 1, 1};
    float x[3], y[3];
    pair.fused->generatorStep(0, 3, 0, rates, active, x);
    pair.torch->generatorStep(0, 3, 0, rates, active, y);
    const double ofGenerator = gradientDifference(pair, "generator");
    QVERIFY2(ofGenerator < 2e-5, qPrintable(QString::number(ofGenerator)));
  }

  void trajectoriesStayTogether() {
    Pair pair = twins(toyShape());
    GanRates rates;
    rates.averaging = 0.9f;
    // A unit that is active on all points has a bias gradient of 0 up to rounding, and with its usual epsilon
    // Adam makes that a full step.
    rates.epsilon = 1e-3f;
    const char active[] = {1, 1, 1};
    for (int step = 0; step < 20; ++step) {
      CriticLoss loss[3];
      float generator[3];
      for (auto* ensemble : {pair.fused.get(), pair.torch.get()}) {
        ensemble->criticStep(0, 3, 0, rates, pair.real.data(), loss);
        ensemble->generatorStep(0, 3, 0, rates, active, generator);
      }
    }
    RowsF z(50, 10);
    Random random(3);
    for (Eigen::Index i = 0; i < z.size(); ++i) z.data()[i] = static_cast<float>(random.normal());
    for (int j = 0; j < 3; ++j) {
      for (const char* name : {"generator.p", "critic.p", "averaged"})
        QVERIFY2(difference(pair.fused->saveNetwork(j).floats(name),
                            pair.torch->saveNetwork(j).floats(name)) < 1e-5,
                 name);
      QVERIFY((pair.fused->generate(j, z) - pair.torch->generate(j, z)).cwiseAbs().maxCoeff() < 1e-4f);
      const RowsF x = pair.torch->generate(j, z);
      QVERIFY((pair.fused->criticValues(j, x) - pair.torch->criticValues(j, x)).cwiseAbs().maxCoeff() <
              1e-4f);
      QVERIFY((pair.fused->criticGradients(j, x) - pair.torch->criticGradients(j, x)).cwiseAbs().maxCoeff() <
              1e-4f);
    }
  }

  void aNetworkLeftOutIsUntouched() {
    Pair pair = twins(toyShape());
    pair.real[1].count = 0;
    const char active[] = {1, 0, 1};
    for (auto* ensemble : {pair.fused.get(), pair.torch.get()}) {
      const std::string before = encode(ensemble->saveNetwork(1));
      CriticLoss loss[3];
      float generator[3];
      ensemble->criticStep(0, 3, 0, GanRates{}, pair.real.data(), loss);
      ensemble->generatorStep(0, 3, 0, GanRates{}, active, generator);
      QVERIFY(encode(ensemble->saveNetwork(1)) == before);
    }
  }

  void cellsKeepTheirOwn_data() {
    QTest::addColumn<int>("d");
    QTest::addColumn<int>("k");
    QTest::addColumn<int>("n");
    QTest::addColumn<int>("metric");
    QTest::addColumn<bool>("labels");
    QTest::newRow("one cell") << 2 << 1 << 100 << 0 << false;
    QTest::newRow("plane") << 2 << 5 << 100 << 0 << false;
    QTest::newRow("many cells") << 2 << 40 << 112 << 0 << false;
    QTest::newRow("line") << 1 << 3 << 7 << 0 << false;
    QTest::newRow("five dimensions") << 5 << 4 << 33 << 0 << false;
    QTest::newRow("distances") << 2 << 5 << 100 << 1 << false;
    QTest::newRow("sums") << 3 << 5 << 100 << 2 << false;
    QTest::newRow("labels") << 2 << 5 << 100 << 0 << true;
    QTest::newRow("labels and sums") << 2 << 5 << 100 << 2 << true;
  }
  /// Points, sites, weights and labels on a coarse lattice, so that many values are equal.
  void cellsKeepTheirOwn() {
    QFETCH(int, d);
    QFETCH(int, k);
    QFETCH(int, n);
    QFETCH(int, metric);
    QFETCH(bool, labels);
    const int stride = 112;
    Random random(4);
    fused::Buffer x(d * stride), sites(d * k), weights(k), pointLabels(stride), siteLabels(k);
    for (auto* buffer : {&x, &sites, &weights})
      for (int i = 0; i < buffer->size(); ++i) buffer->data()[i] = static_cast<float>(random.below(4));
    for (auto* buffer : {&pointLabels, &siteLabels})
      for (int i = 0; i < buffer->size(); ++i) buffer->data()[i] = static_cast<float>(random.below(3)) - 1;
    fused::CellSites cells{sites.data(), weights.data(), k, static_cast<fused::CellSites::Metric>(metric)};
    cells.same = 0.5f, cells.other = 2;
    if (labels) cells.pointLabels = pointLabels.data(), cells.siteLabels = siteLabels.data();
    const auto value = [&](int i, int j) {
      float cost = 0;
      for (int c = 0; c < d; ++c) {
        const float apart = std::abs(x.data()[c * stride + i] - sites.data()[j * d + c]);
        cost += metric == 2 ? apart : apart * apart;
      }
      if (metric == 1) cost = std::sqrt(cost);
      const float here = pointLabels.data()[i], there = siteLabels.data()[j];
      const float theta = !labels || here < 0 || there < 0 ? 1 : here == there ? 0.5f : 2;
      return theta * cost - weights.data()[j];
    };
    for (const auto* set : runningKernels()) {
      std::vector<int> owner(static_cast<std::size_t>(stride));
      set->nearest(x.data(), d, stride, n, cells, owner.data());
      for (int i = 0; i < n; ++i) {
        int least = 0;
        for (int j = 1; j < k; ++j)
          if (value(i, j) < value(i, least)) least = j;
        QCOMPARE(owner[static_cast<std::size_t>(i)], least);
      }
      int total = 0;
      for (int own = 0; own < k; ++own) {
        std::vector<int> expected;
        for (int i = 0; i < n; ++i)
          if (owner[static_cast<std::size_t>(i)] == own) expected.push_back(i);
        fused::Buffer kept(d * stride);
        const int count = set->keepCell(x.data(), d, stride, n, cells, own, kept.data(), 0, n);
        QCOMPARE(count, static_cast<int>(expected.size()));
        for (int c = 0; c < d; ++c)
          for (int i = 0; i < count; ++i)
            QCOMPARE(kept.data()[c * stride + i],
                     x.data()[c * stride + expected[static_cast<std::size_t>(i)]]);
        total += count;
        // Behind what is there already, and no more than fit.
        const int two = set->keepCell(x.data(), d, stride, n, cells, own, kept.data(), 1, 2);
        QCOMPARE(two, count > 0 ? 2 : 1);
        if (count > 0) QCOMPARE(kept.data()[1], x.data()[expected[0]]);
      }
      QCOMPARE(total, n);
    }
  }

  void costsArePowersOfTheCoordinates_data() {
    QTest::addColumn<float>("power");
    for (const float power : {1.0f, 1.5f, 2.0f, 3.3f, 8.0f})
      QTest::addRow("%g", static_cast<double>(power)) << power;
  }
  void costsArePowersOfTheCoordinates() {
    QFETCH(float, power);
    Random random(6);
    const int d = 3, stride = 112, n = 100;
    fused::Buffer x(d * stride), costs(stride);
    for (int i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(random.normal());
    x.data()[4] = 0.25f;
    const float y[d] = {0.25f, -1, 0.5f};
    for (const auto* set : runningKernels()) {
      set->siteCost(x.data(), d, stride, n, y, power, costs.data());
      for (int i = 0; i < n; ++i) {
        // A rounding of the logarithm is p |ln t| times as large in the power; 2 ulp are the exponential's
        // own.
        double expected = 0, bound = 0;
        for (int c = 0; c < d; ++c) {
          const double apart = std::abs(static_cast<double>(x.data()[c * stride + i] - y[c]));
          if (apart == 0) continue;
          expected += std::pow(apart, power);
          bound += std::pow(apart, power) * 0x1p-24 * (8 + 4 * power * std::abs(std::log(apart)));
        }
        QVERIFY(std::abs(costs.data()[i] - expected) <= bound);
      }
    }
  }

  void instructionSetsAgree() {
    Random random(9);
    const int stride = 112, n = 100, inputs = 13, outputs = 7;
    fused::Buffer x(inputs * stride), w(inputs * outputs + 16), dy(outputs * stride);
    for (auto* buffer : {&x, &w, &dy})
      for (int i = 0; i < buffer->size(); ++i) buffer->data()[i] = static_cast<float>(random.normal());
    for (int o = 0; o < outputs; ++o)
      for (int i = n; i < stride; ++i) dy.data()[o * stride + i] = 0;
    std::vector<double> y, gradient;
    for (int o = 0; o < outputs; ++o)
      for (int b = 0; b < n; ++b) {
        double total = 0;
        for (int i = 0; i < inputs; ++i)
          total += static_cast<double>(w.data()[o * inputs + i]) * x.data()[i * stride + b];
        y.push_back(total);
      }
    for (int o = 0; o < outputs; ++o)
      for (int i = 0; i < inputs; ++i) {
        double total = 0;
        for (int b = 0; b < n; ++b)
          total += static_cast<double>(dy.data()[o * stride + b]) * x.data()[i * stride + b];
        gradient.push_back(total);
      }
    for (const auto* set : runningKernels()) {
      fused::Buffer out(outputs * stride), dw(inputs * outputs + 16), db(16);
      set->dense(x.data(), inputs, w.data(), inputs, 1, nullptr, out.data(), outputs, stride, n, 1.0f);
      set->denseGradient(x.data(), inputs, dy.data(), outputs, dw.data(), db.data(), stride, n);
      for (int o = 0; o < outputs; ++o)
        for (int b = 0; b < n; ++b)
          QVERIFY2(std::abs(out.data()[o * stride + b] - y[static_cast<std::size_t>(o * n + b)]) < 2e-5,
                   set->name);
      for (int i = 0; i < inputs * outputs; ++i)
        QVERIFY2(std::abs(dw.data()[i] - gradient[static_cast<std::size_t>(i)]) < 1e-4, set->name);
    }
  }

  void normalsAreNormal() {
    const int count = 1 << 20;
    fused::Buffer values(count);
    auto state = fused::seedNoise(1);
    fused::kernels().normals(state, values.data(), count);
    double mean = 0, square = 0, fourth = 0;
    int beyond3 = 0;
    for (int i = 0; i < count; ++i) {
      const double x = values.data()[i];
      mean += x / count;
      square += x * x / count;
      fourth += x * x * x * x / count;
      beyond3 += std::abs(x) > 3;
    }
    // Five standard errors of each estimate over 2^20 draws.
    QVERIFY(std::abs(mean) < 5 / std::sqrt(count));
    QVERIFY(std::abs(square - 1) < 5 * std::sqrt(2.0 / count));
    QVERIFY(std::abs(fourth - 3) < 5 * std::sqrt(96.0 / count));
    QVERIFY(std::abs(beyond3 - 0.0026998 * count) < 5 * std::sqrt(0.0027 * count));
  }
};

QTEST_APPLESS_MAIN(TestFusedGan)
#include "test_fused_gan.moc"
