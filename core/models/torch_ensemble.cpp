// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>

#include "core/base/error.h"
#include "core/models/fused/kernels.h"
#include "core/models/fused/mlp.h"
#include "core/models/gan.h"
#include "core/models/grouped_networks.h"

namespace monge {
namespace {

using fused::Buffer;
using fused::kLanes;
using fused::paddedBatch;
using torch::Tensor;

std::vector<float> flattened(const std::vector<Tensor>& tensors) {
  std::vector<float> result;
  for (const auto& t : tensors) {
    const Tensor flat = t.detach().to(torch::kCPU, torch::kFloat32).contiguous().flatten();
    result.insert(result.end(), flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel());
  }
  result.resize(static_cast<std::size_t>(paddedBatch(static_cast<int>(result.size()))));
  return result;
}

std::vector<Tensor> unflattened(const std::vector<float>& values, const std::vector<Tensor>& like,
                                const char* name) {
  std::vector<Tensor> result;
  std::size_t at = 0;
  for (const auto& t : like) {
    const auto n = static_cast<std::size_t>(t.numel() / t.size(0));
    if (at + n > values.size())
      throw Error(name, std::to_string(values.size()) + " values", "as many as these networks have");
    auto sizes = t.sizes().vec();
    sizes[0] = 1;
    result.push_back(torch::from_blob(const_cast<float*>(values.data() + at), sizes).clone().to(t.device()));
    at += n;
  }
  if (static_cast<std::size_t>(paddedBatch(static_cast<int>(at))) != values.size())
    throw Error(name, std::to_string(values.size()) + " values", std::to_string(at) + " for these networks");
  return result;
}

RowsF toRows(const Tensor& t) {
  const Tensor flat = t.detach().to(torch::kCPU).contiguous();
  return Eigen::Map<const RowsF>(flat.data_ptr<float>(), flat.size(0), flat.size(1));
}

Tensor fromRows(const RowsF& rows, torch::Device device) {
  return torch::from_blob(const_cast<float*>(rows.data()), {rows.rows(), rows.cols()}).clone().to(device);
}

torch::Device chosenDevice(const std::string& name) {
  if (name == "cuda" && !torch::cuda::is_available())
    throw Error("device", "cuda", "auto or cpu: this LibTorch finds no CUDA device");
  return name == "cuda" ? torch::kCUDA : torch::kCPU;
}

class TorchEnsemble final : public NetworkEnsemble {
 public:
  TorchEnsemble(const GanShape& shape, int count, std::uint64_t seed, int maximumBatch, int threads,
                const std::string& device)
      : m_shape(shape),
        m_device(chosenDevice(device)),
        m_stride(paddedBatch(maximumBatch)),
        m_generatorForm(makeGeneratorArchitecture(shape, m_device)),
        m_criticForm(makeCriticArchitecture(shape)) {
    torch::set_num_threads(std::max(threads, 1));
    for (int j = 0; j < count; ++j) append(networkSeed(seed, static_cast<std::uint64_t>(j)));
  }

  std::string backend() const override { return m_device.is_cuda() ? "LibTorch cuda" : "LibTorch cpu"; }
  bool independent() const override { return false; }
  int count() const override { return static_cast<int>(m_noise.size()); }

  void criticStep(int first, int last, int thread, const GanRates& rates, const RealBatch* real,
                  CriticLoss* losses) override;
  void generatorStep(int first, int last, int thread, const GanRates& rates, const char* active,
                     float* losses) override;
  void drawFakes(int first, int last, int thread, const GanRates& rates, const char* active) override;
  float* fakes(int j) override {
    return m_fakes[static_cast<std::size_t>(j)].size() ? m_fakes[static_cast<std::size_t>(j)].data()
                                                       : nullptr;
  }

  RowsF generate(int j, const RowsF& z) override;
  RowsF criticValues(int j, const RowsF& x) override;
  RowsF criticGradients(int j, const RowsF& x) override;

  void append(std::uint64_t seed) override;
  void remove(int j) override;
  Message saveNetwork(int j) const override;
  void loadNetwork(int j, const Message& state) override;

