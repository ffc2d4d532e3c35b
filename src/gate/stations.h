// The adapters a gate is or was at: their counters, settings and ports.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "gate/attach/port.h"
#include "gate/kernel/maps.h"
#include "gate/rules/rule_list.h"
#include "gate/view.h"
#include "weir/gate/counters.h"
#include "weir/gate/gate.h"

namespace weir::gate {

/// One thread at a time. The maps outlive it.
class Stations {
 public:
  Stations(Maps& maps, std::uint32_t snapshot_length,
           std::map<std::string, AdapterSettings> settings)
      : maps_{maps}, snapshot_length_{snapshot_length}, settings_{std::move(settings)} {}

  /// The gate comes to an adapter: counts from now on. Throws Error (invalid_argument) for more
  /// than Maps::most_adapters at a time; SystemError.
  void add(std::shared_ptr<const Port> port);
  /// It leaves it; what was counted stays.
  void remove(std::uint32_t index) noexcept;
  /// For an adapter that may not be there yet. False if it is not.
  bool set(const std::string& adapter, const AdapterSettings& settings);

  [[nodiscard]] std::vector<RuleAdapter> rule_adapters() const;
  [[nodiscard]] std::vector<std::string> names() const;
  /// View::adapters.
  void describe_to(View& view) const;
  /// Two for each adapter; of those it has left, too. Behind them, if there were more than
  /// Maps::most_adapters, two for all that had to make room.
  [[nodiscard]] std::vector<AdapterCounters> counters() const;

 private:
  /// Of adapters that have gone: packets that came by them may still wait in the ring. Each has a
  /// socket.
  static constexpr std::uint64_t most_ports_kept = 16;

  struct Station {
    /// Null once it has long been gone.
    std::shared_ptr<const Port> port{};
    /// The port's, which packets that are held may outlive it with.
    std::shared_ptr<HeldDrops> drops{};
    std::string name{};
    std::uint32_t index = 0;
    /// Of the first of its two counters.
    std::uint32_t counters = 0;
    bool is_there = true;
    bool is_promiscuous = false;
    /// Counts those that have.
    std::uint64_t gone = 0;
  };

  /// Room for one more: at the end, or that of the one that has been gone for longest.
  [[nodiscard]] Station& make_room(const Port& port);
  [[nodiscard]] AdapterCounters counters_of(const Station& station, bool outgoing) const;
  void forget(Station& station);
  void leave(Station& station) noexcept;
  [[nodiscard]] const AdapterSettings* settings_of(const Station& station) const noexcept;
  void enter(Station& station);

  Maps& maps_;
  std::uint32_t snapshot_length_;
  std::map<std::string, AdapterSettings> settings_;
  std::vector<Station> stations_{};
  std::uint64_t gone_ = 0;
  /// In and out, of those that had to make room.
  std::array<AdapterCounters, 2> forgotten_{};
};

}  // namespace weir::gate
