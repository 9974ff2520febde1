// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/command_line.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QRegularExpression>

#include "core/base/error.h"

namespace monge {

namespace {

struct Options {
  QCommandLineOption play{"play", "Start training at once."};
  QCommandLineOption iterations{"iterations", "Iterations to train for.", "n"};
  QCommandLineOption seed{"seed", "Seed of the run.", "s"};
  QCommandLineOption set{"set", "Change a parameter of the method; may be repeated.", "key=value"};
  QCommandLineOption theme{"theme", "dark, light or system.", "name"};
  QCommandLineOption engine{"engine", "Command that starts the engine, e.g. \"ssh host monge-cli serve\".",
                            "command"};
  QCommandLineOption screenshot{"screenshot", "Write a picture of the window and quit.", "file.png"};
  QCommandLineOption after{"after", "Seconds until the picture is taken (5).", "seconds"};
  QCommandLineOption help{{"h", "help"}, "Show this help."};
  QCommandLineOption version{{"v", "version"}, "Show the version."};

  void addTo(QCommandLineParser& parser) const {
    parser.addOptions({play, iterations, seed, set, theme, engine, screenshot, after, help, version});
    parser.addPositionalArgument(
        "what",
        "Preset, experiment (.json), data file or run folder to open. After the word "
        "transport: points of the plane, a folder of monge-cli transport, or a preset.",
        "[transport] [what]");
  }
};

std::string quoted(const QString& text) {
  return '"' + text.toStdString() + '"';
}

quint64 wholeNumber(const QCommandLineParser& parser, const QCommandLineOption& option, quint64 least,
                    quint64 most) {
  bool ok = false;
  const quint64 value = parser.value(option).toULongLong(&ok);
  if (!ok || value < least || value > most) {
    throw Error("--" + option.names().last().toStdString(), quoted(parser.value(option)),
                "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  return value;
}

void readParameters(const QStringList& values, LaunchOptions& launch) {
  for (const QString& pair : values) {
    const qsizetype equals = pair.indexOf('=');
    if (equals < 1) throw Error("--set", quoted(pair), "key=value");
    launch.parameters.emplace_back(pair.left(equals).trimmed(), pair.mid(equals + 1).trimmed());
  }
}

void readWindowOptions(const QCommandLineParser& parser, const Options& options, LaunchOptions& launch) {
  launch.theme = parser.value(options.theme);
  if (!launch.theme.isEmpty() && !QStringList{"dark", "light", "system"}.contains(launch.theme)) {
    throw Error("--theme", quoted(launch.theme), "dark, light or system");
  }
  launch.screenshot = parser.value(options.screenshot);
  if (parser.isSet(options.after)) {
    bool ok = false;
    launch.after = parser.value(options.after).toDouble(&ok);
    if (!ok || !(launch.after >= 0 && launch.after <= 86400)) {
      throw Error("--after", quoted(parser.value(options.after)), "seconds from 0 to 86400");
    }
  }
}

/// The same words however the program was called, and before there is an application.
QString helpText(const QCommandLineParser& parser) {
  return parser.helpText().replace(QRegularExpression("^Usage: .*? \\["), "Usage: monge [");
}

}  // namespace

LaunchOptions parseLaunch(const QStringList& arguments) {
  QCommandLineParser parser;
  parser.setApplicationDescription(
      "Watch generative models learn by optimal transport.\n"
      "`monge render` writes a figure of a run; `monge render --help` says how.");
  const Options options;
  options.addTo(parser);
  if (!parser.parse(arguments)) {
    // Qt ends its sentence with a full stop; the caller names the program.
    QString problem = parser.errorText();
    if (problem.endsWith('.')) problem.chop(1);
    throw Error("options", problem.toStdString(), "those of monge --help");
  }

  LaunchOptions launch;
  if (parser.isSet(options.help)) launch.output = helpText(parser);
  if (parser.isSet(options.version)) launch.output = "monge " + QCoreApplication::applicationVersion() + '\n';
  QStringList whats = parser.positionalArguments();
  launch.transport = !whats.isEmpty() && whats.first() == QLatin1String("transport");
  if (launch.transport) whats.removeFirst();
  if (whats.size() > 1) throw Error("options", quoted(whats[1]), "one thing to open");
  if (!whats.isEmpty()) launch.what = whats.first();
  launch.play = parser.isSet(options.play);
  launch.engine = parser.value(options.engine);
  if (parser.isSet(options.iterations))
    launch.iterations = wholeNumber(parser, options.iterations, 1, 1000000000);
  if (parser.isSet(options.seed)) launch.seed = wholeNumber(parser, options.seed, 0, ~0ull);
  readParameters(parser.values(options.set), launch);
  readWindowOptions(parser, options, launch);
  return launch;
}

}  // namespace monge
