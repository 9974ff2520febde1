// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <algorithm>
#include <set>

#include "core/base/error.h"
#include "core/data/dataset.h"

using namespace monge;

namespace {

/// Points (i, 10 i), i = 0..n-1, labelled i.
Dataset line(int n) {
  Dataset set;
  set.name = "line";
  set.provenance = "drawn";
  set.rows.resize(n, 2);
  for (int i = 0; i < n; ++i) {
    set.rows.row(i) << static_cast<float>(i), static_cast<float>(10 * i);
    set.labels.push_back(i);
  }
  return set;
}

Dataset image(int height, int width, std::vector<float> pixels) {
  Dataset set;
  set.image = {1, height, width};
  set.rows = Eigen::Map<RowsF>(pixels.data(), 1, static_cast<Eigen::Index>(pixels.size()));
  return set;
}

/// Every row still carries its own label.
bool isConsistent(const Dataset& set) {
  for (std::int64_t row = 0; row < set.size(); ++row) {
    if (set.rows(row, 0) != static_cast<float>(set.labels[static_cast<std::size_t>(row)])) return false;
  }
  return static_cast<std::int64_t>(set.labels.size()) == set.size();
}

}  // namespace

class TestDataset : public QObject {
  Q_OBJECT

 private slots:
  void knowsItsRange() {
    const Dataset set = line(5);
    QCOMPARE(set.lower(), (RowsF(1, 2) << 0, 0).finished());
    QCOMPARE(set.upper(), (RowsF(1, 2) << 4, 40).finished());
    QCOMPARE(set.size(), std::int64_t(5));
    QCOMPARE(set.dimension(), 2);
  }

  void splitsIntoAllRows() {
    const auto [first, second] = split(line(100), 0.3, 7);
    QCOMPARE(first.size(), std::int64_t(30));
    QCOMPARE(second.size(), std::int64_t(70));
    QVERIFY(isConsistent(first) && isConsistent(second));
    std::set<int> seen(first.labels.begin(), first.labels.end());
    seen.insert(second.labels.begin(), second.labels.end());
    QCOMPARE(seen.size(), std::size_t(100));
    QVERIFY(!std::is_sorted(first.labels.begin(), first.labels.end()));
    QCOMPARE(split(line(100), 0.3, 7).first.rows, first.rows);
    QVERIFY(split(line(100), 0.3, 8).first.rows != first.rows);
  }

  void refusesAnEmptyPart() {
    for (const double share : {0.0, 1.0, -1.0, 0.001, 0.999, std::nan("")}) {
      QVERIFY_THROWS_EXCEPTION(Error, split(line(10), share, 1));
    }
  }

  void subsamplesDifferentRows() {
    const Dataset chosen = subsample(line(100), 40, 3);
    QCOMPARE(chosen.size(), std::int64_t(40));
    QVERIFY(isConsistent(chosen));
    QCOMPARE(std::set<int>(chosen.labels.begin(), chosen.labels.end()).size(), std::size_t(40));
    QCOMPARE(chosen.provenance, std::string("drawn, 40 rows, seed 3"));
    QCOMPARE(subsample(line(10), 10, 3).rows, line(10).rows);
    QCOMPARE(subsample(line(10), 11, 3).provenance, std::string("drawn"));
    QVERIFY_THROWS_EXCEPTION(Error, subsample(line(10), 0, 3));
  }

  void takesTheFirstRows() {
    QCOMPARE(firstRows(line(9), 4).rows, line(4).rows);
    QCOMPARE(firstRows(line(9), 12).size(), std::int64_t(9));
    QVERIFY_THROWS_EXCEPTION(Error, firstRows(line(9), -1));
  }

  void scalesWithOneFactor() {
    Dataset set = line(5);  // 4 x 40
    set.mask = {{2, 20, 4}};
    const Dataset scaled = scaleToBox(set, -1, 1);
    QCOMPARE(scaled.lower(), (RowsF(1, 2) << -0.1f, -1).finished());
    QCOMPARE(scaled.upper(), (RowsF(1, 2) << 0.1f, 1).finished());
    QCOMPARE(scaled.mask.size(), std::size_t(1));
    QCOMPARE(scaled.mask[0].radius, 0.2);
    QCOMPARE(scaled.mask[0].x, 0.0);
  }

