// pycap's headers as Fields, and those through a FrameWriter.
#include "compat/pycap/frame.h"

#include <algorithm>
#include <array>
#include <string>

#include "weir/compat/pycap/inject.h"
#include "weir/wire/frame_writer.h"

namespace weir::compat::pycap::inject {
namespace {

namespace protocol = compat::pycap::protocol;
using protocol::any_header;
using wire::FrameWriter;
using wire::Written;

/// What a frame is padded to (IEEE 802.3 3.2.8).
constexpr std::size_t padded_length = 60;

[[noreturn]] void refuse(const std::string& words) {
  throw error{ErrorCode::invalid_argument, words};
}

template <class Header>
[[nodiscard]] bool is(const any_header& header) noexcept {
  return std::holds_alternative<Header>(header);
}

/// As it is, or null: any message of ICMP.
[[nodiscard]] const protocol::icmp* message_of(const any_header& header) noexcept {
  return std::visit(
      [](const auto& one) -> const protocol::icmp* {
        if constexpr (std::is_base_of_v<protocol::icmp, std::remove_cvref_t<decltype(one)>>) {
          return &one;
        }
        return nullptr;
      },
      header);
}

[[nodiscard]] bool is_transport(const any_header& header) noexcept {
  return is<protocol::tcp>(header) || is<protocol::udp>(header) || message_of(header) != nullptr;
}

/// Of a header that was captured what lies behind its first bytes, up to its length.
[[nodiscard]] Bytes options_of(const protocol::raw& header, std::size_t fixed,
                               std::size_t length) noexcept {
  const Bytes packet = header.packet();
  if (length <= fixed || packet.size() < length) return {};
  return packet.first(length).subspan(fixed);
}
[[nodiscard]] Bytes options_of(const protocol::ip& header) noexcept {
  return options_of(header, wire::Ipv4View::min_header_length,
                    std::min<std::size_t>(header.headerlength, 15) * 4);
}
[[nodiscard]] Bytes options_of(const protocol::tcp& header) noexcept {
  const auto captured = wire::TcpView::parse(header.packet());
  if (!captured) return {};
  return options_of(header, wire::TcpView::min_header_length, captured->header_length());
}

/// A header whose options the capture has cut cannot be sent as it was.
void check_options(const protocol::tcp& header) {
  constexpr std::size_t longest = 60;
  const auto captured = wire::TcpView::parse_snapped(header.packet(), longest);
  if (!captured || captured->header_length() <= header.packet().size()) return;
  refuse("the options of " + to_string(any_header{header}) +
         " were cut by the capture: " + std::to_string(header.packet().size()) +
         " bytes of a header of " + std::to_string(captured->header_length()));
}

/// Whether it was captured without a checksum (RFC 768), and nobody has given it one since.
[[nodiscard]] bool has_no_sum(const protocol::udp& header) noexcept {
  const Bytes captured = header.packet();
  return captured.size() >= wire::UdpView::min_header_length &&
         load_be<std::uint16_t>(captured.data() + 6) == 0 && header.checksum == 0;
}

/// Whether the datagram is a part of one: its checksums are of more than is here.
[[nodiscard]] bool is_fragment(const protocol::ip& header) noexcept {
  return (header.offset & 0x3fff) != 0;
}

/// Bytes of a header as it is written.
[[nodiscard]] std::size_t length_of(const protocol::ethernet&) noexcept {
  return wire::EthernetView::min_header_length;
}
[[nodiscard]] std::size_t length_of(const protocol::arp&) noexcept {
  return wire::ArpView::min_header_length + 2 * (MacAddress::size + Ipv4Address::size);
}
[[nodiscard]] std::size_t length_of(const protocol::ip& header) noexcept {
  return wire::Ipv4View::min_header_length + options_of(header).size();
}
[[nodiscard]] std::size_t length_of(const protocol::tcp& header) noexcept {
  return wire::TcpView::min_header_length + options_of(header).size();
}
[[nodiscard]] std::size_t length_of(const protocol::udp&) noexcept {
  return wire::UdpView::min_header_length;
}
[[nodiscard]] std::size_t length_of(const protocol::icmp&) noexcept {
  return wire::IcmpView::min_header_length;
}
[[nodiscard]] std::size_t length_of(const protocol::icmp_times&) noexcept {
  return wire::IcmpView::min_header_length + 12;
}

/// The second four bytes of a message's header.
[[nodiscard]] std::uint32_t second_word(const protocol::icmp_query& message) noexcept {
  return std::uint32_t{message.id} << 16 | message.sequence;
}
[[nodiscard]] std::uint32_t second_word(const protocol::icmpRedirect& message) noexcept {
  return load_be<std::uint32_t>(message.gateway.octets.data());
}
/// RFC 4884 has a length behind the pointer.
[[nodiscard]] std::uint32_t second_word(const protocol::icmpParameterProblem& message) noexcept {
  const auto captured = wire::IcmpView::parse(message.packet());
  const std::uint32_t behind = captured ? captured->rest_of_header() & 0x00ffffff : 0;
  return std::uint32_t{message.problempointer} << 24 | behind;
}

/// Puts headers in front of each other, the last first. Each add() fails as FrameWriter's does.
class Assembly {
 public:
  /// `padding`: bytes at the end of the payload that belong to no datagram.
  Assembly(MutableBytes to, std::size_t padding, bool is_part) noexcept
      : writer_{to}, padding_{padding}, is_part_{is_part} {}

