// SPDX-License-Identifier: GPL-3.0-or-later
// Sweeps and products of the sorted rows that the multigrid works on, against what they are by definition.
#include <QTest>
#include <algorithm>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include "core/base/random.h"
#include "core/transport/sweep_matrix.h"

using namespace monge;

namespace {

/// A symmetric graph, its rows in arrays.
struct Graph {
  std::vector<int> offsets{0}, columns;
  std::vector<float> values;
  SparseView view() const {
    return {offsets.data(), columns.data(), values.data(), static_cast<int>(offsets.size()) - 1};
  }
  int rows() const { return view().rows; }
};

using Edges = std::map<std::pair<int, int>, float>;

Graph graphOf(int rows, const Edges& edges) {
  std::vector<std::map<int, float>> neighbours(rows);
  for (const auto& [ends, value] : edges) {
    neighbours[ends.first][ends.second] = value;
    neighbours[ends.second][ends.first] = value;
  }
  Graph graph;
  for (const auto& row : neighbours) {
    for (const auto& [column, value] : row) graph.columns.push_back(column), graph.values.push_back(value);
    graph.offsets.push_back(static_cast<int>(graph.columns.size()));
  }
  return graph;
}

/// Near rows are coupled, and some far ones; row r to about r mod `most` others, so that rows have every
/// number of couplings.
Graph mixed(int rows, int most) {
  Random random(11);
  Edges edges;
  for (int row = 0; row < rows; ++row)
    for (int count = 0; count < row % (most + 1) / 2; ++count) {
      const double reach = count % 5 == 4 ? rows : 60;
      const int other = std::clamp(row + static_cast<int>(reach * (random.uniform() - 0.5)), 0, rows - 1);
      if (other != row) edges[std::minmax(row, other)] = static_cast<float>(std::exp(2 * random.normal()));
    }
  return graphOf(rows, edges);
}

/// Every row coupled to every other: as many colours as rows.
Graph complete(int rows) {
  Edges edges;
  for (int row = 0; row < rows; ++row)
    for (int other = 0; other < row; ++other) edges[{other, row}] = static_cast<float>(1 + row + other);
  return graphOf(rows, edges);
}

/// All rows coupled to the first alone.
Graph star(int rows) {
  Edges edges;
  for (int row = 1; row < rows; ++row) edges[{0, row}] = static_cast<float>(row % 7 + 1);
  return graphOf(rows, edges);
}

Graph named(const QByteArray& name) {
  if (name == "one row") return graphOf(1, {});
  if (name == "no couplings") return graphOf(5000, {});
  if (name == "one block") return mixed(1500, 9);
  if (name == "several blocks") return mixed(9001, 9);
  if (name == "rows of up to 40") return mixed(9001, 40);
  if (name == "all with all") return complete(150);
  return star(9001);
}

using Values = std::vector<float>;

Values noise(int rows, std::uint64_t seed) {
  Random random(seed);
  Values values;
  for (int row = 0; row < rows; ++row) values.push_back(static_cast<float>(random.normal()));
  return values;
}

std::vector<double> image(const Graph& graph, const Values& x) {
  std::vector<double> result(x.size());
  for (int row = 0; row < graph.rows(); ++row)
    for (int at = graph.offsets[row]; at < graph.offsets[row + 1]; ++at)
      result[row] += double{graph.values[at]} * (double{x[row]} - double{x[graph.columns[at]]});
  return result;
}

/// Sum of |entries| of a row of L times |x|: what rounding is measured by.
std::vector<double> sizes(const Graph& graph, const Values& x) {
  std::vector<double> result(x.size());
  for (int row = 0; row < graph.rows(); ++row)
    for (int at = graph.offsets[row]; at < graph.offsets[row + 1]; ++at)
      result[row] += graph.values[at] * (std::abs(x[row]) + std::abs(x[graph.columns[at]]));
  return result;
}

template <class Task>
void forBlocks(const SweepMatrix& matrix, const Task& task) {
  for (int block = 0; block < matrix.blocks(); ++block) task(block);
}

Values afterForward(const SweepMatrix& matrix, const Values& right) {
  Values x(right.size());
  forBlocks(matrix, [&](int block) { matrix.forward(block, right.data(), x.data()); });
  return x;
}

double product(const Values& a, const Values& b) {
  double sum = 0;
  for (std::size_t row = 0; row < a.size(); ++row) sum += double{a[row]} * double{b[row]};
  return sum;
}

}  // namespace

class TestSweepMatrix : public QObject {
  Q_OBJECT

