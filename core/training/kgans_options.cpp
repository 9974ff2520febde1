// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/kgans_options.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/base/error.h"

namespace monge {

namespace {

void readCells(KGansOptions& o, const nlohmann::json& p) {
  o.cost = cellCostFromString(p.at("cost").get<std::string>());
  o.power = p.at("power").get<double>();
  o.featureNetwork = p.at("feature_network").get<std::string>();
  o.useLabels = p.at("use_labels").get<bool>();
  o.labelSame = p.at("label_same").get<double>();
  o.labelOther = p.at("label_other").get<double>();
  const nlohmann::json& masses = p.at("masses");
  o.fixedMasses = masses != "free";
  if (masses.is_array()) o.masses = masses.get<std::vector<double>>();
  o.exactDual = p.at("dual_solver") == "exact";
  o.dualEvery = p.at("dual_every").get<int>();
  o.dualRate = p.at("dual_rate").get<double>();
}

}  // namespace

KGansOptions KGansOptions::from(const nlohmann::json& p) {
  const auto text = [&](const char* key) { return p.at(key).get<std::string>(); };
  const auto real = [&](const char* key) { return p.at(key).get<float>(); };
  KGansOptions o;
  o.generators = p.at("generators").get<int>();
  o.criticSteps = p.at("critic_steps").get<int>();
  o.draws = p.at("draws").get<int>();
  o.burnIn = p.at("burn_in").get<int>();
  o.prototypeEvery = p.at("prototype_every").get<int>();
  o.prototypeSteps = p.at("prototype_steps").get<int>();
  o.prototypeRate = p.at("prototype_rate").get<double>();
  o.boxMargin = p.at("box_margin").get<double>();
  o.kMeansStart = text("start") == "k_means";
  readCells(o, p);
  o.trainStarved = text("starved") == "train";
  o.revives = text("starved") == "revive";
  o.reviveEvery = p.at("revive_every").get<int>();
  o.decay = text("rate_decay") == "linear"   ? Decay::Linear
            : text("rate_decay") == "cosine" ? Decay::Cosine
                                             : Decay::None;
  o.rates.rate = real("rate");
  o.rates.criticRate = real("rate") * real("critic_rate_factor");
  o.rates.beta1 = real("adam_beta1");
  o.rates.beta2 = real("adam_beta2");
  o.rates.epsilon = real("adam_epsilon");
  o.rates.critic = text("critic") == "soft"   ? CriticKind::Soft
                   : text("critic") == "clip" ? CriticKind::Clip
                                              : CriticKind::Penalty;
  o.rates.lipschitzWeight = real("lipschitz_weight");
  o.rates.clip = real("clip");
  o.rates.penaltyWeight = real("penalty_weight");
  o.rates.reading = text("lipschitz_reading") == "slope" ? PairReading::Slope : PairReading::Difference;
  o.rates.pairs = text("lipschitz_pairs") == "real_real" ? PairSource::RealReal : PairSource::RealGenerated;
  o.rates.averaging = real("averaging");
  o.rates.batch = p.at("batch").get<int>();
  return o;
}

double KGansOptions::rateFactor(std::int64_t iteration, std::int64_t total) const {
  const double done = std::clamp(
      static_cast<double>(iteration) / static_cast<double>(std::max<std::int64_t>(total, 1)), 0.0, 1.0);
  switch (decay) {
    case Decay::Linear:
      return 1 - done;
    case Decay::Cosine:
      return (1 + std::cos(std::numbers::pi * done)) / 2;
    case Decay::None:
      break;
  }
  return 1;
}

GanShape ganShape(const nlohmann::json& p, const ImageShape& image, const RowsF& lower, const RowsF& upper) {
  GanShape shape;
  shape.dimension = static_cast<int>(lower.cols());
  shape.latent = p.at("latent").get<int>();
  shape.image = image;
  shape.convolutional = p.at("network") == "digits";
  shape.generatorLayers = p.at("generator_layers").get<std::vector<int>>();
  shape.criticLayers = p.at("critic_layers").get<std::vector<int>>();
  shape.batchNorm = p.at("batch_norm").get<bool>();
  shape.slope = p.at("leaky_slope").get<float>();
  if (shape.convolutional && (!image.isImage() || image.height % 4 != 0 || image.width % 4 != 0))
    throw Error("network",
                image.isImage() ? "digits on images of " + std::to_string(image.height) + " x " +
                                      std::to_string(image.width)
                                : "digits on points",
                image.isImage() ? "sides that are multiples of 4" : "toy for points, digits for images");
  const float margin = p.at("box_margin").get<float>();
  for (Eigen::Index c = 0; c < lower.cols(); ++c) {
    // Images share one range; a column without extent (a constant) still needs a box to train in.
    const float low = image.isImage() ? lower.minCoeff() : lower(c),
                high = image.isImage() ? upper.maxCoeff() : upper(c);
    const float extent = std::max(high - low, 1e-6f);
    const float air = image.isImage() ? 0 : margin * extent;
    shape.lower.push_back(low - air);
    shape.extent.push_back(extent + 2 * air);
  }
  return shape;
}

}  // namespace monge
