// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/experiment/kgans_parameters.h"

namespace monge {

namespace {

using Type = ParameterSpec::Type;
using Takes = ParameterSpec::Takes;

ParameterSpec integer(std::string key, std::string label, int value, double minimum, double maximum) {
  ParameterSpec spec;
  spec.key = std::move(key);
  spec.label = std::move(label);
  spec.type = Type::Integer;
  spec.defaultValue = value;
  spec.minimum = minimum;
  spec.maximum = maximum;
  return spec;
}

ParameterSpec real(std::string key, std::string label, double value, double minimum, double maximum) {
  ParameterSpec spec = integer(std::move(key), std::move(label), 0, minimum, maximum);
  spec.type = Type::Real;
  spec.defaultValue = value;
  return spec;
}

/// A learning rate: its size matters by factors.
ParameterSpec rate(std::string key, std::string label, double value) {
  ParameterSpec spec = real(std::move(key), std::move(label), value, 0, 1);
  spec.logarithmic = true;
  return spec;
}

ParameterSpec boolean(std::string key, std::string label, bool value) {
  ParameterSpec spec = integer(std::move(key), std::move(label), 0, 0, 1);
  spec.type = Type::Boolean;
  spec.defaultValue = value;
  return spec;
}

ParameterSpec integers(std::string key, std::string label, std::vector<int> value, double minimum,
                       double maximum) {
  ParameterSpec spec = integer(std::move(key), std::move(label), 0, minimum, maximum);
  spec.type = Type::IntegerList;
  spec.defaultValue = value;
  return spec;
}

struct Option {
  const char* name;
  const char* help;
};

ParameterSpec choice(std::string key, std::string label, const std::vector<Option>& options,
                     const char* value) {
  ParameterSpec spec = integer(std::move(key), std::move(label), 0, 0, 0);
  spec.type = Type::Choice;
  spec.defaultValue = value;
  for (const Option& option : options) {
    spec.choices.emplace_back(option.name);
    spec.choiceHelp.emplace_back(option.help);
  }
  return spec;
}

ParameterSpec said(ParameterSpec spec, std::string help, std::string source = "") {
  spec.help = std::move(help);
  spec.source = std::move(source);
  return spec;
}

using Parameters = std::vector<ParameterSpec>;

Parameters ensemble() {
  return {
      said(integer("generators", "Generators", 4, 1, 256),
           "How many generators share the data. Each learns the part that lies nearest to its prototype.",
           "sec. 4"),
      said(choice("start", "Start of the prototypes",
                  {{"k_means", "At the means that k-means finds in a sample of the data"},
                   {"uniform", "Anywhere in the box of the data"}},
                  "k_means"),
           "Where the prototypes begin.", "sec. 10.1"),
      said(choice("starved", "Generator without data",
                  {{"hold", "It waits, with its prototype, until a batch reaches its cell again"},
                   {"train", "It goes on learning from its critic as it is"},
                   {"revive", "It waits; when its cell holds no data at all, it begins anew in the fullest"}},
                  "hold"),
           "What a generator does while no point of the batch lies in its cell."),
      said(integer("revive_every", "Revive every", 500, 1, 1000000),
           "Iterations from one look for empty cells to the next, for generators that are revived."),
  };
}

ParameterSpec needing(ParameterSpec spec, std::string key, std::vector<std::string> oneOf) {
  spec.needsKey = std::move(key);
  spec.needsOneOf = std::move(oneOf);
  return spec;
}

ParameterSpec costChoice() {
  return said(
      choice("cost", "Cost",
             {{"l2", "Distance: the prototype is pulled to the median of its cell"},
              {"l2_squared", "Squared distance: the prototype is pulled to the mean of its cell"},
              {"power", "Sum of |x - y| to the power p over the coordinates: cells bend unless p is 2"},
              {"features", "Squared distance between a network's answers to point and prototype"},
              {"ssim", "1 - structural similarity, for images"}},
             "l2_squared"),
      "What moving a point costs. It decides whose a point is and where a prototype settles in its cell.",
      "sec. 9, eq. (29)");
}

ParameterSpec power() {
  ParameterSpec spec = needing(real("power", "Power p", 2, 1, 8), "cost", {"power"});
  spec.slider = true;
  return said(
      std::move(spec),
      "The cost is |x - y| to the power p, summed over the coordinates. At 1 walls run along the axes and "
      "diagonals, at 2 they are straight, above they bend the other way.",
      "eq. (30)");
}

ParameterSpec text(std::string key, std::string label) {
  ParameterSpec spec = integer(std::move(key), std::move(label), 0, 0, 0);
  spec.type = Type::Text;
  spec.defaultValue = "";
  return spec;
}

Parameters costs() {
  const auto theta = [](const char* key, const char* label, double value, const char* of) {
    return said(needing(real(key, label, value, 1e-6, 1e6), "use_labels", {"true"}),
                std::string("Factor of the cost between a point and a prototype ") + of + ".", "eq. (32)");
  };
  return {
      costChoice(),
      power(),
      said(needing(text("feature_network", "Feature network"), "cost", {"features"}),
           "A network in TorchScript (torch.jit.save) on this engine's machine. It takes points n x d, or "
           "images n x "
           "c x h x w, and answers a row of features for each.",
           "eq. (31)"),
      said(boolean("use_labels", "Use labels", false),
           "Scales the cost by the labels of point and prototype. A prototype has the label of the nearest "
           "labelled "
           "point.",
           "eq. (32)"),
      theta("label_same", "Same label", 0.1, "of one label"),
      theta("label_other", "Other label", 10, "of different labels"),
  };
}

Parameters masses() {
  ParameterSpec masses = choice("masses", "Masses of the cells",
                                {{"free", "Cells hold what is nearest: Voronoi cells"},
                                 {"equal", "All cells hold equally much: Laguerre cells"}},
                                "free");
  masses.type = Type::ChoiceOrShares;
  masses.minimum = 1e-6;
  masses.maximum = 1e6;
  const auto fixed = [](ParameterSpec spec) { return needing(std::move(spec), "masses", {"equal", "list"}); };
  return {
      said(std::move(masses),
           "What share of the data each cell holds. Fixed shares, or a list of them such as 1, 1, 2, move "
           "the walls "
           "by dual weights.",
           "sec. 5"),
      said(
          fixed(choice(
              "dual_solver", "Dual solver",
              {{"exact", "The weights that give every cell its share, solved on the whole data set"},
               {"ascent", "A step of stochastic gradient ascent on a batch of its own, as the paper has it"}},
              "exact")),
          "How the dual weights are found.", "eq. (7) to (12)"),
      said(fixed(integer("dual_every", "Every", 10, 1, 1000000)),
           "Iterations from one dual step to the next."),
      said(fixed(rate("dual_rate", "Dual rate", 0.02)),
           "Step of the ascent as a share of the mean cost between the data and their middle."),
  };
}

Parameters networks() {
  return {
      said(choice("network", "Networks",
                  {{"toy", "Fully connected, for points"}, {"digits", "Convolutional, for images"}}, "toy"),
           "The networks of every generator and critic.", "sec. 10"),
      said(integer("latent", "Latent dimensions", 10, 1, 512),
           "Normal random numbers that a generator turns into one sample."),
      said(integers("generator_layers", "Generator layers", {32, 16, 8}, 1, 4096),
           "Sizes of the hidden layers of each generator.", "sec. 10.1"),
      said(integers("critic_layers", "Critic layers", {16, 8}, 1, 4096),
           "Sizes of the hidden layers of each critic.", "sec. 10.1"),
      said(real("leaky_slope", "Leak", 0.2, 0, 1), "Slope of the leaky ReLU below 0."),
      said(real("box_margin", "Box margin", 0, 0, 1),
           "The last sigmoid reaches so much further than the data's box on each side, as a share of its "
           "width.",
           "sec. 10.1"),
      said(boolean("batch_norm", "Batch norm", false),
           "Normalises the hidden layers of the generators over the batch, as the paper's do. On points, "
           "generators without it fill their "
           "cells to the edge; with it they stay a little inside.",
           "sec. 10.1"),
  };
}

Parameters critic() {
  return {
      said(choice("critic", "Critic",
                  {{"soft", "Soft Lipschitz term on pairs of points"},
                   {"clip", "Weights clipped after each step"},
                   {"penalty", "Gradient penalty between data and samples"}},
                  "soft"),
           "What keeps the critics Lipschitz.", "eq. (28)"),
      said(integer("critic_steps", "Critic steps", 5, 1, 100),
           "Steps of the critics in one iteration, each on a batch of its own.", "Algorithm 1"),
      said(real("lipschitz_weight", "Lipschitz weight", 10, 0, 1e6), "Weight of the soft Lipschitz term.",
           "gamma in eq. (28)"),
      said(choice("lipschitz_reading", "Lipschitz reading",
                  {{"difference", "The difference of the critic's values, as printed"},
                   {"slope", "The difference divided by the distance of the two points"}},
                  "slope"),
           "What the soft term measures on a pair of points.", "eq. (28)"),
      said(choice("lipschitz_pairs", "Lipschitz pairs",
                  {{"real_real", "Two points of the cell, as printed"},
                   {"real_generated", "A point of the cell and a sample of its generator"}},
                  "real_generated"),
           "Which pairs of points the soft term takes.", "eq. (28)"),
      said(real("clip", "Clip", 0.01, 1e-6, 10), "Bound of every weight of a clipped critic."),
      said(real("penalty_weight", "Penalty weight", 10, 0, 1e6), "Weight of the gradient penalty."),
  };
}

Parameters training() {
  return {
      said(integer("batch", "Batch", 100, 2, 65536),
           "Points drawn from the data for one step, and samples of each generator."),
      said(
          integer("draws", "Draws", 8, 1, 64),
          "How many times a batch is drawn from the data until the batch of a cell is full; 1 keeps what the "
          "first draw gives.",
          "Algorithm 1"),
      said(rate("rate", "Learning rate", 1e-4), "Step size of generators and critics.", "sec. 10.1"),
      said(real("critic_rate_factor", "Critic rate factor", 10, 0, 1000),
           "The critics learn at so many times the learning rate. At 1 the generators outrun them and settle "
           "short of their cells' edges."),
      said(choice("rate_decay", "Decay of the rates",
                  {{"none", "The rates stay"},
                   {"linear", "Straight down to 0 at the last iteration"},
                   {"cosine", "Down to 0 along half a cosine"}},
                  "none"),
           "How the learning rates change over the run."),
      said(real("adam_beta1", "Adam beta 1", 0, 0, 0.9999), "Memory of Adam's mean gradient."),
      said(real("adam_beta2", "Adam beta 2", 0.99, 0, 0.99999), "Memory of Adam's mean squared gradient."),
      said(rate("adam_epsilon", "Adam epsilon", 1e-5),
           "Added to the root of Adam's mean squared gradient. A critic's unit that is active on all points "
           "has a bias gradient of 0 up to "
           "rounding; with the usual 1e-8 Adam makes full steps of that noise and the unit drifts off the "
           "data."),
      said(real("averaging", "Averaging", 0.9999, 0, 0.99999),
           "Memory of the average of generator weights that samples and metrics use; it never reaches back "
           "over more "
           "than the last quarter of the training so far. 0 uses the weights as they are."),
  };
}

Parameters prototypes() {
  return {
      said(rate("prototype_rate", "Prototype rate", 1e-3), "Step size of the prototypes.", "sec. 10.1"),
      said(integer("burn_in", "Burn-in", 600, 0, 1000000), "Iterations before the prototypes begin to move.",
           "sec. 10.1"),
      said(integer("prototype_every", "Every", 1, 1, 1000000),
           "Iterations from one prototype step to the next.", "M in Algorithm 1"),
      said(integer("prototype_steps", "Steps", 1, 0, 1000), "Steps of the prototypes each time."),
  };
}

void append(MethodSpec& method, const char* group, Parameters parameters) {
  for (ParameterSpec& parameter : parameters) {
    parameter.group = group;
    method.parameters.push_back(std::move(parameter));
  }
}

MethodSpec describe() {
  MethodSpec method;
  method.name = "k-gans";
  method.title = "k-GANs";
  method.summary = "An ensemble of Wasserstein GANs, one for each Voronoi or Laguerre cell of the data.";
  method.source = "Ambrogioni, Güçlü, van Gerven 2019, Algorithm 1";
  append(method, "Ensemble", ensemble());
  append(method, "Cost", costs());
  append(method, "Masses", masses());
  append(method, "Networks", networks());
  append(method, "Critic", critic());
  append(method, "Training", training());
  append(method, "Prototypes", prototypes());
  // What decides the shape of the networks or the beginning of a run cannot change in its middle.
  for (const char* key : {"generators", "start", "network", "latent", "generator_layers", "critic_layers",
                          "leaky_slope", "batch_norm", "box_margin", "batch"})
    for (ParameterSpec& parameter : method.parameters)
      if (parameter.key == key) parameter.takes = Takes::Reset;
  return method;
}

}  // namespace

const MethodSpec& kGansSpec() {
  static const MethodSpec spec = describe();
  return spec;
}

}  // namespace monge
