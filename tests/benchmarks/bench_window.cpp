// SPDX-License-Identifier: GPL-3.0-or-later
// What an open window costs the trainer, and how long its thread lets an event wait. Needs a display, else
// QT_QPA_PLATFORM=offscreen; prints tables in Markdown.
#include <QApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QMetaEnum>
#include <QMouseEvent>
#include <QProcess>
#include <QTemporaryDir>
#include <QTimer>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <functional>
#include <numbers>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "app/window/main_window.h"
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/snapshot/snapshot_message.h"
#include "tests/benchmarks/gui_latency.h"
#include "views/tessellation_view.h"

using namespace monge;
using namespace monge::benchmarks;

namespace {

constexpr char kUsage[] =
    "usage: bench_window [--seconds N] [--warm-up N] [--runs N] [--experiment NAME] [--engine COMMAND]\n"
    "  --seconds N        measured part of each run, 10\n"
    "  --warm-up N        seconds of training before it, 3\n"
    "  --runs N           pairs of runs, with the window and without, 3\n"
    "  --experiment NAME  preset or experiment file, four-clusters\n"
    "  --engine COMMAND   the engine, monge-cli serve of this build\n";

constexpr double kPatience = 60;  // seconds: LibTorch may load from a cold disk
constexpr std::size_t kMostSlow = 12;
constexpr std::int64_t kEndless = 1'000'000'000;  // iterations: no run of this program gets there

struct Settings {
  double seconds = 10, warmUp = 3;
  int runs = 3;
  QString experimentName = QStringLiteral("four-clusters");
  QString engine = QStringLiteral("\"" MONGE_BIN_DIR "/monge-cli\" serve");
  QString experimentFile;
};

double numberOf(const QString& option, const QString& text, double least) {
  bool isNumber = false;
  const double number = text.toDouble(&isNumber);
  if (!isNumber || !std::isfinite(number) || number < least)
    throw Error(option.toStdString(), text.toStdString(), "a number from " + std::to_string(least) + " up");
  return number;
}

Settings readSettings(int count, char** words) {
  Settings settings;
  for (int i = 1; i < count; i += 2) {
    const QString option = QString::fromLocal8Bit(words[i]);
    if (i + 1 == count) throw Error(option.toStdString(), "nothing behind it", "an option and its value");
    const QString value = QString::fromLocal8Bit(words[i + 1]);
    if (option == QLatin1String("--seconds"))
      settings.seconds = numberOf(option, value, 0.5);
    else if (option == QLatin1String("--warm-up"))
      settings.warmUp = numberOf(option, value, 0.5);
    else if (option == QLatin1String("--runs"))
      settings.runs = static_cast<int>(numberOf(option, value, 1));
    else if (option == QLatin1String("--experiment"))
      settings.experimentName = value;
    else if (option == QLatin1String("--engine"))
      settings.engine = value;
    else
      throw Error(option.toStdString(), "is unknown", "one of the options below");
  }
  return settings;
}

void spin(double seconds) {
  QEventLoop loop;
  QTimer::singleShot(static_cast<int>(seconds * 1000), Qt::PreciseTimer, &loop, &QEventLoop::quit);
  loop.exec();
}

void spinUntil(const char* what, const std::function<bool()>& done) {
  QElapsedTimer since;
  since.start();
  while (!done()) {
    if (static_cast<double>(since.elapsed()) > kPatience * 1000)
      throw Error("window", std::string("still waits to have ") + what, "that within a minute");
    QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 100);
  }
}

struct Rates {
  double iterations = 0, repaints = 0;  ///< a second
  double busy = 0;                      ///< share of a core that this thread takes
};

/// A whole window with an engine of its own.
class OpenWindow : public QObject {
 public:
  OpenWindow(const Settings& settings, ThemeController& themes) : m_window(settings.engine, themes) {
    connect(&m_window.session(), &Session::problem, this, [this](const QString& text) { m_problem = text; });
    connect(&m_window.session(), &Session::lost, this, [this](const QString& reason) { m_problem = reason; });
    LaunchOptions launch;
    launch.what = settings.experimentFile;
    m_window.launch(launch);
    m_window.show();
    view().installEventFilter(this);
    spinUntil("opened", [this] { return isSound() && session().isOpen() && session().scene().snapshot; });
  }
  ~OpenWindow() override { m_window.close(); }

  Session& session() { return m_window.session(); }
  views::TessellationView& view() { return *m_window.findChild<views::TessellationView*>(); }
  int repaints() const { return m_repaints; }

  Rates measure(double seconds) {
    const qint64 iteration = session().scene().snapshot->progress.iteration;
    const int repaints = m_repaints;
    const double computed = threadMilliseconds();
    const Clock::time_point began = Clock::now();
    session().play();
    spin(seconds);
    session().pause();
    const double took = millisecondsSince(began) / 1000;
    const double repainted = m_repaints - repaints;
    const double busy = (threadMilliseconds() - computed) / 1000 / took;
    spinUntil("paused", [this] {
      return isSound() && session().scene().snapshot->progress.status != RunStatus::Running;
    });
    const auto done = static_cast<double>(session().scene().snapshot->progress.iteration - iteration);
    return {done / took, repainted / took, busy};
  }

