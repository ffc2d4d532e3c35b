// Packets and bytes per protocol, stop reason and checksum verdict.
#pragma once

#include <array>
#include <cstdint>

#include "weir/api.h"
#include "weir/wire/checksum_verdict.h"
#include "weir/wire/layers.h"

namespace weir::info {

/// Counts each packet once per protocol it holds, and by why decode() stopped.
///
/// Most packets share few sets of protocols: counts are kept per set in a small table and spread
/// over the protocols when asked for, so a packet costs one look-up however deep it nests. One
/// thread at a time.
class WEIR_API ProtocolCounts {
 public:
  struct Count {
    std::uint64_t packets = 0;
    /// Wire lengths.
    std::uint64_t bytes = 0;
    bool operator==(const Count&) const = default;
  };
  static constexpr std::size_t reason_count =
      static_cast<std::size_t>(wire::StopReason::nesting_limit) + 1;
  /// Indexed by Protocol, those of the user included.
  using Protocols = std::array<Count, wire::max_protocols>;
  /// Packets, indexed by StopReason.
  using Reasons = std::array<std::uint64_t, reason_count>;

  void add(const Packet& packet, const wire::Layers& layers) noexcept {
    if (layers.stop != wire::StopReason::payload) {
      ++reasons_[static_cast<std::size_t>(layers.stop)];
    }
    Slot& slot = slot_of(layers.protocols);
    ++slot.count.packets;
    slot.count.bytes += packet.wire_length;
  }

  [[nodiscard]] Protocols protocols() const noexcept;
  [[nodiscard]] Reasons stopped() const noexcept;

 private:
  struct Slot {
    wire::ProtocolSet set{};
    Count count{};
  };
  static constexpr std::size_t slot_count = 256;
  static constexpr std::size_t max_probes = 4;

  WEIR_PRIVATE static std::size_t home(const wire::ProtocolSet& set) noexcept {
    constexpr std::uint64_t odd = 0x9e3779b97f4a7c15;  // 2^64 / golden ratio
    const std::uint64_t mixed = (set.words()[0] * odd ^ set.words()[1]) * odd;
    return mixed >> 56;
  }
  WEIR_PRIVATE Slot& slot_of(const wire::ProtocolSet& set) noexcept {
    Slot& slot = slots_[home(set)];
    return slot.set == set ? slot : find_slot(set);
  }
  WEIR_PRIVATE Slot& find_slot(const wire::ProtocolSet& set) noexcept {
    const std::size_t first = home(set);
    for (std::size_t probe = 0; probe < max_probes; ++probe) {
      Slot& slot = slots_[(first + probe) % slot_count];
      if (slot.count.packets == 0) slot.set = set;
      if (slot.set == set) return slot;
    }
    Slot& slot = slots_[first];
    spread(slot, spilled_);
    spilled_packets_ += slot.count.packets;
    slot = {.set = set};
    return slot;
  }
  WEIR_PRIVATE static void spread(const Slot& slot, Protocols& protocols) noexcept {
    for (std::size_t i = 0; i < protocols.size(); ++i) {
      if (!slot.set.contains(static_cast<wire::Protocol>(i))) continue;
      protocols[i].packets += slot.count.packets;
      protocols[i].bytes += slot.count.bytes;
    }
  }

  std::array<Slot, slot_count> slots_{};
  /// What slots that were needed for other sets had counted.
  Protocols spilled_{};
  std::uint64_t spilled_packets_ = 0;
  /// Without payload, which is what remains of all packets.
  Reasons reasons_{};
};

/// Counts the checksum verdicts of every header. One thread at a time.
class WEIR_API ChecksumCounts {
 public:
  struct Count {
    std::uint64_t good = 0;
    std::uint64_t bad = 0;
    /// Cut, fragmented, offloaded, or UDP without one.
    std::uint64_t unverified = 0;
    bool operator==(const Count&) const = default;
  };

  /// `verdicts` is verify_checksums() of the packet with these layers.
  void add(const wire::Layers& layers, const wire::ChecksumVerdicts& verdicts) noexcept;

  /// Indexed by Protocol.
  [[nodiscard]] const std::array<Count, wire::max_protocols>& protocols() const noexcept {
    return counts_;
  }

 private:
  std::array<Count, wire::max_protocols> counts_{};
};

}  // namespace weir::info
