// Editor: headers put in and taken out, payloads of another size.
#include <gtest/gtest.h>

#include <random>

#include "edit_samples.h"
#include "weir/wire/gre.h"
#include "weir/wire/linux_sll.h"
#include "weir/wire/llc.h"
#include "weir/wire/ppp.h"
#include "weir/wire/pppoe.h"

namespace weir::wire {
namespace {

using namespace samples;  // NOLINT(google-build-using-namespace): frames by their headers' names

/// A frame in the middle of a room.
class Room {
 public:
  explicit Room(const Frame& frame)
      : bytes_{around(frame)}, editor_{bytes_, margin, packet_of(frame)} {}
  Editor& operator*() { return editor_; }
  Editor* operator->() { return &editor_; }
  [[nodiscard]] Frame frame() const {
    const Bytes bytes = editor_.packet().data;
    return {bytes.begin(), bytes.end()};
  }
  [[nodiscard]] std::string protocols() const { return protocols_of(editor_.packet()); }
  void expect_sound() const {
    EXPECT_EQ(bad_checksum(editor_.packet()), "");
    EXPECT_EQ(editor_.packet().wire_length, editor_.packet().data.size());
  }

 private:
  static constexpr std::size_t margin = 256;
  static std::vector<std::uint8_t> around(const Frame& frame) {
    std::vector<std::uint8_t> bytes(frame.size() + 2 * margin, 0xa5);
    std::copy(frame.begin(), frame.end(), bytes.begin() + margin);
    return bytes;
  }
  std::vector<std::uint8_t> bytes_;
  Editor editor_;
};

TEST(edit_headers, a_tag_put_in_and_taken_out_leaves_the_frame) {
  const Frame plain = frame_of(ethernet, ipv4, tcp, text);
  Room room{plain};
  ASSERT_TRUE(room->push_vlan({.identifier = 7}));
  ASSERT_TRUE(room->push_vlan({.tag_protocol = ether_type::provider_vlan, .priority = 3}));
  EXPECT_EQ(room.frame(),
            frame_of(ethernet, VlanFields{.tag_protocol = ether_type::provider_vlan, .priority = 3},
                     VlanFields{.identifier = 7}, ipv4, tcp, text));
  room.expect_sound();
  ASSERT_TRUE(room->pop_vlan());
  ASSERT_TRUE(room->pop_vlan());
  EXPECT_EQ(room.frame(), plain);
  EXPECT_EQ(room->pop_vlan().error(), EditError::no_such_header);
}

TEST(edit_headers, labels_stack_on_what_the_tags_carry) {
  const VlanFields tag{.identifier = 7};
  const Frame plain = frame_of(ethernet, tag, ipv6, tcp, text);
  Room room{plain};
  ASSERT_TRUE(room->push_mpls({.label = 16}));
  ASSERT_TRUE(room->push_mpls({.label = 17, .ttl = 9}));
  EXPECT_EQ(room.frame(), frame_of(ethernet, tag, MplsFields{.label = 17, .ttl = 9},
                                   MplsFields{.label = 16}, ipv6, tcp, text));
  ASSERT_TRUE(room->pop_mpls());
  EXPECT_EQ(room.frame(), frame_of(ethernet, tag, MplsFields{.label = 16}, ipv6, tcp, text));
  ASSERT_TRUE(room->pop_mpls());
  EXPECT_EQ(room.frame(), plain);
}

TEST(edit_headers, the_last_label_needs_a_name_for_what_is_left) {
  Room room{frame_of(ethernet, MplsFields{.label = 3}, std::array<std::uint8_t, 8>{0xee})};
  const Frame before = room.frame();
  EXPECT_EQ(room->pop_mpls().error(), EditError::bad_value);
  EXPECT_EQ(room.frame(), before);
  ASSERT_TRUE(room->pop_mpls(0x88b5));
  EXPECT_EQ(load_be<std::uint16_t>(room.frame().data() + 12), 0x88b5);
}

TEST(edit_headers, puts_a_tunnel_around_a_frame_and_takes_it_off) {
  const Frame plain = frame_of(ethernet, ipv4, tcp, text);
  Room room{plain};
  const UdpFields tunnel{.source_port = 50'001};
  ASSERT_TRUE(room->push(ethernet, ipv6, tunnel, VxlanFields{.identifier = 7}));
  EXPECT_EQ(room.frame(), frame_of(ethernet, ipv6, tunnel, VxlanFields{.identifier = 7}, ethernet,
                                   ipv4, tcp, text));
  room.expect_sound();
  ASSERT_TRUE(room->pop_outer());
  EXPECT_EQ(room.frame(), plain);
  EXPECT_EQ(room->pop_outer().error(), EditError::no_such_header);
}

TEST(edit_headers, a_tunnel_behind_llc_takes_its_length_with_it) {
  const GreFields gre;
  const VlanFields tag{.identifier = 7};
  Room room{frame_of(ethernet, LlcFields{}, SnapFields{}, ipv4, gre, ipv6, udp, text)};
  ASSERT_TRUE(room->pop_outer());
  EXPECT_EQ(room.frame(), frame_of(ethernet, LlcFields{}, SnapFields{}, ipv6, udp, text));
  Room tagged{frame_of(ethernet, tag, LlcFields{}, SnapFields{}, ipv4, gre, ipv6, udp, text)};
  ASSERT_TRUE(tagged->pop_outer());
  EXPECT_EQ(tagged.frame(), frame_of(ethernet, tag, LlcFields{}, SnapFields{}, ipv6, udp, text));
}

TEST(edit_headers, a_tunnel_takes_headers_with_it_that_cannot_name_what_is_left) {
  const Frame left = frame_of(ipv6, udp, text);
  for (const Frame& frame :
       {frame_of(ethernet, PppoeFields{}, PppFields{}, ipv4, GreFields{}, ipv6, udp, text),
        frame_of(ethernet, MplsFields{}, ipv4, GreFields{}, ipv6, udp, text)}) {
    Room room{frame};
    ASSERT_TRUE(room->pop_outer());
    EXPECT_EQ(room.frame(), left);
    EXPECT_EQ(room->packet().link_type, LinkType::ipv6);
  }
}

TEST(edit_headers, refuses_headers_that_cannot_name_the_packet) {
  const Frame frame = frame_of(SllFields{}, ipv4, udp, text);
  std::vector<std::uint8_t> bytes(512);
  std::copy(frame.begin(), frame.end(), bytes.begin() + 128);
  Packet packet = packet_of(frame);
  packet.link_type = LinkType::linux_sll;
  Editor editor{bytes, 128, packet};
  EXPECT_EQ(editor.push(ipv4, GreFields{}).error(), EditError::no_such_header);
  EXPECT_EQ(editor.push(ethernet).error(), EditError::no_such_header);
  EXPECT_EQ(editor.push(ipv4, UdpFields{}).error(), EditError::no_such_header);
  EXPECT_EQ(editor.push(ethernet, VlanFields{.identifier = 4096}).error(), EditError::bad_value);
  EXPECT_TRUE(std::ranges::equal(editor.bytes(), frame));
  // One that is given stands; and not all headers name what follows.
  EXPECT_TRUE(editor.push(ipv4, GreFields{.protocol = 0x88b5}));
  EXPECT_EQ(protocols_of(editor.packet()), "ip gre");
  EXPECT_TRUE(editor.push(ipv6, UdpFields{.destination_port = 9}));
}

TEST(edit_headers, an_ip_header_cannot_name_a_frame) {
  Room room{frame_of(ethernet, ipv4, udp, text)};
  EXPECT_EQ(room->push(ipv4).error(), EditError::no_such_header);
  EXPECT_TRUE(room->push(ipv4, UdpFields{}, VxlanFields{}));
}

TEST(edit_headers, puts_nothing_behind_the_packet) {
  EthernetFields outer = ethernet;
  outer.trailer = {.padded_to = 200};
  Room room{frame_of(ethernet, ipv4, udp, text)};
  ASSERT_TRUE(room->push(outer, ipv4, UdpFields{}, VxlanFields{}));
  EXPECT_EQ(room.frame(),
            frame_of(ethernet, ipv4, UdpFields{}, VxlanFields{}, ethernet, ipv4, udp, text));
  outer.trailer.has_frame_check_sequence = true;
  EXPECT_EQ(room->push(outer, ipv4, UdpFields{}, VxlanFields{}).error(), EditError::bad_value);
}

TEST(edit_headers, puts_a_datagram_into_another) {
  const Frame plain = frame_of(ethernet, ipv4, udp, text);
  Room room{plain};
  ASSERT_TRUE(room->pop_link());
  EXPECT_EQ(room->packet().link_type, LinkType::ipv4);
  EXPECT_EQ(room.frame(), frame_of(ipv4, udp, text));
  ASSERT_TRUE(room->push(ethernet, ipv6));
  EXPECT_EQ(room->packet().link_type, LinkType::ethernet);
  EXPECT_EQ(room.frame(), frame_of(ethernet, ipv6, ipv4, udp, text));
  ASSERT_TRUE(room->pop_outer());
  EXPECT_EQ(room.frame(), plain);
}

TEST(edit_headers, completes_an_offloaded_checksum_before_a_tunnel_covers_it) {
  Frame frame = frame_of(ethernet, ipv4, tcp, text);
  store_be(frame.data() + 14 + 20 + 16,
           ipv4.pseudo_header(ip_protocol::tcp, 20 + text.size()).folded());
  std::vector<std::uint8_t> bytes(256);
  std::copy(frame.begin(), frame.end(), bytes.begin() + 128);
  Packet packet = packet_of(frame);
  packet.flags = PacketFlags::checksum_not_ready;
  Editor editor{bytes, 128, packet};
  ASSERT_TRUE(editor.push(ethernet, ipv4, udp, VxlanFields{}));
  EXPECT_EQ(bad_checksum(editor.packet()), "");
}

TEST(edit_headers, a_tunnel_takes_what_was_left_to_the_adapter_with_it) {
  const UdpFields tunnel{.source_port = 50'001};
  Frame frame = frame_of(ethernet, ipv4, tunnel, VxlanFields{}, ethernet, ipv4, tcp, text);
  // The tunnel's alone: what it holds is complete.
  store_be(frame.data() + 34 + 6, ipv4.pseudo_header(ip_protocol::udp, frame.size() - 34).folded());
  Packet packet = packet_of(frame);
  packet.flags = PacketFlags::checksum_not_ready;
  Editor editor{frame, packet};
  ASSERT_TRUE(editor.pop_outer());
  EXPECT_FALSE(has(editor.packet().flags, PacketFlags::checksum_not_ready));
  EXPECT_TRUE(editor.set_source(Ipv4Address{{10, 0, 0, 1}}));
  EXPECT_EQ(bad_checksum(editor.packet()), "");
}

TEST(edit_headers, a_tunnel_leaves_what_within_it_was_left_to_the_adapter) {
  Frame frame = frame_of(ethernet, ipv4, UdpFields{}, VxlanFields{}, ethernet, ipv4, tcp, text);
  const Frame inner = frame_of(ethernet, ipv4, tcp, text);
  const std::size_t begin = frame.size() - inner.size();
  store_be(frame.data() + begin + 34 + 16,
           ipv4.pseudo_header(ip_protocol::tcp, 20 + text.size()).folded());
  Packet packet = packet_of(frame);
  packet.flags = PacketFlags::checksum_not_ready;
  Editor editor{frame, packet};
  ASSERT_TRUE(editor.pop_outer());
  EXPECT_TRUE(has(editor.packet().flags, PacketFlags::checksum_not_ready));
  EXPECT_TRUE(editor.complete_checksums());
  EXPECT_EQ(bad_checksum(editor.packet()), "");
}

TEST(edit_headers, drops_the_frame_check_sequence) {
  EthernetFields checked = ethernet;
  checked.trailer.has_frame_check_sequence = true;
  const Frame frame = frame_of(checked, ipv4, udp, text);
  std::vector<std::uint8_t> bytes(512);
  std::copy(frame.begin(), frame.end(), bytes.begin() + 128);
  Packet packet = packet_of(frame);
  packet.flags = PacketFlags::has_fcs;
  Editor editor{bytes, 128, packet};
  ASSERT_TRUE(editor.push_vlan({}));
  EXPECT_FALSE(has(editor.packet().flags, PacketFlags::has_fcs));
  EXPECT_EQ(editor.packet().data.size(), frame.size());
  EXPECT_EQ(editor.packet().wire_length, frame.size());
}

TEST(edit_headers, grows_and_shrinks_a_payload_in_every_stack) {
  for (const Frame& frame : stacks()) {
    Room room{frame};
    for (const std::size_t size : {6U, 200U, 0U, 1U, 5U}) {
      ASSERT_TRUE(room->resize_payload(size)) << room.protocols();
      EXPECT_EQ(room->layers().payload_length, size);
      room.expect_sound();
      Frame again = room.frame();
      recompute(again);
      EXPECT_EQ(room.frame(), again) << room.protocols() << " " << size;
    }
    EXPECT_EQ(room.frame().size(), std::max<std::size_t>(frame.size(), 60));
  }
}

TEST(edit_headers, replaces_a_payload_in_every_stack) {
  std::vector<std::uint8_t> payload(300);
  for (std::size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<std::uint8_t>(7 * i);
  for (const Frame& frame : stacks()) {
    Room room{frame};
    for (const std::size_t size : {5U, 6U, 200U, 0U, 1U, 5U}) {
      const Bytes wanted = Bytes{payload}.last(size);
      ASSERT_TRUE(room->set_payload(wanted)) << room.protocols();
      const Layers& layers = room->layers();
      const Bytes now = room->bytes().subspan(layers.payload_offset, layers.payload_length);
      EXPECT_TRUE(std::ranges::equal(now, wanted)) << room.protocols();
      room.expect_sound();
      Frame again = room.frame();
      recompute(again);
      EXPECT_EQ(room.frame(), again) << room.protocols() << " " << size;
    }
    EXPECT_EQ(room.frame().size(), std::max<std::size_t>(frame.size(), 60));
  }
}

TEST(edit_headers, padding_makes_way_for_a_payload_and_comes_back) {
  const auto payload_of = [](std::size_t size) { return std::vector<std::uint8_t>(size, 0xee); };
  for (const std::size_t padded_to : {60U, 64U}) {
    EthernetFields padded = ethernet;
    padded.trailer.padded_to = static_cast<std::uint16_t>(padded_to);
    Room room{frame_of(padded, ipv4, udp, text)};
    for (const std::size_t size : {4U, 18U, 19U, 30U, 1U, 0U, 100U}) {
      ASSERT_TRUE(room->set_payload(payload_of(size)));
      // A frame of 64 bytes is one of 60 to which a tag was added, as long as it is padded.
      if (42 + size > padded_to) padded.trailer.padded_to = 60;
      EXPECT_EQ(room.frame(), frame_of(padded, ipv4, udp, payload_of(size))) << size;
      room.expect_sound();
    }
  }
}

TEST(edit_headers, a_short_frame_is_not_padded_and_a_trailer_is_no_padding) {
  Room unpadded{frame_of(ethernet, ipv4, udp, text)};
  ASSERT_TRUE(unpadded->resize_payload(1));
  EXPECT_EQ(unpadded.frame().size(), 43U);

  Frame frame = frame_of(ethernet, ipv4, udp, std::array<std::uint8_t, 100>{});
  const std::array<std::uint8_t, 3> trailer{7, 8, 9};
  frame.insert(frame.end(), trailer.begin(), trailer.end());
  Room room{frame};
  ASSERT_TRUE(room->resize_payload(90));
  ASSERT_EQ(room.frame().size(), 42U + 90 + 3);
  EXPECT_TRUE(std::ranges::equal(Bytes{room.frame()}.last(3), trailer));
}

TEST(edit_headers, padding_is_room_for_a_payload) {
  EthernetFields padded = ethernet;
  padded.trailer = {.padded_to = 60, .has_frame_check_sequence = true};
  Frame frame = frame_of(padded, ipv4, udp, text);
  Packet packet = packet_of(frame);
  packet.flags = PacketFlags::has_fcs;
  Editor editor{frame, packet};
  EXPECT_EQ(editor.resize_payload(23).error(), EditError::no_room);
  ASSERT_TRUE(editor.resize_payload(22));
  EXPECT_EQ(editor.packet().wire_length, 64U);
  EXPECT_FALSE(has(editor.packet().flags, PacketFlags::has_fcs));
  EXPECT_EQ(bad_checksum(editor.packet()), "");
}

TEST(edit_headers, what_a_checksum_is_said_to_cover_stays_there) {
  // RFC 4340 9.2: the header and four bytes.
  const DccpFields partly{.source_port = 1, .checksum_coverage = 2, .type = 2};
  Room room{frame_of(ethernet, ipv4, partly, text)};
  EXPECT_EQ(room->resize_payload(3).error(), EditError::bad_value);
  for (const std::size_t size : {4U, 200U, 4U}) {
    ASSERT_TRUE(room->resize_payload(size));
    room.expect_sound();
    EXPECT_EQ(room->resize_payload(0).error(), EditError::bad_value);
  }
}

TEST(edit_headers, a_length_beyond_its_field_is_refused) {
  std::vector<std::uint8_t> bytes(70'000);
  const Frame frame = frame_of(ethernet, ipv4, udp, text);
  std::copy(frame.begin(), frame.end(), bytes.begin());
  Editor editor{bytes, packet_of(frame)};
  EXPECT_EQ(editor.resize_payload(65'535).error(), EditError::bad_value);
  EXPECT_EQ(editor.resize_payload(80'000).error(), EditError::no_room);
  EXPECT_TRUE(editor.resize_payload(65'535 - 28));
  EXPECT_EQ(bad_checksum(editor.packet()), "");
}

/// One random step; what it answers is all the same.
void step(Editor& editor, std::mt19937& engine) {
  const auto number = static_cast<std::uint16_t>(engine());
  // Of a deeper one decode() does not see the end.
  const bool may_grow = editor.layers().size() < Layers::max_layers - 5;
  switch (may_grow ? engine() % 12 : 6) {
    case 0:
      return (void)editor.push_vlan({.identifier = static_cast<std::uint16_t>(number & 0xfff)});
    case 1:
      return (void)editor.pop_vlan();
    case 2:
      return (void)editor.push_mpls({.label = number});
    case 3:
      return (void)editor.pop_mpls();
    case 4:
      // VXLAN carries frames; a datagram of its own may be what pop_outer() left.
      if (editor.packet().link_type != LinkType::ethernet) return;
      return (void)editor.push(ethernet, ipv4, UdpFields{.source_port = number}, VxlanFields{});
    case 5:
      if (editor.packet().link_type != LinkType::ethernet) return;
      return (void)editor.push(ethernet, ipv6, UdpFields{.source_port = number}, VxlanFields{});
    case 6:
      return (void)editor.pop_outer();
    case 7:
      // Otherwise what follows may be headers.
      if (editor.layers().stop != StopReason::payload) return;
      return (void)editor.resize_payload(number % 200);
    case 8:
      return (void)editor.set_source(Ipv4Address{{10, 0, 0, static_cast<std::uint8_t>(number)}},
                                     Which::inner);
    case 9:
      return (void)editor.set_ttl(static_cast<std::uint8_t>(number), at_layer(number % 12));
    case 10:
      return (void)editor.set_source_port(number | 0x8000U, Which::inner);
    default:
      return (void)editor.set_vlan_priority(number & 7, Which::inner);
  }
}

TEST(edit_headers, any_sequence_of_changes_keeps_a_packet_sound) {
  std::mt19937 engine{13};
  for (int round = 0; round < 2'000; ++round) {
    const std::vector<Frame> frames = stacks();
    std::vector<std::uint8_t> bytes(2'048);
    const Frame& frame = frames[engine() % frames.size()];
    std::copy(frame.begin(), frame.end(), bytes.begin() + 512);
    Editor editor{bytes, 512, packet_of(frame)};
    for (int change = 0; change < 20; ++change) {
      step(editor, engine);
      const Packet& packet = editor.packet();
      ASSERT_EQ(packet.wire_length, packet.data.size());
      ASSERT_EQ(bad_checksum(packet), "") << protocols_of(packet);
      const StopReason stop = decode(packet).stop;
      ASSERT_TRUE(stop == StopReason::payload || stop == StopReason::nesting_limit ||
                  stop == StopReason::unknown_protocol)
          << name(stop) << " " << protocols_of(packet);
    }
  }
}

}  // namespace
}  // namespace weir::wire
