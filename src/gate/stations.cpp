// Entries of Maps::adapters, and what is known of each beside.
#include "gate/stations.h"

#include <algorithm>
#include <utility>

#include "gate/hook_counters.h"
#include "sys/bytes_of.h"
#include "weir/error.h"

namespace weir::gate {

void Stations::add(std::shared_ptr<const Port> port) {
  if (stations_.size() == Maps::most_adapters) {
    throw Error{ErrorCode::invalid_argument,
                port->name() + ": the gate has come to " + std::to_string(Maps::most_adapters) +
                    " adapters, which is all it counts; start it anew"};
  }
  const auto counters = static_cast<std::uint32_t>(stations_.size() * 2);
  Station station{std::move(port), counters};
  enter(station);
  stations_.push_back(std::move(station));
}

void Stations::remove(std::uint32_t index) noexcept {
  for (Station& station : stations_) {
    if (!station.is_there || station.port->index() != index) continue;
    station.is_there = false;
    // Packets that are held may keep its socket open.
    if (station.is_promiscuous) {
      static_cast<void>(station.port->socket().set_promiscuous(index, false));
    }
    static_cast<void>(maps_.adapters.erase(sys::bytes_of(index)));
  }
}

bool Stations::set(const std::string& adapter, const AdapterSettings& settings) {
  const auto found = std::ranges::find_if(stations_, [&](const Station& station) {
    const auto& names = station.port->names();
    return station.is_there && std::ranges::find(names, adapter) != names.end();
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
  const AdapterEntry entry{
      .counters = settings == nullptr || settings->statistics ? station.counters : not_counted,
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
    if (station.is_there) names.push_back(station.port->name());
  }
  return names;
}

void Stations::describe_to(View& view) const {
  for (const Station& station : stations_) {
    const AdapterSettings* const settings = settings_of(station);
    view.adapters[station.port->index()] = {
        station.port, settings != nullptr ? settings->snapshot_length : snapshot_length_};
  }
}

std::vector<AdapterCounters> Stations::counters() const {
  std::vector<AdapterCounters> all;
  for (const Station& station : stations_) {
    for (const bool outgoing : {false, true}) {
      AdapterCounters counters = adapter_counters(maps_, station.counters + (outgoing ? 1 : 0));
      counters.adapter = station.port->name();
      counters.index = station.port->index();
      counters.direction = outgoing ? Direction::out : Direction::in;
      all.push_back(std::move(counters));
    }
  }
  return all;
}

}  // namespace weir::gate
