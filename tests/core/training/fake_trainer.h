// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <chrono>
#include <cmath>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <thread>
#include <utility>

#include "core/base/error.h"
#include "core/training/trainer.h"

namespace monge::test {

/// What a test wants the fake to do; shared with the trainer's thread.
struct FakeControl {
  std::atomic<std::int64_t> divergeAt{-1};  ///< iteration, while the rate is at least divergeRate
  std::atomic<double> divergeRate{0};
  std::atomic<std::int64_t> throwAt{-1};
  std::atomic<std::int64_t> outOfMemoryAt{-1};
  std::atomic<int> stepMicroseconds{0};
  std::atomic<int> snapshots{0};
  std::atomic<int> builds{0};
  std::atomic<std::int64_t> longestChunk{0};
};

/// The smallest trainer that depends on everything a real one depends on: seed, parameters, order of
/// sub-phases, prototypes.
class FakeTrainer : public Trainer {
 public:
  FakeTrainer(const Experiment& experiment, std::shared_ptr<FakeControl> control)
      : m_control(std::move(control)),
        m_rate(experiment.parameters.value("rate", 1e-4)),
        m_random(experiment.seed) {
    ++m_control->builds;
    const int generators = experiment.parameters.value("generators", 4);
    if (experiment.device == "cuda") throw Error("device", "cuda", "cpu: there is no GPU here");
    for (int id = 0; id < generators; ++id) m_prototypes[id] = {uniform(), uniform()};
  }

  std::vector<std::string> phases() const override { return {"sample", "critic", "generator"}; }
  std::string nextPhase() const override { return phases()[static_cast<std::size_t>(m_phase)]; }
  std::int64_t iteration() const override { return m_iteration; }
  std::int64_t epochLength() const override { return 40; }

  void stepPhase() override {
    if (m_phase == 0) m_sampled = uniform();
    if (m_phase == 1) m_critic += static_cast<float>(m_rate) * (m_sampled - m_critic);
    if (m_phase == 2) finishIteration();
    m_phase = (m_phase + 1) % 3;
  }

  void stepIterations(std::int64_t count) override {
    if (count > m_control->longestChunk) m_control->longestChunk = count;
    for (const std::int64_t end = m_iteration + count; m_iteration < end && !m_divergence;) stepPhase();
  }

  std::optional<Divergence> divergence() const override { return m_divergence; }

  EnsembleSnapshot snapshot(const SnapshotRequest& request) override {
    ++m_control->snapshots;
    EnsembleSnapshot snapshot;
    snapshot.dimension = 2;
    const auto k = static_cast<Eigen::Index>(m_prototypes.size());
    snapshot.prototypes.resize(k, 2);
    for (const auto& [id, position] : m_prototypes) {
      const auto row = static_cast<Eigen::Index>(snapshot.ids.size());
      snapshot.prototypes.row(row) << position.first, position.second;
      snapshot.ids.push_back(id);
    }
    snapshot.masses.assign(m_prototypes.size(), 1.0 / static_cast<double>(k));
    for (const auto& [id, share] : m_shares) {
      snapshot.law.targets = snapshot.masses;
      snapshot.law
          .targets[static_cast<std::size_t>(std::distance(m_prototypes.begin(), m_prototypes.find(id)))] =
          share;
    }
    snapshot.inside.assign(m_prototypes.size(), 1.0);
    snapshot.samples = RowsF::Constant(request.samples, 2, m_critic);
    snapshot.sampleOwner.assign(static_cast<std::size_t>(request.samples), 0);
    snapshot.assignment.assign(4, 0);
    return snapshot;
  }

  DataView dataView() const override {
    DataView view;
    view.name = "Corners";
    view.provenance = "made for the test";
    view.rows = 4;
    view.dimension = 2;
    view.points.resize(4, 2);
    view.points << -1, -1, 1, -1, 1, 1, -1, 1;
    view.lower = RowsF::Constant(1, 2, -1);
    view.upper = RowsF::Constant(1, 2, 1);
    return view;
  }

  std::vector<std::string> historyColumns() const override { return {"critic", "loss"}; }
  std::vector<double> historyRow() override {
    const double loss = m_lossSum / static_cast<double>(std::max<std::int64_t>(m_lossCount, 1));
    m_lossSum = 0;
    m_lossCount = 0;
    return {m_critic, loss};
  }
  nlohmann::json metrics() override { return {{"critic", m_critic}, {"iteration", m_iteration}}; }

