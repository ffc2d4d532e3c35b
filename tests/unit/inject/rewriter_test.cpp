// Frames changed on their way out: every change alone, and that checksums stay right.
#include "inject/rewriter.h"

#include <gtest/gtest.h>

#include "support/allocations.h"
#include "unit/wire/edit_samples.h"
#include "weir/wire/sctp.h"

namespace weir::inject {
namespace {

using wire::Protocol;
using wire::samples::Frame;
using wire::samples::frame_of;
using wire::samples::packet_of;

constexpr MacAddress mac{{0x02, 0x00, 0x5e, 0x10, 0x00, 0x09}};

/// A frame as the rewriting leaves it.
class Rewritten {
 public:
  Rewritten(const Rewriting& rewriting, const Frame& frame, std::uint64_t loop = 0)
      : room_(frame.size() + Rewriter::headroom) {
    Rewriter rewriter{rewriting, "lo"};
    rewriter.begin_loop(loop);
    const auto changed = rewriter.rewritten(packet_of(frame), room_);
    if (changed) {
      packet = *changed;
    } else {
      refusal = changed.error();
    }
  }

  template <class V>
  [[nodiscard]] V header() const {
    return wire::view<V>(packet, wire::decode(packet)).value();
  }
  [[nodiscard]] bool equals(const Frame& frame) const {
    return std::ranges::equal(packet.data, frame);
  }

  Packet packet{};
  Refusal refusal = Refusal::none;

