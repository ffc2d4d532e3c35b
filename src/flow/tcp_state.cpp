// What an observer between the ends can tell of a TCP connection: RFC 9293 3.10.7 and RFC 5961,
// with what both ends know together, less what the observer cannot know.
//
// The receiver takes a segment whose number lies within its window, from the number it expects
// next. What it expects is not known here, only that it lies between what its peer has sent so far
// less one window, and that. So a segment is near if it is at most one window away from what was
// sent before, either way. Each side's window is the largest it has offered.
#include <cstdlib>

#include "flow_record.h"
#include "weir/wire/tcp.h"

namespace weir::flow {
namespace {

namespace tcp_flags = wire::tcp_flags;

constexpr std::uint32_t bit(std::size_t side) noexcept { return 1U << side; }

}  // namespace

void FlowRecord::follow(const PacketFacts& facts) noexcept {
  if (facts.numbered && is_tcp()) {
    follow_segment(facts);
  } else if (facts.numbered && is_icmp() && !progress_.is_seen(facts.side)) {
    next_[facts.side] = facts.icmp;
    progress_.widen(facts.side, Progress::widest);
  }
  settle_down();
}

void FlowRecord::follow_segment(const PacketFacts& segment) noexcept {
  const bool is_final = progress_.state == TcpState::closed ||
                        (progress_.state == TcpState::reset && progress_.resets == 0);
  if (is_final) return;
  if (segment.has(tcp_flags::rst)) {
    follow_rst(segment);
    return;
  }
  // SYN and FIN in one segment is no valid TCP; the SYN decides.
  if (segment.has(tcp_flags::syn)) {
    follow_syn(segment);
    return;
  }
  if (is_challenge(segment) || !take_numbers(segment)) return;
  take_reset_back(segment.side);
  if (segment.has(tcp_flags::ack)) follow_ack(segment);
  if (segment.has(tcp_flags::fin)) follow_fin(segment.side);
}

void FlowRecord::follow_syn(const PacketFacts& segment) noexcept {
  const std::size_t side = segment.side;
  const std::size_t other = 1 - side;
  const bool with_ack = segment.has(tcp_flags::ack);
  if (progress_.has_syn(side)) {
    if (segment.sequence != initial_[side]) return;  // it opens nothing here
  } else {
    // RFC 9293 3.10.7.3: what acknowledges another SYN is none of this connection.
    const bool answers = !progress_.has_syn(other) || has_sent(other, segment.acknowledgment);
    if (with_ack && !answers) return;
    if (!progress_.has_syn()) {
      const bool is_answer = with_ack && !key_.is_unidirectional();
      progress_.originator = static_cast<std::uint32_t>(is_answer ? other : side) & 1;
    }
    initial_[side] = segment.sequence;
    if (!progress_.is_seen(side) || distance(next_[side], segment.sequence_end) > 0) {
      next_[side] = segment.sequence_end;
    }
    progress_.set_scale(side, segment.window_scale);
    progress_.widen(side, segment.window);  // RFC 7323 2.2: not scaled
    progress_.astray = progress_.astray & ~bit(side) & 3;
  }
  if (progress_.state == TcpState::fresh) {
    progress_.state = with_ack ? TcpState::syn_received : TcpState::syn_sent;
  } else if (progress_.state == TcpState::syn_sent && with_ack) {
    progress_.state = TcpState::syn_received;
  } else if (progress_.state == TcpState::syn_received && with_ack &&
             side == progress_.originator) {
    progress_.state = TcpState::established;  // both have opened (RFC 9293 3.5, figure 7)
  }
}

/// The end that was asked to open remembers another connection on these ports, mostly in TIME-WAIT,
/// and says where that stands (RFC 9293 3.10.7.4). The originator answers with that one's RST and
/// asks again.
bool FlowRecord::is_challenge(const PacketFacts& segment) const noexcept {
  const std::size_t originator = progress_.originator;
  return progress_.state == TcpState::syn_sent && segment.side != originator &&
         segment.has(tcp_flags::ack) && segment.sequence == segment.sequence_end &&
         !has_sent(originator, segment.acknowledgment);
}

/// Takes in the numbers of a segment that is near. One that is not may be a stranger's, or the
/// capture has lost what was between: two in a row are believed.
bool FlowRecord::take_numbers(const PacketFacts& segment) noexcept {
  const std::size_t side = segment.side;
  if (!progress_.is_seen(side)) {
    next_[side] = segment.sequence;
  } else if (!is_near(segment, reach_of(side))) {
    if ((progress_.astray & bit(side)) == 0) {
      progress_.astray = (progress_.astray | bit(side)) & 3;
      return false;
    }
    next_[side] = segment.sequence;
  }
  progress_.astray = progress_.astray & ~bit(side) & 3;
  if (distance(next_[side], segment.sequence_end) > 0) next_[side] = segment.sequence_end;
  progress_.widen(side, progress_.scaled(side, segment.window));
  return true;
}

/// RFC 9293 3.10.7.3 and 3.10.7.4, RFC 5961 3.2. Only the number that is expected resets for good;
/// another within the window is answered by the true end, and the connection goes on if that still
/// has it.
void FlowRecord::follow_rst(const PacketFacts& segment) noexcept {
  const std::size_t side = segment.side;
  const bool acknowledges =
      segment.has(tcp_flags::ack) && has_sent(1 - side, segment.acknowledgment);
  const bool is_answer = progress_.state == TcpState::syn_sent && !progress_.is_seen(side);
  if (is_answer && !acknowledges) return;
  const bool is_of_another = progress_.state == TcpState::syn_sent &&
                             side == progress_.originator && segment.sequence != next_[side];
  if (is_of_another) return;
  const std::int32_t ahead = distance(next_[side], segment.sequence);
  // The end that has sent a FIN may answer what was on its way with the number before it.
  const bool is_behind_fin = ahead == -1 && (progress_.fins & bit(side)) != 0;
  const bool is_sure = progress_.is_seen(side) && (progress_.astray & bit(side)) == 0;
  const bool is_exact = is_answer || (is_sure && (ahead == 0 || is_behind_fin));
  if (is_sure && !is_exact && !is_near(segment, reach_of(side))) return;
  progress_.state = TcpState::reset;
  progress_.resets = is_exact ? 0 : (progress_.resets | bit(side)) & 3;
}

/// Who has sent an RST does not go on.
void FlowRecord::take_reset_back(std::size_t side) noexcept {
  if ((progress_.resets & bit(side)) == 0) return;
  progress_.resets = progress_.resets & ~bit(side) & 3;
  if (progress_.resets != 0) return;
  if (progress_.fins != 0) {
    progress_.state = progress_.fins == 3 ? TcpState::closed : TcpState::closing;
  } else {
    progress_.state = progress_.has_syn() ? TcpState::established : TcpState::fresh;
  }
}

void FlowRecord::follow_ack(const PacketFacts& segment) noexcept {
  if (!is_opening()) return;
  // The originator acknowledges only what it has received, so a SYN-ACK the capture missed is
  // implied. The responder may still answer a stray SYN with a challenge (RFC 9293 3.10.7.4).
  const bool by_originator = segment.side == progress_.originator;
  if (progress_.state == TcpState::syn_sent && !by_originator) return;
  const std::size_t other = 1 - segment.side;
  constexpr std::uint32_t unseen = 65535;  // what the capture may have missed since
  if (by_originator && progress_.has_syn(other) &&
      !has_sent(other, segment.acknowledgment, unseen)) {
    return;
  }
  progress_.state = TcpState::established;
}

void FlowRecord::follow_fin(std::size_t side) noexcept {
  progress_.fins = key_.is_unidirectional() ? 3 : (progress_.fins | bit(side)) & 3;
  if (progress_.state == TcpState::reset) return;
  progress_.state = progress_.fins == 3 ? TcpState::closed : TcpState::closing;
}

void FlowRecord::settle_down() noexcept {
  const std::uint32_t seen = (progress_.is_seen(0) ? 1U : 0U) | (progress_.is_seen(1) ? 2U : 0U);
  const bool is_calm = !is_resting() && progress_.contested == 0 && !is_opening() &&
                       progress_.state < TcpState::closed;
  if (!is_calm) {
    progress_.steady = 0;
  } else if (is_tcp()) {
    progress_.steady = seen & ~progress_.astray & 3;
  } else {
    progress_.steady = (is_icmp() ? seen : 3U) & 3;
  }
}

bool FlowRecord::opens_another(const PacketFacts& segment) const noexcept {
  constexpr unsigned deciding = tcp_flags::syn | tcp_flags::rst | tcp_flags::fin;
  if (!segment.numbered || (segment.tcp_flags & deciding) != tcp_flags::syn) return false;
  const std::size_t side = segment.side;
  const std::size_t other = 1 - side;
  if (progress_.has_syn(side)) return segment.sequence != initial_[side];
  if (is_over()) return true;
  // It came late, or again, if what was sent begins behind it.
  if (progress_.is_seen(side)) {
    return next_[side] - (segment.sequence + 1) > reach_of(side);
  }
  // Nothing of this side was seen: it answers, or both open at once.
  if (!segment.has(tcp_flags::ack)) return !is_opening();
  if (progress_.has_syn(other)) return !has_sent(other, segment.acknowledgment);
  return static_cast<std::uint32_t>(std::abs(
             std::int64_t{distance(next_[other], segment.acknowledgment)})) > reach_of(other);
}

bool FlowRecord::is_worth_keeping() const noexcept {
  constexpr std::uint64_t some = 4;
  if (is_over() || is_opening()) return false;
  if (progress_.continues != 0) return true;
  const bool is_answered = first_.packets != 0 && second_.packets != 0;
  return is_answered || first_.packets + second_.packets >= some;
}

void FlowRecord::cut() noexcept {
  first_ = second_ = {};
  tcp_flags_ = {};
  progress_.continues = 1;
  settle_down();
}

void FlowRecord::absorb(const FlowRecord& other) noexcept {
  const auto add_up = [](Counters& sum, const Counters& more) {
    sum.packets += more.packets;
    sum.frame_bytes += more.frame_bytes;
    sum.ip_bytes += more.ip_bytes;
    sum.payload_bytes += more.payload_bytes;
  };
  const Timestamp end_of_both = is_resting() ? other.end() : std::max(end(), other.end());
  add_up(first_, other.first_);
  add_up(second_, other.second_);
  for (const std::size_t side : {0U, 1U}) tcp_flags_[side] |= other.tcp_flags_[side];
  start_ = std::min(start_, other.start_);
  last_use_ = std::max(last_use_, other.last_use_);
  end_ = end_of_both;
  progress_.apart = end_ != last_use_ ? 1 : 0;
}

/// A time stamp that is not the tracker's time, or not the first such.
void FlowRecord::set_times(Timestamp timestamp) noexcept {
  const bool is_first = first_.packets + second_.packets == 1;
  end_ = is_first ? timestamp : std::max(end(), timestamp);
  start_ = std::min(start_, timestamp);
  progress_.apart = 1;
}

}  // namespace weir::flow
