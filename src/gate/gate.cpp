// The gate's face: rules before, while and after it runs.
#include "weir/gate/gate.h"

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "gate/handling.h"
#include "gate/running.h"
#include "weir/error.h"

namespace weir::gate {
namespace {

void check(const GateOptions& options) {
  const auto refuse = [](const std::string& why) {
    throw Error{ErrorCode::invalid_argument, "gate: " + why};
  };
  constexpr std::size_t largest_ring = std::size_t{1} << 30;
  if (options.ring_size > largest_ring || options.notice_ring_size > largest_ring) {
    refuse("a ring has at most 1 GiB");
  }
  if (options.deadline < Duration::zero()) refuse("a deadline is not negative");
  if (options.hang_limit < Duration::zero()) refuse("a hang limit is not negative");
  if (options.hang_limit > Duration::zero() && options.hang_limit < std::chrono::milliseconds{20}) {
    refuse("a hang limit is at least 20 ms: the sign of life comes every 5 ms");
  }
  if (options.workers.max < 1 || options.workers.min > options.workers.max) {
    refuse("there is at least one worker, and `min` is not beyond `max`");
  }
  if (options.workers.max > 256) refuse("there are at most 256 workers");
  if (options.most_held == 0) refuse("at least one packet is held at a time (most_held)");
  constexpr std::size_t least_bytes = std::size_t{1} << 20;
  if (options.most_held_bytes < least_bytes) refuse("held packets have 1 MiB (most_held_bytes)");
  if (options.flow_verdicts == 0) refuse("there is room for at least one flow (flow_verdicts)");
}

}  // namespace

class Gate::Machine {
 public:
  Machine(GateOptions options, Handlers handlers)
      : options_{std::move(options)}, handlers_{std::move(handlers)} {}

  template <class Change>
  auto change(Change&& how) {
    const auto lock = lock_to_change();
    RuleList changed = rules_;
    auto result = how(changed);
    if (running_ != nullptr) running_->install(changed);
    rules_ = std::move(changed);
    return result;
  }

  std::vector<RuleStatus> rules() const {
    const std::lock_guard lock{mutex_};
    std::vector<RuleStatus> statuses;
    for (const auto& entry : rules_.entries()) {
      RuleStatus status{.rule = entry->rule, .in_user_space = entry->in_user_space};
      if (running_ != nullptr) {
        status.hits = running_->hits(*entry);
        status.cannot_match = running_->cannot_match(*entry);
      } else if (const auto last = last_.find(entry); last != last_.end()) {
        status.hits = last->second.hits;
        status.cannot_match = last->second.cannot_match;
      }
      statuses.push_back(std::move(status));
    }
    return statuses;
  }

  void start() {
    {
      const auto lock = lock_to_change();
      if (running_ != nullptr) return;
      last_.clear();
      set_starting(true);
    }
    // Those who ask or change something wait for it, without a lock of theirs; but if it fails:
    // then it waits for handlers, who may do so.
    const auto failed = [this] {
      const std::lock_guard lock{mutex_};
      set_starting(false);
    };
    try {
      auto running = std::make_shared<Running>(options_, handlers_, rules_, settings_, failed);
      const std::lock_guard lock{mutex_};
      put(std::move(running), {});
    } catch (const SystemError& error) {
      failed();
      if (error.code() != ErrorCode::permission_denied) throw;
      const std::string missing = missing_capabilities();
      if (missing.empty()) throw;
      throw SystemError{error.system_code().value(), "start a gate, which " + missing};
    } catch (...) {
      failed();
      throw;
    }
  }

  void stop() {
    if (is_in_handler()) {
      throw Error{ErrorCode::invalid_argument,
                  "gate: stop() waits for handlers and is not for them to call"};
    }
    const std::lock_guard one_at_a_time{stop_mutex_};
    const auto running = get();
    if (running == nullptr) return;
    keep_reasons(*running);
    // Others go on to ask while what is held is waited for.
    running->stop();
    {
      const std::lock_guard lock{mutex_};
      for (auto& [entry, last] : last_) last.hits = running->hits(*entry);
      put(nullptr, running->counters());
    }
    // Its threads end with it, without a lock: their hooks may ask. So may others still.
    while (running.use_count() > 1) std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }

  /// Waits for a start() that is under way, unless that waits for this thread: then it does not
  /// run.
  std::shared_ptr<Running> get() const {
    std::unique_lock lock{running_mutex_};
    if (!is_in_on_start(handlers_)) started_.wait(lock, [this] { return !is_starting_; });
    return running_;
  }

  void set(const std::string& adapter, const AdapterSettings& settings) {
    const auto lock = lock_to_change();
    if (running_ != nullptr) running_->set(adapter, settings);
    settings_[adapter] = settings;
  }

