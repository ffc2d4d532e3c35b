// A flow as the table stores and changes it.
#pragma once

#include "packet_facts.h"
#include "ticks.h"
#include "weir/flow/flow.h"
#include "weir/wire/tcp.h"

namespace weir::flow {

/// From one sequence number to another, either way (RFC 9293 3.4).
[[nodiscard]] constexpr std::int32_t distance(std::uint32_t from, std::uint32_t to) noexcept {
  return static_cast<std::int32_t>(to - from);
}

class FlowRecord final : public Flow {
 public:
  /// A flow whose first packet is about to be counted.
  FlowRecord(const PacketFacts& facts, Timestamp timestamp, std::uint64_t id) noexcept
      : Flow{facts.key, id} {
    progress_.originator = facts.side & 1;
    start_ = timestamp;
  }

  [[nodiscard]] bool has_key(const FlowKey& key) const noexcept { return key_ == key; }
  /// A record that is not in the table has no key, so that stale indexes to it match nothing.
  void forget_key() noexcept { key_.shape = 0; }
  void set_key(const FlowKey& key) noexcept { key_ = key; }

  /// Adds a packet if that changes nothing but counts; otherwise does nothing and returns false.
  [[nodiscard]] bool count_plainly(const PacketFacts& facts, Timestamp timestamp,
                                   Timestamp now) noexcept {
    const std::size_t side = facts.side;
    if (!facts.plain || !progress_.is_steady(side)) return false;
    const std::uint32_t reach = progress_.reach(1 - side);
    const bool is_near = facts.sequence - next_[side] + reach <= 2 * reach;
    if (!is_near || progress_.scaled(side, facts.window) > progress_.reach(side)) return false;
    const bool is_further = distance(next_[side], facts.sequence_end) > 0;
    next_[side] = is_further ? facts.sequence_end : next_[side];  // as often as not: no branch
    add(facts, timestamp, now);
    return true;
  }

  /// Adds a packet and takes in what it says.
  void count(const PacketFacts& facts, Timestamp timestamp, Timestamp now) noexcept {
    add(facts, timestamp, now);
    follow(facts);
  }

  /// Adds what another record has counted of this flow.
  void absorb(const FlowRecord& other) noexcept;

  /// Begins a new part of the flow, whose originator and state stay. Nothing is counted in it yet.
  void cut() noexcept;
  /// The first packet of a new part is about to be counted.
  void wake(Timestamp timestamp) noexcept {
    progress_.apart = 0;
    start_ = timestamp;
  }
  /// Cut, and silent since: it counts nothing.
  [[nodiscard]] bool is_resting() const noexcept {
    return first_.packets == 0 && second_.packets == 0;
  }
  /// In the table, started and not ended.
  [[nodiscard]] bool is_live() const noexcept { return key_.shape != 0 && !is_resting(); }

  /// Whether it takes more than the key to know whose the packet is.
  [[nodiscard]] bool may_be_decided_by(const PacketFacts& facts) const noexcept {
    return is_contested() || facts.has(wire::tcp_flags::syn);
  }
  /// Whether the segment begins a connection other than this one (RFC 9293 3.4.1): a SYN or SYN-ACK
  /// with an initial sequence number this one does not have.
  [[nodiscard]] bool opens_another(const PacketFacts& segment) const noexcept;
  /// Whether the segment is the next that its sender should send; or near that.
  [[nodiscard]] bool expects(const PacketFacts& segment) const noexcept {
    return progress_.is_seen(segment.side) && segment.sequence == next_[segment.side];
  }
  [[nodiscard]] bool is_near(const PacketFacts& segment, std::uint32_t reach) const noexcept {
    return progress_.is_seen(segment.side) &&
           segment.sequence - next_[segment.side] + reach <= 2 * reach;
  }
  /// How far segments of `side` may be from the next expected.
  [[nodiscard]] std::uint32_t reach_of(std::size_t side) const noexcept {
    return progress_.reach(1 - side);
  }
  /// Whether the number acknowledges what `side` has sent from its SYN on, and nothing else. One
  /// too few is let pass: generators of traffic leave numbers at 0.
  [[nodiscard]] bool has_sent(std::size_t side, std::uint32_t acknowledgment,
                              std::uint32_t unseen = 0) const noexcept {
    if (!progress_.has_syn(side)) return false;
    if (acknowledgment == next_[side]) return true;  // mostly; the initial number is further away
    return acknowledgment - initial_[side] <= next_[side] - initial_[side] + unseen;
  }
  [[nodiscard]] bool has_initial(std::size_t side, std::uint32_t sequence) const noexcept {
    return progress_.has_syn(side) && initial_[side] == sequence;
  }
  [[nodiscard]] std::uint32_t next(std::size_t side) const noexcept { return next_[side]; }

