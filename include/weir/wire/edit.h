// Changes a decoded packet where it lies: addresses, ports and other fields, headers put in and
// taken out, payloads of another size; lengths and checksums follow.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>

#include "weir/address.h"
#include "weir/api.h"
#include "weir/bytes.h"
#include "weir/packet.h"
#include "weir/wire/address_map.h"
#include "weir/wire/any_fields.h"
#include "weir/wire/decoders.h"
#include "weir/wire/ethernet.h"
#include "weir/wire/fields.h"
#include "weir/wire/ipv4.h"
#include "weir/wire/ipv6.h"
#include "weir/wire/layers.h"
#include "weir/wire/mpls.h"
#include "weir/wire/vlan.h"

namespace weir::wire {

/// Why a packet was not changed. Nothing of it has changed then.
enum class EditError : std::uint8_t {
  no_such_header,  ///< the packet has no header with that field
  not_captured,    ///< the header, or what its checksum covers, was cut off by the capture
  no_room,         ///< not enough room in front of the packet, or behind it
  bad_value,       ///< a value that does not fit its field, or a length beyond what a header tells
  fragment,        ///< the header is in another fragment, or the change needs all of them
  encrypted,       ///< the header cannot be read without a key
  authenticated,   ///< AH or MACsec cover it: only who has the key can change it
  offloaded,       ///< segments whose checksums the adapter has yet to fill in
  nesting_limit,   ///< more headers, or errors about errors, than are looked through
};

/// "no_such_header", "not_captured", ...
[[nodiscard]] WEIR_API const char* name(EditError error) noexcept;

/// Done, or why not.
using Edited = std::expected<void, EditError>;

/// Which of a packet's headers that have the field: the outermost, the innermost, or the one that
/// stands at an index of layers(), as at_layer() says.
enum class Which : std::uint8_t { outer = 0xff, inner = 0xfe };

/// Precondition: index < Layers::max_layers.
[[nodiscard]] constexpr Which at_layer(std::size_t index) noexcept {
  return static_cast<Which>(index);
}

/// One packet being changed. Allocates nothing; one thread at a time.
///
/// Checksums are updated by what changed (RFC 1624), not computed anew: all that cover the change,
/// inside and outside of tunnels. One that was right stays right, one that was wrong stays exactly
/// as wrong, and a packet need not be whole. A UDP checksum of 0 stays 0. An offloaded one
/// (PacketFlags::checksum_not_ready), which holds the sum of the pseudo-header, follows addresses
/// and lengths alone; in a tunnel those are offloaded that hold it. A checksum that was not
/// captured, or that is in another fragment, is not there to be updated: the same change to every
/// fragment keeps the whole right, as that of IP addresses does in Linux (act_nat).
///
/// A frame check sequence behind the frame is left as it is; headers put in or taken out and
/// payloads of another size drop it.
/// Digests within a header (TCP-AO, TCP MD5) are left as they are.
class Editor {
 public:
  /// Changes the packet whose bytes are at the beginning of `bytes`, which may go on behind it as
  /// room to grow.
  /// `decoders`: what decode() is to know besides, now and after each change.
  Editor(MutableBytes bytes, const Packet& packet, Decoders decoders = {}) noexcept
      : Editor{bytes, 0, packet, std::move(decoders)} {}
  /// The same with the layers that decode(packet, decoders) has found already; where there are
  /// fewer bytes than `packet` has, they are found again.
  Editor(MutableBytes bytes, const Packet& packet, const Layers& layers,
         Decoders decoders = {}) noexcept
      : Editor{bytes, 0, packet, layers, std::move(decoders)} {}
  /// The packet's bytes stand `headroom` bytes into `room`: what is before and behind them may be
  /// overwritten. Borrows `room`; of `packet` all but where its data is, and how long.
  WEIR_API Editor(MutableBytes room, std::size_t headroom, const Packet& packet,
                  Decoders decoders = {}) noexcept;
  WEIR_API Editor(MutableBytes room, std::size_t headroom, const Packet& packet,
                  const Layers& layers, Decoders decoders = {}) noexcept;

  /// The packet as it is now; its bytes are in the room.
  [[nodiscard]] const Packet& packet() const noexcept { return packet_; }
  [[nodiscard]] MutableBytes bytes() const noexcept { return data_; }
  /// What decode() found in it, when the packet was given or when a header was put in or taken
  /// out last: a port that was set since does not count.
  [[nodiscard]] const Layers& layers() const noexcept { return layers_; }

