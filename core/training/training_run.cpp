// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/training_run.h"

#include <algorithm>
#include <stop_token>
#include <type_traits>
#include <utility>

#include "core/base/error.h"
#include "core/training/training_loop.h"

namespace monge {

/// The queue of commands, the thread that obeys them, and who waits for what.
class TrainingRun::Impl {
 public:
  Impl(const Experiment& experiment, TrainingLoop::Factory factory, Options options, bool resume) {
    std::promise<void> ready;
    std::future<void> built = ready.get_future();
    // The trainer is built on the thread that uses it: LibTorch keeps settings per thread.
    m_thread = std::jthread([this, experiment, factory = std::move(factory), options = std::move(options),
                             resume, promise = std::move(ready)]() mutable {
      try {
        m_loop = std::make_unique<TrainingLoop>(experiment, std::move(factory), std::move(options), m_outlet,
                                                resume);
        m_data = m_loop->dataView();
        m_phases = m_loop->phases();
      } catch (...) {
        return promise.set_exception(std::current_exception());
      }
      promise.set_value();
      run();
    });
    built.get();
  }

  ~Impl() { stop(); }

  /// Queues `work(loop)`; the future has its result or what it threw.
  template <class Work>
  auto post(Work work) -> std::future<std::invoke_result_t<Work, TrainingLoop&>> {
    using Result = std::invoke_result_t<Work, TrainingLoop&>;
    auto task = std::make_shared<std::packaged_task<Result(TrainingLoop*)>>(
        [work = std::move(work)](TrainingLoop* loop) {
          if (!loop) throw Error("run", "has been stopped", "a run at work");
          return work(*loop);
        });
    std::future<Result> result = task->get_future();
    enqueue([task](TrainingLoop* loop) { (*task)(loop); });
    return result;
  }

  /// Queues work that nobody waits for: what it throws becomes the run's status.
  template <class Work>
  void tell(Work work) {
    enqueue([this, work = std::move(work)](TrainingLoop* loop) {
      if (loop) guarded([&] { work(*loop); });
    });
  }

  bool waitUntilIdle(double seconds) {
    const std::chrono::duration<double> limit(std::clamp(seconds, 0.0, 1e8));
    std::unique_lock lock(m_mutex);
    return m_idleChanged.wait_for(lock, limit, [this] { return m_idle; });
  }

  void stop() {
    std::lock_guard once(m_stopping);
    if (!m_thread.joinable()) return;
    {
      std::lock_guard lock(m_mutex);
      m_stop = true;
    }
    m_wake.notify_all();
    m_thread.join();
  }

  RunOutlet m_outlet;
  DataView m_data;
  std::vector<std::string> m_phases;

 private:
  using Command = std::function<void(TrainingLoop*)>;  ///< null: the run has ended

  void enqueue(Command command) {
    {
      std::lock_guard lock(m_mutex);
      if (!m_ended) {
        m_commands.push_back(std::move(command));
        m_idle = false;
        m_wake.notify_all();
        return;
      }
    }
    command(nullptr);
  }

  /// The worker's edge: nothing that training throws leaves the thread.
  template <class Work>
  void guarded(Work work) {
    try {
      work();
    } catch (const std::exception& error) {
      m_loop->fail(error);
    }
  }

  void run() {
    for (;;) {
      const auto [commands, ending] = nextCommands();
      for (const Command& command : commands) command(m_loop.get());
      if (!commands.empty()) guarded([this] { m_loop->showChanges(); });
      if (ending) break;
      if (m_loop->running() && m_loop->nextChunk() <= std::chrono::steady_clock::now())
        guarded([this] { m_loop->runChunk(); });
    }
    guarded([this] { m_loop->finish(); });
    end();
  }

  /// Waits until there is something to do. Commands queued before stop() are still obeyed.
  std::pair<std::deque<Command>, bool> nextCommands() {
    std::unique_lock lock(m_mutex);
    if (m_commands.empty() && !m_loop->running()) {
      m_idle = true;
      m_idleChanged.notify_all();
    }
    const auto wanted = [this] { return m_stop || !m_commands.empty(); };
    if (m_loop->running())
      m_wake.wait_until(lock, m_loop->nextChunk(), wanted);
    else
      m_wake.wait(lock, wanted);
    return {std::exchange(m_commands, {}), m_stop};
  }

  void end() {
    std::deque<Command> late;
    {
      std::lock_guard lock(m_mutex);
      m_ended = true;
      m_idle = true;
      late.swap(m_commands);
    }
    m_idleChanged.notify_all();
    for (const Command& command : late) command(nullptr);
    m_loop.reset();
  }

