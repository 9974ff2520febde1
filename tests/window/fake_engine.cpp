// SPDX-License-Identifier: GPL-3.0-or-later
// An engine without learning, for tests of the window: speaks docs/protocol.md, moves its prototypes in
// circles, and misbehaves on demand.
//
//   fake_engine [--record FILE] [--masses] [--protocol N] [--version V] [--log N] [--rate-parameter KEY]
//   [--on TYPE ACTION]...
//
// ACTION, done when a message of TYPE comes: exit (status 3), abort, hang, nonsense, truncate, fatal, refuse,
// diverge, newer (opens with a parameter nobody knows).
// --record appends every message as a line of JSON: type and fields.
#include <poll.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <string>

#include "core/experiment/run_directory.h"
#include "core/snapshot/snapshot_message.h"

namespace {

using namespace monge;

constexpr double kCenters[4][2] = {{-0.5, -0.5}, {0.5, -0.5}, {0.5, 0.5}, {-0.5, 0.5}};
constexpr double kRadius = 0.25;

void send(const Message& message) {
  const std::string bytes = encode(message);
  for (std::size_t sent = 0; sent < bytes.size();) {
    const ssize_t count = ::write(STDOUT_FILENO, bytes.data() + sent, bytes.size() - sent);
    if (count <= 0) std::_Exit(1);
    sent += static_cast<std::size_t>(count);
  }
}

class FakeEngine {
 public:
  int run(int argc, char** argv);

 private:
  void readArguments(int argc, char** argv);
  bool take(const Message& message);
  bool misbehave(const Message& message);
  void open(const Message& message);
  void openRun(const Message& message);
  void announce();
  void sendSnapshot();
  void sendHistory();
  void edit(const Message& message);
  void addPrototype(int id, const std::vector<double>& position);
  EnsembleSnapshot snapshot();
  DataView data();
  void saveCheckpoint();

  std::map<std::string, std::string> m_actions;
  std::ofstream m_record;
  std::string m_version = MONGE_VERSION;
  bool m_masses = false;  ///< fixed: a law with targets and dual weights
  int m_protocol = 2, m_logLines = 0;
  nlohmann::json m_experiment;
  std::string m_run;
  std::vector<int> m_ids;
  std::map<int, std::vector<double>> m_positions;
  std::mt19937 m_random{1};
  RunProgress m_progress;
  bool m_open = false, m_playing = false, m_acknowledged = true, m_dirty = false;
  std::uint64_t m_sequence = 0;
  std::int64_t m_sentRows = 0;
};

void FakeEngine::readArguments(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--record") m_record.open(words[++i], std::ios::app);
    if (words[i] == "--masses") m_masses = true;
    if (words[i] == "--protocol") m_protocol = std::stoi(words[++i]);
    if (words[i] == "--version") m_version = words[++i];
    if (words[i] == "--log") m_logLines = std::stoi(words[++i]);
    if (words[i] == "--on") {
      m_actions[words[i + 1]] = words[i + 2];
      i += 2;
    }
  }
}

int FakeEngine::run(int argc, char** argv) {
  readArguments(argc, argv);
  for (int i = 1; i <= m_logLines; ++i) std::fprintf(stderr, "line %d\n", i);
  MessageReader reader;
  char buffer[65536];
  for (;;) {
    pollfd waiting{STDIN_FILENO, POLLIN, 0};
    if (::poll(&waiting, 1, 10) > 0) {
      const ssize_t count = ::read(STDIN_FILENO, buffer, sizeof buffer);
      if (count <= 0) return 0;
      reader.feed({buffer, static_cast<std::size_t>(count)});
      while (const auto message = reader.next()) {
        if (!take(*message)) return 0;
      }
    }
    if (m_playing) {
      m_progress.iteration = std::min(m_progress.iteration + 100, m_progress.target);
      m_dirty = true;
      if (m_progress.iteration == m_progress.target) {
        m_playing = false;
        m_progress.status = RunStatus::Finished;
      }
    }
    if (m_open && m_dirty && m_acknowledged) {
      sendHistory();
      sendSnapshot();
    }
  }
}