  // Ethernet.

  WEIR_API Edited set_mac_source(const MacAddress& address, Which which = Which::outer) noexcept;
  WEIR_API Edited set_mac_destination(const MacAddress& address,
                                      Which which = Which::outer) noexcept;

  // VLAN tags (802.1Q, 802.1ad).

  /// At most 4,095.
  WEIR_API Edited set_vlan_identifier(std::uint16_t identifier,
                                      Which which = Which::outer) noexcept;
  /// At most 7.
  WEIR_API Edited set_vlan_priority(std::uint8_t priority, Which which = Which::outer) noexcept;
  WEIR_API Edited set_vlan_drop_eligible(bool drop_eligible, Which which = Which::outer) noexcept;

  // IP.

  /// Of the same version. The checksum of what the datagram carries follows, too; where a routing
  /// header, a source route or a home address stands in for the address there, it does not.
  WEIR_API Edited set_source(const IpAddress& address, Which which = Which::outer) noexcept;
  WEIR_API Edited set_destination(const IpAddress& address, Which which = Which::outer) noexcept;
  /// Time to live, or hop limit.
  WEIR_API Edited set_ttl(std::uint8_t ttl, Which which = Which::outer) noexcept;
  /// At most 63.
  WEIR_API Edited set_dscp(std::uint8_t dscp, Which which = Which::outer) noexcept;
  /// At most 3.
  WEIR_API Edited set_ecn(std::uint8_t ecn, Which which = Which::outer) noexcept;
  /// IPv4 only.
  WEIR_API Edited set_dont_fragment(bool dont_fragment, Which which = Which::outer) noexcept;
  /// IPv4 only.
  WEIR_API Edited set_identification(std::uint16_t identification,
                                     Which which = Which::outer) noexcept;
  /// IPv6 only; 20 bits.
  WEIR_API Edited set_flow_label(std::uint32_t flow_label, Which which = Which::outer) noexcept;

  // TCP, UDP, UDP-Lite, DCCP and SCTP, whose checksum needs all of the packet.

  WEIR_API Edited set_source_port(std::uint16_t port, Which which = Which::outer) noexcept;
  WEIR_API Edited set_destination_port(std::uint16_t port, Which which = Which::outer) noexcept;

  // TCP.

  WEIR_API Edited set_sequence_number(std::uint32_t number, Which which = Which::outer) noexcept;
  WEIR_API Edited set_acknowledgment_number(std::uint32_t number,
                                            Which which = Which::outer) noexcept;
  /// See tcp_flags; nine bits.
  WEIR_API Edited set_flags(std::uint16_t flags, Which which = Which::outer) noexcept;
  /// As it stands, not scaled.
  WEIR_API Edited set_window(std::uint16_t window, Which which = Which::outer) noexcept;
  /// Lowers the maximum segment size of a SYN to `size` bytes where it is more; segments without
  /// one stay as they are.
  WEIR_API Edited clamp_mss(std::uint16_t size, Which which = Which::outer) noexcept;

  // All addresses.

  /// Maps the addresses of all IP headers, in tunnels too, of ARP, and of the packet quoted in an
  /// ICMP error, whose checksums follow as its own does. Addresses within IP options, routing
  /// headers and payloads stay, as does what is encrypted or in another fragment; where another is
  /// there that cannot be mapped, in a quote too, nothing is: authenticated, not_captured (a header
  /// cut within its addresses), bad_value (a malformed one), nesting_limit.
  WEIR_API Edited map_addresses(const AddressMap& map) noexcept;

  // Headers. Where the first is Ethernet's; in front of the packet there must be room.

  /// Puts a tag behind the MAC addresses. The EtherType of `tag` stays what followed them.
  WEIR_API Edited push_vlan(const VlanFields& tag) noexcept;
  /// Takes out the tag behind the MAC addresses.
  WEIR_API Edited pop_vlan() noexcept;
  /// Puts a label in front of what the Ethernet header and its VLAN tags carry.
  WEIR_API Edited push_mpls(const MplsFields& label) noexcept;
  /// Takes out the outermost label. `ether_type`: what is left, if that was the last label and it
  /// is neither IPv4 nor IPv6.
  WEIR_API Edited pop_mpls(std::optional<std::uint16_t> ether_type = {}) noexcept;