 private:
  std::vector<std::uint8_t> room_;
};

Rewriting everything() {
  Rewriting all{.source_mac = parse_mac_change("02:00:5e:10:00:09"),
                .destination_mac = parse_mac_change("02:00:5e:10:00:0a"),
                .vlan = parse_vlan_change("push:77"),
                .ttl = 9,
                .unique_addresses = true};
  add_address_mapping(all.addresses, "192.0.2.0/24=203.0.113.0/24");
  add_address_mapping(all.addresses, "2001:db8::/32=2001:db9::/32");
  add_port_mapping(all.ports, "7777=80");
  return all;
}

TEST(rewriter, keeps_every_checksum_right_whatever_is_around) {
  for (const Frame& frame : wire::samples::stacks()) {
    const Rewritten changed{everything(), frame, 5};
    ASSERT_EQ(changed.refusal, Refusal::none);
    EXPECT_EQ(wire::samples::bad_checksum(changed.packet), "")
        << wire::samples::protocols_of(changed.packet);
    EXPECT_FALSE(changed.equals(frame));
  }
}

TEST(rewriter, sets_mac_addresses) {
  const Frame frame = frame_of(wire::samples::ethernet, wire::samples::ipv4, wire::samples::udp);
  const Rewritten changed{{.source_mac = {MacChange::Kind::set, mac}}, frame};
  const auto ethernet = changed.header<wire::EthernetView>();
  EXPECT_EQ(ethernet.source(), mac);
  EXPECT_EQ(ethernet.destination(), wire::samples::ethernet.destination);
  const Rewritten other{{.destination_mac = {MacChange::Kind::set, mac}}, frame};
  EXPECT_EQ(other.header<wire::EthernetView>().destination(), mac);
}

TEST(rewriter, puts_pushes_and_pops_vlan_tags) {
  const wire::VlanFields tag{.identifier = 7};
  const Frame plain = frame_of(wire::samples::ethernet, wire::samples::ipv4, wire::samples::udp);
  const Frame tagged =
      frame_of(wire::samples::ethernet, tag, wire::samples::ipv4, wire::samples::udp);
  const auto with = [](const char* change) { return Rewriting{.vlan = parse_vlan_change(change)}; };
  for (const Frame& frame : {plain, tagged}) {
    const Rewritten put{with("99"), frame};
    EXPECT_EQ(put.header<wire::VlanView>().identifier(), 99);
    EXPECT_EQ(put.packet.data.size(), tagged.size());
    const Rewritten pushed{with("push:99"), frame};
    EXPECT_EQ(pushed.header<wire::VlanView>().identifier(), 99);
    EXPECT_EQ(pushed.packet.data.size(), frame.size() + 4);
    EXPECT_TRUE((Rewritten{with("pop"), frame}.equals(plain)));
  }
}

TEST(rewriter, maps_both_ports_of_the_outermost_transport) {
  Rewriting rewriting;
  add_port_mapping(rewriting.ports, "7777=80");
  add_port_mapping(rewriting.ports, "50000=50001");
  for (const Frame& frame :
       {frame_of(wire::samples::ethernet, wire::samples::ipv4, wire::samples::udp,
                 wire::samples::text),
        frame_of(wire::samples::ethernet, wire::samples::ipv6, wire::samples::tcp),
        frame_of(wire::samples::ethernet, wire::samples::ipv4,
                 wire::SctpFields{.source_port = 50'000, .destination_port = 7777})}) {
    const Rewritten changed{rewriting, frame};
    const wire::Layers layers = wire::decode(changed.packet);
    const std::uint8_t* const ports =
        changed.packet.data.data() + layers[layers.outer.transport].offset;
    EXPECT_EQ(load_be<std::uint16_t>(ports), 50'001);
    EXPECT_EQ(load_be<std::uint16_t>(ports + 2), 80);
    EXPECT_EQ(wire::samples::bad_checksum(changed.packet), "");
  }
}

TEST(rewriter, gives_each_loop_addresses_of_its_own) {
  const Frame frame = frame_of(wire::samples::ethernet, wire::samples::ipv4, wire::samples::udp);
  const Rewriting unique{.unique_addresses = true};
  EXPECT_TRUE((Rewritten{unique, frame, 0}.equals(frame)));
  std::vector<Ipv4Address> sources;
  for (std::uint64_t loop = 0; loop < 1000; ++loop) {
    sources.push_back(Rewritten{unique, frame, loop}.header<wire::Ipv4View>().source());
    EXPECT_EQ(sources.back().octets[0], wire::samples::ipv4.source.octets[0]);
  }
  std::ranges::sort(sources);
  EXPECT_EQ(std::ranges::adjacent_find(sources), sources.end());
}

TEST(rewriter, leaves_out_what_a_frame_has_no_header_for) {
  const Frame frame(60, 0x11);
  Rewriting rewriting = everything();
  rewriting.vlan = {};
  rewriting.source_mac = rewriting.destination_mac = {};
  EXPECT_TRUE((Rewritten{rewriting, frame}.equals(frame)));
}

TEST(rewriter, refuses_by_name_what_cannot_be_changed) {
  Rewriting rewriting;
  add_address_mapping(rewriting.addresses, "192.0.2.0/24=203.0.113.0/24");
  Frame cut = frame_of(wire::samples::ethernet, wire::samples::ipv4, wire::samples::udp);
  cut.resize(14 + 18);  // within the destination address
  EXPECT_EQ((Rewritten{rewriting, cut}.refusal), Refusal::not_rewritten);
}

TEST(rewriter, says_what_an_adapter_without_an_address_is_lacking) {
  const Rewriting own{.source_mac = parse_mac_change("auto")};
  EXPECT_THROW((Rewriter{own, "lo"}), Error);
  EXPECT_THROW((Rewriter{own, "no-such-adapter"}), SystemError);
}

TEST(rewriter, allocates_nothing) {
  const std::vector<Frame> frames = wire::samples::stacks();
  Rewriter rewriter{everything(), "lo"};
  std::vector<std::uint8_t> room(2048);
  const std::size_t before = test::allocation_count();
  for (const Frame& frame : frames) {
    static_cast<void>(rewriter.rewritten(
        packet_of(frame), MutableBytes{room}.first(frame.size() + Rewriter::headroom)));
  }
  EXPECT_EQ(test::allocation_count(), before);
}

TEST(rewriting, refuses_words_that_mean_nothing) {
  wire::AddressMap addresses;
  PortMap ports;
  for (const char* text :
       {"", "192.0.2.0/24", "192.0.2.0/24=203.0.113.0/25", "192.0.2.0/33=1.2.3.4/33",
        "192.0.2.1=2001:db8::1", "a=b", "192.0.2.1=198.51.100.1=203.0.113.1"}) {
    EXPECT_THROW(add_address_mapping(addresses, text), Error) << text;
  }
  for (const char* text : {"", "80", "80=", "=80", "80=65536", "80=-1", "80=81=82"}) {
    EXPECT_THROW(add_port_mapping(ports, text), Error) << text;
  }
  for (const char* text : {"", "4096", "push", "push:", "push:4096", "pop:1", "-1"}) {
    EXPECT_THROW(static_cast<void>(parse_vlan_change(text)), Error) << text;
  }
  for (const char* text : {"", "02:00", "Auto", "02:00:5e:10:00:0g"}) {
    EXPECT_THROW(static_cast<void>(parse_mac_change(text)), Error) << text;
  }
  EXPECT_EQ(addresses.size(), 0u);
  EXPECT_TRUE(ports.is_empty());
}

TEST(rewriting, maps_the_last_port_that_was_said) {
  PortMap ports;
  add_port_mapping(ports, "80=81");
  add_port_mapping(ports, "443=444");
  add_port_mapping(ports, "80=82");
  EXPECT_EQ(ports.map(80), 82);
  EXPECT_EQ(ports.map(443), 444);
  EXPECT_EQ(ports.map(82), 82);
}

}  // namespace
}  // namespace weir::inject