  void addGraphs() {
    QTest::addColumn<QByteArray>("name");
    for (const char* name : {"one row", "no couplings", "one block", "several blocks", "rows of up to 40",
                             "all with all", "star"})
      QTest::newRow(name) << QByteArray(name);
  }

 private slots:
  void multiplies_data() { addGraphs(); }
  void multiplies() {
    QFETCH(QByteArray, name);
    ThreadTeam team(2);
    const Graph graph = named(name);
    SweepMatrix matrix;
    matrix.build(graph.view(), team);
    const Values x = noise(graph.rows(), 1);
    const std::vector<double> wanted = image(graph, x), size = sizes(graph, x);
    std::vector<double> found(x.size());
    forBlocks(matrix, [&](int block) {
      matrix.multiply(block, x.data(), found.data() + std::ptrdiff_t{block} * matrix.block());
    });
    for (std::size_t row = 0; row < x.size(); ++row)
      QVERIFY(std::abs(found[row] - wanted[row]) <= 1e-12 * size[row]);
  }

  /// What is left after the sweep from zero is what the residual says.
  void leavesAResidual_data() { addGraphs(); }
  void leavesAResidual() {
    QFETCH(QByteArray, name);
    ThreadTeam team(2);
    const Graph graph = named(name);
    SweepMatrix matrix;
    matrix.build(graph.view(), team);
    const Values right = noise(graph.rows(), 2), x = afterForward(matrix, right);
    Values residual(x.size());
    forBlocks(matrix, [&](int block) { matrix.findResidual(block, x.data(), residual.data()); });
    forBlocks(matrix, [&](int block) { matrix.addOthers(block, x.data(), residual.data()); });
    const std::vector<double> taken = image(graph, x), size = sizes(graph, x);
    for (std::size_t row = 0; row < x.size(); ++row) {
      if (matrix.diagonal()[row] == 0) continue;
      QVERIFY(std::abs(right[row] - taken[row] - residual[row]) <= 1e-5 * (size[row] + std::abs(right[row])));
    }
  }

  /// From zero, (D - l)^-1 and (D - u)^-1 are each other's transposes: what conjugate gradients ask for.
  void goesBackAsItCame_data() { addGraphs(); }
  void goesBackAsItCame() {
    QFETCH(QByteArray, name);
    ThreadTeam team(2);
    const Graph graph = named(name);
    SweepMatrix matrix;
    matrix.build(graph.view(), team);
    const Values a = noise(graph.rows(), 3), b = noise(graph.rows(), 4), forth = afterForward(matrix, a);
    Values back(b.size());
    forBlocks(matrix, [&](int block) { matrix.backward(block, b.data(), back.data()); });
    const double size = std::sqrt(product(forth, forth) * product(b, b));
    QVERIFY(std::abs(product(forth, b) - product(a, back)) <= 1e-5 * size);
  }

  /// The sweep back leaves the solution as it is.
  void keepsTheSolution_data() { addGraphs(); }
  void keepsTheSolution() {
    QFETCH(QByteArray, name);
    ThreadTeam team(2);
    const Graph graph = named(name);
    SweepMatrix matrix;
    matrix.build(graph.view(), team);
    const Values solution = noise(graph.rows(), 5);
    const std::vector<double> exact = image(graph, solution), size = sizes(graph, solution);
    Values x = solution, right(exact.begin(), exact.end());
    forBlocks(matrix, [&](int block) { matrix.addOthers(block, x.data(), right.data()); });
    forBlocks(matrix, [&](int block) { matrix.backward(block, right.data(), x.data()); });
    for (std::size_t row = 0; row < x.size(); ++row) {
      const double diagonal = matrix.diagonal()[row];
      if (diagonal > 0)
        QVERIFY(std::abs(x[row] - solution[row]) <= 1e-4 * size[row] / diagonal);
      else
        QCOMPARE(x[row], 0.0F);
    }
  }

  /// Made again in the same place, by any team.
  void isTheSameWithAnyTeam() {
    const Graph first = mixed(20'001, 9), second = mixed(15'000, 20);
    const Values right = noise(second.rows(), 6);
    std::vector<Values> found;
    for (const int members : {1, 2, 3}) {
      ThreadTeam team(members);
      SweepMatrix matrix;
      matrix.build(first.view(), team);
      matrix.build(second.view(), team);
      found.push_back(afterForward(matrix, right));
    }
    QVERIFY(found[1] == found[0]);
    QVERIFY(found[2] == found[0]);
  }
};

QTEST_APPLESS_MAIN(TestSweepMatrix)
#include "test_sweep_matrix.moc"