  [[nodiscard]] Written payload(Bytes bytes) noexcept { return writer_.add(bytes); }

  [[nodiscard]] Written add(const protocol::ethernet& header) noexcept {
    return writer_.add(wire::EthernetFields{
        .destination = header.destination, .source = header.source, .type_or_length = header.type});
  }
  [[nodiscard]] Written add(const protocol::arp& header) noexcept {
    return writer_.add(wire::ArpFields{.hardware_type = header.hardwareformat,
                                       .protocol_type = header.protocol,
                                       .hardware_length = header.hardwarelength,
                                       .protocol_length = header.protocollength,
                                       .operation = header.operation,
                                       .sender_hardware = header.sourcehardware.octets,
                                       .sender_protocol = header.sourceprotocol.octets,
                                       .target_hardware = header.targethardware.octets,
                                       .target_protocol = header.targetprotocol.octets});
  }
  [[nodiscard]] Written add(const protocol::ip& header) noexcept {
    const auto stated = whole(length_of(header));
    if (!stated) return std::unexpected{wire::WriteError::too_long};
    return writer_.add(
        wire::Ipv4Fields{.version = header.version,
                         .type_of_service = header.typeofservice,
                         .total_length = stated,
                         .identification = header.id,
                         .reserved_flag = (header.offset & 0x8000) != 0,
                         .dont_fragment = (header.offset & 0x4000) != 0,
                         .more_fragments = (header.offset & 0x2000) != 0,
                         .fragment_offset = static_cast<std::uint16_t>(header.offset << 3),
                         .ttl = header.timetolive,
                         .protocol = header.protocol,
                         .source = header.source,
                         .destination = header.destination,
                         .options = options_of(header)});
  }
  [[nodiscard]] Written add(const protocol::tcp& header) noexcept {
    const auto captured = wire::TcpView::parse(header.packet());
    const int reserved = captured ? captured->reserved() >> 1 : 0;
    return writer_.add(wire::TcpFields{.source_port = header.sourceport,
                                       .destination_port = header.destinationport,
                                       .sequence_number = header.sequence,
                                       .acknowledgment_number = header.acknowledge,
                                       .reserved = static_cast<std::uint8_t>(reserved),
                                       .flags = header.flags,
                                       .window = header.window,
                                       .checksum = checksum_of(header),
                                       .urgent_pointer = header.urgent,
                                       .options = options_of(header)});
  }
  [[nodiscard]] Written add(const protocol::udp& header) noexcept {
    const auto stated = is_part_ ? header.length : whole(length_of(header));
    if (!stated) return std::unexpected{wire::WriteError::too_long};
    return writer_.add(wire::UdpFields{.source_port = header.sourceport,
                                       .destination_port = header.destinationport,
                                       .length = stated,
                                       .checksum = checksum_of(header)});
  }
  [[nodiscard]] Written add(const protocol::icmp& header, std::uint32_t second) noexcept {
    return writer_.add(wire::IcmpFields{.type = static_cast<wire::IcmpType>(header.type),
                                        .code = header.code,
                                        .checksum = checksum_of(header),
                                        .rest_of_header = second});
  }
  template <std::derived_from<protocol::icmp> Message>
  [[nodiscard]] Written add(const Message& header) noexcept {
    if constexpr (std::is_base_of_v<protocol::icmp_times, Message>) {
      std::array<std::uint8_t, 12> times{};
      store_be(times.data(), header.originatetime);
      store_be(times.data() + 4, header.receivetime);
      store_be(times.data() + 8, header.transmittime);
      if (const Written written = writer_.add(Bytes{times}); !written) return written;
    }
    return add(header, second_word(header));
  }

 private:
  /// Of a header of that length and what it covers; none beyond 16 bits.
  [[nodiscard]] std::optional<std::uint16_t> whole(std::size_t header_length) const noexcept {
    const std::size_t length = header_length + writer_.frame().size() - padding_;
    if (length > 0xffff) return std::nullopt;
    return static_cast<std::uint16_t>(length);
  }
  [[nodiscard]] std::optional<std::uint16_t> checksum_of(
      const protocol::udp& header) const noexcept {
    if (is_part_ || has_no_sum(header)) return header.checksum;
    return std::nullopt;
  }
  template <class Header>
  [[nodiscard]] std::optional<std::uint16_t> checksum_of(const Header& header) const noexcept {
    if (is_part_) return header.checksum;
    return std::nullopt;
  }

