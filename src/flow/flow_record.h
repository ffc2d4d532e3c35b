// A flow as the table stores and changes it.
#pragma once

#include "packet_facts.h"
#include "tcp_state.h"
#include "ticks.h"
#include "weir/flow/flow.h"

namespace weir::flow {

class FlowRecord final : public Flow {
 public:
  /// A flow whose first packet is being counted at tracker time `now`.
  FlowRecord(const PacketFacts& facts, Timestamp timestamp, Timestamp now) noexcept
      : Flow{facts.key} {
    progress_.originator = facts.side;
    start_ = end_ = timestamp;
    created_ = now;
  }

  [[nodiscard]] bool has_key(const FlowKey& key) const noexcept { return key_ == key; }
  /// A record that is on the free list has no key, so that stale indexes to it match nothing.
  void forget_key() noexcept { key_.shape = 0; }

  /// Adds a packet. True if it ended the connection: closed or reset it.
  bool count(const PacketFacts& facts, Timestamp timestamp, Timestamp now) noexcept {
    Counters& counters = facts.side == 0 ? first_ : second_;
    ++counters.packets;
    counters.frame_bytes += facts.wire_length;
    counters.ip_bytes += facts.ip_bytes;
    counters.payload_bytes += facts.payload_bytes;
    last_use_ = now;
    if (timestamp > end_) end_ = timestamp;
    if (timestamp != now && timestamp < start_) start_ = timestamp;
    tcp_flags_[facts.side] |= facts.tcp_flags;
    const bool was_over = is_over(progress_.state);
    follow(progress_, facts.side, facts.tcp_flags);
    return !was_over && is_over(progress_.state);
  }

  [[nodiscard]] bool reopened_by(const PacketFacts& facts) const noexcept {
    return opens_anew(progress_, facts.tcp_flags);
  }
  /// Why a connection that is over has ended.
  [[nodiscard]] EndReason closing_reason() const noexcept {
    return progress_.state == TcpState::reset ? EndReason::rst : EndReason::fin;
  }

  [[nodiscard]] Ticks last_use() const noexcept { return to_ticks(last_use_); }
  [[nodiscard]] Ticks created() const noexcept { return to_ticks(created_); }
};
static_assert(sizeof(FlowRecord) == 144, "memory per flow is stated in the documents");

}  // namespace weir::flow