  /// Takes off what stands before the outermost IP datagram, and what stands behind it. The link
  /// type becomes LinkType::ipv4 or ipv6.
  WEIR_API Edited pop_link() noexcept;
  /// Takes off the outermost tunnel: all before the Ethernet frame within, or, where the tunnel
  /// holds a datagram, the headers from the outermost IP header to that. What is in front of those
  /// stays if it ends with an EtherType (Ethernet, VLAN, SNAP, SLL); otherwise, as behind PPPoE and
  /// MPLS, the datagram alone is left, and the link type becomes LinkType::ipv4 or ipv6.
  WEIR_API Edited pop_outer() noexcept;
  /// Puts headers in front of all there is, as build() does: an Ethernet, IPv4 or IPv6 header
  /// first, which the link type becomes. Checksums left to the adapter are filled in before.
  /// Nothing is put behind: an Ethernet header's padded_to is left out, and a frame check sequence
  /// is a bad_value. no_such_header: the last one has no number for what the packet begins with,
  /// and was given none.
  template <HeaderFields First, HeaderFields... More>
  Edited push(const First& first, const More&... more) noexcept
    requires(std::is_same_v<First, EthernetFields> || std::is_same_v<First, Ipv4Fields> ||
             std::is_same_v<First, Ipv6Fields>)
  {
    const std::array<AnyFields, 1 + sizeof...(More)> headers{first, more...};
    return push(std::span<const AnyFields>{headers});
  }
  /// The same of headers that are known at run time; `bad_value` where the first is another.
  WEIR_API Edited push(std::span<const AnyFields> headers) noexcept;

  // Payload and what is left to the adapter.

  /// Makes the bytes behind the last header `size`, cut at their end or filled up with zero bytes.
  /// The lengths of all headers around them follow; one of 0 stays 0. Lengths within (TLS, DNS
  /// over TCP, SCTP chunks) are the caller's. The padding of an Ethernet frame makes way and comes
  /// back: one of at least 60 bytes stays so (IEEE 802.3 3.2.8), one yet to be padded is left so.
  WEIR_API Edited resize_payload(std::size_t size) noexcept;
  /// The same, and makes them `payload`, which must not lie in the room.
  WEIR_API Edited set_payload(Bytes payload) noexcept;
  /// Fills in the checksums that were left to the adapter, and takes the flag off. Segments that
  /// are yet to be cut (PacketFlags::several_segments) cannot have theirs.
  WEIR_API Edited complete_checksums() noexcept;

 private:
  /// What a change adds to the ones' complement sum of big-endian words, as if the packet were
  /// summed from its first byte.
  using Delta = std::uint16_t;

  [[nodiscard]] std::expected<std::size_t, EditError> find(ProtocolSet wanted, std::size_t length,
                                                           Which which) const noexcept;
  [[nodiscard]] std::expected<std::size_t, EditError> find_ip(Which which) const noexcept {
    if (which == Which::outer && layers_.outer.present()) return layers_.outer.network;
    return find_other_ip(which);
  }
  [[nodiscard]] std::expected<std::size_t, EditError> find_other_ip(Which which) const noexcept;
  [[nodiscard]] std::expected<std::size_t, EditError> find_ip(Which which,
                                                              Protocol version) const noexcept;
  [[nodiscard]] EditError reason() const noexcept;
  [[nodiscard]] bool authenticated(std::size_t index) const noexcept {
    return (layers_.protocols.contains(Protocol::ah) ||
            layers_.protocols.contains(Protocol::macsec)) &&
           behind_authentication(index);
  }
  [[nodiscard]] bool behind_authentication(std::size_t index) const noexcept;
  [[nodiscard]] bool carries_authentication(std::size_t network) const noexcept;
  [[nodiscard]] std::size_t start() const noexcept {
    return static_cast<std::size_t>(data_.data() - room_.data());
  }
  [[nodiscard]] std::size_t wire_length() const noexcept {
    return std::max<std::size_t>(packet_.wire_length, data_.size());
  }
  [[nodiscard]] std::uint8_t* at(std::size_t index, std::size_t offset) const noexcept {
    return data_.data() + layers_[index].offset + offset;
  }

