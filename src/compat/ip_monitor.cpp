// IPMonitor over capture::Live and capture::Counter.
#include "weir/compat/ip_monitor.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "compat/settings.h"
#include "weir/capture/adapter.h"
#include "weir/capture/counter.h"
#include "weir/capture/live.h"

namespace weir::compat {
namespace {

using capture::Counter;
using capture::Live;
using capture::Traffic;

/// What BufferSize 0 stands for.
constexpr std::size_t default_buffer = std::size_t{2} << 20;
constexpr std::int64_t most_packet_bytes = 262'144;

/// Link types of adapters: names in a filter are looked up for these when it is set.
constexpr LinkType adapter_link_types[] = {LinkType::ethernet, LinkType::raw, LinkType::linux_sll,
                                           LinkType::linux_sll2, LinkType::ieee802_11_radiotap};

Traffic traffic_of(int direction) noexcept {
  constexpr Traffic traffic[] = {Traffic::any, Traffic::in, Traffic::out};
  return traffic[direction];
}

/// Received, dropped and dropped by the adapter.
struct Totals {
  std::uint64_t received = 0;
  std::uint64_t dropped = 0;
  std::uint64_t dropped_by_adapter = 0;
};

int code_of(const std::exception& error) noexcept {
  const auto* const known = dynamic_cast<const Error*>(&error);
  return known == nullptr ? 0 : static_cast<int>(known->code());
}

}  // namespace

struct IPMonitor::State {
  int direction = PACKET_DIRECTION_ANY;
  int mode = PCAP_MODE_CAPT;
  std::int64_t tag = 0;
  std::string filter_text{};
  filter::Filter filter{};
  std::vector<capture::Adapter> adapters{};

  std::int64_t buffer_size = 0;
  std::int64_t max_packet_size = 0;
  std::int64_t packet_timeout = 1000;
  bool promiscuous = false;
  bool monitor = false;
  std::vector<Setting> settings{};

  /// Empty while not active; otherwise one of the two captures.
  std::string adapter{};
  std::optional<Live> live{};
  std::optional<Counter> counter{};
  /// Of captures since activate() that have ended.
  Totals before{};
  /// Not told yet, of those that have ended.
  capture::Counts untold{};
  /// Of the counter, told.
  capture::Counts told{};
  /// Of the batch at hand, not told yet. Some of them may have to be judged anew.
  std::span<const Packet> rest{};
  bool judges_rest = false;
  /// do_events() is at work: whoever is called by it must not take memory away from under it.
  bool in_events = false;
  bool is_reopening_due = false;
  std::vector<Live> ended{};

  State();
  void open();
  void close() noexcept;
  /// Ends the capture at hand, keeping what it has counted, and opens another.
  void reopen();
  void tell_packets(IPMonitor& face);
  void tell_totals(IPMonitor& face);
  [[nodiscard]] Totals totals();
  void refuse_while_active(std::string_view name) const;
  [[nodiscard]] bool is_active() const noexcept { return !adapter.empty(); }