 private:
  GroupedWeights fresh(std::vector<Tensor> values) const;
  Tensor drawNoise(int batch, const std::vector<char>& active);
  Tensor realTensor(const RealBatch* real, int batch) const;
  Tensor mask(const RealBatch* real, int batch) const;
  Tensor softTerm(const Tensor& x, const Tensor& fake, const Tensor& fReal, const Tensor& fFake,
                  const Tensor& inside, const RealBatch* real, const GanRates& rates) const;
  Tensor penalty(const Tensor& x, const Tensor& fake, const Tensor& inside, const std::vector<char>& active);
  void keepFakes(const Tensor& fake, const std::vector<char>& active);
  void averageGenerators(const GanRates& rates, const std::vector<char>& active);
  const Statistics& calibrated(int j);
  std::vector<Tensor> averagedOf(int j) const;

  GanShape m_shape;
  torch::Device m_device;
  int m_stride;
  std::unique_ptr<GroupedArchitecture> m_generatorForm, m_criticForm;
  GroupedWeights m_generators, m_critics;
  std::vector<Tensor> m_averaged;
  std::vector<fused::NoiseState> m_noise;
  std::vector<Buffer> m_fakes;
  std::map<int, std::pair<std::int64_t, Statistics>>
      m_statistics;  ///< by network: generator steps when measured, statistics
};

GroupedWeights TorchEnsemble::fresh(std::vector<Tensor> values) const {
  GroupedWeights result;
  for (auto& v : values) {
    result.values.push_back(v.to(m_device));
    result.moments.push_back(torch::zeros_like(result.values.back()));
    result.variances.push_back(torch::zeros_like(result.values.back()));
  }
  result.steps = {0};
  return result;
}

void TorchEnsemble::append(std::uint64_t seed) {
  const GroupedWeights generator = fresh(m_generatorForm->initialise(seed));
  m_generators.append(generator);
  m_critics.append(fresh(m_criticForm->initialise(seed ^ 0x637269746963u)));
  m_averaged.resize(generator.values.size());
  for (std::size_t i = 0; i < m_averaged.size(); ++i)
    m_averaged[i] =
        m_noise.empty() ? generator.values[i].clone() : torch::cat({m_averaged[i], generator.values[i]});
  m_noise.push_back(fused::seedNoise(seed ^ 0x6e6f697365u));
  m_fakes.emplace_back();
}

void TorchEnsemble::remove(int j) {
  m_generators.remove(j);
  m_critics.remove(j);
  const std::int64_t k = count();
  for (auto& t : m_averaged) t = torch::cat({t.narrow(0, 0, j), t.narrow(0, j + 1, k - j - 1)});
  m_noise.erase(m_noise.begin() + j);
  m_fakes.erase(m_fakes.begin() + j);
  m_statistics.clear();
}

/// The noise of the fused back end, so that both see the same numbers; k x batch x latent.
Tensor TorchEnsemble::drawNoise(int batch, const std::vector<char>& active) {
  const int size = (m_shape.latent * m_stride + 2 * kLanes - 1) / (2 * kLanes) * (2 * kLanes);
  Tensor z = torch::zeros({count(), m_shape.latent, m_stride});
  Buffer numbers(size);
  for (int j = 0; j < count(); ++j) {
    if (!active[static_cast<std::size_t>(j)]) continue;
    fused::kernels().normals(m_noise[static_cast<std::size_t>(j)], numbers.data(), size);
    std::memcpy(z[j].data_ptr<float>(), numbers.data(),
                sizeof(float) * static_cast<std::size_t>(m_shape.latent * m_stride));
  }
  return z.narrow(2, 0, batch).transpose(1, 2).contiguous().to(m_device);
}

/// k x batch x d; rows beyond a network's count repeat its first ones, so that no network sees points from
/// nowhere.
Tensor TorchEnsemble::realTensor(const RealBatch* real, int batch) const {
  Tensor x = torch::zeros({count(), batch, m_shape.dimension});
  for (int j = 0; j < count(); ++j) {
    if (real[j].count == 0) continue;
    const Tensor columns =
        torch::from_blob(const_cast<float*>(real[j].values), {m_shape.dimension, m_stride});
    x[j].narrow(0, 0, real[j].count).copy_(columns.narrow(1, 0, real[j].count).t());
  }
  return x.to(m_device);
}

/// k x batch: 1 / count where a real point stands, else 0, so that a sum is a mean.
Tensor TorchEnsemble::mask(const RealBatch* real, int batch) const {
  Tensor m = torch::zeros({count(), batch});
  for (int j = 0; j < count(); ++j)
    if (real[j].count > 0) m[j].narrow(0, 0, real[j].count).fill_(1.0 / real[j].count);
  return m.to(m_device);
}

/// Eq. (28), per network; see FusedGan::addSoftTerm.
Tensor TorchEnsemble::softTerm(const Tensor& x, const Tensor& fake, const Tensor& fReal, const Tensor& fFake,
                               const Tensor& inside, const RealBatch* real, const GanRates& rates) const {
  Tensor otherX = fake, otherF = fFake;
  if (rates.pairs == PairSource::RealReal) {
    Tensor next = torch::arange(rates.batch).repeat({count(), 1});
    for (int j = 0; j < count(); ++j)
      if (real[j].count > 0)
        next[j]
            .narrow(0, 0, real[j].count)
            .copy_(torch::arange(1, real[j].count + 1).remainder(real[j].count));
    next = next.to(m_device);
    otherX = x.gather(1, next.unsqueeze(2).expand({-1, -1, x.size(2)}));
    otherF = fReal.gather(1, next);
  }
  Tensor difference = (fReal - otherF).abs();
  if (rates.reading == PairReading::Slope)
    difference = difference * torch::rsqrt((x - otherX).square().sum(2) + 1e-12);
  return (torch::relu(difference - 1) * inside).sum(1);
}

Tensor TorchEnsemble::penalty(const Tensor& x, const Tensor& fake, const Tensor& inside,
                              const std::vector<char>& active) {
  const int batch = static_cast<int>(x.size(1));
  Tensor share = torch::zeros({count(), m_stride});
  Buffer numbers(m_stride);
  for (int j = 0; j < count(); ++j) {
    if (!active[static_cast<std::size_t>(j)]) continue;
    const auto pairs = (inside[j] > 0).sum().item<std::int64_t>();
    fused::kernels().uniforms(m_noise[static_cast<std::size_t>(j)], numbers.data(),
                              paddedBatch(static_cast<int>(pairs)));
    std::memcpy(share[j].data_ptr<float>(), numbers.data(), sizeof(float) * static_cast<std::size_t>(pairs));
  }
  share = share.narrow(1, 0, batch).unsqueeze(2).to(m_device);
  const Tensor between = (fake + share * (x - fake)).detach().requires_grad_(true);
  const Tensor f = m_criticForm->forward(m_critics.values, between, nullptr, nullptr);
  const Tensor g = torch::autograd::grad({f.sum()}, {between}, {}, true, true)[0];
  const Tensor norm = (g.square().sum(2) + 1e-12).sqrt();
  return ((norm - 1).square() * inside).sum(1);
}

void TorchEnsemble::criticStep(int, int, int, const GanRates& rates, const RealBatch* real,
                               CriticLoss* losses) {
  std::vector<char> active;
  for (int j = 0; j < count(); ++j) active.push_back(real[j].count > 0);
  if (std::none_of(active.begin(), active.end(), [](char a) { return a; })) return;
  const Tensor z = drawNoise(rates.batch, active);
  Tensor fake;
  {
    torch::NoGradGuard guard;
    fake = m_generatorForm->forward(m_generators.values, z, nullptr, nullptr);
  }
  const Tensor x = realTensor(real, rates.batch), inside = mask(real, rates.batch);
  const Tensor f =
      m_criticForm->forward(m_critics.values, torch::cat({x, fake}, 1), nullptr, nullptr).squeeze(2);
  const Tensor fReal = f.narrow(1, 0, rates.batch), fFake = f.narrow(1, rates.batch, rates.batch);
  const Tensor distance = (fReal * inside).sum(1) - fFake.mean(1);
  Tensor term = torch::zeros_like(distance), loss = -distance;
  if (rates.critic == CriticKind::Soft) {
    term = softTerm(x, fake, fReal, fFake, inside, real, rates);
    loss = loss + rates.lipschitzWeight * term;
  } else if (rates.critic == CriticKind::Penalty) {
    term = penalty(x, fake, inside, active);
    loss = loss + rates.penaltyWeight * term;
  }
  (loss * (inside.sum(1) > 0)).sum().backward();
  m_critics.values.back().mutable_grad().zero_();  // the constant in f, as in FusedGan::criticGradient
  m_critics.adam(rates.criticRate, rates, active);
  if (rates.critic == CriticKind::Clip) {
    torch::NoGradGuard guard;
    for (auto& p : m_critics.values) p.clamp_(-rates.clip, rates.clip);
  }
  const Tensor values = torch::stack({distance, term}, 1).detach().to(torch::kCPU).contiguous();
  for (int j = 0; j < count(); ++j)
    if (active[static_cast<std::size_t>(j)])
      losses[j] = {values[j][0].item<float>(), values[j][1].item<float>()};
}

void TorchEnsemble::generatorStep(int, int, int, const GanRates& rates, const char* wanted, float* losses) {
  const std::vector<char> active(wanted, wanted + count());
  if (std::none_of(active.begin(), active.end(), [](char a) { return a; })) return;
  const Tensor z = drawNoise(rates.batch, active);
  const Tensor fake = m_generatorForm->forward(m_generators.values, z, nullptr, nullptr);
  std::vector<Tensor> fixed;  // the critics judge here, they do not learn
  for (const auto& p : m_critics.values) fixed.push_back(p.detach());
  const Tensor loss = -m_criticForm->forward(fixed, fake, nullptr, nullptr).squeeze(2).mean(1);
  loss.sum().backward();
  m_generators.adam(rates.rate, rates, active);
  averageGenerators(rates, active);
  keepFakes(fake, active);
  const Tensor values = loss.detach().to(torch::kCPU);
  for (int j = 0; j < count(); ++j)
    if (active[static_cast<std::size_t>(j)]) losses[j] = values[j].item<float>();
}

void TorchEnsemble::averageGenerators(const GanRates& rates, const std::vector<char>& active) {
  torch::NoGradGuard guard;
  for (int j = 0; j < count(); ++j) {
    if (!active[static_cast<std::size_t>(j)]) continue;
    const float decay = averagingDecay(rates.averaging, m_generators.steps[static_cast<std::size_t>(j)]);
    for (std::size_t i = 0; i < m_averaged.size(); ++i) {
      Tensor average = m_averaged[i][j];
      average.add_((1 - decay) * (m_generators.values[i][j] - average));
    }
  }
}

void TorchEnsemble::drawFakes(int, int, int, const GanRates& rates, const char* wanted) {
  const std::vector<char> active(wanted, wanted + count());
  torch::NoGradGuard guard;
  keepFakes(m_generatorForm->forward(m_generators.values, drawNoise(rates.batch, active), nullptr, nullptr),
            active);
}

void TorchEnsemble::keepFakes(const Tensor& fake, const std::vector<char>& active) {
  const Tensor columns = fake.detach().to(torch::kCPU).transpose(1, 2).contiguous();
  const auto batch = static_cast<std::size_t>(columns.size(2));
  for (int j = 0; j < count(); ++j) {
    if (!active[static_cast<std::size_t>(j)]) continue;
    auto& buffer = m_fakes[static_cast<std::size_t>(j)];
    if (buffer.size() == 0) buffer = Buffer(m_shape.dimension * m_stride);
    for (int c = 0; c < m_shape.dimension; ++c)
      std::memcpy(buffer.data() + c * m_stride,
                  columns[j].data_ptr<float>() + static_cast<std::size_t>(c) * batch, sizeof(float) * batch);
  }
}

std::vector<Tensor> TorchEnsemble::averagedOf(int j) const {
  std::vector<Tensor> result;
  for (const auto& t : m_averaged) result.push_back(t.narrow(0, j, 1));
  return result;
}

const Statistics& TorchEnsemble::calibrated(int j) {
  auto& [steps, statistics] = m_statistics[j];
  if (!statistics.empty() && steps == m_generators.steps[static_cast<std::size_t>(j)]) return statistics;
  statistics.clear();
  steps = m_generators.steps[static_cast<std::size_t>(j)];
  const std::int64_t batch =
      m_shape.convolutional ? 256 : 1024;  // the latter with the fused back end's numbers
  Buffer numbers(static_cast<int>(batch) * m_shape.latent);
  fused::NoiseState noise = fused::seedNoise(0x63616c6962u);
  fused::kernels().normals(noise, numbers.data(), numbers.size());
  const Tensor z =
      torch::from_blob(numbers.data(), {m_shape.latent, batch}).t().contiguous().unsqueeze(0).to(m_device);
  m_generatorForm->forward(averagedOf(j), z, nullptr, &statistics);
  return statistics;
}

RowsF TorchEnsemble::generate(int j, const RowsF& z) {
  torch::NoGradGuard guard;
  const Tensor input = fromRows(z, m_device).unsqueeze(0);
  const Statistics* statistics = m_shape.batchNorm ? &calibrated(j) : nullptr;
  return toRows(m_generatorForm->forward(averagedOf(j), input, statistics, nullptr)[0]);
}

RowsF TorchEnsemble::criticValues(int j, const RowsF& x) {
  torch::NoGradGuard guard;
  return toRows(m_criticForm->forward(m_critics.one(j).values, fromRows(x, m_device).unsqueeze(0), nullptr,
                                      nullptr)[0]);
}

RowsF TorchEnsemble::criticGradients(int j, const RowsF& x) {
  const Tensor input = fromRows(x, m_device).unsqueeze(0).requires_grad_(true);
  const Tensor f = m_criticForm->forward(m_critics.one(j).values, input, nullptr, nullptr);
  return toRows(torch::autograd::grad({f.sum()}, {input})[0][0]);
}

Message TorchEnsemble::saveNetwork(int j) const {
  Message state("network");
  for (const auto& [name, weights] :
       {std::pair{"generator", &m_generators}, std::pair{"critic", &m_critics}}) {
    const GroupedWeights own = weights->one(j);
    state.add(std::string(name) + ".p", std::span<const float>(flattened(own.values)));
    state.add(std::string(name) + ".m", std::span<const float>(flattened(own.moments)));
    state.add(std::string(name) + ".v", std::span<const float>(flattened(own.variances)));
    state.fields[std::string(name) + ".steps"] = own.steps[0];
  }
  state.add("averaged", std::span<const float>(flattened(averagedOf(j))));
  const auto& fakes = m_fakes[static_cast<std::size_t>(j)];
  state.add("fakes", std::span<const float>(fakes.data(), static_cast<std::size_t>(fakes.size())));
  std::vector<int> noise(4 * kLanes);
  std::copy_n(&m_noise[static_cast<std::size_t>(j)].words[0][0], noise.size(), noise.begin());
  state.add("noise", std::span<const int>(noise));
  return state;
}

void TorchEnsemble::loadNetwork(int j, const Message& state) {
  torch::NoGradGuard guard;
  for (const auto& [name, weights] :
       {std::pair{"generator", &m_generators}, std::pair{"critic", &m_critics}}) {
    const auto copy = [&, at = name](std::vector<Tensor>& into, const char* part) {
      const auto read = unflattened(state.floats(std::string(at) + part), into, at);
      for (std::size_t i = 0; i < into.size(); ++i) into[i].narrow(0, j, 1).copy_(read[i]);
    };
    copy(weights->values, ".p");
    copy(weights->moments, ".m");
    copy(weights->variances, ".v");
    weights->steps[static_cast<std::size_t>(j)] =
        state.fields.at(std::string(name) + ".steps").get<std::int64_t>();
  }
  const auto averaged = unflattened(state.floats("averaged"), m_averaged, "averaged");
  for (std::size_t i = 0; i < m_averaged.size(); ++i) m_averaged[i].narrow(0, j, 1).copy_(averaged[i]);
  const auto fakes = state.floats("fakes");
  m_fakes[static_cast<std::size_t>(j)] = Buffer(static_cast<int>(fakes.size()));
  std::copy(fakes.begin(), fakes.end(), m_fakes[static_cast<std::size_t>(j)].data());
  const auto noise = state.ints("noise");
  if (noise.size() != 4 * kLanes) throw Error("noise", std::to_string(noise.size()) + " words", "64");
  std::copy(noise.begin(), noise.end(), &m_noise[static_cast<std::size_t>(j)].words[0][0]);
  m_statistics.erase(j);
}

}  // namespace

std::unique_ptr<NetworkEnsemble> makeTorchEnsemble(const GanShape& shape, int count, std::uint64_t seed,
                                                   int maximumBatch, int threads, const std::string& device) {
  return std::make_unique<TorchEnsemble>(shape, count, seed, maximumBatch, threads, device);
}

}  // namespace monge