  FrameWriter writer_;
  std::size_t padding_;
  bool is_part_;
};

/// The numbers that their members hold and the wire does not.
void refuse_values(const any_header& header) {
  const auto refuse_beyond = [&](const char* name, unsigned value, unsigned most) {
    if (value <= most) return;
    refuse(std::string{name} + " of " + to_string(header) + " is from 0 to " +
           std::to_string(most) + ", not " + std::to_string(value));
  };
  if (const auto* const ip = std::get_if<protocol::ip>(&header)) {
    refuse_beyond("version", ip->version, 15);
  } else if (const auto* const tcp = std::get_if<protocol::tcp>(&header)) {
    refuse_beyond("flags", tcp->flags, 0x1ff);
  }
}

}  // namespace

Frame::Frame(std::span<const any_header> headers, Bytes payload)
    : headers_{headers}, payload_{payload} {
  if (headers.empty()) refuse("unknown packet type: there is no header");
  for (std::size_t i = 0; i < headers.size(); ++i) check_order(i);
  // The first of them are the second word of such a message.
  const bool has_word = is<protocol::icmp>(headers.back());
  if (has_word) payload_ = payload.subspan(std::min<std::size_t>(4, payload.size()));
  if (has_word) {
    for (std::size_t i = 0; i < 4; ++i) {
      word_ = word_ << 8 | (i < payload.size() ? payload[i] : 0U);
    }
  }
  length_ = payload_.size();
  for (const any_header& header : headers) {
    length_ += std::visit([](const auto& one) { return length_of(one); }, header);
  }
  padding_ = found_padding();
  const bool takes_payload = is_transport(headers.back());
  if (!takes_payload && padding_ != payload.size()) {
    refuse("unknown packet type: bytes follow TCP, UDP or ICMP, nothing else");
  }
}

/// From lowest to highest.
void Frame::check_order(std::size_t index) const {
  const any_header& header = headers_[index];
  const bool is_last = index + 1 == headers_.size();
  const bool follows_ip = index > 0 && is<protocol::ip>(headers_[index - 1]);
  const bool follows_link = index == 0 || is<protocol::ethernet>(headers_[index - 1]);
  bool fits = false;
  if (is<protocol::ethernet>(header)) {
    fits = index == 0 && !is_last;
  } else if (is<protocol::arp>(header)) {
    fits = follows_link && is_last;
  } else if (is<protocol::ip>(header)) {
    fits = follows_link || follows_ip;
  } else {
    fits = follows_ip && is_last;
  }
  if (is_last && is<protocol::ethernet>(header) &&
      std::get<protocol::ethernet>(header).type == wire::ether_type::ipv6) {
    refuse("unknown packet type: pycap has no header for IPv6, of which nothing is injected");
  }
  if (const auto* const segment = std::get_if<protocol::tcp>(&header)) check_options(*segment);
  if (!fits) {
    refuse("unknown packet type: no packet has " + to_string(header) + " as its header " +
           std::to_string(index + 1) + " of " + std::to_string(headers_.size()));
  }
}

std::size_t Frame::found_padding() const noexcept {
  if (length_ > padded_length) return 0;
  std::size_t behind = payload_.size();
  if (is_transport(headers_.back())) {
    const auto datagram = std::ranges::find_if(headers_, is<protocol::ip>);
    std::size_t covered = 0;
    for (auto at = datagram; at != headers_.end(); ++at) {
      covered += std::visit([](const auto& one) { return length_of(one); }, *at);
    }
    const std::size_t stated = std::get<protocol::ip>(*datagram).length;
    if (stated < covered || stated >= covered + behind) return 0;
    behind = covered + behind - stated;
  }
  const auto is_zero = [](std::uint8_t octet) { return octet == 0; };
  return std::ranges::all_of(payload_.last(behind), is_zero) ? behind : 0;
}

void Frame::write(MutableBytes to) const {
  const bool is_part = headers_.size() > 1 && is<protocol::ip>(headers_[headers_.size() - 2]) &&
                       is_fragment(std::get<protocol::ip>(headers_[headers_.size() - 2]));
  Assembly assembly{to, padding_, is_part};
  Written written = assembly.payload(payload_);
  for (std::size_t i = headers_.size(); written && i > 0; --i) {
    written = std::visit(
        [&](const auto& one) {
          if constexpr (std::is_same_v<std::remove_cvref_t<decltype(one)>, protocol::icmp>) {
            return assembly.add(one, word_);
          } else {
            return assembly.add(one);
          }
        },
        headers_[i - 1]);
  }
  if (written) return;
  if (written.error() == wire::WriteError::too_long) {
    refuse("the packet is longer than its headers can tell: 65535 bytes");
  }
  for (const any_header& header : headers_) refuse_values(header);
  refuse("a value does not fit its field");
}

std::vector<std::uint8_t> frame_of(std::span<const any_header> headers, Bytes payload) {
  const Frame frame{headers, payload};
  std::vector<std::uint8_t> octets(frame.length());
  frame.write(octets);
  return octets;
}

}  // namespace weir::compat::pycap::inject