 private:
  void count_what_waits();
  [[nodiscard]] bool is_wanted(const Packet& packet) const noexcept;
  /// Calls a handler; what it throws goes to on_error, where there is one.
  template <class Event>
  static void tell(IPMonitor& face, Event event);
  [[nodiscard]] Setting number(std::string_view name, std::int64_t& value, std::int64_t least,
                               std::int64_t most);
  [[nodiscard]] Setting boolean(std::string_view name, bool& value);
};

IPMonitor::State::State() {
  constexpr std::int64_t most = std::int64_t{1} << 40;
  settings = {number("BufferSize", buffer_size, 0, most),
              number("MaxPacketSize", max_packet_size, 0, most_packet_bytes),
              number("PacketTimeout", packet_timeout, 1, 86'400'000),
              boolean("PromiscuousMode", promiscuous),
              boolean("WiFiMonitorMode", monitor),
              {"BuildInfo", build_setting},
              {"LicenseInfo", license_setting}};
}

Setting IPMonitor::State::number(std::string_view name, std::int64_t& value, std::int64_t least,
                                 std::int64_t most) {
  return {name, [&value] { return std::to_string(value); },
          [this, name, &value, least, most](std::string_view text) {
            refuse_while_active(name);
            value = number_setting(name, text, least, most);
          }};
}

Setting IPMonitor::State::boolean(std::string_view name, bool& value) {
  return {name, [&value] { return setting_text(value); },
          [this, name, &value](std::string_view text) {
            refuse_while_active(name);
            value = boolean_setting(name, text);
          }};
}

void IPMonitor::State::refuse_while_active(std::string_view name) const {
  if (!is_active()) return;
  throw Error{ErrorCode::invalid_argument,
              std::string{name} + " can only change while not active: deactivate() first"};
}

void IPMonitor::State::open() {
  const std::size_t buffer =
      buffer_size == 0 ? default_buffer : static_cast<std::size_t>(buffer_size);
  if (mode == PCAP_MODE_STAT) {
    counter.emplace(adapter, capture::CounterOptions{.promiscuous = promiscuous,
                                                     .traffic = traffic_of(direction),
                                                     .filter = filter});
    told = {};
    return;
  }
  live.emplace(adapter,
               capture::LiveOptions{.snapshot_length = static_cast<std::uint32_t>(max_packet_size),
                                    .ring_size = buffer,
                                    .promiscuous = promiscuous,
                                    .traffic = traffic_of(direction),
                                    .filter = filter,
                                    .monitor_mode = monitor});
}

void IPMonitor::State::close() noexcept {
  adapter.clear();
  if (live && in_events) ended.push_back(std::move(*live));
  live.reset();
  counter.reset();
  before = {};
  untold = {};
  rest = {};
  is_reopening_due = false;
}

void IPMonitor::State::reopen() {
  is_reopening_due = false;
  if (live) count_what_waits();
  if (counter) {
    const capture::Counts last = counter->read();
    untold.packets += last.packets - told.packets;
    untold.bytes += last.bytes - told.bytes;
  }
  before = totals();
  live.reset();
  counter.reset();
  open();
}

// Packets that were not told yet are totals now.
void IPMonitor::State::count_what_waits() {
  do {
    for (const Packet& packet : rest) {
      if (!is_wanted(packet)) continue;
      ++untold.packets;
      untold.bytes += packet.wire_length;
    }
    rest = live->next_batch(Deadline::none()).packets;
    judges_rest = false;
  } while (!rest.empty());
}

// After a change the rest of a batch was chosen by what held before.
bool IPMonitor::State::is_wanted(const Packet& packet) const noexcept {
  if (!judges_rest) return true;
  const bool is_out = packet.direction == Direction::out;
  if (direction == PACKET_DIRECTION_INCOMING && is_out) return false;
  if (direction == PACKET_DIRECTION_OUTGOING && !is_out) return false;
  return filter.matches(packet);
}

// All that had come by the time the first was there, so that this ends however much comes.
void IPMonitor::State::tell_packets(IPMonitor& face) {
  const auto handler = face.on_packet;
  std::optional<std::uint64_t> waiting;
  while (is_active() && live) {
    while (!rest.empty() && is_active() && mode == PCAP_MODE_CAPT) {
      const Packet packet = rest.front();
      rest = rest.subspan(1);
      if (!handler || !is_wanted(packet)) continue;
      const IPMonitorPacketEventParams event{packet.timestamp, packet.wire_length,
                                             packet.data.data(),
                                             static_cast<std::uint32_t>(packet.data.size())};
      tell(face, [&] { handler(event); });
    }
    if (!is_active() || mode != PCAP_MODE_CAPT || waiting == 0) return;
    const Batch batch = live->next_batch(
        waiting ? Deadline::none() : Deadline::in(std::chrono::milliseconds{packet_timeout}));
    judges_rest = false;
    if (batch.is_last()) {
      const std::string name = adapter;
      close();
      throw SystemError{ENODEV, "monitor " + name};
    }
    if (batch.packets.empty()) return;
    rest = batch.packets;
    waiting = waiting ? *waiting - std::min<std::uint64_t>(*waiting, rest.size())
                      : live->statistics().waiting;
  }
}

void IPMonitor::State::tell_totals(IPMonitor& face) {
  const auto handler = face.on_statistics;
  const capture::Counts counted = counter->read();
  const IPMonitorStatisticsEventParams event{wall_clock(),
                                             untold.packets + counted.packets - told.packets,
                                             untold.bytes + counted.bytes - told.bytes};
  told = counted;
  untold = {};
  const std::string name = adapter;
  if (handler) tell(face, [&] { handler(event); });
  if (!counted.gone || name != adapter) return;
  close();
  throw SystemError{ENODEV, "monitor " + name};
}

template <class Event>
void IPMonitor::State::tell(IPMonitor& face, Event event) {
  try {
    event();
  } catch (const std::exception& error) {
    const auto handler = face.on_error;
    if (!handler) throw;
    handler({code_of(error), error.what()});
  }
}

Totals IPMonitor::State::totals() {
  Totals sum = before;
  if (live) {
    const capture::LiveStatistics counted = live->statistics();
    sum.received += counted.received;
    sum.dropped += counted.dropped;
    sum.dropped_by_adapter += counted.dropped_by_adapter.value_or(0);
  }
  if (counter) {
    const capture::Counts counted = counter->read();
    sum.received += counted.packets + counted.dropped.value_or(0);
    sum.dropped += counted.dropped.value_or(0);
    sum.dropped_by_adapter += counter->dropped_by_adapter().value_or(0);
  }
  return sum;
}

/// do_events(), as long as it is at work.
class IPMonitor::AtWork {
 public:
  explicit AtWork(State& state) noexcept : state_{state} { state_.in_events = true; }
  AtWork(const AtWork&) = delete;
  AtWork& operator=(const AtWork&) = delete;
  ~AtWork() {
    state_.in_events = false;
    state_.ended.clear();
  }

