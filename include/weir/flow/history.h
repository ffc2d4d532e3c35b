// What a tracker keeps of the packets of its flows: chosen header fields, coded small.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <vector>

#include "weir/api.h"
#include "weir/flow/conversation.h"
#include "weir/flow/flow.h"
#include "weir/packet.h"

namespace weir::flow {

/// What is kept of each packet. A set of bits.
enum class HistoryFields : std::uint16_t {
  none = 0,
  timestamp = 1 << 0,
  ip_id = 1 << 1,           ///< of IPv4
  ttl = 1 << 2,             ///< or hop limit
  ip_length = 1 << 3,       ///< of the datagram, as Counters::ip_bytes
  tcp_flags = 1 << 4,       ///< RFC 9293 3.1, the low eight bits
  sequence = 1 << 5,        ///< of TCP
  acknowledgment = 1 << 6,  ///< of TCP
  window = 1 << 7,          ///< of TCP, not scaled
  icmp = 1 << 8,            ///< type and code
  payload = 1 << 9,         ///< bytes that follow the transport header, by the length fields
  direction = 1 << 10,      ///< which side has sent it
  all = (1 << 11) - 1,
};
constexpr HistoryFields operator|(HistoryFields a, HistoryFields b) noexcept {
  return static_cast<HistoryFields>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
constexpr HistoryFields operator&(HistoryFields a, HistoryFields b) noexcept {
  return static_cast<HistoryFields>(static_cast<unsigned>(a) & static_cast<unsigned>(b));
}
/// Whether `field`, or any of several, is in the set.
constexpr bool has(HistoryFields set, HistoryFields field) noexcept {
  return (set & field) != HistoryFields::none;
}

/// What a tracker keeps of packets, and how much memory that may take.
struct HistoryOptions {
  /// With none, no history is kept, and it costs nothing.
  HistoryFields fields = HistoryFields::none;
  /// Bytes for the packets of all live flows together, taken as they are needed. When they are
  /// used up, what was kept first goes first, a stretch of one flow at a time (a kilobyte at most).
  /// With 0 nothing is kept and all is counted. What is beyond 64 GiB is not used. Twelve bytes for
  /// each flow there is room for in the table come on top, and 68 for each that is busy: at most
  /// one for a kilobyte of the budget, and 262,144. Where more are busy in turn, it takes longer.
  std::size_t budget = std::size_t{256} << 20;
  /// If it is said, only packets of these flows are kept, and the budget is theirs.
  std::optional<Conversation> only{};
};

/// How much history there is.
struct HistoryCounts {
  /// Packets in the histories of flows in the table.
  std::uint64_t packets = 0;
  /// What these take of the budget.
  std::uint64_t bytes = 0;
  /// Packets that have made room, or for which there was none.
  std::uint64_t dropped = 0;
};

/// What was kept of one packet. What was not, or what the packet does not have, is 0.
struct HistoryPacket {
  Timestamp timestamp{};
  std::uint32_t ip_length = 0;
  std::uint32_t payload_bytes = 0;
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgment = 0;
  std::uint16_t window = 0;
  std::uint16_t ip_id = 0;
  IcmpMessage icmp{};
  std::uint8_t ttl = 0;
  std::uint8_t tcp_flags = 0;
  bool is_from_originator = false;
  /// Those the packet has, of those that were chosen.
  HistoryFields fields = HistoryFields::none;
  [[nodiscard]] bool has(HistoryFields field) const noexcept { return flow::has(fields, field); }
  bool operator==(const HistoryPacket&) const = default;
};

namespace detail {

/// What the next code is relative to: of each side, what its last packet said. Packed, since there
/// is one for each flow.
struct HistoryState {
  std::int64_t time = 0;
  /// The sequence number behind what was sent.
  std::array<std::uint32_t, 2> next{};
  std::array<std::uint32_t, 2> acknowledgment{};
  std::array<std::uint16_t, 2> ip_id{};
  /// Window, or type and code of ICMP.
  std::array<std::uint16_t, 2> number{};
  /// Their low bits, which is enough to guess by.
  std::array<std::uint16_t, 2> payload{};
  std::array<std::uint16_t, 2> overhead{};
  std::array<std::uint8_t, 2> ttl{};
  std::array<std::uint8_t, 2> tcp_flags{};
  HistoryFields fields = HistoryFields::none;
  /// Times are coded in nanoseconds: not all are whole microseconds.
  bool is_nano = false;
};
static_assert(sizeof(HistoryState) == 48);

/// Where a walk through codes stands.
struct HistoryWalk {
  HistoryState state{};
  /// The time that the first of a stretch is relative to.
  std::int64_t base = 0;
  const std::uint8_t* next = nullptr;
  /// The code of the last packet, and how often it still repeats.
  const std::uint8_t* last = nullptr;
  unsigned repeats = 0;
};

/// What copies of a history share.
struct HistoryCodes {
  std::vector<std::uint8_t> octets{};
  /// HistoryWalk's.
  std::int64_t base = 0;
  std::size_t packets = 0;
  /// Which side of the key that is.
  unsigned originator = 0;
};

}  // namespace detail

/// The packets of one flow as they were when Tracker::history() was asked, in the order they were
/// counted: a SYN on the ports of an open connection, when it was decided whose it is. A copy,
/// which outlives flow and tracker and never changes; copies of it share the memory. A value: const
/// calls, and walks, from several threads at once.
class WEIR_API FlowHistory {
 public:
  class WEIR_API Iterator {
   public:
    using value_type = HistoryPacket;
    using difference_type = std::ptrdiff_t;

    Iterator() noexcept = default;

    const HistoryPacket& operator*() const noexcept { return packet_; }
    const HistoryPacket* operator->() const noexcept { return &packet_; }
    Iterator& operator++() noexcept;
    void operator++(int) noexcept { ++*this; }
    bool operator==(std::default_sentinel_t) const noexcept { return left_ == 0; }

   private:
    friend class FlowHistory;
    WEIR_PRIVATE explicit Iterator(const detail::HistoryCodes& codes) noexcept;
    WEIR_PRIVATE void read() noexcept;

    detail::HistoryWalk walk_{};
    HistoryPacket packet_{};
    std::size_t left_ = 0;
    unsigned originator_ = 0;
  };

  /// No packets.
  FlowHistory() noexcept = default;

  /// Packets in it. The flow has had more if the budget did not suffice.
  [[nodiscard]] std::size_t size() const noexcept { return codes_ ? codes_->packets : 0; }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  /// Bytes they are coded in.
  [[nodiscard]] std::size_t bytes() const noexcept { return codes_ ? codes_->octets.size() : 0; }
  /// Iterators borrow from this object: valid as long as it or a copy of it lives.
  [[nodiscard]] Iterator begin() const noexcept;
  [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

 private:
  friend class HistoryStore;
  WEIR_PRIVATE explicit FlowHistory(detail::HistoryCodes codes);

  /// Null is no packets.
  std::shared_ptr<const detail::HistoryCodes> codes_;
};

}  // namespace weir::flow
