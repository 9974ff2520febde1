// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <atomic>
#include <stdexcept>
#include <vector>

#include "core/base/parallel_for.h"

using namespace monge;

class TestThreadTeam : public QObject {
  Q_OBJECT

 private slots:
  void everyChunkIsTakenOnce() {
    for (const int threads : {1, 2, 3}) {
      ThreadTeam team(threads);
      std::vector<std::atomic<int>> taken(1000);
      parallelChunks(team, 1000, 7, [&](std::int64_t begin, std::int64_t end, std::int64_t chunk) {
        QCOMPARE(begin, 7 * chunk);
        for (std::int64_t at = begin; at < end; ++at) ++taken[at];
      });
      for (const auto& count : taken) QCOMPARE(count.load(), 1);
    }
  }

  void sumsAreTheSameWithAnyTeam() {
    std::vector<double> values(100'000);
    for (std::size_t at = 0; at < values.size(); ++at) values[at] = 1.0 / static_cast<double>(at + 1);
    const auto sum = [&](int threads) {
      ThreadTeam team(threads);
      return parallelSum(team, std::ssize(values), 4096, [&](std::int64_t begin, std::int64_t end) {
        return std::accumulate(values.begin() + begin, values.begin() + end, 0.0);
      });
    };
    QCOMPARE(sum(2), sum(1));
    QCOMPARE(sum(3), sum(1));
  }

  /// Whichever member it is, once all are done, and the team works on.
  void whatATaskThrowsIsThrownByTheCall() {
    for (const int threads : {1, 2, 3}) {
      ThreadTeam team(threads);
      for (int round = 0; round < 200; ++round) {
        std::atomic<int> working{0};
        QVERIFY_EXCEPTION_THROWN(parallelChunks(team, 50, 1,
                                                [&](std::int64_t at, std::int64_t, std::int64_t) {
                                                  ++working;
                                                  if (at == round % 50) {
                                                    --working;
                                                    throw std::runtime_error("full");
                                                  }
                                                  --working;
                                                }),
                                 std::runtime_error);
        QCOMPARE(working.load(), 0);
      }
      QVERIFY_EXCEPTION_THROWN(team.run([](int) { throw std::bad_alloc(); }), std::bad_alloc);
      std::atomic<int> members{0};
      team.run([&](int) { ++members; });
      QCOMPARE(members.load(), threads);
    }
  }
};

QTEST_APPLESS_MAIN(TestThreadTeam)
#include "test_thread_team.moc"