bool FakeEngine::misbehave(const Message& message) {
  const auto found = m_actions.find(message.type);
  if (found == m_actions.end()) return false;
  const std::string action = found->second;
  if (action == "exit") std::_Exit(3);
  if (action == "abort") std::abort();
  if (action == "hang") ::pause();
  if (action == "nonsense" && ::write(STDOUT_FILENO, "Segmentation fault, but politely\n\n\n\n", 36))
    return true;
  if (action == "truncate") {
    const std::string bytes = encode(Message("snapshot"));
    if (::write(STDOUT_FILENO, bytes.data(), bytes.size()) > 0) return true;
  }
  if (action == "newer") {
    Message changed = message;
    changed.fields["experiment"]["parameters"]["of_tomorrow"] = 1;
    open(changed);
    return true;
  }
  Message answer("error");
  answer.fields = {{"subject", message.fields.value("key", message.type)},
                   {"message", "memory: no more of it"},
                   {"fatal", action == "fatal"}};
  if (action == "refuse" || action == "fatal") send(answer);
  if (action == "fatal") std::_Exit(1);
  if (action == "diverge") {
    m_playing = false;
    m_progress.status = RunStatus::Diverged;
    m_progress.message = "iteration 12345, critic 3: loss is NaN";
    m_dirty = true;
  }
  return true;
}

bool FakeEngine::take(const Message& message) {
  if (m_record.is_open())
    m_record << nlohmann::json{{"type", message.type}, {"fields", message.fields}}.dump() << std::endl;
  if (misbehave(message)) return true;
  const nlohmann::json& fields = message.fields;
  const std::set<std::string> always = {"hello", "open", "open_run", "ping", "quit"};
  if (!m_open && !always.contains(message.type)) {
    Message answer("error");
    answer.fields = {{"subject", "run"}, {"message", "run: none is open"}, {"fatal", false}};
    send(answer);
  } else if (message.type == "hello") {
    Message answer("hello");
    answer.fields = {{"protocol", m_protocol}, {"version", m_version}, {"torch", "none"},
                     {"devices", {"cpu"}},     {"threads", 2},         {"warnings", nlohmann::json::array()}};
    send(answer);
  } else if (message.type == "open") {
    open(message);
  } else if (message.type == "open_run") {
    openRun(message);
  } else if (message.type == "ping") {
    Message answer("pong");
    answer.fields = {{"id", fields.at("id")}, {"busy_seconds", 0.0}};
    send(answer);
  } else if (message.type == "ack") {
    m_acknowledged = true;
  } else if (message.type == "play") {
    m_playing = true;
    m_progress.status = RunStatus::Running;
  } else if (message.type == "pause") {
    m_playing = false;
    m_progress.status = RunStatus::Paused;
    m_dirty = true;
  } else if (message.type == "target") {
    m_progress.target = fields.at("iterations");
  } else if (message.type == "checkpoint") {
    saveCheckpoint();
  } else if (message.type == "quit") {
    return false;
  } else {
    edit(message);
  }
  return true;
}

void FakeEngine::edit(const Message& message) {
  const nlohmann::json& fields = message.fields;
  if (message.type == "step") {
    m_progress.iteration += fields.at("count").get<std::int64_t>();
    m_progress.phase = "generator";
  } else if (message.type == "reset") {
    m_progress.iteration = 0;
    m_progress.status = RunStatus::Paused;
    m_sentRows = 0;
    m_progress.seed = fields.value("seed", m_progress.seed);
  } else if (message.type == "prototype_move") {
    m_positions[fields.at("id")] = fields.at("position").get<std::vector<double>>();
  } else if (message.type == "prototype_add") {
    const int id = static_cast<int>(m_positions.size());
    addPrototype(id, fields.at("position"));
    Message answer("added");
    answer.fields["id"] = id;
    send(answer);
  } else if (message.type == "prototype_delete") {
    std::erase(m_ids, fields.at("id").get<int>());
  } else if (message.type == "prototype_restore") {
    m_ids.push_back(fields.at("id"));
  } else if (message.type == "resume_checkpoint") {
    m_progress.status = RunStatus::Paused;
  }
  m_dirty = m_open;
}

void FakeEngine::addPrototype(int id, const std::vector<double>& position) {
  m_ids.push_back(id);
  m_positions[id] = position;
}

void FakeEngine::open(const Message& message) {
  m_experiment = message.fields.at("experiment");
  m_run = message.fields.value("out", "");
  m_progress = {};
  m_progress.target = m_experiment.value("iterations", std::int64_t{60000});
  announce();
}

void FakeEngine::openRun(const Message& message) {
  m_run = message.fields.at("run");
  const RunDirectory directory = RunDirectory::open(m_run);
  m_experiment = toJson(directory.experiment());
  m_progress = {};
  m_progress.target = m_experiment.value("iterations", std::int64_t{60000});
  m_progress.iteration = directory.checkpoints().back();
  announce();
}

void FakeEngine::announce() {
  m_progress.seed = m_experiment.value("seed", std::uint64_t{7});
  m_progress.phase = "sample";
  m_progress.iterationsPerSecond = 14100;
  m_ids.clear();
  m_positions.clear();
  m_sentRows = 0;
  for (int id = 0; id < 4; ++id) addPrototype(id, {kCenters[id][0], kCenters[id][1]});
  Message opened("opened");
  opened.fields = {{"experiment", m_experiment},
                   {"phases", {"sample", "assign", "critic", "generator", "prototype"}},
                   {"run", m_run}};
  send(opened);
  send(toMessage(data()));
  m_open = m_dirty = true;
  m_acknowledged = true;
}