  std::unique_ptr<TrainingLoop> m_loop;  ///< the thread's own

  std::mutex m_mutex;
  std::condition_variable m_wake, m_idleChanged;
  std::deque<Command> m_commands;
  bool m_stop = false, m_ended = false, m_idle = true;
  std::mutex m_stopping;
  std::jthread m_thread;
};

TrainingRun::TrainingRun(const Experiment& experiment,
                         std::function<std::unique_ptr<Trainer>(const Experiment&)> factory, Options options,
                         bool resume)
    : m_impl(std::make_unique<Impl>(experiment, std::move(factory), std::move(options), resume)) {}

TrainingRun::~TrainingRun() = default;

std::future<void> TrainingRun::play() {
  return m_impl->post([](TrainingLoop& loop) { loop.play(); });
}

void TrainingRun::pause() {
  m_impl->tell([](TrainingLoop& loop) { loop.pause(); });
}

std::future<void> TrainingRun::step(Unit unit, std::int64_t count) {
  return m_impl->post([=](TrainingLoop& loop) { loop.step(unit, count); });
}

void TrainingRun::setTarget(std::int64_t iterations) {
  m_impl->tell([=](TrainingLoop& loop) { loop.setTarget(iterations); });
}

void TrainingRun::setSpeed(double iterationsPerSecond) {
  m_impl->tell([=](TrainingLoop& loop) { loop.setSpeed(iterationsPerSecond); });
}

std::future<void> TrainingRun::reset(std::optional<std::uint64_t> seed) {
  return m_impl->post([=](TrainingLoop& loop) { loop.reset(seed); });
}

void TrainingRun::requestSnapshots(const SnapshotRequest& request) {
  m_impl->tell([=](TrainingLoop& loop) { loop.requestSnapshots(request); });
}

void TrainingRun::setSnapshotRate(double perSecond) {
  m_impl->tell([=](TrainingLoop& loop) { loop.setSnapshotRate(perSecond); });
}

std::future<void> TrainingRun::set(const std::string& key, const nlohmann::json& value) {
  return m_impl->post([=](TrainingLoop& loop) { loop.set(key, value); });
}

std::future<void> TrainingRun::movePrototype(int id, std::vector<double> position) {
  return m_impl->post(
      [id, position = std::move(position)](TrainingLoop& loop) { loop.movePrototype(id, position); });
}

std::future<int> TrainingRun::addPrototype(std::vector<double> position) {
  return m_impl->post(
      [position = std::move(position)](TrainingLoop& loop) { return loop.addPrototype(position); });
}

std::future<void> TrainingRun::removePrototype(int id) {
  return m_impl->post([=](TrainingLoop& loop) { loop.removePrototype(id); });
}

std::future<void> TrainingRun::restorePrototype(int id) {
  return m_impl->post([=](TrainingLoop& loop) { loop.restorePrototype(id); });
}

std::future<void> TrainingRun::setMass(int id, double mass) {
  return m_impl->post([=](TrainingLoop& loop) { loop.setMass(id, mass); });
}

std::future<std::int64_t> TrainingRun::checkpoint() {
  return m_impl->post([](TrainingLoop& loop) { return loop.checkpoint(); });
}

std::future<void> TrainingRun::resumeCheckpoint(double rateFactor) {
  return m_impl->post([=](TrainingLoop& loop) { loop.resumeCheckpoint(rateFactor); });
}

std::future<nlohmann::json> TrainingRun::metrics() {
  return m_impl->post([](TrainingLoop& loop) { return loop.metrics(); });
}

SnapshotPtr TrainingRun::takeSnapshot() {
  return m_impl->m_outlet.snapshots.take();
}

std::optional<HistoryChunk> TrainingRun::takeHistory() {
  return m_impl->m_outlet.history.take();
}

RunProgress TrainingRun::progress() const {
  return m_impl->m_outlet.progress.get();
}

Experiment TrainingRun::experiment() const {
  return m_impl->m_outlet.experiment.get();
}

DataView TrainingRun::dataView() const {
  return m_impl->m_data;
}

std::vector<std::string> TrainingRun::phases() const {
  return m_impl->m_phases;
}

double TrainingRun::busySeconds() const {
  const auto began = m_impl->m_outlet.stepBegan.load();
  if (began == 0) return 0;
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now - std::chrono::steady_clock::duration(began)).count();
}

bool TrainingRun::waitUntilIdle(double seconds) {
  return m_impl->waitUntilIdle(seconds);
}

void TrainingRun::stop() {
  m_impl->stop();
}

}  // namespace monge
