// Compares what was with what is.
#include "capture/adapter/adapter_list.h"

#include <algorithm>
#include <utility>

namespace weir::capture {
namespace {

/// The same address, whatever else is said of it.
bool is_same(const AdapterAddress& a, const AdapterAddress& b) noexcept {
  return a.address == b.address && a.prefix_length == b.prefix_length && a.peer == b.peer;
}

std::vector<AdapterAddress>::iterator find(std::vector<AdapterAddress>& addresses,
                                           const AdapterAddress& address) {
  return std::ranges::find_if(addresses,
                              [&](const AdapterAddress& known) { return is_same(known, address); });
}

}  // namespace

AdapterList::Position AdapterList::position(std::uint32_t id) noexcept {
  // The pseudo adapter stays last.
  return std::ranges::lower_bound(adapters_.begin(), adapters_.end() - 1, id, {}, &Adapter::id);
}

bool AdapterList::is_at(Position position, std::uint32_t id) const noexcept {
  return position != adapters_.end() - 1 && position->id == id;
}

const Adapter* AdapterList::find(std::uint32_t id) const noexcept {
  const auto found = std::ranges::find(adapters_, id, &Adapter::id);
  return found != adapters_.end() ? &*found : nullptr;
}

void AdapterList::put(Adapter adapter) {
  const auto known = position(adapter.id);
  if (is_at(known, adapter.id)) {
    adapter.addresses = known->addresses;
    update(*known, std::move(adapter));
  } else {
    tell(AdapterEvent::Kind::added, *adapters_.insert(known, std::move(adapter)));
  }
}

void AdapterList::remove(std::uint32_t id) {
  const auto known = position(id);
  if (!is_at(known, id)) return;
  tell(AdapterEvent::Kind::removed, *known);
  adapters_.erase(known);
}

void AdapterList::put_address(const AddressFacts& facts) {
  const auto adapter = position(facts.adapter_id);
  if (!is_at(adapter, facts.adapter_id)) return;
  auto& addresses = adapter->addresses;
  const auto known = capture::find(addresses, facts.address);
  if (known == addresses.end()) {
    // As the kernel lists them: IPv4 first.
    const auto end = std::ranges::find_if(addresses, [&](const AdapterAddress& other) {
      return other.address.version() > facts.address.address.version();
    });
    addresses.insert(end, facts.address);
  } else if (*known == facts.address) {
    return;
  } else {
    *known = facts.address;
  }
  tell(AdapterEvent::Kind::changed, *adapter);
}

void AdapterList::remove_address(const AddressFacts& facts) {
  const auto adapter = position(facts.adapter_id);
  if (!is_at(adapter, facts.adapter_id)) return;
  const auto known = capture::find(adapter->addresses, facts.address);
  if (known == adapter->addresses.end()) return;
  adapter->addresses.erase(known);
  tell(AdapterEvent::Kind::changed, *adapter);
}

void AdapterList::replace(std::vector<Adapter> adapters) {
  const auto was = std::exchange(adapters_, std::move(adapters));
  for (const Adapter& old : was) {
    if (find(old.id) == nullptr) tell(AdapterEvent::Kind::removed, old);
  }
  for (Adapter& now : adapters_) {
    const auto known = std::ranges::find(was, now.id, &Adapter::id);
    if (known == was.end()) {
      tell(AdapterEvent::Kind::added, now);
      continue;
    }
    Adapter old = *known;
    // The order of addresses says nothing.
    if (std::ranges::is_permutation(old.addresses, now.addresses)) old.addresses = now.addresses;
    update(old, now);
  }
}

/// One message may tell of several changes; the event that has a name goes first, and carries all.
void AdapterList::update(Adapter& known, Adapter now) {
  const Adapter old = std::exchange(known, std::move(now));
  if (old.name != known.name) tell(AdapterEvent::Kind::renamed, known, old.name);
  if (is_up(old) != is_up(known)) {
    tell(is_up(known) ? AdapterEvent::Kind::up : AdapterEvent::Kind::down, known);
  } else if (old.name == known.name && old != known) {
    tell(AdapterEvent::Kind::changed, known);
  }
}

void AdapterList::tell(AdapterEvent::Kind kind, const Adapter& adapter, std::string old_name) {
  events_.push_back({.kind = kind, .adapter = adapter, .old_name = std::move(old_name)});
}

std::vector<AdapterEvent> AdapterList::take_events() noexcept { return std::exchange(events_, {}); }

}  // namespace weir::capture
