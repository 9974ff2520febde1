// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "core/models/gan.h"

using namespace monge;

class TestGan : public QObject {
  Q_OBJECT

 private slots:
  void seedsOfNetworksDiffer() {
    std::vector<std::uint64_t> seeds;
    for (std::uint64_t seed = 0; seed < 50; ++seed)
      for (std::uint64_t index = 0; index < 50; ++index) seeds.push_back(networkSeed(seed, index));
    std::sort(seeds.begin(), seeds.end());
    QVERIFY(std::adjacent_find(seeds.begin(), seeds.end()) == seeds.end());
  }
};

QTEST_APPLESS_MAIN(TestGan)
#include "test_gan.moc"