  void set_deadline_policy(Policy policy) {
    const auto lock = lock_to_change();
    if (running_ != nullptr) running_->set_deadline_policy(policy);
    options_.policies.deadline = policy;
  }

  GateCounters counters() const {
    const auto running = get();
    if (running != nullptr) return running->counters();
    const std::lock_guard lock{running_mutex_};
    return last_counters_;
  }

 private:
  /// mutex_, once no start() is under way: what it has begun with stays so until then. Throws Error
  /// (invalid_argument) where that waits for this thread.
  std::unique_lock<std::mutex> lock_to_change() {
    std::unique_lock lock{mutex_};
    if (is_starting_ && is_in_on_start(handlers_)) {
      throw Error{ErrorCode::invalid_argument,
                  "gate: start() waits for on_start, which cannot change the gate meanwhile"};
    }
    started_.wait(lock, [this] { return !is_starting_; });
    return lock;
  }
  /// With mutex_; so the next.
  void put(std::shared_ptr<Running> running, GateCounters last) {
    const std::lock_guard lock{running_mutex_};
    std::swap(running_, running);
    last_counters_ = std::move(last);
    is_starting_ = false;
    started_.notify_all();
  }
  void set_starting(bool is_starting) {
    const std::lock_guard lock{running_mutex_};
    if (is_starting) last_counters_ = {};
    is_starting_ = is_starting;
    started_.notify_all();
  }

  /// As long as it is at its adapters.
  void keep_reasons(const Running& running) {
    const std::lock_guard lock{mutex_};
    last_.clear();
    for (const auto& entry : rules_.entries()) {
      last_[entry].cannot_match = running.cannot_match(*entry);
    }
  }

  GateOptions options_;
  const Handlers handlers_;
  std::mutex stop_mutex_{};
  mutable std::mutex mutex_{};
  RuleList rules_{};
  std::map<std::string, AdapterSettings> settings_{};
  /// Of what follows, which changes with both.
  mutable std::mutex running_mutex_{};
  mutable std::condition_variable_any started_{};
  bool is_starting_ = false;
  std::shared_ptr<Running> running_{};
  /// Of the time it ran before.
  GateCounters last_counters_{};
  struct Last {
    Tally hits{};
    std::vector<std::string> cannot_match{};
  };
  std::map<std::shared_ptr<const RuleEntry>, Last> last_{};
};

Gate::Gate(GateOptions options, Handlers handlers) {
  check(options);
  machine_ = std::make_unique<Machine>(std::move(options), std::move(handlers));
}

Gate::~Gate() {
  try {
    machine_->stop();
  } catch (const Error&) {
    // Destroyed by a handler: there is nothing right to do, but the kernel takes all away.
  }
}

std::string Gate::add(Rule rule) {
  return machine_->change([&](RuleList& rules) { return rules.add(std::move(rule)); });
}

bool Gate::remove(const std::string& id) {
  return machine_->change([&](RuleList& rules) { return rules.remove(id); });
}

void Gate::clear() {
  machine_->change([](RuleList& rules) {
    rules.clear();
    return true;
  });
}

void Gate::replace(std::vector<Rule> rules) {
  machine_->change([&](RuleList& list) {
    list.replace(std::move(rules));
    return true;
  });
}

std::vector<RuleStatus> Gate::rules() const { return machine_->rules(); }
void Gate::start() { machine_->start(); }
void Gate::stop() { machine_->stop(); }
bool Gate::is_running() const noexcept { return machine_->get() != nullptr; }
void Gate::set(const std::string& adapter, const AdapterSettings& settings) {
  machine_->set(adapter, settings);
}

std::vector<std::string> Gate::adapters() const {
  const auto running = machine_->get();
  return running == nullptr ? std::vector<std::string>{} : running->adapters();
}

void Gate::set_deadline_policy(Policy policy) { machine_->set_deadline_policy(policy); }

bool Gate::inject(const std::string& adapter, Direction direction, Bytes frame) {
  if (direction != Direction::in && direction != Direction::out) {
    throw Error{ErrorCode::invalid_argument, "inject: a packet goes in or out"};
  }
  const auto running = machine_->get();
  return running != nullptr && running->inject(adapter, direction, frame);
}

bool Gate::call_in_worker(std::function<void()> call) {
  const auto running = machine_->get();
  return running != nullptr && running->call_in_worker(std::move(call));
}

GateCounters Gate::counters() const { return machine_->counters(); }

std::vector<FlowVerdict> Gate::flow_verdicts() const {
  const auto running = machine_->get();
  return running == nullptr ? std::vector<FlowVerdict>{} : running->flow_verdicts();
}

}  // namespace weir::gate