 protected:
  bool eventFilter(QObject*, QEvent* event) override {
    if (event->type() == QEvent::Paint) ++m_repaints;
    return false;
  }

 private:
  bool isSound() const {
    if (!m_problem.isEmpty()) throw Error("window", m_problem.toStdString(), "a run that goes on");
    return true;
  }

  MainWindow m_window;
  int m_repaints = 0;
  QString m_problem;
};

/// The same engine with nobody looking. The trainer builds a snapshot only when the last one was taken, so it
/// builds one as it begins to play and none from then on until this acknowledges again.
class HeadlessEngine {
 public:
  HeadlessEngine(const Settings& settings, const QString& runFolder) {
    QStringList words = QProcess::splitCommand(settings.engine);
    m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    m_process.start(words.takeFirst(), words);
    send("hello", {{"protocol", 1}});
    await("hello");
    send("open", {{"experiment", toJson(readExperiment(settings.experimentFile.toStdString()))},
                  {"out", runFolder.toStdString()}});
    takeSnapshot();
  }
  ~HeadlessEngine() {
    send("quit");
    m_process.waitForFinished();
  }

  double measure(double seconds) {
    const std::int64_t iteration = m_progress.iteration;
    const Clock::time_point began = Clock::now();
    send("play");
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
    send("pause");
    const double took = millisecondsSince(began) / 1000;
    do {
      send("ack", {{"sequence", m_sequence}});
      takeSnapshot();
    } while (m_progress.status == RunStatus::Running);
    return static_cast<double>(m_progress.iteration - iteration) / took;
  }

 private:
  void send(const char* type, nlohmann::json fields = nlohmann::json::object()) {
    Message message(type);
    message.fields = std::move(fields);
    m_process.write(QByteArray::fromStdString(encode(message)));
    while (m_process.bytesToWrite() > 0 && m_process.waitForBytesWritten()) {
    }
  }

  Message await(const std::string& type) {
    for (;;) {
      while (const std::optional<Message> message = m_reader.next()) {
        if (message->type == "error")
          throw Error("engine", message->fields.at("message").get<std::string>(), "a run that goes on");
        if (message->type == type) return *message;
      }
      if (!m_process.waitForReadyRead(static_cast<int>(kPatience * 1000)))
        throw Error("engine", m_process.errorString().toStdString(), "a message of type " + type);
      const QByteArray bytes = m_process.readAllStandardOutput();
      m_reader.feed({bytes.constData(), static_cast<std::size_t>(bytes.size())});
    }
  }

  void takeSnapshot() {
    const EnsembleSnapshot snapshot = snapshotFromMessage(await("snapshot"));
    m_sequence = snapshot.sequence;
    m_progress = snapshot.progress;
  }

  QProcess m_process;
  MessageReader m_reader;
  std::uint64_t m_sequence = 0;
  RunProgress m_progress;
};

/// Holds the first prototype and leads it in a circle, 60 moves a second, until it is destroyed.
class Drag : public QObject {
 public:
  explicit Drag(views::TessellationView& view) : m_view(view) {
    const EnsembleSnapshot& snapshot = *view.scene().snapshot;
    m_start = view.planeMap().toTarget(snapshot.prototypes(0, 0), snapshot.prototypes(0, 1), view.rect());
    m_at = m_start;
    connect(&view, &views::TessellationView::prototypeDragged, this, [this] { ++m_moves; });
    mouse(QEvent::MouseButtonPress, m_start, Qt::LeftButton);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, [this] {
      const double angle = static_cast<double>(m_since.elapsed()) / 1000 * std::numbers::pi;
      m_at = m_start + 40 * QPointF(std::cos(angle) - 1, std::sin(angle));
      mouse(QEvent::MouseMove, m_at, Qt::LeftButton);
    });
    m_since.start();
    m_timer.start(16);
  }
  ~Drag() override { mouse(QEvent::MouseButtonRelease, m_at, Qt::NoButton); }
  int moves() const { return m_moves; }

 private:
  void mouse(QEvent::Type type, const QPointF& point, Qt::MouseButtons held) {
    const auto button = type == QEvent::MouseMove ? Qt::NoButton : Qt::LeftButton;
    QMouseEvent event(type, point, m_view.mapToGlobal(point), button, held, Qt::NoModifier);
    QApplication::sendEvent(&m_view, &event);
  }

  views::TessellationView& m_view;
  QPointF m_start, m_at;
  QTimer m_timer;
  QElapsedTimer m_since;
  int m_moves = 0;
};

