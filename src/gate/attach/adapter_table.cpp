// AdapterTable: rtnetlink's news against what is attached.
#include "gate/attach/adapter_table.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "gate/attach/helper_adapter.h"
#include "weir/error.h"
#include "weir/gate/gate.h"

namespace weir::gate {
namespace {

using capture::Adapter;
using capture::AdapterEvent;

bool is_called(const Adapter& adapter, const std::string& name) {
  return adapter.name == name ||
         std::ranges::find(adapter.alternative_names, name) != adapter.alternative_names.end();
}

bool is_gone(const SystemError& error) noexcept {
  const int number = error.system_code().value();
  return number == ENODEV || number == ENXIO;
}

/// Whether a gate can be there at all; "any" is no adapter.
bool is_possible(const Adapter& adapter) noexcept {
  return adapter.id != 0 && Port::takes(adapter) && !is_of_weir(adapter);
}

}  // namespace

AdapterTable::AdapterTable(Options options, Callbacks callbacks)
    : options_{std::move(options)}, callbacks_{std::move(callbacks)} {}

void AdapterTable::start() {
  for (const std::string& name : options_.adapters) {
    const auto& all = watch_.adapters();
    const auto found =
        std::ranges::find_if(all, [&](const Adapter& adapter) { return is_called(adapter, name); });
    if (found == all.end()) throw SystemError{ENODEV, "adapter " + name};
    if (!is_possible(*found)) {
      throw Error{ErrorCode::invalid_argument, "adapter " + name + ": no gate can be there"};
    }
  }
  try {
    for (const Adapter& adapter : watch_.adapters()) {
      if (!wants(adapter)) continue;
      try {
        attach(adapter);
      } catch (const SystemError& error) {
        // It has gone meanwhile; that is news to come.
        if (!is_gone(error) || !options_.adapters.empty()) throw;
      }
    }
  } catch (...) {
    stop();
    throw;
  }
}

void AdapterTable::stop() noexcept {
  while (!entries_.empty()) leave(entries_.begin());
}

bool AdapterTable::wants(const Adapter& adapter) const {
  if (!is_possible(adapter)) return false;
  const auto& names = options_.adapters;
  return names.empty() || std::ranges::any_of(names, [&](const std::string& name) {
           return is_called(adapter, name);
         });
}

AdapterTable::Position AdapterTable::find(std::uint32_t index) noexcept {
  return std::ranges::find_if(entries_,
                              [&](const Entry& entry) { return entry.port->index() == index; });
}

std::shared_ptr<Port> AdapterTable::port_at(const Adapter& adapter) {
  try {
    return std::make_shared<Port>(adapter, options_.rights);
  } catch (const SystemError& error) {
    throw SystemError{error.system_code().value(), "send on adapter " + adapter.name};
  }
}

void AdapterTable::attach(const Adapter& adapter) {
  std::list<Entry> made;
  Entry& entry = made.emplace_back(port_at(adapter));
  if (callbacks_.coming) callbacks_.coming(entry.port, adapter);
  try {
    entry.hooks =
        options_.rights->attach(adapter.id, options_.dispatchers, options_.rank, options_.how);
  } catch (const Error& error) {
    if (callbacks_.gone) callbacks_.gone(*entry.port, false);
    const std::string action = "attach to adapter " + adapter.name;
    if (const auto* const system = dynamic_cast<const SystemError*>(&error)) {
      throw SystemError{system->system_code().value(), action};
    }
    throw Error{error.code(), action + ": " + error.what()};
  }
  {
    const std::lock_guard lock{mutex_};
    entries_.splice(entries_.end(), made);
  }
  if (callbacks_.came) callbacks_.came(*entry.port);
}

void AdapterTable::leave(Position entry) noexcept {
  std::list<Entry> left;
  {
    const std::lock_guard lock{mutex_};
    left.splice(left.end(), entries_, entry);
  }
  left.front().hooks.reset();
  if (callbacks_.gone) callbacks_.gone(*left.front().port, true);
}

bool AdapterTable::step() {
  take_news();
  return leave_one() || attach_one();
}

void AdapterTable::take_news() {
  for (const AdapterEvent& event : watch_.next(Deadline::none())) {
    failed_.erase(event.adapter.id);
    const auto entry = find(event.adapter.id);
    if (entry == entries_.end()) continue;
    // An index may be used again before its news is read.
    if (event.kind == AdapterEvent::Kind::removed) entry->is_gone = true;
    entry->port->set_mtu(event.adapter.mtu);
  }
}

bool AdapterTable::leave_one() noexcept {
  const auto gone = std::ranges::find_if(
      entries_, [](const Entry& entry) { return entry.is_gone || entry.port->is_gone(); });
  if (gone == entries_.end()) return false;
  leave(gone);
  return true;
}

bool AdapterTable::attach_one() {
  for (const Adapter& adapter : watch_.adapters()) {
    if (failed_.contains(adapter.id) || !wants(adapter)) continue;
    if (find(adapter.id) != entries_.end()) continue;
    try {
      attach(adapter);
    } catch (const std::exception& error) {
      failed_.insert(adapter.id);
      const auto* const system = dynamic_cast<const SystemError*>(&error);
      // It has gone meanwhile; that is news to come.
      if ((system == nullptr || !is_gone(*system)) && callbacks_.failed) {
        callbacks_.failed(error.what());
      }
    }
    return true;
  }
  return false;
}

void AdapterTable::look_after() {
  // The next by index, round and round.
  auto next = entries_.end();
  for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
    const auto distance = [&](Position at) { return at->port->index() - looked_at_ - 1; };
    if (next == entries_.end() || distance(entry) < distance(next)) next = entry;
  }
  if (next == entries_.end()) return;
  looked_at_ = next->port->index();
  if (next->is_gone || next->hooks->is_attached()) return;
  // As if the adapter had gone and come back.
  next->is_gone = true;
}

std::vector<std::shared_ptr<const Port>> AdapterTable::ports() const {
  const std::lock_guard lock{mutex_};
  std::vector<std::shared_ptr<const Port>> ports;
  ports.reserve(entries_.size());
  for (const Entry& entry : entries_) ports.push_back(entry.port);
  return ports;
}

std::shared_ptr<const Port> AdapterTable::port_of(const std::string& name) const {
  const std::lock_guard lock{mutex_};
  const auto found = std::ranges::find_if(entries_, [&](const Entry& entry) {
    const auto& names = entry.port->names();
    return std::ranges::find(names, name) != names.end();
  });
  return found == entries_.end() ? nullptr : found->port;
}

}  // namespace weir::gate