DataView FakeEngine::data() {
  DataView view;
  view.name = m_experiment.value("name", "Four discs") == "Four clusters"
                  ? "Four discs, radius 0.25"
                  : m_experiment.value("name", "Data");
  view.provenance = "generated, seed 1";
  view.rows = 4000;
  view.dimension = 2;
  view.points.resize(800, 2);
  view.lower = RowsF::Constant(1, 2, -0.75F);
  view.upper = RowsF::Constant(1, 2, 0.75F);
  std::uniform_real_distribution<double> uniform(0, 1);
  for (Eigen::Index i = 0; i < view.points.rows(); ++i) {
    const double angle = 2 * M_PI * uniform(m_random), radius = kRadius * std::sqrt(uniform(m_random));
    view.points.row(i) << static_cast<float>(kCenters[i % 4][0] + radius * std::cos(angle)),
        static_cast<float>(kCenters[i % 4][1] + radius * std::sin(angle));
  }
  for (const auto& center : kCenters) view.mask.push_back({center[0], center[1], kRadius});
  return view;
}

EnsembleSnapshot FakeEngine::snapshot() {
  EnsembleSnapshot value;
  value.progress = m_progress;
  if (!m_playing) value.progress.iterationsPerSecond = 0;
  value.progress.secondsLeft = static_cast<double>(m_progress.target - m_progress.iteration) / 14100;
  value.sequence = ++m_sequence;
  value.dimension = 2;
  value.ids = m_ids;
  const auto k = static_cast<Eigen::Index>(m_ids.size());
  value.prototypes.resize(k, 2);
  value.samples.resize(150 * k, 2);
  std::uniform_real_distribution<double> uniform(0, 1);
  for (Eigen::Index j = 0; j < k; ++j) {
    const auto& center = m_positions[m_ids[static_cast<std::size_t>(j)]];
    value.prototypes.row(j) << static_cast<float>(center[0]), static_cast<float>(center[1]);
    RowsF trail(20, 2);
    for (int t = 0; t < 20; ++t)
      trail.row(t) = value.prototypes.row(j) * (0.6F + 0.02F * static_cast<float>(t));
    value.trails.push_back(trail);
    for (Eigen::Index i = 0; i < 150; ++i) {
      const double angle = 2 * M_PI * uniform(m_random), radius = kRadius * std::sqrt(uniform(m_random));
      value.samples.row(150 * j + i) << static_cast<float>(center[0] + radius * std::cos(angle)),
          static_cast<float>(center[1] + radius * std::sin(angle));
      value.sampleOwner.push_back(static_cast<int>(j));
    }
    value.masses.push_back(1.0 / static_cast<double>(k));
    if (m_masses) {
      value.law.targets.push_back(1.0 / static_cast<double>(k));
      value.law.weights.push_back(0);
    }
    value.inside.push_back(0.968);
  }
  return value;
}

void FakeEngine::sendSnapshot() {
  m_acknowledged = m_dirty = false;
  send(toMessage(snapshot()));
}

void FakeEngine::sendHistory() {
  HistoryChunk chunk;
  chunk.columns = {"iteration", "generator_loss", "critic_loss", "coverage",
                   "precision", "changed_cell",   "outside_cell"};
  chunk.firstRow = m_sentRows;
  const std::int64_t rows = m_progress.iteration / 100 + 1;
  chunk.rows.resize(rows - m_sentRows, 7);
  for (std::int64_t row = m_sentRows; row < rows; ++row) {
    const double t = static_cast<double>(row) / 100;
    chunk.rows.row(row - m_sentRows) << static_cast<double>(100 * row), std::exp(-t) + 0.2,
        0.5 * std::exp(-t) + 0.1, 1 - std::exp(-2 * t), 1 - std::exp(-3 * t), std::exp(-2 * t),
        0.5 * std::exp(-t) + 0.03;
  }
  if (rows == m_sentRows) return;
  m_sentRows = rows;
  send(toMessage(chunk));
}

void FakeEngine::saveCheckpoint() {
  const auto experiment = experimentFromJson(m_experiment, "fake");
  const RunDirectory directory = RunDirectory::create(m_run, experiment);
  directory.writeCheckpoint(m_progress.iteration, Message("state"), toMessage(snapshot()));
  Message answer("saved");
  answer.fields = {{"iteration", m_progress.iteration}, {"run", m_run}};
  send(answer);
}

}  // namespace

int main(int argc, char** argv) {
  return FakeEngine().run(argc, argv);
}
