// IPMonitor's published names over its state.
#include "weir/compat/ip_monitor.h"

#include "compat/ip_monitor/state.h"

namespace weir::compat {
namespace {

using capture::Traffic;

/// Link types of adapters: names in a filter are looked up for these when it is set.
constexpr LinkType adapter_link_types[] = {LinkType::ethernet, LinkType::raw, LinkType::linux_sll,
                                           LinkType::linux_sll2, LinkType::ieee802_11_radiotap};

Traffic traffic_of(int direction) noexcept {
  constexpr Traffic traffic[] = {Traffic::any, Traffic::in, Traffic::out};
  return traffic[direction];
}

/// A handler whose copies share what it changes of itself.
template <class Event>
struct Shared {
  std::shared_ptr<std::function<void(const Event&)>> handler;
  void operator()(const Event& event) const { (*handler)(event); }
};

/// A copy of a handler that shares its state with it, from one do_events() to the next.
template <class Event>
std::function<void(const Event&)> shared(std::function<void(const Event&)>& handler) {
  if (handler && handler.template target<Shared<Event>>() == nullptr) {
    handler = Shared<Event>{std::make_shared<std::function<void(const Event&)>>(handler)};
  }
  return handler;
}

}  // namespace

/// do_events(), as long as it is at work.
class IPMonitor::AtWork {
 public:
  explicit AtWork(State& state) noexcept : state_{state} { state_.in_events = true; }
  AtWork(const AtWork&) = delete;
  AtWork& operator=(const AtWork&) = delete;
  ~AtWork() { state_.in_events = false; }

 private:
  State& state_;
};

IPMonitor::IPMonitor() : state_{std::make_shared<State>()} {}
IPMonitor::~IPMonitor() { deactivate(); }

bool IPMonitor::get_active() const noexcept { return state_->monitored != nullptr; }
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
  if (state_->monitored) state_->monitored->change({.traffic = traffic_of(value)});
  state_->direction = value;
}

void IPMonitor::set_filter(const std::string& value) {
  const filter::Filter filter{value, {.allow_names = true}};
  for (const LinkType link_type : adapter_link_types) filter.prepare(link_type);
  if (state_->monitored) state_->monitored->change({.filter = filter});
  state_->filter = filter;
  state_->filter_text = value;
}

void IPMonitor::set_operation_mode(int value) {
  if (value != PCAP_MODE_CAPT && value != PCAP_MODE_STAT) {
    throw Error{ErrorCode::invalid_argument,
                "operation_mode " + std::to_string(value) +
                    ": it is PCAP_MODE_CAPT (0) or PCAP_MODE_STAT (1)"};
  }
  if (state_->monitored) state_->monitored->tell_totals(value == PCAP_MODE_STAT);
  state_->mode = value;
}

void IPMonitor::activate(const std::string& adapter) {
  deactivate();
  State& state = *state_;
  state.monitored = std::make_shared<MonitoredAdapter>(
      adapter, state.fixed,
      MonitoredAdapter::Choice{.filter = state.filter,
                               .traffic = traffic_of(state.direction),
                               .totals = state.mode == PCAP_MODE_STAT});
}

void IPMonitor::deactivate() noexcept { state_->monitored.reset(); }

std::string IPMonitor::config(const std::string& configuration_string) {
  return configure(state_->settings, configuration_string, get_active());
}

void IPMonitor::do_events() { static_cast<void>(do_events_within(Duration::max())); }

bool IPMonitor::do_events_within(Duration longest) {
  // A handler may destroy this.
  const std::shared_ptr<State> state = state_;
  if (state->in_events) {
    throw Error{ErrorCode::invalid_argument, "do_events() is called by one of its own events"};
  }
  if (!state->monitored) return false;
  const AtWork at_work{*state};
  const IPMonitorHandlers handlers{shared(on_packet), shared(on_statistics), shared(on_error)};
  if (state->mode == PCAP_MODE_STAT) {
    state->tell_totals(handlers);
    return true;
  }
  const Duration timeout = std::chrono::milliseconds{state->packet_timeout};
  return state->tell_packets(handlers, std::min(timeout, longest));
}

void IPMonitor::get_statistics(std::int64_t& received, std::int64_t& dropped,
                               std::int64_t& adapter_dropped) {
  const MonitorTotals totals = state_->monitored ? state_->monitored->totals() : MonitorTotals{};
  received = static_cast<std::int64_t>(totals.received);
  dropped = static_cast<std::int64_t>(totals.dropped);
  adapter_dropped = static_cast<std::int64_t>(totals.dropped_by_adapter);
}

void IPMonitor::list_adapters() { state_->adapters = capture::adapters(); }

}  // namespace weir::compat
