// The walk of decode() over one packet: where it stands, what it has found, what comes next.
#pragma once

#include <algorithm>
#include <expected>
#include <optional>

#include "number_table.h"
#include "steps.h"
#include "weir/wire/decoders.h"
#include "weir/wire/layers.h"
#include "weir/wire/parse_error.h"

namespace weir::wire {

struct Assigned;

/// Reads headers one at a time, each with the function that `readings` has for it.
class Walk {
 public:
  /// `decoders`: null where there are none.
  Walk(const Packet& packet, Depth depth, Layers& layers, const Decoders::Tables* decoders) noexcept
      : data_{packet.data.data()},
        end_{static_cast<std::uint32_t>(packet.data.size())},
        wire_end_{std::max<std::uint64_t>(packet.wire_length, packet.data.size())},
        depth_{depth},
        decoders_{decoders},
        layers_{layers} {
    if (has(packet.flags, PacketFlags::has_fcs)) drop_frame_check_sequence();
  }

  /// Goes on from `step`, with the first unread byte at `offset`, until nothing more can be read.
  void run(Step step, std::uint32_t offset) noexcept;

  /// First step for a link type; stop (with its reason) for an unknown one.
  Step first(LinkType type) noexcept;

  // What a step asks.

  /// Where the first unread byte is, from the start of the packet.
  [[nodiscard]] std::uint32_t offset() const noexcept { return offset_; }
  /// What was captured from there on.
  [[nodiscard]] Bytes rest() const noexcept { return {data_ + offset_, end_ - offset_}; }
  /// How much of that was on the wire.
  [[nodiscard]] std::uint64_t wire_rest() const noexcept { return wire_end_ - offset_; }
  /// Nobody wants to know what lies behind the transport header of the datagram.
  [[nodiscard]] bool is_deep_enough() const noexcept {
    return depth_ == Depth::transport && layers_.inner.present();
  }

  // What a step does.

  /// Records a header of `length` bytes at the current place and steps over it.
  bool push(Protocol protocol, std::size_t length) noexcept;

  /// Reads a header through its view.
  template <class V>
  std::optional<V> read(Protocol protocol) noexcept {
    return record<V>(protocol, V::parse(rest()));
  }

  /// Records what parsing the next header gave, and steps over it. A header that is cut or
  /// malformed is recorded as far as it goes, and the walk has stopped.
  template <class V>
  std::optional<V> record(Protocol protocol, const std::expected<V, ParseError>& view) noexcept {
    if (!view) {
      const StopReason reason = reason_of(view.error());
      if (rest().empty()) {
        stop_before(protocol, reason);
      } else if (push(protocol, std::min(rest().size(), V::min_header_length))) {
        stop(reason);
      }
      return std::nullopt;
    }
    if (!push(protocol, std::min(rest().size(), view->header_length()))) return std::nullopt;
    return *view;
  }

  /// Steps over `size` bytes that are no layer of their own. Precondition: they were captured.
  void skip(std::size_t size) noexcept { offset_ += static_cast<std::uint32_t>(size); }

  /// Narrows the packet to `length` bytes from `start`; what was captured beyond is padding.
  void limit(std::uint32_t start, std::uint64_t length) noexcept {
    wire_end_ = std::min<std::uint64_t>(wire_end_, start + length);
    end_ = static_cast<std::uint32_t>(std::min<std::uint64_t>(end_, wire_end_));
  }
  /// Cuts the four bytes at the end of the frame off, as far as they were captured; once.
  void drop_frame_check_sequence() noexcept;

  /// An IP header that begins at `start` has been read. A stated length of 0 leaves the datagram
  /// all there is.
  void begin_datagram(std::uint32_t start, std::size_t stated_length, std::uint8_t protocol,
                      Fragment fragment) noexcept;
  /// A header has been read behind which the datagram goes on.
  void continue_datagram(std::uint8_t protocol) noexcept;
  /// The same, where the header names nothing that could be believed.
  void continue_datagram() noexcept { continue_datagram(layers_.inner.protocol); }
  void mark_fragment(Fragment fragment) noexcept;
  /// The last header recorded is the transport header of its datagram.
  void mark_transport(std::uint8_t protocol) noexcept;

  /// The step for an EtherType, for one where a length may stand instead, for an IP protocol.
  Step by_ether_type(std::uint16_t type) noexcept;
  Step by_type_or_length(std::uint16_t type_or_length) noexcept;
  Step by_ip_protocol(std::uint8_t protocol) noexcept;
  /// The step for ports of UDP or TCP.
  Step by_ports(PortSpace space, std::uint16_t source, std::uint16_t destination) noexcept {
    if (decoders_ != nullptr) [[unlikely]]
      return by_assigned_ports(space, source, destination);
    return application(space, source, destination);
  }
  /// Records the header that a user's decoder has found.
  Step read_user() noexcept;

  Step stop(StopReason reason) noexcept {
    layers_.stop = reason;
    return Step::stop;
  }
  Step stop(ParseError error) noexcept { return stop(reason_of(error)); }
  /// The same before a header that cannot be recorded.
  Step stop_before(Protocol protocol, StopReason reason) noexcept {
    layers_.missing = protocol;
    return stop(reason);
  }
  /// The same where nothing of it is there.
  Step stop_before(Protocol protocol) noexcept {
    return stop_before(protocol, reason_of(ParseError::truncated));
  }

  // Of radiotap and 802.11: the MAC header is padded to a multiple of four bytes.
  void set_padded(bool padded) noexcept { padded_ = padded; }
  [[nodiscard]] bool padded() const noexcept { return padded_; }

 private:
  /// What a user's decoder said about rest().
  struct FoundHeader {
    std::uint8_t user = 0;
    DecodedHeader decoded{};
  };

  /// False where it refuses.
  bool ask(std::uint8_t user) noexcept;
  // Precondition of these: there are decoders. Nothing where they do not decide.
  std::optional<Step> step_to(const Assigned& assigned) noexcept;
  std::optional<Step> assigned(NumberSpace space, std::uint16_t number) noexcept;
  Step by_assigned_ports(PortSpace space, std::uint16_t source, std::uint16_t destination) noexcept;
  Step by_next(const NextHeader& next) noexcept;
  Step by_protocol(Protocol protocol) noexcept;
  /// What is read from here on is not what the IP header carries, whatever numbers say.
  void leave_datagram() noexcept { in_datagram_ = false; }

  [[nodiscard]] StopReason reason_of(ParseError error) const noexcept;
  void keep_outer() noexcept;

  const std::uint8_t* data_;
  std::uint32_t offset_ = 0;
  std::uint32_t end_;
  std::uint64_t wire_end_;
  Depth depth_;
  bool padded_ = false;
  /// The frame check sequence is cut off: the file and the radio header may both tell of it.
  bool fcs_dropped_ = false;
  /// From an IP header on; the datagram of layers_.inner.
  bool in_datagram_ = false;
  FoundHeader found_{};
  const Decoders::Tables* decoders_;
  Layers& layers_;
};

/// decode() without its fast path: the specification the fast path is tested against.
[[nodiscard]] Layers decode_in_steps(const Packet& packet, Depth depth,
                                     const Decoders::Tables* decoders = nullptr) noexcept;

}  // namespace weir::wire
