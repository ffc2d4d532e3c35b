// A code is one or two octets of marks, then each field that is marked, as a difference or as it
// is. Numbers are little-endian groups of seven bits, the top bit of an octet says that more
// follow; differences that may be negative have their sign in the lowest bit.
#include "codec.h"

#include <utility>

#include "weir/wire/tcp.h"

namespace weir::flow {
namespace {

using Fields = HistoryFields;

// The first octet. `side` is who has sent the packet, the others mark what follows.
constexpr unsigned side_mark = 0x01;
constexpr unsigned ip_id_mark = 0x02;
constexpr unsigned tcp_flags_mark = 0x04;
constexpr unsigned sequence_mark = 0x08;
constexpr unsigned acknowledgment_mark = 0x10;
constexpr unsigned number_mark = 0x20;
constexpr unsigned payload_mark = 0x40;
constexpr unsigned rare_mark = 0x80;  // a second octet, of the marks below

constexpr unsigned ttl_mark = 0x01;
constexpr unsigned overhead_mark = 0x02;
constexpr unsigned fields_mark = 0x04;
constexpr unsigned back_mark = 0x08;   // the time is a step back
constexpr unsigned nano_mark = 0x10;   // from here on, times are nanoseconds
constexpr unsigned begin_mark = 0x20;  // nothing before it counts
constexpr unsigned run_mark = 0x40;

class CodeWriter {
 public:
  explicit CodeWriter(std::uint8_t* at) noexcept : at_{at} {}

  void octet(unsigned value) noexcept { *at_++ = static_cast<std::uint8_t>(value); }
  void number(std::uint64_t value) noexcept {
    for (; value >= 0x80; value >>= 7) octet(static_cast<unsigned>(value) | 0x80);
    octet(static_cast<unsigned>(value));
  }
  void difference(std::int32_t value) noexcept {
    number((static_cast<std::uint32_t>(value) << 1) ^ static_cast<std::uint32_t>(value >> 31));
  }
  [[nodiscard]] std::uint8_t* at() const noexcept { return at_; }

 private:
  std::uint8_t* at_;
};

class CodeReader {
 public:
  explicit CodeReader(const std::uint8_t* at) noexcept : at_{at} {}

  std::uint8_t octet() noexcept { return *at_++; }
  std::uint64_t number() noexcept {
    std::uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      const std::uint8_t part = octet();
      value |= std::uint64_t{part & 0x7fU} << shift;
      if (part < 0x80) return value;
    }
  }
  std::uint32_t difference() noexcept {
    const auto value = static_cast<std::uint32_t>(number());
    return (value >> 1) ^ (0 - (value & 1));
  }
  [[nodiscard]] const std::uint8_t* at() const noexcept { return at_; }

