// Where a gate stands among the gates of its network namespace, and what it is called there.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gate/kernel/layout.h"
#include "sys/bpf_link.h"

namespace weir::gate {

struct Rank {
  std::int32_t altitude = 0;
  /// Tells gates of one altitude apart, in the order they were started: below instances.
  std::uint32_t instance = 0;

  static constexpr std::uint32_t instances = 4096;

  /// As the tags of packets have it.
  [[nodiscard]] constexpr std::uint64_t place() const noexcept {
    return tag::place(altitude, instance);
  }
  bool operator==(const Rank&) const = default;
};

/// Whether packets pass the gate `a` before `b`: what leaves goes from the highest altitude to the
/// lowest, what arrives the other way; among equals always the one that was started first.
[[nodiscard]] constexpr bool runs_before(Rank a, Rank b, sys::Hook hook) noexcept {
  if (a.altitude == b.altitude) return a.instance < b.instance;
  return hook == sys::Hook::egress ? a.altitude > b.altitude : a.altitude < b.altitude;
}

/// What all names of gates begin with: sockets and clsact filters.
inline constexpr std::string_view name_prefix = "weir-gate/";

/// "weir-gate/-5/2".
[[nodiscard]] std::string name_of(Rank rank);
/// Of a name that is exactly that.
[[nodiscard]] std::optional<Rank> rank_of(std::string_view name) noexcept;

/// A gate as it shows itself to the others.
struct Neighbor {
  Rank rank{};
  /// Ids of its programs.
  std::uint32_t ingress = 0;
  std::uint32_t egress = 0;

  [[nodiscard]] std::uint32_t program(sys::Hook hook) const noexcept {
    return hook == sys::Hook::ingress ? ingress : egress;
  }
  bool operator==(const Neighbor&) const = default;
};

/// "weir-gate/-5/2/17/18".
[[nodiscard]] std::string name_of(const Neighbor& neighbor);
[[nodiscard]] std::optional<Neighbor> neighbor_of(std::string_view name) noexcept;

}  // namespace weir::gate