  /// Both ends have let go of the connection. An RST that fits what its sender sent before, but not
  /// exactly, may be a stranger's: that connection ends by silence.
  [[nodiscard]] bool is_over() const noexcept {
    if (progress_.state == TcpState::closed) return true;
    if (progress_.state != TcpState::reset) return false;
    return ((progress_.resets & 1) == 0 || !progress_.is_seen(0)) &&
           ((progress_.resets & 2) == 0 || !progress_.is_seen(1));
  }
  /// Its handshake is not complete.
  [[nodiscard]] bool is_opening() const noexcept {
    return progress_.state == TcpState::syn_sent || progress_.state == TcpState::syn_received;
  }
  /// Why it ends, if not by time.
  [[nodiscard]] EndReason closing_reason() const noexcept {
    return progress_.state == TcpState::reset ? EndReason::rst : EndReason::fin;
  }

  /// Worth more than others when room is scarce: answered, or of some length, and not over. A
  /// handshake that is not complete counts for nothing: floods are made of such.
  [[nodiscard]] bool is_worth_keeping() const noexcept;
  [[nodiscard]] bool is_kept() const noexcept { return progress_.kept != 0; }
  void keep(bool kept) noexcept { progress_.kept = kept ? 1 : 0; }

  [[nodiscard]] bool is_contested() const noexcept { return progress_.contested != 0; }
  void set_contested(bool contested) noexcept {
    progress_.contested = contested ? 1 : 0;
    settle_down();
  }

  [[nodiscard]] bool is_originator(std::uint8_t side) const noexcept {
    return progress_.originator == side;
  }
  [[nodiscard]] bool is_tcp() const noexcept { return protocol() == wire::ip_protocol::tcp; }
  [[nodiscard]] Ticks last_use() const noexcept { return to_ticks(last_use_); }
  /// Its packets so far had no time: it is that.
  void set_time(Timestamp now) noexcept {
    start_ = last_use_ = now;
    progress_.apart = 0;
  }
  void set_last_use(Timestamp now) noexcept {
    end_ = end();
    progress_.apart = 1;
    last_use_ = now;
  }

 private:
  void add(const PacketFacts& facts, Timestamp timestamp, Timestamp now) noexcept {
    Counters& counters = facts.side == 0 ? first_ : second_;
    ++counters.packets;
    counters.frame_bytes += facts.wire_length;
    counters.ip_bytes += facts.ip_bytes;
    counters.payload_bytes += facts.payload_bytes;
    tcp_flags_[facts.side] |= facts.tcp_flags;
    if (timestamp != now || progress_.apart != 0) [[unlikely]]
      set_times(timestamp);
    last_use_ = now;
  }
  void set_times(Timestamp timestamp) noexcept;

  // What a packet says beside its lengths, in tcp_state.cpp.
  void follow(const PacketFacts& facts) noexcept;
  void follow_segment(const PacketFacts& segment) noexcept;
  void follow_syn(const PacketFacts& segment) noexcept;
  void follow_rst(const PacketFacts& segment) noexcept;
  void follow_ack(const PacketFacts& segment) noexcept;
  void follow_fin(std::size_t side) noexcept;
  [[nodiscard]] bool is_challenge(const PacketFacts& segment) const noexcept;
  [[nodiscard]] bool take_numbers(const PacketFacts& segment) noexcept;
  void take_reset_back(std::size_t side) noexcept;
  /// Finds out which sides' plain segments will change nothing.
  void settle_down() noexcept;
};
static_assert(sizeof(FlowRecord) == 160, "memory per flow is stated in the documents");

}  // namespace weir::flow