 private:
  State& state_;
};

IPMonitor::IPMonitor() : state_{std::make_unique<State>()} {}
IPMonitor::~IPMonitor() = default;

bool IPMonitor::get_active() const noexcept { return state_->is_active(); }
int IPMonitor::get_adapter_count() const noexcept {
  return static_cast<int>(state_->adapters.size());
}
int IPMonitor::get_direction() const noexcept { return state_->direction; }
const std::string& IPMonitor::get_filter() const noexcept { return state_->filter_text; }
int IPMonitor::get_operation_mode() const noexcept { return state_->mode; }
std::int64_t IPMonitor::get_tag() const noexcept { return state_->tag; }
void IPMonitor::set_tag(std::int64_t value) noexcept { state_->tag = value; }

std::string IPMonitor::get_adapter_description(int adapter_index) const {
  if (adapter_index < 0 || adapter_index >= get_adapter_count()) return {};
  return state_->adapters[static_cast<std::size_t>(adapter_index)].description;
}

std::string IPMonitor::get_adapter_name(int adapter_index) const {
  if (adapter_index < 0 || adapter_index >= get_adapter_count()) return {};
  return state_->adapters[static_cast<std::size_t>(adapter_index)].name;
}

void IPMonitor::set_direction(int value) {
  if (value < PACKET_DIRECTION_ANY || value > PACKET_DIRECTION_OUTGOING) {
    throw Error{ErrorCode::invalid_argument, "direction " + std::to_string(value) +
                                                 ": it is ANY (0), INCOMING (1) or OUTGOING (2)"};
  }
  if (state_->live) state_->live->change({.traffic = traffic_of(value)});
  state_->direction = value;
  state_->judges_rest = true;
  if (state_->counter) state_->reopen();
}

void IPMonitor::set_filter(const std::string& value) {
  const filter::Filter filter{value, {.allow_names = true}};
  for (const LinkType link_type : adapter_link_types) filter.prepare(link_type);
  if (state_->live) state_->live->change({.filter = filter});
  if (state_->counter) state_->counter->change(filter);
  state_->filter = filter;
  state_->filter_text = value;
  state_->judges_rest = true;
}

void IPMonitor::set_operation_mode(int value) {
  if (value != PCAP_MODE_CAPT && value != PCAP_MODE_STAT) {
    throw Error{ErrorCode::invalid_argument,
                "operation_mode " + std::to_string(value) +
                    ": it is PCAP_MODE_CAPT (0) or PCAP_MODE_STAT (1)"};
  }
  if (value == std::exchange(state_->mode, value) || !get_active()) return;
  // The packet that is being told must stay.
  state_->is_reopening_due = state_->in_events;
  if (!state_->in_events) state_->reopen();
}

void IPMonitor::activate(const std::string& adapter) {
  deactivate();
  state_->adapter = adapter;
  try {
    state_->open();
  } catch (...) {
    state_->close();
    throw;
  }
}

void IPMonitor::deactivate() noexcept { state_->close(); }

std::string IPMonitor::config(const std::string& configuration_string) {
  return configure(state_->settings, configuration_string);
}

void IPMonitor::get_statistics(std::int64_t& received, std::int64_t& dropped,
                               std::int64_t& adapter_dropped) {
  const Totals totals = state_->totals();
  received = static_cast<std::int64_t>(totals.received);
  dropped = static_cast<std::int64_t>(totals.dropped);
  adapter_dropped = static_cast<std::int64_t>(totals.dropped_by_adapter);
}

void IPMonitor::do_events() {
  State& state = *state_;
  if (state.in_events) {
    throw Error{ErrorCode::invalid_argument, "do_events() is called by one of its own events"};
  }
  if (!state.is_active()) return;
  const AtWork at_work{state};
  if (state.counter) {
    state.tell_totals(*this);
  } else {
    state.tell_packets(*this);
  }
  if (state.is_reopening_due) state.reopen();
}

void IPMonitor::list_adapters() { state_->adapters = capture::adapters(); }

}  // namespace weir::compat
