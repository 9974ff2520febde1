// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/cli.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <functional>
#include <limits>
#include <new>
#include <set>

#include "app/cli/commands.h"
#include "core/base/error.h"
#include "core/experiment/nearest.h"

namespace monge {

namespace {

using Command = std::function<int()>;

/// A number from the command line, read as the whole word. CLI11 takes "5x" for some types and wraps "-1" for
/// others.
CLI::Validator wholeNumber(std::uint64_t minimum, std::uint64_t maximum) {
  const std::string expectation =
      "a whole number from " + std::to_string(minimum) + " to " + std::to_string(maximum);
  return {[=](const std::string& word) -> std::string {
            const bool digits =
                !word.empty() && word.size() <= 20 &&
                std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
            std::uint64_t value = 0;
            const auto [end, code] = std::from_chars(word.data(), word.data() + word.size(), value);
            const bool good = digits && code == std::errc() && end == word.data() + word.size();
            return good && value >= minimum && value <= maximum ? "" : word + "; expected " + expectation;
          },
          "", "whole number"};
}

/// A finite number between both bounds, read as the whole word. CLI11's own checks let NaN through.
CLI::Validator numberFrom(double least, double most, const std::string& expectation) {
  return {[=](const std::string& word) -> std::string {
            double value = 0;
            const auto [end, code] = std::from_chars(word.data(), word.data() + word.size(), value);
            const bool good = code == std::errc() && end == word.data() + word.size();
            return good && value >= least && value <= most ? "" : word + "; expected " + expectation;
          },
          "", "number"};
}

/// Any number above 0.
CLI::Validator positiveNumber() {
  return numberFrom(std::numeric_limits<double>::denorm_min(), std::numeric_limits<double>::max(),
                    "a number above 0");
}

/// Notes the name of an option once it is given: most have a default, which hides whether they are.
CLI::Option* noted(CLI::Option* option, std::set<std::string>& given) {
  return option->each([&given, option](const std::string&) { given.insert(option->get_name()); });
}

void addTrain(CLI::App& app, TrainOptions& options, Command& command, CliContext& context) {
  CLI::App* train = app.add_subcommand("train", "Train an experiment");
  train->add_option("EXPERIMENT", options.experiment,
                    "A preset, the file of an experiment or, with --resume, a run");
  train->add_option("--data", options.data, "Train on this file instead of the experiment's data");
  train->add_option("--labels", options.labels, "Column or array of --data that holds labels");
  train->add_option("--array", options.array, "Array of an NPZ file to read");
  // One value an option, so that the experiment may follow it.
  train->add_option("--set", options.settings, "Change a parameter: key=value, as often as needed")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false);
  train->add_option("--iterations", options.iterations, "Train to this iteration")
      ->check(wholeNumber(1, 1'000'000'000'000));
  train->add_option("--seed", options.seed, "Seed of all chance")->check(wholeNumber(0, ~0ull));
  train->add_option("--device", options.device, "auto, cpu or cuda")
      ->check(CLI::IsMember({"auto", "cpu", "cuda"}));
  train->add_option("--threads", options.threads, "Threads; 0 for all cores")->check(wholeNumber(0, 1024));
  train->add_option("--out", options.out, "Folder of the run; runs/<name>-<seed> if not given");
  train->add_flag("--resume", options.resume, "Go on with the run in --out from its last checkpoint");
  train->add_option("--repeats", options.repeats, "Train with that many seeds and summarise them")
      ->check(wholeNumber(1, 100'000));
  train->footer("Ctrl-C leaves a checkpoint. Exit status: 0 finished, 1 failed or stopped, 2 bad input.");
  train->callback([&] { command = [&] { return trainCommand(options, context); }; });
}

/// The words of the other commands.
struct InformationOptions {
  std::string run, method, file, labels, array;
  bool json = false;
};

void addInformation(CLI::App& app, InformationOptions& options, Command& command, CliContext& context) {
  CLI::App* metrics = app.add_subcommand("metrics", "Print the figures of a run's last checkpoint");
  metrics->add_option("RUN", options.run, "Folder of the run")->required();
  metrics->add_flag("--json", options.json, "As one JSON object");
  metrics->callback([&] { command = [&] { return metricsCommand(options.run, options.json, context); }; });

  CLI::App* list = app.add_subcommand("presets", "List the experiments that come with Monge");
  list->callback([&] { command = [&] { return presetsCommand(context); }; });

  CLI::App* methods = app.add_subcommand("methods", "List the methods, or the parameters of one");
  methods->add_option("NAME", options.method, "A method");
  methods->callback([&] { command = [&] { return methodsCommand(options.method, context); }; });

  CLI::App* data = app.add_subcommand("data", "Say what a data file holds");
  data->add_option("FILE", options.file, "CSV, NPY, NPZ or IDX (plain or .gz)")->required();
  data->add_option("--labels", options.labels, "Column or array that holds labels");
  data->add_option("--array", options.array, "Array of an NPZ file to read");
  data->callback(
      [&] { command = [&] { return dataCommand(options.file, options.labels, options.array, context); }; });
}

void addMonteCarlo(CLI::App& app, MonteCarloWords& options) {
  std::vector<CLI::Option*> own;
  own.push_back(app.add_option("--confidence", options.confidence, "Of the tolerance and of all intervals")
                    ->check(numberFrom(0.5, 0.999999, "a number from 0.5 to 0.999999")));
  own.push_back(app.add_option("--samples", options.samples, "Most samples in all, tests among them")
                    ->check(wholeNumber(1, 1'000'000'000'000'000)));
  own.push_back(app.add_option("--seed", options.seed, "Seed of all chance")->check(wholeNumber(0, ~0ull)));
  own.push_back(app.add_option("--device", options.device, "auto, cpu or cuda")
                    ->check(CLI::IsMember({"auto", "cpu", "cuda"})));
  own.push_back(
      app.add_option("--points", options.points, "sobol (scrambled) or uniform; tests are always uniform")
          ->check(CLI::IsMember({"sobol", "uniform"})));
  own.push_back(app.add_option("--precision", options.precision,
                               "fp32, bf16 (the same answers, faster from some 16 dimensions on) or auto")
                    ->check(CLI::IsMember({"auto", "fp32", "bf16"})));
  own.push_back(app.add_flag("--resume", options.resume, "Go on from the state in --out"));
  for (CLI::Option* option : own) {
    option->group("With --method montecarlo");
    option->each([&options, option](const std::string&) {
      if (options.given.empty()) options.given = option->get_name();
    });
  }
}

void addTransport(CLI::App& app, TransportOptions& options, Command& command, CliContext& context) {
  CLI::App* transport = app.add_subcommand("transport", "Carry a density to points at least cost");
  transport->add_option("POINTS", options.points, "Sites: CSV, NPY or NPZ, one a row")->required();
  transport
      ->add_option("--method", options.method,
                   "newton (exact, in the plane and in space) or montecarlo (samples, 2 to 128 dimensions)")
      ->check(CLI::IsMember({"newton", "montecarlo"}));
  transport->add_option("--domain", options.domain,
                        "square ([0, 1]^2), disc (of radius 1), box ([0, 1]^d), a file with corners or, with "
                        "montecarlo, ball (holds the points)");
  transport->add_option("--density", options.density,
                        "uniform, gaussian (about the centre; with montecarlo about 0 in all of space) or a "
                        "file: in the plane a "
                        "grey PNG picture or a PLY mesh with a density at its vertices, in space a CSV with "
                        "x, y, z and density");
  transport
      ->add_option("--sigma", options.sigma,
                   "Of the Gaussian; a quarter of the domain's smaller extent if not given (montecarlo: 1)")
      ->check(positiveNumber());
  transport->add_option("--masses", options.masses, "A file with a mass for each point; equal if not given");
  transport
      ->add_option(
          "--tolerance", options.tolerance,
          "Good enough: newton's largest relative mass error (1e-6), montecarlo's share of the mass in "
          "wrong cells (0.02)")
      ->check(numberFrom(1e-14, 1, "a number from 1e-14 to 1"));
  transport->add_option("--threads", options.threads, "Threads; 0 for all cores")
      ->check(wholeNumber(0, 1024));
  transport->add_option("--out", options.out, "Folder for weights, masses, cells and the report");
  transport->add_flag("--json", options.json, "Print one JSON object");
  addMonteCarlo(*transport, options.monteCarlo);
  transport->footer(
      "Ctrl-C leaves the state of montecarlo in --out. Exit status: 0 converged, 1 did not or was stopped, 2 "
      "bad "
      "input.");
  transport->callback([&] { command = [&] { return transportCommand(options, context); }; });
}

void addSingularRule(CLI::App& app, SingularRuleOptions& options) {
  app.add_option("--threshold", options.threshold,
                 "A larger one is singular; chosen from the data if not given")
      ->check(numberFrom(0, std::numeric_limits<double>::max(), "a number, at least 0"));
  app.add_option(
         "--by", options.by,
         "What the threshold is compared with: jump (data units), angle (radians) or spacing (jump in units "
         "of the points' spacing); jump if not given")
      ->check(CLI::IsMember({"jump", "angle", "spacing"}));
}

void addSingular(CLI::App& app, SingularOptions& options, Command& command, CliContext& context) {
  CLI::App* singular = app.add_subcommand("singular", "Find where a transport map is torn");
  singular->add_option("DIR", options.folder, "Folder that transport wrote with --out")->required();
  addSingularRule(*singular, options.rule);
  singular->add_flag("--json", options.json, "Print one JSON object");
  singular->footer(
      "Writes DIR/singular.csv, .vtp and .json; in space also singular.ply and singular_curves.csv, .vtp, "
      ".ply. Exit status: 0 done, 2 bad input.");
  singular->callback([&] { command = [&] { return singularCommand(options, context); }; });
}

void addProbe(CLI::App& app, ProbeOptions& options, Command& command, CliContext& context) {
  CLI::App* probe =
      app.add_subcommand("probe", "Count the random segments that cross a tear of a transport map");
  probe->add_option("DIR", options.folder, "Folder that transport wrote with --out")->required();
  probe->add_option("--segments", options.segments, "How many, their ends uniform in the domain")
      ->check(wholeNumber(1, 1'000'000'000'000));
  probe->add_option("--seed", options.seed, "Seed of the segments")->check(wholeNumber(0, ~0ull));
  addSingularRule(*probe, options.rule);
  probe->add_option("--device", options.device, "Where the inner products are taken")
      ->check(CLI::IsMember({"cpu", "cuda"}));
  probe->add_flag("--json", options.json, "Print one JSON object");
  probe->footer("Exit status: 0 done, 1 stopped, 2 bad input.");
  probe->callback([&] { command = [&] { return probeCommand(options, context); }; });
}

void addWasserstein(CLI::App& app, WassersteinOptions& options, Command& command, CliContext& context) {
  CLI::App* distance =
      app.add_subcommand("wasserstein", "Measure the Wasserstein distance between two sets of points");
  distance->add_option("A", options.a, "CSV, NPY, NPZ or IDX (plain or .gz), a point or image a row")
      ->required();
  distance->add_option("B", options.b, "As A, of the same dimension")->required();
  std::set<std::string>& given = options.given;
  noted(distance->add_option("--p", options.p, "Power of the distance, from 1 to 64"), given)
      ->check(numberFrom(1, 64, "a number from 1 to 64"));
  distance->add_option("--method", options.method, "exact, sinkhorn (bounds) or sliced (an estimate of SW_p)")
      ->check(CLI::IsMember({"exact", "sinkhorn", "sliced"}));
  distance->add_option("--weights-a", options.weightsA, "A file with a weight for each point of A");
  distance->add_option("--weights-b", options.weightsB, "The same for B");
  noted(distance->add_option("--array", options.array, "Array of the NPZ files to read"), given);
  noted(distance->add_option(
            "--cost", options.cost,
            "Another cost than |x - y|^p (exact): power is |x - y|_p^p; features goes through --network"),
        given)
      ->check(CLI::IsMember({"squared", "power", "ssim", "psnr", "features"}));
  noted(distance->add_option("--network", options.network, "TorchScript file of the features"), given);
  noted(distance->add_option("--range", options.range,
                             "Largest less smallest value of a pixel, for ssim and psnr"),
        given)
      ->check(positiveNumber());
  noted(distance->add_option("--window", options.window, "Side of the window of ssim, in pixels"), given)
      ->check(wholeNumber(1, 1024));
  noted(distance->add_option("--plan", options.plan, "Write the optimal plan to this CSV file (exact)"),
        given);
  noted(
      distance->add_option("--epsilon", options.epsilon, "Smoothing of sinkhorn, relative to the mean cost"),
      given)
      ->check(positiveNumber());
  noted(distance->add_option("--projections", options.projections, "Directions of sliced"), given)
      ->check(wholeNumber(2, 10'000'000));
  noted(distance->add_option("--seed", options.seed, "Seed of sliced"), given)->check(wholeNumber(0, ~0ull));
  distance->add_option("--threads", options.threads, "Threads; 0 for all cores")->check(wholeNumber(0, 1024));
  distance->add_flag("--json", options.json, "Print one JSON object");
  distance->footer("Exit status: 0 done, 1 did not converge or was stopped, 2 bad input.");
  distance->callback([&] { command = [&] { return wassersteinCommand(options, context); }; });
}

void addServe(CLI::App& app, Command& command, CliContext& context) {
  CLI::App* server =
      app.add_subcommand("serve", "Be the engine of a window: messages on standard input and output");
  server->callback(
      [&] { command = [&] { return serve(STDIN_FILENO, STDOUT_FILENO, context.err, context.factory); }; });
}

std::vector<std::string> optionNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

/// CLI11 says that something was not expected; this says what the first unknown word may have meant.
std::string explain(const CLI::App& app, const std::vector<std::string>& arguments,
                    const CLI::ParseError& error) {
  std::vector<std::string> commands;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    commands.push_back(command->get_name());
  if (!arguments.empty() && !arguments[0].starts_with("-")) {
    if (std::find(commands.begin(), commands.end(), arguments[0]) == commands.end())
      return "no command " + arguments[0] + "; expected " + suggestion(arguments[0], commands);
    const std::vector<std::string> known = optionNames(*app.get_subcommand(arguments[0]));
    for (const std::string& argument : arguments) {
      const std::string name = argument.substr(0, argument.find('='));
      if (name.size() > 2 && name.starts_with("--") &&
          std::find(known.begin(), known.end(), name) == known.end())
        return "no option " + name + "; expected " + suggestion(name, known);
    }
  }
  return error.what();
}

int complain(CliContext& context, const std::string& message, int status) {
  context.err << "monge-cli: " << message << std::endl;
  return status;
}

int guarded(const Command& command, CliContext& context) {
  try {
    return command();
  } catch (const Error& error) {
    return complain(context, error.what(), error.kind() == Error::Kind::BadInput ? kBadInput : kFailed);
  } catch (const std::bad_alloc&) {
    return complain(context, "out of memory", kFailed);
  } catch (const std::exception& error) {
    const std::string message = error.what();  // LibTorch's carry a stack trace below the first line
    return complain(context, message.substr(0, message.find('\n')), kFailed);
  }
}

}  // namespace

int runCli(const std::vector<std::string>& arguments, CliContext& context) {
  CLI::App app("Generative models that learn by optimal transport, without a window.", "monge-cli");
  app.set_version_flag("--version", "monge-cli " MONGE_VERSION, "Print the version and end");
  app.require_subcommand(1);
  Command command;
  TrainOptions train;
  train.arguments = arguments;
  InformationOptions information;
  addTrain(app, train, command, context);
  addInformation(app, information, command, context);
  TransportOptions transport;
  addTransport(app, transport, command, context);
  SingularOptions singular;
  addSingular(app, singular, command, context);
  ProbeOptions probe;
  addProbe(app, probe, command, context);
  WassersteinOptions wasserstein;
  addWasserstein(app, wasserstein, command, context);
  addServe(app, command, context);
  try {
    app.parse(
        std::vector<std::string>(arguments.rbegin(), arguments.rend()));  // CLI11 takes them from the back
  } catch (const CLI::Success& wish) {                                    // --help, --version
    app.exit(wish, context.out, context.err);
    return kSuccess;
  } catch (const CLI::ParseError& error) {
    const std::string help = app.get_subcommands().empty() ? "" : " " + app.get_subcommands()[0]->get_name();
    return complain(context, explain(app, arguments, error) + "\nTry: monge-cli" + help + " --help",
                    kBadInput);
  }
  return guarded(command, context);
}

}  // namespace monge
