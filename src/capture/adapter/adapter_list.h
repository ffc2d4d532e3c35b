// A list of adapters that is kept up to date, and what that changes as events.
#pragma once

#include <cstdint>
#include <vector>

#include "capture/adapter/link_facts.h"
#include "weir/capture/adapter_watch.h"

namespace weir::capture {

/// Asks nobody: it is told. What does not change anything is no event.
class AdapterList {
 public:
  /// By id, then the pseudo adapter, as adapters() gives them.
  explicit AdapterList(std::vector<Adapter> adapters) noexcept : adapters_{std::move(adapters)} {}

  [[nodiscard]] const std::vector<Adapter>& adapters() const noexcept { return adapters_; }
  /// Null if there is none.
  [[nodiscard]] const Adapter* find(std::uint32_t id) const noexcept;

  /// A new adapter, or a known one as it is now; its addresses are those known.
  void put(Adapter adapter);
  void remove(std::uint32_t id);
  /// A new address, or a known one with something else about it.
  void put_address(const AddressFacts& facts);
  void remove_address(const AddressFacts& facts);
  /// The whole list as it is now.
  void replace(std::vector<Adapter> adapters);

  /// The events since the last call, in order.
  [[nodiscard]] std::vector<AdapterEvent> take_events() noexcept;

 private:
  using Position = std::vector<Adapter>::iterator;

  /// Where an adapter of that id is or belongs.
  [[nodiscard]] Position position(std::uint32_t id) noexcept;
  [[nodiscard]] bool is_at(Position position, std::uint32_t id) const noexcept;
  void update(Adapter& known, Adapter now);
  void tell(AdapterEvent::Kind kind, const Adapter& adapter, std::string old_name = {});

  std::vector<Adapter> adapters_;
  std::vector<AdapterEvent> events_;
};

}  // namespace weir::capture
