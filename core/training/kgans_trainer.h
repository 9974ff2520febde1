// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "core/base/random.h"
#include "core/base/thread_team.h"
#include "core/metrics/mask_metrics.h"
#include "core/models/fused/mlp.h"
#include "core/models/gan.h"
#include "core/training/kgans_options.h"
#include "core/training/trainer.h"

namespace monge {

class KGansCells;

/// K1: k-GANs, Algorithm 1 of Ambrogioni, Guclu, van Gerven 2019.
///
/// One iteration is, for each network j on its own: draw a batch from the data (sample), keep the points in
/// the Voronoi cell of prototype j (assign, eq. 17), step the critic on them (critic, eq. 27 and 28; the
/// three are repeated critic_steps times), step the generator (generator, eq. 27), step the prototype on the
/// generator's samples (prototype, eq. 29). Within an iteration all networks see the prototypes as they were
/// at its start, so the networks may be worked on by different threads, and the result does not depend on how
/// many.
///
/// K2: with fixed masses the cells are Laguerre cells, and an iteration ends with a step of their dual
/// weights (dual, eq. 7 to 12; kgans_masses.cpp). K5: kgans_cells.h has the costs.
///
/// A network whose batch holds no point of its cell is starved: by default it and its prototype are held
/// until one does. Without that its critic sees only generated points, its generator drifts and the prototype
/// follows it out of the data. With `starved` = `revive` one whose cell holds no data at all begins anew in
/// the fullest cell (kgans_revival.cpp).
class KGansTrainer final : public Trainer {
 public:
  KGansTrainer(const Experiment& experiment, const Dataset& data);
  /// With a back end of one's own, e.g. LibTorch where the fused one would be chosen.
  using EnsembleFactory =
      std::function<std::unique_ptr<NetworkEnsemble>(const GanShape&, int batch, int threads)>;
  KGansTrainer(const Experiment& experiment, const Dataset& data, const EnsembleFactory& factory);
  ~KGansTrainer() override;

  std::vector<std::string> phases() const override {
    return {"sample", "assign", "critic", "generator", "prototype", "dual"};
  }
  std::string nextPhase() const override;
  std::int64_t iteration() const override { return m_iteration; }
  std::int64_t epochLength() const override;
  void stepPhase() override;
  void stepIterations(std::int64_t count) override;
  std::optional<Divergence> divergence() const override { return m_divergence; }
  EnsembleSnapshot snapshot(const SnapshotRequest& request) override;
  DataView dataView() const override;
  std::vector<std::string> historyColumns() const override;
  std::vector<double> historyRow() override;
  nlohmann::json metrics() override;
  Message save() const override;
  void load(const Message& state) override;
  void setParameters(const nlohmann::json& values) override;
  void movePrototype(int id, const std::vector<double>& position) override;
  int addPrototype(const std::vector<double>& position) override;
  void removePrototype(int id) override;
  void restorePrototype(int id) override;
  void setMass(int id, double mass) override;

  const NetworkEnsemble& ensemble() const { return *m_ensemble; }

 private:
  /// What belongs to one generator besides its networks. Aligned so that two threads do not write to one
  /// cache line.
  struct alignas(64) Member {
    int id = 0;
    double share = 1;   ///< of the data that its cell is to hold, beside those of the others
    double weight = 0;  ///< dual weight g_j of its cell, in units of the cost
    Random sampler{0};
    std::vector<std::uint32_t> rows;  ///< of the data set: the batch as drawn
    fused::Buffer drawn, kept;        ///< d x stride: batch as drawn; points of the cell
    fused::Buffer labels;             ///< stride: of the batch, while it is assigned
    int keptCount = 0;
    std::vector<double> position;          ///< of the prototype, at the start of the iteration
    std::vector<double> next;              ///< at its end
    std::vector<double> moment, variance;  ///< Adam's, d each
    std::int64_t steps = 0;
    std::int64_t born = 0;     ///< iteration at which its networks began
    std::vector<float> trail;  ///< T x d, only for d <= 3
    CriticLoss criticLoss;
    float generatorLoss = 0;
    double sumDistance = 0, sumTerm = 0, sumGenerator = 0;  ///< since the last history row
    std::int64_t summed = 0;
  };
  struct Removed {
    Member member;
    Message network;
  };

