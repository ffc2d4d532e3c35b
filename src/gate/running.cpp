// In the order in which things need each other; taken down the other way round.
#include "gate/running.h"

#include <algorithm>
#include <bit>
#include <random>
#include <utility>

#include "gate/hook_counters.h"
#include "gate/kernel/dispatcher.h"
#include "gate/kernel/hold.h"
#include "gate/rights/kept_rights.h"
#include "sys/grace_period.h"
#include "weir/error.h"
#include "weir/gate/broker.h"

namespace weir::gate {
namespace {

/// Of the sign of life, and of looking after deadlines, milliseconds.
constexpr int clock_period = 5;
/// Of looking after adapters.
constexpr int follow_period = 20;

/// Rules that are gone and yet known, at most: packets they have held may still be on their way.
constexpr std::uint32_t most_gone = 512;

/// Numbers are given round and round: the one that is so far behind has been gone for long, if it
/// is. Each has compiled code.
void forget_rule_before(std::uint32_t number, const RuleEntries& asked, View& view) {
  auto& old = view.by_number[(number + Maps::most_rules - most_gone) % Maps::most_rules];
  if (old != nullptr && std::ranges::find(asked, old) == asked.end()) old = nullptr;
}

std::uint32_t ring_size(std::size_t wanted) noexcept {
  // Four times the longest frame that is cut, and some.
  constexpr std::size_t least = 1 << 19;
  return static_cast<std::uint32_t>(std::bit_ceil(std::max(wanted, least)));
}

Maps::Sizes sizes_of(const GateOptions& options) noexcept {
  return {.ring = ring_size(options.ring_size),
          .notice_ring = ring_size(options.notice_ring_size),
          .flows = options.flow_verdicts};
}

flow::HashKey random_key() {
  std::random_device random;
  flow::HashKey key{};
  for (std::uint64_t& word : key.words) word = std::uint64_t{random()} << 32 | random();
  return key;
}

template <class Program>
Program loaded(const bpf::EbpfProgram& code, const char* name) {
  return Program{std::as_bytes(std::span{code}), name};
}

sys::TrafficControlProgram dispatching(const RelocatableProgram& program, const Maps& maps,
                                       const char* name) {
  return loaded<sys::TrafficControlProgram>(linked_dispatcher(program, maps), name);
}

HelperAdapter helper_of(const Maps& maps, std::uint64_t place, Attachment how,
                        std::shared_ptr<Rights> rights) {
  const auto turning = loaded<sys::TrafficControlProgram>(turning_program(place), "weir_gate_turn");
  const auto filter = segment_filter(maps);
  return {turning, sys::SocketFilterProgram{std::as_bytes(std::span{filter})}, how,
          std::move(rights)};
}

}  // namespace

Running::Running(const GateOptions& options, const Handlers& handlers, RuleList rules,
                 std::map<std::string, AdapterSettings> settings,
                 const std::function<void()>& failed)
    : options_{options},
      driver_{programs_of(options)},
      rights_{options.broker ? options.broker->rights_ : own_rights()},
      how_{attachment_for(options.attachment)},
      changes_{random_key()},
      handling_{.handlers = handlers, .changes = changes_},
      maps_{sizes_of(options)},
      claim_{options.altitude},
      ingress_{dispatching(driver_->ingress, maps_, "weir_gate_in")},
      egress_{dispatching(driver_->egress, maps_, "weir_gate_out")},
      helper_{helper_of(maps_, claim_.rank().place(), how_, rights_)},
      flows_{maps_},
      sets_{maps_, claim_.rank().place(), options.counts_only, rights_},
      rules_{std::move(rules)},
      stations_{maps_, options.snapshot_length, std::move(settings)},
      adapters_{{.adapters = options.adapters,
                 .dispatchers = {&ingress_, &egress_},
                 .rank = claim_.rank(),
                 .how = how_,
                 .rights = rights_},
                {.coming = [this](const std::shared_ptr<const Port>& port,
                                  const capture::Adapter&) { expect(port); },
                 .came = [this](const Port& port) { handling_.tell_adapter(port.name(), true); },
                 .gone = [this](const Port& port, bool came) { leave(port, came); },
                 .failed =
                     [this](const std::string& why) {
                       handling_.report(GateError::Where::adapter, why);
                     }}} {
  // The descriptor that a dying process closes first.
  maps_.programs.lift();
  watch_owner();
  load_programs();
  claim_.publish(sys::program_id(ingress_.descriptor()), sys::program_id(egress_.descriptor()));
  if (options_.before_threads) options_.before_threads();
  try {
    start_threads();
  } catch (...) {
    failed();
    throw;
  }
}

void Running::start_threads() {
  // From here on, what needs rights is for rights_.
  handling_.teller.start();
  table_ = std::make_shared<HoldTable>(hold_options(), helper_.port(), &flows_);
  injector_.emplace(claim_.rank().place(), departures_.limits(), helper_.port());
  reader_.emplace(options_.workers, handling_, maps_, *table_);
  tick();
  // A process that waits for a processor does not hang.
  clock_.emplace(clock_period, [this] { tick(); }, Periodic::Pace::real_time);
  put_in_force(rules_);
  adapters_.start();
  follower_.emplace(follow_period, [this] { follow(); });
}

Running::~Running() {
  follower_.reset();
  adapters_.stop();
  sets_.remove();
}

HoldOptions Running::hold_options() const {
  return {.policies = options_.policies,
          .deadline = options_.deadline,
          .most_held = options_.most_held,
          .most_held_bytes = options_.most_held_bytes,
          .tcp_growth = options_.tcp_growth,
          .place = claim_.rank().place(),
          .limits = departures_.limits()};
}

std::shared_ptr<const DriverPrograms> Running::programs_of(const GateOptions& options) {
  const Driver driver = options.driver ? *options.driver : Driver{};
  if (!driver.is_usable()) {
    throw Error{ErrorCode::invalid_argument,
                "driver " + text_of(driver.version()) + " of interface " +
                    std::to_string(driver.interface_) + ": this gate needs version " +
                    text_of(library_version()) + " or newer, of interface " +
                    std::to_string(driver_interface)};
  }
  return driver.programs_;
}

void Running::watch_owner() {
  if (!options_.watch_owner) return;
  try {
    owner_.emplace(driver_->adoption);
  } catch (const Error&) {
    // Older kernels, fewer rights: Support::owner_watch tells. The program array is emptied at the
    // process's death as well, somewhat later.
  }
}

void Running::load_programs() {
  const auto put = [this](std::uint32_t slot, const bpf::EbpfProgram& code, const char* name) {
    const auto program = loaded<sys::TrafficControlProgram>(code, name);
    if (const int error = maps_.programs.set(slot, program.descriptor())) {
      throw SystemError{error, "put a program of the gate in force"};
    }
  };
  put(slot::hold,
      hold_program(maps_, {.policies = options_.policies,
                           .hang_limit = static_cast<std::uint64_t>(options_.hang_limit.count()),
                           .segments = options_.segments,
                           .helper = helper_.index(),
                           .owner = owner_ ? &*owner_ : nullptr}),
      "weir_gate_hold");
  put(slot::notice, notice_program(maps_), "weir_gate_note");
  put(slot::shown_drop, shown_drop_program(maps_), "weir_gate_show");
}

void Running::install(RuleList rules) {
  const std::lock_guard lock{mutex_};
  if (!is_ending_) put_in_force(rules);
  rules_ = std::move(rules);
  flows_.forget();
}

void Running::put_in_force(const RuleList& rules) {
  set_loopback(rules);
  const auto code = rules.code(stations_.rule_adapters());
  // Those that handle packets know a rule before it can hold any.
  renew_view(rules);
  try {
    sets_.install({code[0], code[1]});
  } catch (...) {
    renew_view(rules_);
    throw;
  }
}

void Running::set_loopback(const RuleList& rules) {
  const auto adapters = stations_.rule_adapters();
  const auto holding = std::ranges::find_if(adapters, [&](const RuleAdapter& adapter) {
    return adapter.is_loopback && rules.holds_at(adapter);
  });
  // Once set it stays so to the end: what has been held goes back whatever rules there are now.
  if (holding == adapters.end() || options_.counts_only || loopback_) return;
  const std::string& name = holding->names.front();
  if (rights_->loopback_is_on(name)) return;
  if (!options_.set_loopback) {
    throw Error{ErrorCode::invalid_argument,
                name + ": what is held of IPv4 is received again only with net.ipv4.conf." + name +
                    ".accept_local=1 and route_localnet=1"};
  }
  loopback_ = rights_->set_loopback(name, claim_.rank());
}

void Running::renew_view(const RuleList& rules) {
  auto view = std::make_shared<View>(*handling_.views.now());
  view->by_number.resize(Maps::most_rules);
  const RuleEntries asked = rules.asked();
  const bool is_judged_here = std::ranges::any_of(
      asked, [](const auto& entry) { return entry->in_user_space || entry->is_answers; });
  view->asked.clear();
  view->evaluator = {};
  const auto adapters = stations_.rule_adapters();
  for (const auto& entry : asked) {
    if (view->by_number[entry->number] != entry) forget_rule_before(entry->number, asked, *view);
    view->by_number[entry->number] = entry;
    if (!hits_before_.contains(entry->id)) {
      hits_before_[entry->id] = rule_hits(maps_, entry->number);
    }
    if (!is_judged_here) continue;
    view->asked.push_back(entry);
    view->evaluator.add(entry->rule, RuleList::index_of(entry->rule, adapters), entry->filter);
  }
  std::erase_if(hits_before_, [](const auto& known) { return known.first.use_count() == 1; });
  stations_.describe_to(*view);
  handling_.views.set(std::move(view));
}

void Running::set(const std::string& adapter, const AdapterSettings& settings) {
  const std::lock_guard lock{mutex_};
  if (!stations_.set(adapter, settings)) {
    throw Error{ErrorCode::not_found, adapter + ": the gate is at no such adapter"};
  }
  renew_view(rules_);
}

bool Running::inject(const std::string& adapter, Direction direction, Bytes frame) {
  const auto port = adapters_.port_of(adapter);
  return port != nullptr && injector_->send(frame, *port, direction);
}

void Running::stop() {
  follower_.reset();
  {
    const std::lock_guard lock{mutex_};
    // What is sent on still passes here, and loses its tag.
    sets_.rest();
    is_ending_ = true;
    sets_.sweep();
  }
  reader_->drain();
  table_->wait_until_empty();
  // What it has let go has left when it ends.
  clock_.reset();
  adapters_.stop();
  handling_.teller.settle();
  reader_->close();
  handling_.teller.settle();
  const std::lock_guard lock{mutex_};
  sets_.remove();
}

void Running::tick() noexcept {
  const std::uint64_t now = monotonic_now();
  std::atomic_ref{maps_.control.writable_words()[control::heartbeat]}.store(
      now, std::memory_order_release);
  table_->expire(static_cast<std::int64_t>(now));
  table_->hurry();
  table_->renew_wall_clock();
  const auto deadline = static_cast<std::uint64_t>(options_.deadline.count());
  if (deadline == 0 || now < deadline) return;
  reader_->relieve(now - deadline);
}

void Running::expect(const std::shared_ptr<const Port>& port) {
  const std::lock_guard lock{mutex_};
  stations_.add(port);
  try {
    put_in_force(rules_);
  } catch (...) {
    stations_.remove(port->index());
    throw;
  }
}

void Running::leave(const Port& port, bool came) noexcept {
  {
    const std::lock_guard lock{mutex_};
    stations_.remove(port.index());
  }
  if (came) handling_.tell_adapter(port.name(), false);
}

void Running::follow() noexcept {
  try {
    while (adapters_.step()) {
    }
    adapters_.look_after();
    sweep();
  } catch (const Error& error) {
    if (!rights_->are_lost()) handling_.report(GateError::Where::adapter, error.what());
  }
  if (rights_->are_lost() && !std::exchange(are_rights_lost_, true)) {
    handling_.report(GateError::Where::kernel, KeptRights::lost);
  }
}

void Running::sweep() {
  const auto last_retired = [this] {
    const std::lock_guard lock{mutex_};
    return sets_.last_retired();
  }();
  // Nobody else waits meanwhile.
  if (!last_retired || !sys::wait_for_grace_period()) return;
  const std::lock_guard lock{mutex_};
  sets_.give_back(*last_retired);
}

std::vector<std::string> Running::adapters() const {
  const std::lock_guard lock{mutex_};
  return stations_.names();
}

std::vector<std::string> Running::cannot_match(const RuleEntry& entry) const {
  const std::lock_guard lock{mutex_};
  return RuleList::cannot_match(entry, stations_.rule_adapters());
}

Tally Running::hits(const RuleEntry& entry) const {
  if (entry.in_user_space) return {entry.packets, entry.bytes};
  const std::lock_guard lock{mutex_};
  Tally hits = rule_hits(maps_, entry.number);
  if (const auto before = hits_before_.find(entry.id); before != hits_before_.end()) {
    hits.packets -= before->second.packets;
    hits.bytes -= before->second.bytes;
  }
  hits += {entry.packets, entry.bytes};
  return hits;
}

GateCounters Running::counters() const {
  const std::lock_guard lock{mutex_};
  return {.adapters = stations_.counters(),
          .held = table_->counters(),
          .segments = segment_counters(maps_, SegmentFate::held),
          .segments_lost = segment_counters(maps_, SegmentFate::lost),
          .notices = handling_.notices,
          .strays = handling_.strays,
          .injected = injector_->sent(),
          .changes = changes_.counters()};
}

}  // namespace weir::gate