void printSpeed(const Settings& settings, ThemeController& themes, const QString& folder) {
  std::printf(
      "| run | iterations a second | repaints a second | GUI thread, of a core |\n|---|---:|---:|---:|\n");
  double open = 0, headless = 0;
  for (int run = 1; run <= settings.runs; ++run) {
    {
      OpenWindow window(settings, themes);
      window.measure(settings.warmUp);
      const Rates rates = window.measure(settings.seconds);
      std::printf("| window %d | %.1f | %.1f | %.0f %% |\n", run, rates.iterations, rates.repaints,
                  100 * rates.busy);
      open += rates.iterations;
    }
    HeadlessEngine engine(settings, QStringLiteral("%1/headless-%2").arg(folder).arg(run));
    engine.measure(settings.warmUp);
    const double rate = engine.measure(settings.seconds);
    std::printf("| no window %d | %.1f | | |\n", run, rate);
    std::fflush(stdout);
    headless += rate;
  }
  std::printf("\nShare of the speed lost to the window: %.1f %%\n\n", 100 * (1 - open / headless));
}

void printLatency(const char* when, const char* what, std::vector<double> times) {
  if (times.empty()) throw Error(what, "was never seen", "events while the window is open");
  std::sort(times.begin(), times.end());
  const auto part = [&](double share) {
    return times[static_cast<std::size_t>(share * static_cast<double>(times.size() - 1))];
  };
  std::printf("| %s | %s | %zu | %.2f | %.2f | %.2f |\n", when, what, times.size(), part(0.5), part(0.99),
              times.back());
}

void printSlow(const char* when, std::vector<WatchedApplication::Slow> slow) {
  std::sort(slow.begin(), slow.end(), [](const auto& a, const auto& b) { return a.wall > b.wall; });
  std::printf("\n%s: %zu deliveries of an event took more than %g ms\n", when, slow.size(), kSlowMs);
  if (slow.size() > kMostSlow) slow.resize(kMostSlow);
  for (const auto& [type, receiver, wall, processor] : slow) {
    const char* name = QMetaEnum::fromType<QEvent::Type>().valueToKey(type);
    std::printf("- %s of %s: %.1f ms, of which %.1f ms computing\n", name ? name : "?", receiver, wall,
                processor);
  }
}

void printLatencies(const Settings& settings, ThemeController& themes, WatchedApplication& application) {
  OpenWindow window(settings, themes);
  window.session().play();
  spin(settings.warmUp);
  std::printf("| while | milliseconds | count | p50 | p99 | largest |\n|---|---|---:|---:|---:|---:|\n");
  const auto measure = [&](const char* when) {
    const int repaints = window.repaints();
    application.watch(true);
    LatencyProbe probe;
    spin(settings.seconds);
    application.watch(false);
    printLatency(when, "1 ms timer is late by", probe.late);
    printLatency(when, "posted event waits", probe.waited);
    return (window.repaints() - repaints) / settings.seconds;
  };
  const double repaints = measure("training");
  const auto slow = application.takeSlow();
  std::optional<Drag> drag(std::in_place, window.view());
  const double dragRepaints = measure("training, dragging");
  const double moves = drag->moves() / settings.seconds;
  drag.reset();
  if (moves == 0) throw Error("drag", "no prototype moved", "one under the mouse");
  std::printf("\nRepaints a second: %.1f; dragging: %.1f, for %.1f moves a second\n", repaints, dragRepaints,
              moves);
  printSlow("Training", slow);
  printSlow("Training, dragging", application.takeSlow());
}

int benchmark(Settings settings, int& count, char** words) {
  const QTemporaryDir folder;
  // Neither a person's settings nor their runs are read or written.
  qputenv("XDG_CONFIG_HOME", folder.filePath("config").toLocal8Bit());
  qputenv("XDG_CACHE_HOME", folder.filePath("cache").toLocal8Bit());
  Experiment experiment = presetOrFile(settings.experimentName.toStdString());
  experiment.iterations = kEndless;
  settings.experimentFile = folder.filePath("experiment.json");
  writeFileAtomically(settings.experimentFile.toStdString(), toJson(experiment).dump(2));
  WatchedApplication application(count, words);
  application.setQuitOnLastWindowClosed(false);
  ThemeController themes;
  themes.choose(ThemeChoice::Light);
  std::printf("%s, %g s a run after %g s, %s\n\n", qPrintable(settings.experimentName), settings.seconds,
              settings.warmUp, qPrintable(QGuiApplication::platformName()));
  printSpeed(settings, themes, folder.path());
  printLatencies(settings, themes, application);
  return 0;
}

}  // namespace

int main(int count, char** words) {
  Settings settings;
  try {
    settings = readSettings(count, words);
  } catch (const Error& error) {
    std::fprintf(stderr, "bench_window: %s\n%s", error.what(), kUsage);
    return 2;
  }
  try {
    return benchmark(settings, count, words);
  } catch (const Error& error) {
    std::fprintf(stderr, "bench_window: %s\n", error.what());
    return 1;
  }
}
