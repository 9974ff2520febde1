// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <cmath>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/device/device_crossings.h"

using namespace monge;

namespace {

RowsD randomRows(int rows, int columns, std::uint64_t seed) {
  Random random(seed);
  return RowsD::NullaryExpr(rows, columns, [&] { return random.uniform(-1, 1); });
}

}  // namespace

class TestDeviceCrossings : public QObject {
  Q_OBJECT

 private slots:
  void pathsAreThoseOfTheHost_data() {
    QTest::addColumn<int>("sites");
    QTest::addColumn<int>("dimension");
    QTest::newRow("one site") << 1 << 3;
    QTest::newRow("plane") << 400 << 2;
    QTest::newRow("latent") << 2000 << 32;
  }
  void pathsAreThoseOfTheHost() {
    QFETCH(int, sites);
    QFETCH(int, dimension);
    const RowsD rows = randomRows(sites, dimension, 1);
    const PathCrossings cells(rows, -0.5 * rows.rowwise().squaredNorm());
    const RowsD from = randomRows(300, dimension, 2), to = randomRows(300, dimension, 3);
    const auto paths = DeviceCrossings(cells, "cpu").along(from, to);
    QCOMPARE(paths.size(), std::size_t{300});
    std::size_t crossings = 0;
    for (int row = 0; row < 300; ++row) {
      const auto numbers = [&](const RowsD& all) {
        return std::span<const double>(all.row(row).data(), static_cast<std::size_t>(dimension));
      };
      const auto expected = cells.along(numbers(from), numbers(to));
      QCOMPARE(paths[row].first, expected.first);
      QCOMPARE(paths[row].crossings.size(), expected.crossings.size());
      for (std::size_t at = 0; at < expected.crossings.size(); ++at) {
        const PathCrossing &found = paths[row].crossings[at], &wanted = expected.crossings[at];
        QCOMPARE(found.before, wanted.before);
        QCOMPARE(found.after, wanted.after);
        QCOMPARE(found.jump, wanted.jump);
        QCOMPARE(found.angle, wanted.angle);
        QVERIFY(std::abs(found.at - wanted.at) < 1e-10);
      }
      crossings += expected.crossings.size();
    }
    QVERIFY(sites == 1 ? crossings == 0 : crossings > 300);
  }

  void batchesVisitEveryPathInOrder() {
    const PathCrossings cells(randomRows(50, 2, 1), VectorD::Zero(50));
    const RowsD ends = randomRows(5000, 4, 2);
    const PathCrossings::Ends endsOf = [&](std::int64_t row, std::span<double> from, std::span<double> to) {
      for (int axis = 0; axis < 2; ++axis) from[axis] = ends(row, axis), to[axis] = ends(row, 2 + axis);
    };
    const auto gather = [](std::vector<std::size_t>& lengths) {
      return [&lengths](std::int64_t row, const PathCrossings::Path& path) {
        QCOMPARE(row, static_cast<std::int64_t>(lengths.size()));
        lengths.push_back(path.crossings.size());
      };
    };
    std::vector<std::size_t> found, expected;
    ThreadTeam team(1);
    QCOMPARE(cells.forEach(5000, endsOf, gather(expected), team), 5000);
    QCOMPARE(DeviceCrossings(cells, "cpu").forEach(5000, endsOf, gather(found)), 5000);
    QCOMPARE(found, expected);
  }

  /// Two sites on one spot, parallel lines, a path of no length, and one along a wall.
  void tiesAreSettledAsOnTheHost() {
    RowsD sites(4, 2);
    sites << -1, 0, -1, 0, 1, 0, 1, 2;
    const PathCrossings cells(sites, VectorD::Zero(4));
    RowsD from(3, 2), to(3, 2);
    from << -1, 0, 0.5, 0.5, 0, -1;
    to << 1, 0, 0.5, 0.5, 0, 1;
    const auto paths = DeviceCrossings(cells, "cpu").along(from, to);
    for (int row = 0; row < 3; ++row) {
      const auto expected = cells.along({from.row(row).data(), 2}, {to.row(row).data(), 2});
      QCOMPARE(paths[row].first, expected.first);
      QCOMPARE(paths[row].crossings.size(), expected.crossings.size());
    }
  }

  void refusesWhatMakesNoSense() {
    const PathCrossings cells(randomRows(3, 2, 1), VectorD::Zero(3));
    QVERIFY_EXCEPTION_THROWN(DeviceCrossings(cells, "tpu"), Error);
    const DeviceCrossings device(cells, "cpu");
    QVERIFY_EXCEPTION_THROWN(device.along(randomRows(2, 2, 1), randomRows(3, 2, 1)), Error);
    QVERIFY_EXCEPTION_THROWN(device.along(randomRows(2, 3, 1), randomRows(2, 3, 1)), Error);
    RowsD bad = randomRows(2, 2, 1);
    bad(1, 1) = NAN;
    QVERIFY_EXCEPTION_THROWN(device.along(bad, randomRows(2, 2, 1)), Error);
  }

  void aStopEndsEarly() {
    const PathCrossings cells(randomRows(3, 2, 1), VectorD::Zero(3));
    std::stop_source stop;
    stop.request_stop();
    QVERIFY(DeviceCrossings(cells, "cpu")
                .along(randomRows(5, 2, 2), randomRows(5, 2, 3), stop.get_token())
                .empty());
  }
};

QTEST_APPLESS_MAIN(TestDeviceCrossings)
#include "test_device_crossings.moc"
