// decode() on IP: lengths, options, extension headers, fragments, security headers.
#include "decode_samples.h"
#include "support/layers_text.h"
#include "weir/wire/ah.h"
#include "weir/wire/esp.h"
#include "weir/wire/ipv6_extension.h"

namespace weir::test {
namespace {

constexpr auto link = LinkType::ethernet;

/// The IPv4 total length, or IPv6 payload length, at `offset` as segmentation offload leaves it.
Octets without_length(Octets bytes, std::size_t offset) {
  return changed(changed(std::move(bytes), offset, 0), offset + 1, 0);
}

std::vector<Sample> plain_datagrams() {
  const Octets no_operations = rest(4, 1);
  wire::Ipv4Fields with_options = ip4(17);
  with_options.options = no_operations;
  wire::TcpFields tcp_options = tcp();
  tcp_options.options = no_operations;
  return {
      {"Ipv4Tcp", link, frame(eth(0x0800), ip4(6), tcp(), rest(4)),
       "eth@0+14 ip@14+20 tcp@34+20 | 1>2=6 | 54+4 payload"},
      {"Ipv4TcpWithOptions", link, frame(eth(0x0800), ip4(6), tcp_options, rest(4)),
       "eth@0+14 ip@14+20 tcp@34+24 | 1>2=6 | 58+4 payload"},
      {"Ipv6Tcp", link, frame(eth(0x86dd), ip6(6), tcp(), rest(4)),
       "eth@0+14 ipv6@14+40 tcp@54+20 | 1>2=6 | 74+4 payload"},
      {"Ipv6Udp", link, frame(eth(0x86dd), datagram6()),
       "eth@0+14 ipv6@14+40 udp@54+8 | 1>2=17 | 62+4 payload"},
      {"Ipv4WithOptions", link, frame(eth(0x0800), with_options, udp(), rest(4)),
       "eth@0+14 ip@14+24 udp@38+8 | 1>2=17 | 46+4 payload"},
      {"Ipv4UnknownProtocol", link, frame(eth(0x0800), ip4(253), rest(9)),
       "eth@0+14 ip@14+20 | 1=253 | 34+9 unknown_protocol"},
      {"Ipv4Padding", link, padded(frame(eth(0x0800), ip4(6), tcp()), 6),
       "eth@0+14 ip@14+20 tcp@34+20 | 1>2=6 | 54+0 payload"},
      {"Ipv6Padding", link, padded(frame(eth(0x86dd), ip6(17), udp(), rest(1)), 7),
       "eth@0+14 ipv6@14+40 udp@54+8 | 1>2=17 | 62+1 payload"},
      {"UdpShorterThanItsDatagram", link,
       frame(eth(0x0800), ip4(17), padded(frame(udp(), rest(3)), 5)),
       "eth@0+14 ip@14+20 udp@34+8 | 1>2=17 | 42+3 payload"},
      {"Ipv6NoNextHeader", link, padded(frame(eth(0x86dd), ip6(59)), 6),
       "eth@0+14 ipv6@14+40 | 1=59 | 54+0 payload"},
  };
}

std::vector<Sample> offloaded_datagrams() {
  const auto tcp4 = frame(eth(0x0800), ip4(6), tcp(), rest(100));
  const auto udp4 = frame(eth(0x0800), ip4(17), udp(), rest(100));
  const auto tcp6 = frame(eth(0x86dd), ip6(6), tcp(), rest(100));
  return {
      {"Ipv4LengthZero", link, without_length(tcp4, 16),
       "eth@0+14 ip@14+20 tcp@34+20 | 1>2=6 | 54+100 payload"},
      {"Ipv4LengthZeroWithUdp", link, without_length(udp4, 16),
       "eth@0+14 ip@14+20 udp@34+8 | 1>2=17 | 42+100 payload"},
      {"Ipv6LengthZero", link, without_length(tcp6, 18),
       "eth@0+14 ipv6@14+40 tcp@54+20 | 1>2=6 | 74+100 payload"},
      {"UdpLengthZero", link, without_length(udp4, 38),
       "eth@0+14 ip@14+20 udp@34+8 | 1>2=17 | 42+100 payload"},
      {"Ipv4SeventyThousandBytes", link, frame(eth(0x0800), ip4(6), tcp(), rest(70'000)),
       "eth@0+14 ip@14+20 tcp@34+20 | 1>2=6 | 54+70000 payload"},
      {"UdpSeventyThousandBytes", link, frame(eth(0x0800), ip4(17), udp(), rest(70'000)),
       "eth@0+14 ip@14+20 udp@34+8 | 1>2=17 | 42+70000 payload"},
      {"Ipv6SeventyThousandBytes", link, frame(eth(0x86dd), ip6(6), tcp(), rest(70'000)),
       "eth@0+14 ipv6@14+40 tcp@54+20 | 1>2=6 | 74+70000 payload"},
      {"JumbogramInPadding", link,
       padded(
           frame(eth(0x86dd), ip6(0), Octets{6, 0, 0xc2, 4, 0, 1, 0x11, 0x8c}, tcp(), rest(70'000)),
           9),
       "eth@0+14 ipv6@14+40 ipv6.hopopts@54+8 tcp@62+20 | 1>3=6 | 82+70000 payload"},
      {"JumboOptionOfAShortPacket", link,
       without_length(
           frame(eth(0x86dd), ip6(0), Octets{6, 0, 0xc2, 4, 0, 0, 0, 50}, tcp(), rest(100)), 18),
       "eth@0+14 ipv6@14+40 ipv6.hopopts@54+8 tcp@62+20 | 1>3=6 | 82+100 payload"},
      {"FcsBehindUnknown", link, padded(frame(eth(0x88b5), rest(9)), 4),
       "eth@0+14 | - | 14+9 unknown_protocol", PacketFlags::has_fcs},
      {"FcsBehindIpv4LengthZero", link, padded(without_length(tcp4, 16), 4),
       "eth@0+14 ip@14+20 tcp@34+20 | 1>2=6 | 54+100 payload", PacketFlags::has_fcs},
  };
}

std::vector<Sample> extension_chains() {
  using wire::Ipv6ExtensionFields;
  using wire::Ipv6FragmentFields;
  const Octets payload_extension{0x80, 0, 0, 0, 0, 1};
  const auto behind_ipv6 = [](std::uint8_t first, const auto&... headers) {
    return frame(eth(0x86dd), ip6(first), headers...);
  };
  return {
      {"Ipv6ChainOfExtensions", link,
       behind_ipv6(0, Ipv6ExtensionFields{.next_header = 43},
                   Ipv6ExtensionFields{.next_header = 60}, Ipv6ExtensionFields{.next_header = 6},
                   tcp(), rest(4)),
       "eth@0+14 ipv6@14+40 ipv6.hopopts@54+8 ipv6.routing@62+8 ipv6.dstopts@70+8 tcp@78+20 "
       "| 1>5=6 | 98+4 payload"},
      {"Ipv6FirstFragment", link,
       behind_ipv6(44, Ipv6FragmentFields{.next_header = 17, .more_fragments = true}, udp(),
                   rest(8)),
       "eth@0+14 ipv6@14+40 ipv6.fraghdr@54+8 udp@62+8 | 1>3=17 first | 70+8 payload"},
      {"Ipv6LaterFragment", link,
       behind_ipv6(44, Ipv6FragmentFields{.next_header = 17, .fragment_offset = 64}, rest(9)),
       "eth@0+14 ipv6@14+40 ipv6.fraghdr@54+8 | 1=17 later | 62+9 later_fragment"},
      {"Ipv6AtomicFragment", link,
       behind_ipv6(44, Ipv6FragmentFields{.next_header = 17}, udp(), rest(4)),
       "eth@0+14 ipv6@14+40 ipv6.fraghdr@54+8 udp@62+8 | 1>3=17 | 70+4 payload"},
      {"Ipv6LaterFragmentBehindOptions", link,
       behind_ipv6(0, Ipv6ExtensionFields{.next_header = 44},
                   Ipv6FragmentFields{.next_header = 6, .fragment_offset = 8}, rest(9)),
       "eth@0+14 ipv6@14+40 ipv6.hopopts@54+8 ipv6.fraghdr@62+8 | 1=6 later | 70+9 later_fragment"},
      {"Ipv6Mobility", link, behind_ipv6(135, Ipv6ExtensionFields{}),
       "eth@0+14 ipv6@14+40 mipv6@54+8 | 1=135 | 62+0 payload"},
      {"Ipv6Shim6", link,
       behind_ipv6(140, Ipv6ExtensionFields{.next_header = 6, .body = payload_extension}, tcp()),
       "eth@0+14 ipv6@14+40 shim6@54+8 tcp@62+20 | 1>3=6 | 82+0 payload"},
      {"Ipv6OptionsThenNothing", link, behind_ipv6(60, Ipv6ExtensionFields{}),
       "eth@0+14 ipv6@14+40 ipv6.dstopts@54+8 | 1=59 | 62+0 payload"},
      {"Ipv6OptionsThenUnknown", link,
       behind_ipv6(60, Ipv6ExtensionFields{.next_header = 253}, rest(9)),
       "eth@0+14 ipv6@14+40 ipv6.dstopts@54+8 | 1=253 | 62+9 unknown_protocol"},
  };
}

std::vector<Sample> ipv4_fragments() {
  wire::Ipv4Fields first = ip4(17);
  first.more_fragments = true;
  wire::Ipv4Fields first_of_tcp = ip4(6);
  first_of_tcp.more_fragments = true;
  wire::Ipv4Fields later = ip4(17);
  later.fragment_offset = 64;
  later.more_fragments = true;
  wire::Ipv4Fields last = ip4(17);
  last.fragment_offset = 64;
  return {
      {"Ipv4FirstFragment", link, frame(eth(0x0800), first, udp(), rest(8)),
       "eth@0+14 ip@14+20 udp@34+8 | 1>2=17 first | 42+8 payload"},
      {"Ipv4FirstFragmentTooShort", link, frame(eth(0x0800), first_of_tcp, rest(8)),
       "eth@0+14 ip@14+20 tcp@34+8 | 1=6 first | 42+0 truncated"},
      {"Ipv4LaterFragment", link, frame(eth(0x0800), later, rest(8)),
       "eth@0+14 ip@14+20 | 1=17 later | 34+8 later_fragment"},
      {"Ipv4LastFragment", link, padded(frame(eth(0x0800), last, rest(3)), 23),
       "eth@0+14 ip@14+20 | 1=17 later | 34+3 later_fragment"},
  };
}

std::vector<Sample> secured_datagrams() {
  using wire::AhFields;
  const Octets check_value = rest(12);
  return {
      {"AhTcp", link,
       frame(eth(0x0800), ip4(51), AhFields{.next_header = 6, .integrity_check_value = check_value},
             tcp(), rest(4)),
       "eth@0+14 ip@14+20 ah@34+24 tcp@58+20 | 1>3=6 | 78+4 payload"},
      {"AhUdpInIpv6", link,
       frame(eth(0x86dd), ip6(0), wire::Ipv6ExtensionFields{.next_header = 51},
             AhFields{.next_header = 17}, udp(), rest(4)),
       "eth@0+14 ipv6@14+40 ipv6.hopopts@54+8 ah@62+12 udp@74+8 | 1>4=17 | 82+4 payload"},
      {"AhTunnel", link, frame(eth(0x0800), ip4(51), AhFields{.next_header = 4}, datagram()),
       "eth@0+14 ip@14+20 ah@34+12 ip@46+20 udp@66+8 | 1=51 / 3>4=17 | 74+4 payload"},
      {"AhEsp", link,
       frame(eth(0x0800), ip4(51), AhFields{.next_header = 50}, wire::EspFields{}, rest(9)),
       "eth@0+14 ip@14+20 ah@34+12 esp@46+8 | 1=51 | 54+9 encrypted"},
      {"Esp", link, frame(eth(0x0800), ip4(50), wire::EspFields{}, rest(16)),
       "eth@0+14 ip@14+20 esp@34+8 | 1=50 | 42+16 encrypted"},
      {"EspInIpv6", link,
       frame(eth(0x86dd), ip6(60), wire::Ipv6ExtensionFields{.next_header = 50}, wire::EspFields{},
             rest(16)),
       "eth@0+14 ipv6@14+40 ipv6.dstopts@54+8 esp@62+8 | 1=50 | 70+16 encrypted"},
      {"IpCompTooShort", link, frame(eth(0x0800), ip4(108), rest(3)),
       "eth@0+14 ip@14+20 ipcomp@34+3 | 1=108 | 37+0 truncated"},
      {"IpComp", link, frame(eth(0x0800), ip4(108), rest(14)),
       "eth@0+14 ip@14+20 ipcomp@34+4 | 1=108 | 38+10 encrypted"},
  };
}

class DecodeNetwork : public testing::TestWithParam<Sample> {};

TEST_P(DecodeNetwork, FindsExactlyTheseHeaders) {
  EXPECT_EQ(text_of(wire::decode(GetParam().packet())), GetParam().found);
}
INSTANTIATE_TEST_SUITE_P(, DecodeNetwork, testing::ValuesIn(network_samples()), name_of);

}  // namespace

std::vector<Sample> network_samples() {
  return joined({plain_datagrams(), offloaded_datagrams(), extension_chains(), ipv4_fragments(),
                 secured_datagrams()});
}

}  // namespace weir::test
