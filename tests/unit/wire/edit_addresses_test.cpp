// AddressMap, and Editor::map_addresses(): headers, tunnels, ARP and the quotes of ICMP errors.
#include <gtest/gtest.h>

#include "edit_samples.h"
#include "weir/wire/ah.h"
#include "weir/wire/arp.h"
#include "weir/wire/quoted_packet.h"

namespace weir::wire {
namespace {

using namespace samples;  // NOLINT(google-build-using-namespace): frames by their headers' names

IpAddress ip(const char* text) { return parse_ip(text).value(); }

TEST(address_map, maps_the_longest_prefix_and_keeps_what_follows) {
  AddressMap map;
  EXPECT_TRUE(map.add(ip("10.0.0.0"), ip("172.16.0.0"), 8));
  EXPECT_TRUE(map.add(ip("10.1.2.128"), ip("192.0.2.255"), 25));
  EXPECT_TRUE(map.add(ip("10.1.2.130"), ip("1.2.3.4"), 32));
  EXPECT_EQ(map.map(ip("10.9.8.7")), ip("172.9.8.7"));
  EXPECT_EQ(map.map(ip("10.1.2.129")), ip("192.0.2.129"));
  EXPECT_EQ(map.map(ip("10.1.2.127")), ip("172.1.2.127"));
  EXPECT_EQ(map.map(ip("10.1.2.130")), ip("1.2.3.4"));
  EXPECT_EQ(map.map(ip("11.0.0.1")), ip("11.0.0.1"));
  EXPECT_EQ(map.map(ip("::a00:1")), ip("::a00:1"));
  EXPECT_TRUE(map.add(ip("10.255.0.0"), ip("9.0.0.0"), 8));
  EXPECT_EQ(map.size(), 3U);
  EXPECT_EQ(map.map(ip("10.9.8.7")), ip("9.9.8.7"));
}

TEST(address_map, maps_everything_by_an_empty_prefix) {
  AddressMap map;
  EXPECT_TRUE(map.add(ip("::"), ip("2001:db8::"), 0));
  EXPECT_TRUE(map.add(ip("fe80::"), ip("2001:db8::"), 65));
  EXPECT_EQ(map.map(ip("1::2")), ip("1::2"));
  EXPECT_EQ(map.map(ip("fe80::1")), ip("2001:db8::1"));
  EXPECT_EQ(map.map(ip("fe80::8000:0:0:1")), ip("fe80::8000:0:0:1"));
}

TEST(address_map, shifts_every_address_to_one_of_its_own) {
  constexpr std::uint64_t numbers[] = {0, 1, 255, 256, 65'535, 65'536, 16'777'215};
  for (const char* text : {"192.0.2.1", "198.51.100.255", "2001:db8::1"}) {
    const IpAddress address = parse_ip(text).value();
    std::vector<IpAddress> found;
    for (const std::uint64_t number : numbers) {
      AddressMap map;
      map.set_shift(number);
      EXPECT_EQ(map.is_empty(), number == 0);
      found.push_back(map.map(address));
      EXPECT_EQ(found.back() == address, number == 0);
      EXPECT_EQ(found.back().bytes()[0], address.bytes()[0]);
    }
    std::ranges::sort(found);
    EXPECT_EQ(std::ranges::adjacent_find(found), found.end()) << text;
  }
}

/// Addresses that hosts get more than once, with this many numbers from 0.
std::size_t repeated(const std::vector<IpAddress>& hosts, std::uint64_t numbers) {
  std::vector<IpAddress> found;
  AddressMap map;
  for (std::uint64_t number = 0; number < numbers; ++number) {
    map.set_shift(number);
    for (const IpAddress& host : hosts) found.push_back(map.map(host));
  }
  std::ranges::sort(found);
  const auto rest = std::ranges::unique(found);
  return rest.size();
}

TEST(address_map, shifts_no_host_to_where_another_was) {
  EXPECT_EQ(repeated({ip("192.0.2.1"), ip("192.0.2.2"), ip("192.0.2.200")}, 65'536), 0u);
  EXPECT_EQ(repeated({ip("192.0.2.1"), ip("192.0.2.2"), ip("192.0.2.3")}, 200'000), 0u);
  EXPECT_EQ(repeated({ip("10.1.0.1"), ip("10.1.1.1"), ip("10.1.9.1")}, 4096), 0u);
  EXPECT_EQ(repeated({ip("2001:db8::1"), ip("2001:db8::2"), ip("2001:db8::1:0:2")}, 200'000), 0u);
  AddressMap last;
  last.set_shift(AddressMap::ipv4_shifts - 1);
  EXPECT_EQ(to_string(last.map(ip("192.0.2.1"))), "192.0.2.0");
  AddressMap over;
  over.set_shift(AddressMap::ipv4_shifts);
  EXPECT_EQ(over.map(ip("192.0.2.1")), ip("192.0.2.1"));
  EXPECT_NE(over.map(ip("2001:db8::1")), ip("2001:db8::1"));
}

TEST(address_map, keeps_addresses_apart_that_it_shifts) {
  AddressMap map;
  map.set_shift(65'537);
  std::vector<IpAddress> found;
  for (std::uint32_t i = 0; i < 70'000; ++i) {
    Ipv4Address address;
    store_be(address.octets.data(), 0xc0000000U + i * 239);
    found.push_back(map.map(address));
  }
  std::ranges::sort(found);
  EXPECT_EQ(std::ranges::adjacent_find(found), found.end());
}

TEST(address_map, shifts_behind_the_prefixes_and_nothing_that_is_no_host) {
  AddressMap map;
  map.add(parse_ip("192.0.2.0").value(), parse_ip("203.0.113.0").value(), 24);
  map.set_shift(1);
  EXPECT_EQ(to_string(map.map(parse_ip("192.0.2.1").value())), "203.128.113.1");
  EXPECT_EQ(to_string(map.map(parse_ip("2001:db8::1").value())), "2001:db8::8000:0:0:1");
  for (const char* text :
       {"0.0.0.0", "127.0.0.1", "224.0.0.251", "255.255.255.255", "::", "::1", "ff02::1"}) {
    EXPECT_EQ(to_string(map.map(parse_ip(text).value())), text);
  }
}

TEST(address_map, refuses_what_is_no_prefix) {
  AddressMap map;
  EXPECT_FALSE(map.add(ip("10.0.0.0"), ip("::"), 8));
  EXPECT_FALSE(map.add(ip("10.0.0.0"), ip("11.0.0.0"), 33));
  EXPECT_FALSE(map.add(ip("::"), ip("::"), 129));
  EXPECT_FALSE(map.add(IpAddress{}, IpAddress{}, 0));
  EXPECT_EQ(map.size(), 0U);
}

const IcmpFields unreachable{.type = IcmpType::destination_unreachable, .code = 1};

AddressMap both_versions() {
  AddressMap map;
  EXPECT_TRUE(map.add(ip("192.0.2.0"), ip("10.7.7.0"), 24));
  EXPECT_TRUE(map.add(ip("198.51.100.0"), ip("10.8.8.0"), 24));
  EXPECT_TRUE(map.add(ip("2001:db8::"), ip("fd00:1:2:3::"), 64));
  return map;
}

Ipv4Fields mapped_v4() {
  Ipv4Fields fields = ipv4;
  fields.source = {{10, 7, 7, 1}};
  fields.destination = {{10, 8, 8, 2}};
  return fields;
}
Ipv6Fields mapped_v6() {
  Ipv6Fields fields = ipv6;
  fields.source = ip("fd00:1:2:3::1").v6();
  fields.destination = ip("fd00:1:2:3::2").v6();
  return fields;
}

TEST(edit_addresses, maps_all_datagrams_of_a_tunnel) {
  const UdpFields tunnel{.source_port = 50'001};
  Frame frame = frame_of(ethernet, ipv6, tunnel, VxlanFields{}, ethernet, ipv4, tcp, text);
  Editor editor{frame, packet_of(frame)};
  EXPECT_TRUE(editor.map_addresses(both_versions()));
  EXPECT_EQ(frame, frame_of(ethernet, mapped_v6(), tunnel, VxlanFields{}, ethernet, mapped_v4(),
                            tcp, text));
}

TEST(edit_addresses, maps_the_packet_quoted_in_an_error) {
  for (const std::size_t quoted : {33U, 28U, 24U}) {
    // What was quoted went the other way.
    const Frame inner = frame_of(ipv4, tcp, text);
    const Frame inner_mapped = frame_of(mapped_v4(), tcp, text);
    Frame frame = frame_of(ethernet, ipv4, unreachable, Bytes{inner}.first(quoted));
    Editor editor{frame, packet_of(frame)};
    EXPECT_TRUE(editor.map_addresses(both_versions()));
    EXPECT_EQ(frame,
              frame_of(ethernet, mapped_v4(), unreachable, Bytes{inner_mapped}.first(quoted)))
        << quoted;
    EXPECT_EQ(bad_checksum(editor.packet()), "");
  }
}

TEST(edit_addresses, maps_the_packet_quoted_in_an_error_of_ipv6) {
  const Frame inner = frame_of(ipv6, udp, text);
  const Frame inner_mapped = frame_of(mapped_v6(), udp, text);
  const Icmpv6Fields too_big{.type = Icmpv6Type::packet_too_big};
  Frame frame = frame_of(ethernet, ipv6, too_big, inner);
  Editor editor{frame, packet_of(frame)};
  EXPECT_TRUE(editor.map_addresses(both_versions()));
  EXPECT_EQ(frame, frame_of(ethernet, mapped_v6(), too_big, inner_mapped));
}

TEST(edit_addresses, maps_the_addresses_of_arp) {
  const Ipv4Address source{{192, 0, 2, 1}};
  const Ipv4Address target{{192, 0, 2, 9}};
  ArpFields request;
  request.sender_hardware = ethernet.source.octets;
  request.target_hardware = ethernet.source.octets;
  request.sender_protocol = source.octets;
  request.target_protocol = target.octets;
  Frame frame = frame_of(ethernet, request);
  Editor editor{frame, packet_of(frame)};
  EXPECT_TRUE(editor.map_addresses(both_versions()));
  const auto arp = view<ArpView>(editor.packet(), editor.layers());
  ASSERT_TRUE(arp);
  EXPECT_EQ(Ipv4Address::load(arp->sender_protocol().data()), (Ipv4Address{{10, 7, 7, 1}}));
  EXPECT_EQ(Ipv4Address::load(arp->target_protocol().data()), (Ipv4Address{{10, 7, 7, 9}}));
}

/// A refusal, and that nothing was changed.
void expect_refused(Frame frame, EditError error, const char* what) {
  const Frame before = frame;
  Editor editor{frame, packet_of(frame)};
  const Edited mapped = editor.map_addresses(both_versions());
  ASSERT_FALSE(mapped) << what;
  EXPECT_EQ(mapped.error(), error) << what << ": " << name(mapped.error());
  EXPECT_EQ(frame, before) << what;
}

TEST(edit_addresses, maps_the_packet_quoted_in_a_quoted_error) {
  const auto nested = [](const Ipv4Fields& network) {
    Frame frame = frame_of(network, udp, text);
    for (int depth = 0; depth < 3; ++depth) frame = frame_of(network, unreachable, frame);
    return frame_of(ethernet, ipv6, network, unreachable, frame);
  };
  Frame frame = nested(ipv4);
  Editor editor{frame, packet_of(frame)};
  EXPECT_TRUE(editor.map_addresses(both_versions()));
  Frame wanted = nested(mapped_v4());
  const Frame around = frame_of(ethernet, mapped_v6());
  std::copy(around.begin() + 22, around.end(), wanted.begin() + 22);
  EXPECT_EQ(frame, wanted);
}

TEST(edit_addresses, looks_through_so_many_errors_only) {
  Frame nested = frame_of(ipv4, udp, text);
  for (int depth = 0; depth < 20; ++depth) nested = frame_of(ipv4, unreachable, nested);
  expect_refused(frame_of(ethernet, ipv4, unreachable, nested), EditError::nesting_limit, "errors");
}

TEST(edit_addresses, refuses_a_quote_that_is_authenticated) {
  constexpr std::array<std::uint8_t, 12> check_value{1, 2, 3};
  const AhFields authentication{.security_parameters_index = 1,
                                .integrity_check_value = check_value};
  const Frame quoted = frame_of(ipv4, authentication, udp, text);
  expect_refused(frame_of(ethernet, ipv4, unreachable, quoted), EditError::authenticated, "quote");
}

struct Cut {
  Frame frame;
  std::size_t network_length;
  std::size_t first_address;
};

const std::array<Cut, 2> cuts{Cut{frame_of(ethernet, ipv4, udp, text), 20, 12},
                              Cut{frame_of(ethernet, ipv6, udp, text), 40, 8}};

TEST(edit_addresses, refuses_a_header_cut_within_its_addresses) {
  for (const Cut& cut : cuts) {
    for (std::size_t size = 0; size < cut.network_length; ++size) {
      Frame frame{cut.frame.begin(), cut.frame.begin() + static_cast<std::ptrdiff_t>(14 + size)};
      const Frame before = frame;
      Packet packet = packet_of(frame);
      packet.wire_length = static_cast<std::uint32_t>(cut.frame.size());
      const Edited mapped = Editor{frame, packet}.map_addresses(both_versions());
      EXPECT_EQ(frame, before);
      if (size <= cut.first_address) {
        EXPECT_TRUE(mapped) << size;
      } else {
        EXPECT_EQ(mapped.error(), EditError::not_captured) << size;
      }
    }
  }
}

TEST(edit_addresses, refuses_a_quote_cut_within_its_addresses) {
  for (const Cut& cut : cuts) {
    for (std::size_t size = cut.first_address + 1; size < cut.network_length; ++size) {
      const Bytes quote = Bytes{cut.frame}.subspan(14, size);
      const Icmpv6Fields too_big{.type = Icmpv6Type::packet_too_big};
      expect_refused(cut.network_length == 40 ? frame_of(ethernet, ipv6, too_big, quote)
                                              : frame_of(ethernet, ipv4, unreachable, quote),
                     EditError::not_captured, "quote");
    }
  }
}

TEST(edit_addresses, refuses_what_it_cannot_read) {
  Frame malformed = frame_of(ethernet, ipv4, udp, text);
  malformed[14] = 0x44;  // a header of 16 bytes
  expect_refused(malformed, EditError::bad_value, "malformed");

  std::vector<std::uint8_t> tags;
  for (std::size_t i = 0; i < Layers::max_layers; ++i) {
    for (const int byte : {0x81, 0x00, 0x00, 0x07}) {
      tags.push_back(static_cast<std::uint8_t>(byte));
    }
  }
  Frame deep = frame_of(ethernet, ipv4, udp, text);
  deep.insert(deep.begin() + 12, tags.begin(), tags.end());
  expect_refused(deep, EditError::nesting_limit, "layers");

  const auto address = ipv4.source.octets;
  const Frame arp = frame_of(ethernet, ArpFields{.sender_hardware = ethernet.source.octets,
                                                 .sender_protocol = address,
                                                 .target_hardware = ethernet.source.octets,
                                                 .target_protocol = address});
  expect_refused(Frame{arp.begin(), arp.end() - 1}, EditError::not_captured, "ARP");
}

TEST(edit_addresses, changes_nothing_where_one_address_is_authenticated) {
  std::array<std::uint8_t, 24> header{ip_protocol::tcp, 4, 0, 0, 0, 0, 0, 1};
  Ipv4Fields protected_ip = ipv4;
  protected_ip.protocol = ip_protocol::ah;
  Frame frame = frame_of(ethernet, ipv6, protected_ip, header, tcp, text);
  const Frame before = frame;
  Editor editor{frame, packet_of(frame)};
  EXPECT_EQ(editor.map_addresses(both_versions()).error(), EditError::authenticated);
  EXPECT_EQ(frame, before);
}

}  // namespace
}  // namespace weir::wire