  Delta put(std::size_t offset, std::uint16_t word) noexcept;
  /// An even number of them.
  Delta put_bytes(std::size_t offset, Bytes bytes) noexcept;
  void add_to(std::size_t field, Delta change) noexcept;

  [[nodiscard]] std::optional<std::size_t> checksum_field(std::size_t index) const noexcept;
  Delta pass(std::size_t index, Delta inside, Delta pseudo_header) noexcept;
  void spread(std::size_t end, Delta change) noexcept;
  [[nodiscard]] std::size_t carried_by(std::size_t network) const noexcept;
  [[nodiscard]] std::optional<std::size_t> network_of(std::size_t index) const noexcept;
  [[nodiscard]] WordSum pseudo_addresses(std::size_t network, std::size_t carried) const noexcept;
  [[nodiscard]] WordSum pseudo_header(std::size_t index) const noexcept;
  [[nodiscard]] std::size_t message_length(std::size_t index) const noexcept;
  void find_offloaded() noexcept;
  void leave_nothing_to_adapter() noexcept;
  [[nodiscard]] bool is_offloaded(std::size_t index) const noexcept {
    return (offloaded_ >> index & 1) != 0;
  }

  [[nodiscard]] std::expected<MutableBytes, EditError> whole_message(
      std::size_t index) const noexcept;
  Delta put_sctp_checksum(std::size_t index, std::uint32_t checksum) noexcept;

  Edited put_in(std::size_t index, std::size_t offset, std::uint16_t word) noexcept;
  Edited put_ip(std::size_t network, std::size_t offset, std::uint16_t word) noexcept;
  Edited set_mac(std::size_t offset, const MacAddress& address, Which which) noexcept;
  Edited set_tag(std::uint16_t mask, std::uint16_t value, Which which) noexcept;
  Edited set_address(bool source, const IpAddress& address, Which which) noexcept;
  Edited set_traffic_class(std::uint8_t mask, std::uint8_t value, Which which) noexcept;
  Edited set_port(std::size_t offset, std::uint16_t port, Which which) noexcept;
  Edited set_sctp_port(std::size_t index, std::size_t offset, std::uint16_t port) noexcept;
  Edited set_tcp_number(std::size_t offset, std::uint32_t number, Which which) noexcept;
  void put_address(std::size_t network, bool source, const IpAddress& address) noexcept;
  [[nodiscard]] IpAddress address_of(std::size_t network, bool source) const noexcept;
  [[nodiscard]] bool has_unread_address(std::size_t index) const noexcept;
  [[nodiscard]] Edited check_map(const AddressMap& map) const noexcept;
  void map_datagrams(const AddressMap& map) noexcept;
  void map_arp(const AddressMap& map) noexcept;

  struct Covered;
  [[nodiscard]] std::size_t coverage(std::size_t index) const noexcept;
  [[nodiscard]] bool covers_whole(std::size_t index) const noexcept;
  [[nodiscard]] Covered covered(std::size_t index) const noexcept;
  struct FrameEnd;
  [[nodiscard]] FrameEnd frame_end() const noexcept;
  [[nodiscard]] Edited check_lengths(std::size_t end, std::int64_t grown) const noexcept;
  [[nodiscard]] Edited check_resize(std::int64_t grown) const noexcept;
  Edited replace_payload(std::size_t size, Bytes payload) noexcept;
  void grow_length(std::size_t index, std::int64_t grown) noexcept;
  void cover(std::size_t index, const Covered& before, std::int64_t grown) noexcept;

  [[nodiscard]] std::expected<std::size_t, EditError> behind_tags() const noexcept;
  Edited open(std::size_t offset) noexcept;
  void close(std::size_t offset) noexcept;
  [[nodiscard]] HeaderNumbers numbers_of_packet() const noexcept;
  void move_start(std::size_t start) noexcept;
  void drop_behind(std::size_t end) noexcept;
  [[nodiscard]] std::size_t without_frame_check_sequence() const noexcept;
  void drop_frame_check_sequence() noexcept;
  void decode_again() noexcept;

  MutableBytes room_;
  MutableBytes data_;
  Packet packet_;
  Decoders decoders_;
  Layers layers_;
  /// A bit for each layer whose checksum is left to the adapter.
  std::uint32_t offloaded_ = 0;
};

}  // namespace weir::wire