  Message save() const override {
    Message state("fake");
    const std::vector<std::uint64_t> words{m_random, static_cast<std::uint64_t>(m_iteration),
                                           static_cast<std::uint64_t>(m_phase),
                                           static_cast<std::uint64_t>(m_lossCount)};
    const std::vector<double> numbers{m_rate, m_lossSum, m_critic, m_sampled};
    state.add("words", std::span(words));
    state.add("numbers", std::span(numbers));
    std::vector<double> prototypes;
    for (const auto& [id, p] : m_prototypes)
      prototypes.insert(prototypes.end(), {double(id), p.first, p.second});
    state.add("prototypes", std::span<const double>(prototypes));
    return state;
  }

  void load(const Message& state) override {
    const auto words = state.words("words");
    const auto numbers = state.doubles("numbers");
    const auto prototypes = state.doubles("prototypes");
    m_random = words[0];
    m_iteration = static_cast<std::int64_t>(words[1]);
    m_phase = static_cast<int>(words[2]);
    m_lossCount = static_cast<std::int64_t>(words[3]);
    m_rate = numbers[0];
    m_lossSum = numbers[1];
    m_critic = static_cast<float>(numbers[2]);
    m_sampled = static_cast<float>(numbers[3]);
    m_prototypes.clear();
    for (std::size_t i = 0; i < prototypes.size(); i += 3)
      m_prototypes[static_cast<int>(prototypes[i])] = {static_cast<float>(prototypes[i + 1]),
                                                       static_cast<float>(prototypes[i + 2])};
  }

  void setParameters(const nlohmann::json& values) override { m_rate = values.value("rate", m_rate); }

  void movePrototype(int id, const std::vector<double>& position) override { known(id) = point(position); }
  int addPrototype(const std::vector<double>& position) override {
    const int id = m_prototypes.rbegin()->first + 1;
    m_prototypes[id] = point(position);
    return id;
  }
  void removePrototype(int id) override {
    m_removed[id] = known(id);
    m_prototypes.erase(id);
  }
  void restorePrototype(int id) override {
    if (!m_removed.count(id)) throw Error("prototype", std::to_string(id), "one that was deleted");
    m_prototypes[id] = m_removed[id];
  }
  void setMass(int id, double mass) override {
    known(id);
    if (!(mass > 0 && mass < 1)) throw Error("mass", std::to_string(mass), "a share above 0 and below 1");
    m_shares[id] = mass;
  }

 private:
  using Point = std::pair<float, float>;

  static Point point(const std::vector<double>& position) {
    if (position.size() != 2)
      throw Error("position", std::to_string(position.size()) + " numbers", "2 numbers");
    return {static_cast<float>(position[0]), static_cast<float>(position[1])};
  }
  Point& known(int id) {
    if (!m_prototypes.count(id)) throw Error("prototype", std::to_string(id), "a prototype that exists");
    return m_prototypes[id];
  }
  /// Knuth's linear congruential generator, in [0, 1).
  float uniform() {
    m_random = m_random * 6364136223846793005ull + 1442695040888963407ull;
    return static_cast<float>(m_random >> 40) / 16777216.0f;
  }
  void finishIteration() {
    const std::int64_t next = m_iteration + 1;
    if (m_control->stepMicroseconds > 0)
      std::this_thread::sleep_for(std::chrono::microseconds(m_control->stepMicroseconds));
    if (next == m_control->throwAt) throw std::runtime_error("CUDA error: device lost\n  frame #0");
    if (next == m_control->outOfMemoryAt) throw std::bad_alloc();
    for (auto& [id, p] : m_prototypes) p.first += static_cast<float>(m_rate) * (uniform() - p.first);
    m_lossSum += std::abs(m_sampled - m_critic);
    ++m_lossCount;
    m_iteration = next;
    if (next == m_control->divergeAt && m_rate >= m_control->divergeRate)
      m_divergence = Divergence{next, "critic 3", "loss is NaN"};
  }

  std::shared_ptr<FakeControl> m_control;
  double m_rate;
  std::uint64_t m_random;
  std::int64_t m_iteration = 0, m_lossCount = 0;
  int m_phase = 0;
  float m_sampled = 0, m_critic = 0;
  double m_lossSum = 0;
  std::map<int, Point> m_prototypes, m_removed;
  std::map<int, double> m_shares;  ///< that were asked for
  std::optional<Divergence> m_divergence;
};

}  // namespace monge::test
