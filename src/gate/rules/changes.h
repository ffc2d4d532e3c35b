// Makes the changes of rules, and the reverse of them in what comes back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>

#include "flow/packet_facts.h"
#include "gate/rules/translations.h"
#include "weir/bytes.h"
#include "weir/flow/tracker.h"
#include "weir/gate/change.h"
#include "weir/gate/counters.h"
#include "weir/packet.h"

namespace weir::gate {

/// Checksums follow what is changed: one that is wrong stays as wrong as it was. Of frames that
/// stand for several segments, too. By several threads at once.
class Changes {
 public:
  /// Flows whose destination was changed, at most.
  static constexpr std::size_t most_flows = 65'536;

  explicit Changes(const flow::HashKey& key) noexcept;

  /// Changes the packet, whose bytes are `bytes`. What a packet has no header for is left out, and
  /// what cannot be changed: another version's address, ports of later fragments, what AH covers.
  /// `now`, here and below: CLOCK_MONOTONIC, nanoseconds. False if nothing was changed.
  bool make(std::span<const Change> changes, MutableBytes bytes, const Packet& packet,
            std::uint64_t now) noexcept;

  /// Whether the packet answers one of those flows, or is an ICMP error about one.
  [[nodiscard]] bool is_answer(const Packet& packet, std::uint64_t now) noexcept;
  /// Gives such a packet, whose bytes are `bytes`, the flow's original destination as its source;
  /// in an error, that of the packet it quotes. False if it is none, and nothing was changed.
  bool restore(MutableBytes bytes, const Packet& packet, std::uint64_t now) noexcept;

  [[nodiscard]] ChangeCounters counters() const noexcept;

 private:
  struct Answer;

  [[nodiscard]] bool make_unchecked(std::span<const Change> changes, MutableBytes bytes,
                                    const Packet& packet, std::uint64_t now);
  void follow(const flow::PacketFacts& before, const Packet& packet, std::uint64_t now);
  [[nodiscard]] Answer answer_in(const Packet& packet, std::uint64_t now);

  mutable std::mutex mutex_{};
  flow::FactReader reader_;
  Translations flows_;
  ChangeCounters counters_{};
};

}  // namespace weir::gate
