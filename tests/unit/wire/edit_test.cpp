// Editor: single fields of decoded packets, what they must not be, and the checksums' special
// cases.
#include "weir/wire/edit.h"

#include <gtest/gtest.h>

#include "edit_samples.h"
#include "support/allocations.h"
#include "support/hex.h"
#include "weir/wire/sctp.h"
#include "wire/crc32.h"

namespace weir::wire {
namespace {

using namespace samples;  // NOLINT(google-build-using-namespace): frames by their headers' names

const Ipv4Address other_v4{{203, 0, 113, 77}};
const Ipv6Address other_v6{{0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x12, 0x34}};

template <class V>
V view_of(const Editor& editor, std::size_t index) {
  return *view<V>(editor.packet(), editor.layers(), editor.layers()[index]);
}

TEST(edit, every_field_reads_as_it_was_set) {
  Frame frame = frame_of(ethernet, VlanFields{.identifier = 7}, ipv4, tcp, text);
  Editor editor{frame, packet_of(frame)};
  EXPECT_TRUE(editor.set_mac_source({{2, 9, 9, 9, 9, 1}}));
  EXPECT_TRUE(editor.set_mac_destination({{2, 9, 9, 9, 9, 2}}));
  EXPECT_TRUE(editor.set_vlan_identifier(4095));
  EXPECT_TRUE(editor.set_vlan_priority(5));
  EXPECT_TRUE(editor.set_vlan_drop_eligible(true));
  EXPECT_TRUE(editor.set_source(other_v4));
  EXPECT_TRUE(editor.set_destination(Ipv4Address{{8, 8, 4, 4}}));
  EXPECT_TRUE(editor.set_ttl(1));
  EXPECT_TRUE(editor.set_dscp(46));
  EXPECT_TRUE(editor.set_ecn(3));
  EXPECT_TRUE(editor.set_dont_fragment(true));
  EXPECT_TRUE(editor.set_identification(0xffff));
  EXPECT_TRUE(editor.set_source_port(1));
  EXPECT_TRUE(editor.set_destination_port(65535));
  EXPECT_TRUE(editor.set_sequence_number(0xfffffffe));
  EXPECT_TRUE(editor.set_acknowledgment_number(0x01020304));
  EXPECT_TRUE(editor.set_flags(tcp_flags::syn | tcp_flags::ae));
  EXPECT_TRUE(editor.set_window(17));

  const auto mac = view_of<EthernetView>(editor, 0);
  EXPECT_EQ(mac.source(), (MacAddress{{2, 9, 9, 9, 9, 1}}));
  EXPECT_EQ(mac.destination(), (MacAddress{{2, 9, 9, 9, 9, 2}}));
  const auto tag = view_of<VlanView>(editor, 1);
  EXPECT_EQ(tag.identifier(), 4095);
  EXPECT_EQ(tag.priority(), 5);
  EXPECT_TRUE(tag.drop_eligible());
  const auto ip = view_of<Ipv4View>(editor, 2);
  EXPECT_EQ(ip.source(), other_v4);
  EXPECT_EQ(ip.destination(), (Ipv4Address{{8, 8, 4, 4}}));
  EXPECT_EQ(ip.ttl(), 1);
  EXPECT_EQ(ip.dscp(), 46);
  EXPECT_EQ(ip.ecn(), 3);
  EXPECT_TRUE(ip.dont_fragment());
  EXPECT_EQ(ip.identification(), 0xffff);
  const auto segment = view_of<TcpView>(editor, 3);
  EXPECT_EQ(segment.source_port(), 1);
  EXPECT_EQ(segment.destination_port(), 65535);
  EXPECT_EQ(segment.sequence_number(), 0xfffffffe);
  EXPECT_EQ(segment.acknowledgment_number(), 0x01020304U);
  EXPECT_EQ(segment.flags(), tcp_flags::syn | tcp_flags::ae);
  EXPECT_EQ(segment.header_length(), 20U);
  EXPECT_EQ(segment.window(), 17);
  EXPECT_EQ(bad_checksum(editor.packet()), "");
}

TEST(edit, sets_the_fields_of_ipv6) {
  Frame frame = frame_of(ethernet, ipv6, udp, text);
  Editor editor{frame, packet_of(frame)};
  EXPECT_TRUE(editor.set_source(other_v6));
  EXPECT_TRUE(editor.set_ttl(255));
  EXPECT_TRUE(editor.set_dscp(63));
  EXPECT_TRUE(editor.set_ecn(1));
  EXPECT_TRUE(editor.set_flow_label(0xabcde));
  const auto ip = view_of<Ipv6View>(editor, 1);
  EXPECT_EQ(ip.version(), 6);
  EXPECT_EQ(ip.source(), other_v6);
  EXPECT_EQ(ip.hop_limit(), 255);
  EXPECT_EQ(ip.traffic_class(), 0xfd);
  EXPECT_EQ(ip.flow_label(), 0xabcdeU);
  EXPECT_EQ(bad_checksum(editor.packet()), "");
}

TEST(edit, refuses_what_does_not_fit_and_changes_nothing) {
  Frame frame = frame_of(ethernet, VlanFields{}, ipv4, tcp, text);
  const Frame before = frame;
  Editor editor{frame, packet_of(frame)};
  EXPECT_EQ(editor.set_vlan_identifier(4096).error(), EditError::bad_value);
  EXPECT_EQ(editor.set_vlan_priority(8).error(), EditError::bad_value);
  EXPECT_EQ(editor.set_dscp(64).error(), EditError::bad_value);
  EXPECT_EQ(editor.set_ecn(4).error(), EditError::bad_value);
  EXPECT_EQ(editor.set_flags(0x200).error(), EditError::bad_value);
  EXPECT_EQ(editor.set_flow_label(0x100000).error(), EditError::bad_value);
  EXPECT_EQ(editor.set_source(other_v6).error(), EditError::bad_value);
  EXPECT_EQ(editor.set_destination(IpAddress{}).error(), EditError::bad_value);
  EXPECT_EQ(editor.set_flow_label(1).error(), EditError::no_such_header);
  EXPECT_EQ(editor.set_ttl(1, at_layer(0)).error(), EditError::no_such_header);
  EXPECT_EQ(editor.set_ttl(1, at_layer(31)).error(), EditError::no_such_header);
  EXPECT_EQ(editor.push_mpls({.label = 0x100000}).error(), EditError::bad_value);
  EXPECT_EQ(editor.push_vlan({.priority = 8}).error(), EditError::bad_value);
  EXPECT_EQ(editor.push_vlan({}).error(), EditError::no_room);
  EXPECT_EQ(editor.resize_payload(6).error(), EditError::no_room);
  EXPECT_EQ(editor.pop_outer().error(), EditError::no_such_header);
  EXPECT_EQ(editor.pop_mpls().error(), EditError::no_such_header);
  EXPECT_EQ(frame, before);
}

TEST(edit, says_why_a_header_is_not_there) {
  Ipv4Fields fragment = ipv4;
  fragment.fragment_offset = 8;
  fragment.protocol = ip_protocol::tcp;
  Frame later = frame_of(ethernet, fragment, text);
  EXPECT_EQ((Editor{later, packet_of(later)}.set_source_port(1).error()), EditError::fragment);

  Ipv4Fields secret = ipv4;
  secret.protocol = ip_protocol::esp;
  Frame encrypted = frame_of(ethernet, secret, std::array<std::uint8_t, 16>{});
  EXPECT_EQ((Editor{encrypted, packet_of(encrypted)}.set_source_port(1).error()),
            EditError::encrypted);

  Frame whole = frame_of(ethernet, ipv4, tcp, text);
  Packet snapped = packet_of(Bytes{whole}.first(34));
  snapped.wire_length = static_cast<std::uint32_t>(whole.size());
  Editor cut{MutableBytes{whole}.first(34), snapped};
  EXPECT_EQ(cut.set_source_port(1).error(), EditError::not_captured);
}

TEST(edit, names_its_errors) {
  EXPECT_STREQ(name(EditError::no_such_header), "no_such_header");
  EXPECT_STREQ(name(EditError::authenticated), "authenticated");
  EXPECT_STREQ(name(EditError::offloaded), "offloaded");
  EXPECT_STREQ(name(EditError::nesting_limit), "nesting_limit");
}

TEST(edit, layers_of_more_bytes_than_there_are_are_found_again) {
  const Frame whole = frame_of(ethernet, ipv4, tcp, text);
  const Packet packet = packet_of(whole);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    // A block of exactly that size, which nothing may be written behind.
    Frame cut{whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)};
    cut.shrink_to_fit();
    Editor editor{cut, packet, decode(packet)};
    EXPECT_EQ(editor.packet().wire_length, whole.size());
    EXPECT_EQ(editor.set_ttl(3).has_value(), size >= 34) << size;
    EXPECT_EQ(editor.set_source_port(3).has_value(), size >= 36) << size;
    EXPECT_EQ(editor.layers().size(), decode(editor.packet()).size());
  }
}

