// SPDX-License-Identifier: GPL-3.0-or-later
#include <torch/script.h>

#include <QTemporaryDir>
#include <QtTest>

#include "core/base/error.h"
#include "core/device/site_costs.h"

using namespace monge;

/// Networks written as TorchScript on the spot.
class TestFeatureCost : public QObject {
  Q_OBJECT

 private:
  QTemporaryDir m_folder;

  CostOptions network(const std::string& forward) {
    torch::jit::Module module("net");
    module.define(forward + "\n");
    CostOptions options;
    options.kind = CostOptions::Kind::Features;
    options.network = m_folder.filePath("net.pt").toStdString();
    module.save(options.network.string());
    return options;
  }

  QString refusal(const std::string& forward) {
    try {
      CostedSites(network(forward), RowsF::Zero(2, 2));
    } catch (const Error& error) {
      return QString(error.what()).remove(m_folder.path() + '/');
    }
    return "accepted";
  }

 private slots:
  /// Features that see only the first coordinate, doubled.
  void costsAreThoseOfTheFeatures() {
    RowsF sites(2, 2), points(2, 2);
    sites << 0, 100, 3, 0;
    points << 1, 0, 2, 100;
    const CostedSites costed(network("def forward(self, x):\n  return x[:, :1] * 2"), sites);
    QCOMPARE(costed.costs(points), (RowsF(2, 2) << 4, 16, 16, 4).finished());
    QCOMPARE(costed.nearest(points).site, (IndicesI(2) << 0, 1).finished());
  }

  void imagesKeepTheirShape() {
    const RowsF images = RowsF::Random(3, 2 * 4 * 5);
    const CostedSites costed(network("def forward(self, x):\n"
                                     "  assert x.size(1) == 2 and x.size(2) == 4 and x.size(3) == 5\n"
                                     "  return x.mean([2, 3])"),
                             images, {2, 4, 5});
    QCOMPARE(costed.nearest(images).site, (IndicesI(3) << 0, 1, 2).finished());
  }

  void aNetworkForOtherDataIsRefused() {
    const QString words =
        refusal("def forward(self, x):\n  assert x.size(1) == 7, \"seven columns\"\n  return x");
    QVERIFY2(words.startsWith("net.pt: ") && words.endsWith("expected a network that takes these data") &&
                 !words.contains('\n'),
             qPrintable(words));
    QCOMPARE(
        refusal("def forward(self, x):\n  return x[:1]"),
        QString("net.pt: an answer of other length than its input; expected one row of features for each "
                "input"));
    QVERIFY(refusal("def forward(self, x):\n  return 3").startsWith("net.pt: "));
  }
};

QTEST_APPLESS_MAIN(TestFeatureCost)
#include "test_feature_cost.moc"
