// Entries of Maps::adapters, and what is known of each beside.
#include "gate/stations.h"

#include <algorithm>
#include <utility>

#include "gate/hook_counters.h"
#include "sys/bytes_of.h"
#include "weir/error.h"

namespace weir::gate {
namespace {

void add_to(AdapterCounters& sum, const AdapterCounters& more) noexcept {
  sum.seen += more.seen;
  sum.unmatched += more.unmatched;
  sum.passed += more.passed;
  sum.dropped += more.dropped;
  sum.notified += more.notified;
  sum.not_notified += more.not_notified;
  sum.held += more.held;
  sum.segmented += more.segmented;
  sum.flow_passed += more.flow_passed;
  sum.flow_dropped += more.flow_dropped;
  sum.full_passed += more.full_passed;
  sum.full_dropped += more.full_dropped;
  sum.hang_passed += more.hang_passed;
  sum.hang_dropped += more.hang_dropped;
  sum.unreadable += more.unreadable;
  sum.reinjected += more.reinjected;
  sum.foreign += more.foreign;
  sum.held_dropped += more.held_dropped;
}

}  // namespace

void Stations::add(std::shared_ptr<const Port> port) {
  Station& station = make_room(*port);
  station.name = port->name();
  station.index = port->index();
  station.drops = port->drops();
  station.port = std::move(port);
  try {
    enter(station);
  } catch (...) {
    leave(station);
    throw;
  }
}

Stations::Station& Stations::make_room(const Port& port) {
  if (stations_.size() < Maps::most_adapters) {
    Station& made = stations_.emplace_back();
    made.counters = static_cast<std::uint32_t>(stations_.size() - 1) * 2;
    return made;
  }
  // What is there has not gone: 0.
  const auto longest = std::ranges::min_element(
      stations_, {}, [](const Station& one) { return one.is_there ? UINT64_MAX : one.gone; });
  if (longest->is_there) {
    throw Error{ErrorCode::invalid_argument, port.name() + ": a gate is at " +
                                                 std::to_string(Maps::most_adapters) +
                                                 " adapters at most"};
  }
  forget(*longest);
  *longest = {.counters = longest->counters};
  return *longest;
}

AdapterCounters Stations::counters_of(const Station& station, bool outgoing) const {
  AdapterCounters counters = adapter_counters(maps_, station.counters + (outgoing ? 1 : 0));
  counters.held_dropped = station.drops->tally(outgoing);
  return counters;
}

void Stations::forget(Station& station) {
  const std::vector<std::uint8_t> zeros(sys::processor_numbers() * hook_fates * sizeof(Tally));
  for (const std::uint32_t direction : {0U, 1U}) {
    const std::uint32_t key = station.counters + direction;
    add_to(forgotten_[direction], counters_of(station, direction != 0));
    static_cast<void>(maps_.adapter_counters.update(sys::bytes_of(key), zeros));
  }
}

void Stations::leave(Station& station) noexcept {
  station.is_there = false;
  station.gone = ++gone_;
  for (Station& other : stations_) {
    if (!other.is_there && other.gone + most_ports_kept <= gone_) other.port = nullptr;
  }
}

void Stations::remove(std::uint32_t index) noexcept {
  for (Station& station : stations_) {
    if (!station.is_there || station.index != index) continue;
    // Packets that are held may keep its socket open.
    if (station.is_promiscuous) {
      static_cast<void>(station.port->socket().set_promiscuous(index, false));
    }
    static_cast<void>(maps_.adapters.erase(sys::bytes_of(index)));
    leave(station);
  }
}

bool Stations::set(const std::string& adapter, const AdapterSettings& settings) {
  const auto found = std::ranges::find_if(stations_, [&](const Station& station) {
    if (!station.is_there) return false;
    const auto& names = station.port->names();
    return std::ranges::find(names, adapter) != names.end();
  });
  settings_[adapter] = settings;
  if (found == stations_.end()) return false;
  enter(*found);
  return true;
}

const AdapterSettings* Stations::settings_of(const Station& station) const noexcept {
  for (const std::string& name : station.port->names()) {
    const auto found = settings_.find(name);
    if (found != settings_.end()) return &found->second;
  }
  return nullptr;
}

void Stations::enter(Station& station) {
  const AdapterSettings* const settings = settings_of(station);
  const std::uint32_t snapshot = settings != nullptr ? settings->snapshot_length : snapshot_length_;
  const bool is_counted = settings == nullptr || settings->statistics;
  station.drops->set_counting(is_counted);
  const AdapterEntry entry{.counters = is_counted ? station.counters : not_counted,
                           .link = station.port->link_type() == LinkType::ethernet ? 0U : 1U,
                           .snapshot_length = snapshot == 0 ? UINT32_MAX : snapshot};
  const std::uint32_t index = station.port->index();
  const bool is_promiscuous = settings != nullptr && settings->promiscuous;
  if (is_promiscuous != station.is_promiscuous) {
    if (const int error = station.port->socket().set_promiscuous(index, is_promiscuous)) {
      throw SystemError{error, station.port->name() + ": set promiscuous"};
    }
    station.is_promiscuous = is_promiscuous;
  }
  if (const int error = maps_.adapters.update(sys::bytes_of(index), sys::bytes_of(entry))) {
    throw SystemError{error, station.port->name() + ": enter it into the gate"};
  }
}

std::vector<RuleAdapter> Stations::rule_adapters() const {
  std::vector<RuleAdapter> adapters;
  for (const Station& station : stations_) {
    if (!station.is_there) continue;
    adapters.push_back({.index = station.port->index(),
                        .names = station.port->names(),
                        .link = station.port->link_type() == LinkType::ethernet ? 0U : 1U,
                        .is_loopback = station.port->is_loopback()});
  }
  return adapters;
}

std::vector<std::string> Stations::names() const {
  std::vector<std::string> names;
  for (const Station& station : stations_) {
    if (station.is_there) names.push_back(station.name);
  }
  return names;
}

void Stations::describe_to(View& view) const {
  view.adapters.clear();
  for (const Station& station : stations_) {
    if (station.port == nullptr) continue;
    const AdapterSettings* const settings = settings_of(station);
    view.adapters[station.index] = {
        station.port, settings != nullptr ? settings->snapshot_length : snapshot_length_};
  }
}

std::vector<AdapterCounters> Stations::counters() const {
  std::vector<AdapterCounters> all;
  for (const Station& station : stations_) {
    for (const bool outgoing : {false, true}) {
      AdapterCounters counters = counters_of(station, outgoing);
      counters.adapter = station.name;
      counters.index = station.index;
      counters.direction = outgoing ? Direction::out : Direction::in;
      all.push_back(std::move(counters));
    }
  }
  if (forgotten_[0] != AdapterCounters{} || forgotten_[1] != AdapterCounters{}) {
    for (const bool outgoing : {false, true}) {
      all.push_back(forgotten_[outgoing ? 1 : 0]);
      all.back().direction = outgoing ? Direction::out : Direction::in;
    }
  }
  return all;
}

}  // namespace weir::gate