TEST(edit, knows_the_decoders_after_every_change) {
  const auto decoders = Decoders::parse("udp.port==5555,vxlan");
  const UdpFields tunnel{.source_port = 50'001, .destination_port = 5555};
  const Frame frame = frame_of(ethernet, ipv4, tunnel, VxlanFields{}, ethernet, ipv4, tcp, text);
  for (const bool layers_given : {false, true}) {
    std::vector<std::uint8_t> room(512);
    std::copy(frame.begin(), frame.end(), room.begin() + 64);
    const Packet packet = packet_of(frame);
    Editor editor = layers_given ? Editor{room, 64, packet, decode(packet, decoders), decoders}
                                 : Editor{room, 64, packet, decoders};
    EXPECT_TRUE(editor.set_window(1));
    ASSERT_TRUE(editor.push_vlan({.identifier = 3}));
    EXPECT_TRUE(editor.set_window(2));
    ASSERT_TRUE(editor.resize_payload(9));
    EXPECT_TRUE(editor.set_source(other_v4, Which::inner));
    ASSERT_TRUE(editor.pop_outer());
    EXPECT_EQ(protocols_of(editor.packet()), "eth ip tcp");
    EXPECT_EQ(view_of<TcpView>(editor, 2).window(), 2);
    EXPECT_EQ(bad_checksum(editor.packet()), "");
  }
}

TEST(edit, a_missing_udp_checksum_stays_missing) {
  UdpFields without = udp;
  without.checksum = 0;
  Frame frame = frame_of(ethernet, ipv4, without, text);
  Editor editor{frame, packet_of(frame)};
  EXPECT_TRUE(editor.set_source(other_v4));
  EXPECT_TRUE(editor.set_source_port(99));
  EXPECT_EQ(view_of<UdpView>(editor, 2).checksum(), 0);
}

TEST(edit, a_udp_sum_of_zero_is_written_as_ones) {
  Frame frame = frame_of(ethernet, ipv4, udp, text);
  Editor editor{frame, packet_of(frame)};
  // Adding the checksum to a word of what it covers makes the new one 0.
  const std::uint32_t sum = 50'000U + view_of<UdpView>(editor, 2).checksum();
  EXPECT_TRUE(editor.set_source_port(static_cast<std::uint16_t>((sum & 0xffff) + (sum >> 16))));
  EXPECT_EQ(view_of<UdpView>(editor, 2).checksum(), 0xffff);
  EXPECT_EQ(bad_checksum(editor.packet()), "");
}

TEST(edit, an_offloaded_checksum_follows_addresses_alone) {
  Frame frame = frame_of(ethernet, ipv4, tcp, text);
  const auto field = [&] { return load_be<std::uint16_t>(frame.data() + 14 + 20 + 16); };
  const std::size_t length = 20 + text.size();
  store_be(frame.data() + 14 + 20 + 16, ipv4.pseudo_header(ip_protocol::tcp, length).folded());
  Packet packet = packet_of(frame);
  packet.flags = PacketFlags::checksum_not_ready;
  Editor editor{frame, packet};
  const std::uint16_t before = field();
  EXPECT_TRUE(editor.set_source_port(1));
  EXPECT_TRUE(editor.set_window(2));
  EXPECT_EQ(field(), before);
  EXPECT_TRUE(editor.set_destination(other_v4));
  EXPECT_EQ(field(), pseudo_header_sum(ipv4.source, other_v4, ip_protocol::tcp, length).folded());
  EXPECT_TRUE(editor.complete_checksums());
  EXPECT_FALSE(has(editor.packet().flags, PacketFlags::checksum_not_ready));
  EXPECT_EQ(bad_checksum(editor.packet()), "");
}

TEST(edit, an_offloaded_checksum_that_was_cut_off_is_not_filled_in) {
  const Frame whole = frame_of(ethernet, ipv4, udp, text);
  Frame cut{whole.begin(), whole.begin() + 14 + 20 + 6};
  Packet packet = packet_of(cut);
  packet.flags = PacketFlags::checksum_not_ready;
  Editor editor{cut, packet};
  EXPECT_TRUE(editor.set_source(other_v4));
  EXPECT_TRUE(editor.complete_checksums());
  EXPECT_TRUE(std::equal(cut.begin() + 34, cut.end(), whole.begin() + 34));
}

TEST(edit, an_offloaded_checksum_needs_all_that_it_covers) {
  Frame frame = frame_of(ethernet, ipv4, udp, text);
  const Frame before = frame;
  Packet packet = packet_of(Bytes{frame}.first(frame.size() - 1));
  packet.wire_length = static_cast<std::uint32_t>(frame.size());
  packet.flags = PacketFlags::checksum_not_ready;
  Editor editor{frame, packet};
  EXPECT_EQ(editor.complete_checksums().error(), EditError::not_captured);
  EXPECT_TRUE(has(editor.packet().flags, PacketFlags::checksum_not_ready));
  EXPECT_EQ(frame, before);
}

TEST(edit, an_offloaded_checksum_of_a_length_too_short_covers_the_datagram) {
  Frame frame = frame_of(ethernet, ipv4, udp, text);
  std::uint8_t* const header = frame.data() + 14 + 20;
  store_be(header + 4, std::uint16_t{3});  // less than a UDP header
  Packet packet = packet_of(frame);
  packet.flags = PacketFlags::checksum_not_ready;
  Editor editor{frame, packet};
  EXPECT_TRUE(editor.complete_checksums());
  const Bytes message = Bytes{frame}.subspan(14 + 20);
  const WordSum pseudo = ipv4.pseudo_header(ip_protocol::udp, message.size());
  EXPECT_EQ((word_sum(message) + pseudo).folded(), 0xffff);
}

/// As Linux does it (lco_csum): the tunnel's checksum is right once the inner one is filled in.
TEST(edit, the_checksum_of_a_tunnel_waits_for_the_offloaded_one_within) {
  Frame frame = frame_of(ethernet, ipv6, UdpFields{}, VxlanFields{.identifier = 1}, ethernet, ipv4,
                         tcp, text);
  const std::size_t inner = 14 + 40 + 8 + 8 + 14;
  store_be(frame.data() + inner + 20 + 16,
           ipv4.pseudo_header(ip_protocol::tcp, 20 + text.size()).folded());
  Packet packet = packet_of(frame);
  packet.flags = PacketFlags::checksum_not_ready;
  Editor editor{frame, packet};
  EXPECT_TRUE(editor.set_source(other_v4, Which::inner));
  EXPECT_TRUE(editor.set_window(77));
  EXPECT_TRUE(editor.set_source(other_v6, Which::outer));
  EXPECT_TRUE(editor.complete_checksums());
  EXPECT_EQ(bad_checksum(editor.packet()), "");
}

/// Unlike the others: the tunnel's checksum is right for the bytes as they lie.
TEST(edit, the_checksum_of_a_tunnel_follows_sctp_filled_in) {
  const SctpFields sctp{.source_port = 4000, .destination_port = 4001, .checksum = 0};
  Frame frame = frame_of(ethernet, ipv4, UdpFields{}, VxlanFields{}, ethernet, ipv4, sctp,
                         std::array<std::uint8_t, 4>{1, 2, 3, 4});
  Packet packet = packet_of(frame);
  EXPECT_EQ(bad_checksum(packet), "sctp bad");
  packet.flags = PacketFlags::checksum_not_ready;
  Editor editor{frame, packet};
  EXPECT_TRUE(editor.complete_checksums());
  EXPECT_EQ(bad_checksum(editor.packet()), "");
}

TEST(edit, segments_yet_to_be_cut_keep_their_lengths) {
  Ipv4Fields left = ipv4;
  left.total_length = 0;
  Frame frame = frame_of(ethernet, left, tcp, text);
  Packet packet = packet_of(frame);
  packet.flags = PacketFlags::checksum_not_ready | PacketFlags::several_segments;
  Editor editor{frame, packet};
  EXPECT_TRUE(editor.set_ttl(3));
  EXPECT_TRUE(editor.set_source(other_v4));
  EXPECT_EQ(view_of<Ipv4View>(editor, 1).total_length(), 0);
  EXPECT_EQ(editor.complete_checksums().error(), EditError::offloaded);
}

TEST(edit, all_fragments_changed_alike_keep_the_whole_right) {
  // The first fragment has the checksum, which covers the second.
  Frame datagram = frame_of(ipv4, udp, std::array<std::uint8_t, 24>{1, 2, 3});
  Ipv4Fields first = ipv4;
  first.protocol = ip_protocol::udp;
  first.more_fragments = true;
  Ipv4Fields second = ipv4;
  second.protocol = ip_protocol::udp;
  second.fragment_offset = 16;
  Frame one = frame_of(ethernet, first, Bytes{datagram}.subspan(20, 16));
  Frame two = frame_of(ethernet, second, Bytes{datagram}.subspan(36));
  for (Frame* fragment : {&one, &two}) {
    Editor editor{*fragment, packet_of(*fragment)};
    EXPECT_TRUE(editor.set_source(other_v4));
    EXPECT_EQ(bad_checksum(editor.packet()).find(" bad"), std::string::npos);
  }
  Ipv4Fields changed = ipv4;
  changed.source = other_v4;
  Frame again = frame_of(changed, udp, std::array<std::uint8_t, 24>{1, 2, 3});
  EXPECT_EQ(load_be<std::uint16_t>(one.data() + 34 + 6),
            load_be<std::uint16_t>(again.data() + 20 + 6));
}

TEST(edit, lowers_a_maximum_segment_size_wherever_it_stands) {
  constexpr std::uint8_t even[] = {2, 4, 0x05, 0xb4};
  constexpr std::uint8_t odd[] = {1, 2, 4, 0x05, 0xb4, 1, 1, 0};
  for (const Bytes options : {Bytes{even}, Bytes{odd}}) {
    TcpFields syn = tcp;
    syn.flags = tcp_flags::syn;
    syn.options = options;
    Frame frame = frame_of(ethernet, ipv4, syn, text);
    const Frame before = frame;
    Editor editor{frame, packet_of(frame)};
    EXPECT_TRUE(editor.clamp_mss(1460));
    EXPECT_EQ(frame, before);
    EXPECT_TRUE(editor.clamp_mss(1200));
    std::uint16_t size = 0;
    for (const TcpOption& option : view_of<TcpView>(editor, 2).options()) {
      size = option.maximum_segment_size().value_or(size);
    }
    EXPECT_EQ(size, 1200);
    EXPECT_EQ(bad_checksum(editor.packet()), "");
  }
}

TEST(edit, computes_the_checksum_of_sctp) {
  Ipv4Fields ip = ipv4;
  ip.protocol = ip_protocol::sctp;
  auto packet = weir::test::hex("00 01 00 02 00 00 00 03 00 00 00 00 0b 00 00 04");
  Crc32c crc;
  crc.add(packet);
  for (const std::uint32_t wrong : {0U, 0x80000001U}) {
    store_le(packet.data() + 8, crc.value() ^ wrong);
    Frame frame = frame_of(ethernet, ip, packet);
    Editor editor{frame, packet_of(frame)};
    EXPECT_TRUE(editor.set_source_port(0x1234));
    EXPECT_TRUE(editor.set_source(other_v4));
    EXPECT_EQ(bad_checksum(editor.packet()), wrong == 0 ? "" : "sctp bad");
    std::uint8_t* const field = frame.data() + 14 + 20 + 8;
    store_le(field, load_le<std::uint32_t>(field) ^ wrong);
    EXPECT_EQ(bad_checksum(editor.packet()), "");
  }
}

TEST(edit, refuses_what_an_authentication_header_covers) {
  // RFC 4302: next header, length, reserved, SPI, sequence number, 12 bytes of check value.
  std::array<std::uint8_t, 24> header{ip_protocol::tcp, 4, 0, 0, 0, 0, 0, 1};
  Ipv4Fields ip = ipv4;
  ip.protocol = ip_protocol::ah;
  Frame frame = frame_of(ethernet, ip, header, tcp, text);
  Editor editor{frame, packet_of(frame)};
  EXPECT_EQ(editor.set_source(other_v4).error(), EditError::authenticated);
  EXPECT_EQ(editor.set_identification(1).error(), EditError::authenticated);
  EXPECT_EQ(editor.set_source_port(1).error(), EditError::authenticated);
  EXPECT_EQ(editor.resize_payload(1).error(), EditError::authenticated);
  EXPECT_TRUE(editor.set_ttl(9));
  EXPECT_TRUE(editor.set_mac_source({{2, 1, 1, 1, 1, 1}}));
}

/// RFC 6275 11.3.1: the home address stands in the pseudo-header, not the source.
TEST(edit, a_home_address_stands_in_for_the_source) {
  std::array<std::uint8_t, 22> body{1, 2, 0, 0, 0xc9, 16};  // PadN, then the option
  body[6] = 0x20;
  body[21] = 0x33;
  const Ipv6ExtensionFields options{.protocol = ip_protocol::ipv6_destination, .body = body};
  Ipv6Fields home = ipv6;
  home.source = Ipv6Address::load(body.data() + 6);
  UdpFields sealed = udp;
  sealed.pseudo_header =
      home.pseudo_header(ip_protocol::udp, UdpView::min_header_length + text.size());
  Frame frame = frame_of(ethernet, ipv6, options, sealed, text);
  ASSERT_EQ(bad_checksum(packet_of(frame)), "");
  const std::size_t field = frame.size() - text.size() - 2;
  const auto before = load_be<std::uint16_t>(frame.data() + field);
  Editor editor{frame, packet_of(frame)};
  EXPECT_TRUE(editor.set_source(other_v6));
  EXPECT_EQ(load_be<std::uint16_t>(frame.data() + field), before);
  EXPECT_EQ(bad_checksum(editor.packet()), "");
  EXPECT_TRUE(editor.set_destination(other_v6));
  EXPECT_NE(load_be<std::uint16_t>(frame.data() + field), before);
  EXPECT_EQ(bad_checksum(editor.packet()), "");
}

/// Four bytes, then IPv4.
std::optional<DecodedHeader> read_own(Bytes rest, std::size_t /*wire_rest*/,
                                      void* /*context*/) noexcept {
  if (rest.size() < 4 || rest[0] != 0x77) return std::nullopt;
  return DecodedHeader{.header_length = 4, .next = NextHeader{Protocol::ipv4}};
}

TEST(edit, changes_what_is_within_a_header_of_the_users_own) {
  Decoders decoders;
  decoders.add({.name = "own", .decode = read_own, .udp_ports = {7777}});
  const std::array<std::uint8_t, 4> own{0x77};
  Frame frame = frame_of(ethernet, ipv4, udp, own, ipv4, tcp, text);
  Ipv4Fields changed = ipv4;
  changed.source = other_v4;
  const Frame wanted = frame_of(ethernet, ipv4, udp, own, changed, tcp, text);
  Editor editor{frame, packet_of(frame), decoders};
  EXPECT_TRUE(editor.set_source(other_v4, Which::inner));
  EXPECT_EQ(frame, wanted);
}

TEST(edit, allocates_nothing) {
  std::array<std::uint8_t, 512> room{};
  const Frame frame = frame_of(ethernet, ipv4, tcp, text);
  std::copy(frame.begin(), frame.end(), room.begin() + 128);
  AddressMap map;
  EXPECT_TRUE(map.add(Ipv4Address{{192, 0, 2, 0}}, Ipv4Address{{10, 0, 0, 0}}, 24));
  const std::size_t before = weir::test::allocation_count();
  Editor editor{room, 128, packet_of(frame)};
  EXPECT_TRUE(editor.set_source(other_v4));
  EXPECT_TRUE(editor.map_addresses(map));
  EXPECT_TRUE(editor.push_vlan({}));
  EXPECT_TRUE(editor.push(ethernet, ipv4, UdpFields{}, VxlanFields{}));
  EXPECT_TRUE(editor.resize_payload(100));
  EXPECT_TRUE(editor.pop_outer());
  EXPECT_EQ(weir::test::allocation_count(), before);
}

}  // namespace
}  // namespace weir::wire