 private:
  const std::uint8_t* at_;
};

constexpr std::uint16_t low(std::uint32_t value) noexcept {
  return static_cast<std::uint16_t>(value);
}

std::int32_t step(std::uint32_t from, std::uint32_t to) noexcept {
  return static_cast<std::int32_t>(to - from);
}

/// Hosts count their datagrams, or leave the number 0 where it means nothing (RFC 6864).
std::uint16_t expected_ip_id(std::uint16_t last) noexcept { return last == 0 ? 0 : low(last + 1U); }

/// The number behind a segment.
std::uint32_t behind(const HistoryPacket& packet) noexcept {
  const unsigned syn = (packet.tcp_flags & wire::tcp_flags::syn) != 0 ? 1 : 0;
  const unsigned fin = (packet.tcp_flags & wire::tcp_flags::fin) != 0 ? 1 : 0;
  return packet.sequence + packet.payload_bytes + syn + fin;
}

std::uint16_t number_of(const HistoryPacket& packet) noexcept {
  if (!packet.has(Fields::icmp)) return packet.window;
  return low(std::uint32_t{packet.icmp.type} << 8 | packet.icmp.code);
}

/// From the last packet's time to this one's.
struct TimeStep {
  std::uint64_t nanoseconds = 0;
  bool is_back = false;
};

TimeStep time_step(const HistoryState& state, const HistoryPacket& packet) noexcept {
  if (!packet.has(Fields::timestamp)) return {};
  const std::int64_t time = packet.timestamp.time_since_epoch().count();
  const auto ahead = static_cast<std::uint64_t>(time) - static_cast<std::uint64_t>(state.time);
  if (time < state.time) return {0 - ahead, true};
  return {ahead, false};
}

unsigned rare_marks(const HistoryState& state, const HistoryPacket& packet, unsigned side,
                    TimeStep time) noexcept {
  const std::uint16_t overhead = state.overhead[side];
  unsigned marks = 0;
  if (packet.fields != state.fields) marks |= fields_mark;
  if (packet.has(Fields::ttl) && packet.ttl != state.ttl[side]) marks |= ttl_mark;
  if (packet.has(Fields::ip_length) && packet.ip_length - packet.payload_bytes != overhead)
    marks |= overhead_mark;
  if (time.is_back) marks |= back_mark;
  if (!state.is_nano && time.nanoseconds % 1000 != 0) marks |= nano_mark;
  return marks;
}

unsigned marks_of(const HistoryState& state, const HistoryPacket& packet, unsigned side) noexcept {
  unsigned marks = side != 0 ? side_mark : 0;
  const auto mark = [&](Fields field, bool is_unexpected, unsigned bit) {
    if (packet.has(field) && is_unexpected) marks |= bit;
  };
  mark(Fields::ip_id, packet.ip_id != expected_ip_id(state.ip_id[side]), ip_id_mark);
  mark(Fields::tcp_flags, packet.tcp_flags != state.tcp_flags[side], tcp_flags_mark);
  mark(Fields::sequence, packet.sequence != state.next[side], sequence_mark);
  mark(Fields::acknowledgment, packet.acknowledgment != state.next[1 - side], acknowledgment_mark);
  mark(Fields::window | Fields::icmp, number_of(packet) != state.number[side], number_mark);
  mark(Fields::payload, packet.payload_bytes != state.payload[side], payload_mark);
  return marks;
}

/// The state once the packet is behind; the unit of time apart.
void follow(HistoryState& state, const HistoryPacket& packet, unsigned side) noexcept {
  state.fields = packet.fields;
  if (packet.has(Fields::timestamp)) state.time = packet.timestamp.time_since_epoch().count();
  if (packet.has(Fields::ip_id)) state.ip_id[side] = packet.ip_id;
  if (packet.has(Fields::tcp_flags)) state.tcp_flags[side] = packet.tcp_flags;
  if (packet.has(Fields::sequence)) state.next[side] = behind(packet);
  if (packet.has(Fields::acknowledgment)) state.acknowledgment[side] = packet.acknowledgment;
  if (packet.has(Fields::window | Fields::icmp)) state.number[side] = number_of(packet);
  if (packet.has(Fields::payload)) state.payload[side] = low(packet.payload_bytes);
  if (packet.has(Fields::ttl)) state.ttl[side] = packet.ttl;
  if (packet.has(Fields::ip_length))
    state.overhead[side] = low(packet.ip_length - packet.payload_bytes);
}

}  // namespace

std::size_t encode(HistoryState& state, const HistoryPacket& packet, unsigned side, bool begins,
                   std::uint8_t* out) noexcept {
  const TimeStep time = time_step(state, packet);
  const unsigned rare = rare_marks(state, packet, side, time) | (begins ? begin_mark : 0);
  const unsigned marks = marks_of(state, packet, side) | (rare != 0 ? rare_mark : 0);
  CodeWriter code{out};
  code.octet(marks);
  if (rare != 0) [[unlikely]] {
    code.octet(rare);
    if ((rare & fields_mark) != 0) code.number(std::to_underlying(packet.fields));
    if ((rare & ttl_mark) != 0) code.octet(packet.ttl);
    if ((rare & nano_mark) != 0) state.is_nano = true;
  }
  if (packet.has(Fields::timestamp)) {
    code.number(state.is_nano ? time.nanoseconds : time.nanoseconds / 1000);
  }
  if ((marks & ip_id_mark) != 0) {
    code.difference(static_cast<std::int16_t>(packet.ip_id - expected_ip_id(state.ip_id[side])));
  }
  if ((marks & tcp_flags_mark) != 0) code.octet(packet.tcp_flags);
  if ((marks & sequence_mark) != 0) code.difference(step(state.next[side], packet.sequence));
  if ((marks & acknowledgment_mark) != 0) {
    code.difference(step(state.acknowledgment[side], packet.acknowledgment));
  }
  if ((marks & number_mark) != 0) {
    code.difference(static_cast<std::int16_t>(number_of(packet) - state.number[side]));
  }
  if ((marks & payload_mark) != 0) code.number(packet.payload_bytes);
  if ((rare & overhead_mark) != 0) {
    code.difference(step(state.overhead[side], packet.ip_length - packet.payload_bytes));
  }
  follow(state, packet, side);
  return static_cast<std::size_t>(code.at() - out);
}

