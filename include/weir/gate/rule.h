// A rule of the gate: which packets, and what becomes of them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "weir/api.h"
#include "weir/error.h"
#include "weir/filter/filter.h"
#include "weir/gate/change.h"
#include "weir/packet.h"

namespace weir::gate {

enum class Action : std::uint8_t {
  pass,    ///< goes on; these rules come before all others
  accept,  ///< goes on, as pass, but at its place among the others
  drop,    ///< vanishes, as if lost on the wire
  hold,    ///< waits for a verdict of the handler, or for the rule's changes
  notify,  ///< goes on, and the handler is shown a copy
};
/// "pass", "accept", "drop", "hold", "notify".
[[nodiscard]] WEIR_API const char* name(Action action) noexcept;

/// Rules that pass are asked first, then the others, each kind in its order; the first that matches
/// decides. What no rule matches goes on. A value.
struct Rule {
  /// What it is known by; a gate gives "1", "2", ... to rules without one.
  std::string id{};
  Action action = Action::hold;
  /// Name of an adapter; empty: all the gate is at.
  std::string adapter{};
  /// unknown: both.
  Direction direction = Direction::unknown;
  /// Bytes of the packet on the wire, its link-layer header and VLAN tags included; of a frame that
  /// stands for several segments those of one full segment.
  std::uint32_t min_length = 0;
  std::uint32_t max_length = UINT32_MAX;
  /// pcap-filter(7); blank: every packet.
  std::string filter{};
  /// The same, compiled already: so host names in it have been looked up. Null: it is compiled when
  /// the rule is added, and names are refused.
  std::shared_ptr<const filter::Filter> compiled{};
  /// ARP and neighbor discovery too, which are otherwise held only by rules whose filter names
  /// them ("arp", "rarp", "icmp6"): held for long they bring a network down.
  bool hold_neighbors = false;
  /// Of Action::hold: made in this order, then the packet goes on; the handler never sees it.
  std::vector<Change> changes{};
  /// Of Action::hold: the packet goes on that much later, without the handler.
  Duration delay{};
  /// Of rules that drop, change or delay: the handler is shown a copy of each packet too, as it
  /// came (Handlers::on_notified). Copies there is no room for are left out.
  bool shown = false;

  bool operator==(const Rule&) const = default;
};

/// Packets and bytes; one frame that stands for several segments counts once, with all its bytes.
struct Tally {
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;

  constexpr Tally& operator+=(const Tally& other) noexcept {
    packets += other.packets;
    bytes += other.bytes;
    return *this;
  }
  bool operator==(const Tally&) const = default;
};

/// A rule in force.
struct RuleStatus {
  Rule rule{};
  /// Packets it decided about since it was added.
  Tally hits{};
  /// Where it cannot match, and why: "tun0: its filter makes no sense for raw IP: ...".
  std::vector<std::string> cannot_match{};
  /// Decided outside of the kernel (protochain): every packet its other conditions allow is held
  /// and judged there.
  bool in_user_space = false;
};

}  // namespace weir::gate
