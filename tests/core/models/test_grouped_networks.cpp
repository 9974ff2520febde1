// SPDX-License-Identifier: GPL-3.0-or-later
// Qt's `slots` macro and LibTorch's functions of that name cannot meet, so LibTorch comes first and the macro
// is not used.
#include "core/models/grouped_networks.h"
#undef slots
#define QT_NO_KEYWORDS
#include <QTest>

using namespace monge;

class TestGroupedNetworks : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  /// The 3 x 3 convolution with pixel shuffle against LibTorch's transposed convolution: values and
  /// gradients, two networks at once.
  void upsamplingIsTheTransposedConvolution() {
    torch::manual_seed(1);
    const int k = 2, in = 3, out = 4;
    const auto x = torch::randn({5, k * in, 7, 6}).requires_grad_(true);
    const auto w = torch::randn({k, in, out, 5, 5}).requires_grad_(true);
    const auto ours = upsamplingConvolution(x, w);
    const auto theirs = torch::conv_transpose2d(x, w.flatten(0, 1), {}, 2, 2, 1, k);
    QVERIFY(ours.sizes() == theirs.sizes());
    QVERIFY((ours - theirs).abs().max().item<double>() < 1e-4);
    const auto upstream = torch::randn_like(ours);
    const auto a = torch::autograd::grad({ours}, {x, w}, {upstream}),
               b = torch::autograd::grad({theirs}, {x, w}, {upstream});
    for (std::size_t i = 0; i < 2; ++i) QVERIFY((a[i] - b[i]).abs().max().item<double>() < 1e-3);
  }

  /// Grouped networks are the single ones side by side.
  void groupsAreIndependent() {
    GanShape shape;
    shape.image = {1, 8, 8};
    shape.dimension = 64;
    shape.convolutional = true;
    shape.lower.assign(64, 0.0f);
    shape.extent.assign(64, 1.0f);
    const auto generator = makeGeneratorArchitecture(shape, torch::kCPU);
    const auto critic = makeCriticArchitecture(shape);
    const auto a = generator->initialise(1), b = generator->initialise(2);
    const auto c = critic->initialise(3), d = critic->initialise(4);
    std::vector<torch::Tensor> both, bothCritics;
    for (std::size_t i = 0; i < a.size(); ++i) both.push_back(torch::cat({a[i], b[i]}));
    for (std::size_t i = 0; i < c.size(); ++i) bothCritics.push_back(torch::cat({c[i], d[i]}));
    const auto z = torch::randn({2, 6, 10});
    const auto x = generator->forward(both, z, nullptr, nullptr);
    QVERIFY(x.sizes() == torch::IntArrayRef({2, 6, 64}));
    QVERIFY(
        (x[0] - generator->forward(a, z.narrow(0, 0, 1), nullptr, nullptr)[0]).abs().max().item<double>() <
        1e-5);
    QVERIFY(
        (x[1] - generator->forward(b, z.narrow(0, 1, 1), nullptr, nullptr)[0]).abs().max().item<double>() <
        1e-5);
    const auto f = critic->forward(bothCritics, x, nullptr, nullptr);
    QVERIFY((f[1] - critic->forward(d, x.narrow(0, 1, 1), nullptr, nullptr)[0]).abs().max().item<double>() <
            1e-5);
  }
};

QTEST_APPLESS_MAIN(TestGroupedNetworks)
#include "test_grouped_networks.moc"
