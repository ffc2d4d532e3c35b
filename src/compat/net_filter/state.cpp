// From initialize() to stop_filter(): what may be called when, and the gate of a filter.
#include "compat/net_filter/state.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <utility>

#include "compat/net_filter/worker_events.h"

namespace weir::compat {

using namespace net_filter;

namespace {

/// Milliseconds.
constexpr int least_timeout = 3'000;
/// As many as a gate has.
constexpr unsigned gate_workers = 256;

/// That were ever made.
std::atomic<std::uint64_t> objects{0};

}  // namespace

NetFilter::State::State(NetFilter& of) : number{++objects}, events{of} { make_settings(); }

NetFilter::State::~State() {
  watch.reset();
  try {
    stop();
  } catch (const NetFilterError&) {
    // Not initialized; or destroyed by a handler: there is nothing right to do.
  }
}

void NetFilter::State::initialize(const std::string& guid) {
  expect_no_event("initialize");
  const std::lock_guard one{lifecycle};
  expect_inactive("initialize");
  auto found = std::make_shared<const Product>(guid);
  gate::DriverSettings installed;
  try {
    installed = found->settings();
  } catch (const NetFilterError& error) {
    // What needs them says so.
    if (error.win32_code() != ERROR_PRIVILEGE_NOT_HELD) throw;
  }
  with_codes([&] {
    statistics.begin();
    watch.reset();
    watch = std::make_unique<Watch>(Watch::Calls{
        .adapter = [this](std::uint32_t id, bool came) { tell_adapter(id, came); },
        .tick = [this] { tell_statistics(); },
        .failed =
            [this](const Error& error) {
              post_error(win32_code_of(error), std::string{"follow adapters: "} + error.what());
            }});
  });
  events.log(installed.logs);
  events.log().write(LogPriority::notice, "initialized for " + found->name());
  const std::lock_guard lock{mutex};
  product = std::move(found);
  checks_rights = installed.checks_rights;
  stage = Stage::initialized;
}

void NetFilter::State::start(int timeout_ms) {
  expect_no_event("start_filter");
  const std::lock_guard one{lifecycle};
  expect_initialized_and_inactive("start_filter");
  if (const std::string missing = gate::missing_capabilities(); !missing.empty()) {
    refuse(ERROR_PRIVILEGE_NOT_HELD, "start_filter " + missing);
  }
  if (timeout_ms != 0 && timeout_ms < least_timeout) {
    refuse(ERROR_IMPLEMENTATION_LIMIT,
           "start_filter: a timeout is 0 or at least 3000 ms, not " + std::to_string(timeout_ms));
  }
  const Product::Run run = product->run();
  idle.rest();
  std::shared_ptr<gate::Gate> made;
  try {
    with_codes([&] {
      {
        const std::lock_guard lock{mutex};
        timeout = std::chrono::milliseconds{timeout_ms};
        made = std::make_shared<gate::Gate>(gate_options(run), gate_handlers());
        made->replace(rules.gate_rules(mode == omStat));
        gate = made;
        stage = Stage::starting;
        are_rules_stale = false;
      }
      run_gate(*made);
    });
  } catch (...) {
    {
      const std::lock_guard lock{mutex};
      gate.reset();
      stage = Stage::initialized;
    }
    idle.wake();
    throw;
  }
  // What was to be told meanwhile.
  for (auto& work : idle.take()) made->call_in_worker(std::move(work));
  {
    const std::lock_guard lock{mutex};
    running = run.running;
  }
  events.log().write(LogPriority::notice, "filter started for " + product->name());
}

void NetFilter::State::run_gate(gate::Gate& made) {
  apply_adapter_settings(made);
  made.start();
  const std::lock_guard changes{rule_changes};
  const std::lock_guard lock{mutex};
  if (are_rules_stale) made.replace(rules.gate_rules(mode == omStat));
  are_rules_stale = false;
  made.set_deadline_policy(deadline_policy());
  stage = Stage::active;
}

void NetFilter::State::stop() {
  expect_no_event("stop_filter");
  const std::lock_guard one{lifecycle};
  expect_initialized();
  std::shared_ptr<gate::Gate> ending;
  {
    const std::lock_guard lock{mutex};
    if (stage != Stage::active) return;
    stage = Stage::stopping;
    ending = gate;
  }
  try {
    with_codes([&] { ending->stop(); });
  } catch (...) {
    // Within a handler of another gate.
    const std::lock_guard lock{mutex};
    stage = Stage::active;
    throw;
  }
  statistics.keep(ending->counters());
  {
    const std::lock_guard lock{mutex};
    gate.reset();
    running.reset();
    stage = Stage::initialized;
  }
  idle.wake();
  events.log().write(LogPriority::notice, "filter stopped for " + product->name());
}

gate::GateOptions NetFilter::State::gate_options(const Product::Run& run) {
  gate::GateOptions options;
  options.altitude = run.settings.altitude;
  options.driver = run.driver;
  options.deadline = timeout;
  options.policies.deadline = deadline_policy();
  // What cannot leave as it was changed goes on as it came.
  options.policies.too_long = gate::Policy::open;
  options.workers = workers();
  return options;
}

gate::Workers NetFilter::State::workers() {
  gate::Workers workers;
  if (serialize == seOnMultipleThreads) {
    const unsigned processors = std::max(1U, std::thread::hardware_concurrency());
    const auto chosen = [](std::int64_t set, unsigned usual) {
      return std::min(set == 0 ? usual : static_cast<unsigned>(set), gate_workers);
    };
    workers.max = chosen(most_workers, 4 * processors);
    workers.min = std::min(chosen(least_workers, std::max(processors, 4U)), workers.max);
  }
  workers.stack_size = static_cast<std::size_t>(stack_size);
  workers.on_start = [this] { return worker_starts(events); };
  workers.on_end = [this] { worker_ends(events); };
  workers.around_batch = around;
  return workers;
}

gate::Handlers NetFilter::State::gate_handlers() {
  return {
      .on_held = [this](gate::HeldPacket& held) { packets.hold(held); },
      .on_notified = [this](const Packet& packet, const std::string&) { packets.notify(packet); },
      .on_error =
          [this](const gate::GateError& error) { post_error(ERROR_GEN_FAILURE, error.message); }};
}

void NetFilter::State::apply_adapter_settings(gate::Gate& made) const {
  for (const capture::Adapter& adapter : capture::adapters()) {
    const std::lock_guard lock{mutex};
    const auto set = adapters.all_settings().find(adapter.id);
    if (set == adapters.all_settings().end()) continue;
    // 0 and the default are more than any packet has.
    const int shown = set->second.max_packet_bytes;
    made.set(adapter.name, {.snapshot_length = static_cast<std::uint32_t>(shown),
                            .promiscuous = set->second.promiscuous_mode});
  }
}

bool NetFilter::State::post(std::function<void()> work) {
  std::shared_ptr<gate::Gate> by;
  {
    const std::lock_guard lock{mutex};
    // A gate that is starting answers nobody, and waits for those who tell of errors if it fails.
    if (stage == Stage::starting) return idle.call(std::move(work));
    by = gate;
  }
  if (by != nullptr && by->call_in_worker(work)) return true;
  return idle.call(std::move(work));
}

void NetFilter::State::post_error(int code, const std::string& description) noexcept {
  try {
    if (post([this, code, description] { events.error(code, description); })) return;
  } catch (const NetFilterError&) {
    // It waits for the next thread that can be started.
    return;
  }
  events.log().write(LogPriority::error, description);
}

std::shared_ptr<gate::Gate> NetFilter::State::gate_at_hand() const {
  const std::lock_guard lock{mutex};
  if (stage == Stage::starting && is_starting_worker()) return nullptr;
  return gate;
}

bool NetFilter::State::is_active() const noexcept {
  const std::lock_guard lock{mutex};
  return stage == Stage::active || stage == Stage::stopping;
}

void NetFilter::State::expect_initialized() const {
  const std::lock_guard lock{mutex};
  if (stage == Stage::fresh) {
    refuse(ERROR_NOT_READY, "initialize() has not been called yet");
  }
}

void NetFilter::State::expect_inactive(const char* call) const {
  const std::lock_guard lock{mutex};
  if (stage != Stage::fresh && stage != Stage::initialized) {
    refuse(ERROR_CONNECTION_ACTIVE,
           std::string{call} + ": the filter is active: stop_filter() first");
  }
}

void NetFilter::State::expect_initialized_and_inactive(const char* call) const {
  expect_initialized();
  expect_inactive(call);
}

void NetFilter::State::expect_not_in_use(const char* call, const std::string& guid) const {
  const auto in_use = product_at_hand();
  if (in_use != nullptr && in_use->name() == gate::parse_product_guid(guid)) expect_inactive(call);
}

}  // namespace weir::compat