namespace {

void read_rare(HistoryState& state, CodeReader& code, unsigned rare, unsigned side) noexcept {
  if ((rare & fields_mark) != 0) state.fields = static_cast<Fields>(code.number());
  if ((rare & ttl_mark) != 0) state.ttl[side] = code.octet();
  if ((rare & nano_mark) != 0) state.is_nano = true;
}

void read_time(const HistoryState& state, CodeReader& code, bool is_back,
               HistoryPacket& packet) noexcept {
  if (!packet.has(Fields::timestamp)) return;
  const std::uint64_t distance = code.number() * (state.is_nano ? 1 : 1000);
  const auto last = static_cast<std::uint64_t>(state.time);
  packet.timestamp =
      Timestamp{Duration{static_cast<std::int64_t>(is_back ? last - distance : last + distance)}};
}

void set_number(HistoryPacket& packet, std::uint16_t number) noexcept {
  if (packet.has(Fields::window)) packet.window = number;
  if (packet.has(Fields::icmp)) {
    packet.icmp = {static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
  }
}

/// Of TCP and ICMP.
void read_numbers(const HistoryState& state, CodeReader& code, unsigned marks,
                  HistoryPacket& packet) noexcept {
  const unsigned side = marks & side_mark;
  if (packet.has(Fields::tcp_flags)) {
    packet.tcp_flags = (marks & tcp_flags_mark) != 0 ? code.octet() : state.tcp_flags[side];
  }
  if (packet.has(Fields::sequence)) {
    packet.sequence = state.next[side] + ((marks & sequence_mark) != 0 ? code.difference() : 0);
  }
  if (packet.has(Fields::acknowledgment)) {
    packet.acknowledgment = (marks & acknowledgment_mark) != 0
                                ? state.acknowledgment[side] + code.difference()
                                : state.next[1 - side];
  }
  const std::uint32_t change = (marks & number_mark) != 0 ? code.difference() : 0;
  set_number(packet, low(state.number[side] + change));
}

}  // namespace

const std::uint8_t* decode(HistoryState& state, std::int64_t base, const std::uint8_t* start,
                           HistoryPacket& packet, unsigned& side) noexcept {
  CodeReader code{start};
  const unsigned marks = code.octet();
  const unsigned rare = (marks & rare_mark) != 0 ? code.octet() : 0U;
  side = marks & side_mark;
  if ((rare & begin_mark) != 0) state = {.time = base};
  if (rare != 0) read_rare(state, code, rare, side);
  packet = {.fields = state.fields};
  read_time(state, code, (rare & back_mark) != 0, packet);
  if (packet.has(Fields::ip_id)) {
    const std::uint32_t change = (marks & ip_id_mark) != 0 ? code.difference() : 0;
    packet.ip_id = low(expected_ip_id(state.ip_id[side]) + change);
  }
  read_numbers(state, code, marks, packet);
  if (packet.has(Fields::payload)) {
    packet.payload_bytes = (marks & payload_mark) != 0 ? static_cast<std::uint32_t>(code.number())
                                                       : std::uint32_t{state.payload[side]};
  }
  if (packet.has(Fields::ttl)) packet.ttl = state.ttl[side];
  if (packet.has(Fields::ip_length)) {
    const std::uint32_t change = (rare & overhead_mark) != 0 ? code.difference() : 0;
    packet.ip_length = packet.payload_bytes + state.overhead[side] + change;
  }
  follow(state, packet, side);
  return code.at();
}

void encode_run(unsigned count, std::uint8_t* out) noexcept {
  out[0] = rare_mark;
  out[1] = run_mark;
  out[2] = static_cast<std::uint8_t>(count);
}

unsigned decode_run(const std::uint8_t* code) noexcept {
  return code[0] == rare_mark && code[1] == run_mark ? code[2] : 0;
}

void decode_next(HistoryWalk& walk, HistoryPacket& packet, unsigned& side) noexcept {
  if (walk.repeats == 0 && walk.last != nullptr) walk.repeats = decode_run(walk.next);
  if (walk.repeats == 0) {
    walk.last = walk.next;
    walk.next = decode(walk.state, walk.base, walk.next, packet, side);
    return;
  }
  (void)decode(walk.state, walk.base, walk.last, packet, side);
  if (--walk.repeats == 0) walk.next += history_run_size;
}

FlowHistory::FlowHistory(detail::HistoryCodes codes)
    : codes_{std::make_shared<const detail::HistoryCodes>(std::move(codes))} {}

FlowHistory::Iterator FlowHistory::begin() const noexcept {
  return codes_ ? Iterator{*codes_} : Iterator{};
}

FlowHistory::Iterator::Iterator(const detail::HistoryCodes& codes) noexcept
    : walk_{.base = codes.base, .next = codes.octets.data()},
      left_{codes.packets},
      originator_{codes.originator} {
  if (left_ != 0) read();
}

FlowHistory::Iterator& FlowHistory::Iterator::operator++() noexcept {
  --left_;
  if (left_ != 0) read();
  return *this;
}

void FlowHistory::Iterator::read() noexcept {
  unsigned side = 0;
  decode_next(walk_, packet_, side);
  packet_.is_from_originator = packet_.has(HistoryFields::direction) && side == originator_;
}

}  // namespace weir::flow