  int count() const { return static_cast<int>(m_members.size()); }
  Member& member(int j) { return m_members[static_cast<std::size_t>(j)]; }
  const Member& member(int j) const { return m_members[static_cast<std::size_t>(j)]; }
  Member newMember(int id, const RowsF& position) const;
  int indexOf(int id) const;
  std::vector<double> checkedPosition(const std::vector<double>& position) const;
  void placePrototypes();
  void publishPrototypes();

  /// A piece of one iteration: which, for networks [first, last), on which thread.
  struct Turn {
    std::int64_t iteration;
    int first, last, thread;
    GanRates rates;
    double prototypeRate;
  };
  enum class Phase { Sample, Assign, Critic, Generator, Prototype, Dual };
  Turn turn(std::int64_t iteration, int first, int last, int thread) const;
  static Phase phaseAt(int index, int criticSteps);
  int phasesOfCycle() const;
  void runPhase(Phase phase, const Turn& turn);
  void sample(const Turn& turn);
  void assign(const Turn& turn);
  void critic(const Turn& turn);
  void generator(const Turn& turn);
  void prototype(const Turn& turn);
  void prototypeStep(Member& member, const float* fakes, double rate) const;
  void dual(const Turn& all);
  void endTogether(const Turn& all);
  void drawBatch(Member& member);
  void finish(const Turn& turn);
  bool allFinite(const Turn& turn) const;
  std::int64_t untilRevival() const;
  void reviveEmptyCells();
  void beginAnew(int j, const RowsF& position, std::uint64_t seed);
  void iterateAlone(std::int64_t count);
  void iterateTogether(std::int64_t count);
  void reportDivergence();

  void takeShares();
  std::vector<double> targets() const;
  void publishCells();
  void balanceCells();
  void solveDual(const float* prototypes);
  void ascendDual(const float* prototypes, double factor);
  double massError(const std::vector<double>& masses) const;

  /// Where the iteration reads its prototypes, and where the next one will.
  const float* prototypesNow() const { return m_prototypes[m_iteration & 1].data(); }
  const float* nextPrototypes(std::int64_t iteration) const {
    return m_prototypes[(iteration + 1) & 1].data();
  }
  std::vector<int> dataOwners() const;
  std::vector<double> ensembleWeights(const std::vector<double>& masses) const;
  Eigen::Index shownRows() const;
  std::vector<int> shares(int total, const std::vector<double>& masses) const;
  struct Generated {
    RowsF points;
    std::vector<int> owner;
    std::vector<double> inside;  ///< share of each generator's samples in its own cell
    double outside = 0;          ///< share of all samples outside the cells of their generators
  };
  Generated generate(int total, const std::vector<double>& masses, std::uint64_t seed);
  CriticField criticField(const SnapshotRequest& request);
  LatentGrid latentGrid();
  void fillSampleGrid(EnsembleSnapshot& snapshot, int columns);
  RowsF prototypeRows() const;
  Message saveMember(const Member& member, const Message& network) const;
  Removed loadMember(const Message& state) const;
  void readRows(const Message& state, Member& own) const;
  void resizeScratch();

  Experiment m_experiment;
  Dataset m_data;
  RowsF m_lower, m_upper;
  KGansOptions m_options;
  GanShape m_shape;
  int m_stride;
  std::unique_ptr<KGansCells> m_cells;
  Random m_dualSampler;
  std::unique_ptr<NetworkEnsemble> m_ensemble;
  std::unique_ptr<ThreadTeam> m_team;
  std::vector<Member> m_members;
  std::vector<float> m_prototypes[2];  ///< k x d; the iteration reads [m_iteration & 1] and writes the other
  std::vector<RealBatch> m_real;
  std::vector<char> m_active;
  std::vector<CriticLoss> m_criticLosses;
  std::vector<float> m_generatorLosses;
  std::deque<Removed> m_removed;
  int m_nextId = 0;
  std::int64_t m_iteration = 0;
  int m_phase = 0;             ///< place in the iteration's list of sub-phases
  int m_cycleCriticSteps = 1;  ///< critic steps of the iteration that has begun
  bool m_cycleDual = false;    ///< whether it ends with a dual step
  std::optional<Divergence> m_divergence;
  std::unique_ptr<MaskGrid> m_maskGrid;
  std::vector<int> m_lastOwners;
  SampleGrid m_grid;
  std::int64_t m_gridIteration = -1;
  std::chrono::steady_clock::time_point m_gridDue;
};

}  // namespace monge