  void scalesEachAxis() {
    Dataset set = line(5);
    set.mask = {{2, 20, 4}};
    const Dataset scaled = scaleToBox(set, 0, 1, true);
    QCOMPARE(scaled.lower(), (RowsF(1, 2) << 0, 0).finished());
    QCOMPARE(scaled.upper(), (RowsF(1, 2) << 1, 1).finished());
    QVERIFY(scaled.mask.empty());  // its discs are ellipses now
  }

  void centresAFlatAxis() {
    Dataset set = line(3);
    set.rows.col(1).setConstant(7);
    const Dataset scaled = scaleToBox(set, -1, 1, true);
    QCOMPARE(scaled.rows.col(1).eval(), Eigen::VectorXf::Zero(3).eval());
  }

  void staysInsideTheBox() {
    Dataset set = line(3);
    set.rows << 0.1f, 1e-7f, 0.3f, 33.3f, 0.7f, 12345.678f;
    const Dataset scaled = scaleToBox(set, -0.9, 1.1, true);
    QVERIFY(scaled.rows.minCoeff() >= -0.9f && scaled.rows.maxCoeff() <= 1.1f);
  }

  void refusesABoxWithoutExtent() {
    Dataset set = line(3);
    QVERIFY_THROWS_EXCEPTION(Error, scaleToBox(set, 1, 1));
    QVERIFY_THROWS_EXCEPTION(Error, scaleToBox(set, 0, INFINITY));
    set.rows.setOnes();
    QVERIFY_THROWS_EXCEPTION(Error, scaleToBox(set, 0, 1));
    QVERIFY_THROWS_EXCEPTION(Error, scaleToBox(Dataset{}, 0, 1));
  }

  void scalesValues() {
    const Dataset scaled = scaleValues(image(1, 3, {0, 0.5f, 1}), 0, 1, -1, 1);
    QCOMPARE(scaled.rows, (RowsF(1, 3) << -1, 0, 1).finished());
    QVERIFY_THROWS_EXCEPTION(Error, scaleValues(scaled, 1, 1, 0, 1));
  }

  void padsWithTheSmallestValue() {
    const Dataset padded = resizeImages(image(2, 2, {1, 2, 3, 4}), 4);
    const RowsF expected = (RowsF(1, 16) << 1, 1, 1, 1,  //
                            1, 1, 2, 1,                  //
                            1, 3, 4, 1,                  //
                            1, 1, 1, 1)
                               .finished();
    QCOMPARE(padded.rows, expected);
    QCOMPARE(padded.image, (ImageShape{1, 4, 4}));
  }

  void resamplesBilinearly() {
    // Pixel centres of 4 lie at -1/4 (clamped), 1/4, 3/4, 5/4 (clamped) between those of 2.
    const Dataset grown = resizeImages(image(2, 2, {0, 4, 0, 4}), 4, false);
    const RowsF expected = (RowsF(1, 16) << 0, 1, 3, 4, 0, 1, 3, 4, 0, 1, 3, 4, 0, 1, 3, 4).finished();
    QCOMPARE(grown.rows, expected);
    const Dataset shrunk = resizeImages(image(2, 2, {0, 4, 2, 6}), 1);
    QCOMPARE(shrunk.rows, RowsF::Constant(1, 1, 3).eval());
  }

  void resizesEachChannel() {
    Dataset set = image(1, 2, {1, 2, 5, 6});
    set.image = {2, 1, 1};
    set.rows = (RowsF(1, 2) << 1, 5).finished();
    const Dataset grown = resizeImages(set, 2, false);
    QCOMPARE(grown.rows, (RowsF(1, 8) << 1, 1, 1, 1, 5, 5, 5, 5).finished());
    QCOMPARE(grown.image, (ImageShape{2, 2, 2}));
  }

  void refusesWrongResizes() {
    QVERIFY_THROWS_EXCEPTION(Error, resizeImages(line(3), 4));
    QVERIFY_THROWS_EXCEPTION(Error, resizeImages(image(1, 1, {1}), 0));
    QVERIFY_THROWS_EXCEPTION(Error, resizeImages(image(1, 1, {1}), 1 << 30));
  }
};

QTEST_APPLESS_MAIN(TestDataset)
#include "test_dataset.moc"
