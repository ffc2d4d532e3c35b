// decode() on what IP carries: transports, control and routing protocols,
// applications by port.
#include "decode_samples.h"
#include "support/layers_text.h"
#include "weir/wire/dccp.h"
#include "weir/wire/dhcp.h"
#include "weir/wire/dns.h"
#include "weir/wire/icmp.h"
#include "weir/wire/icmpv6.h"
#include "weir/wire/igmp.h"
#include "weir/wire/netflow.h"
#include "weir/wire/sctp.h"
#include "weir/wire/udp_lite.h"

namespace weir::test {
namespace {

constexpr auto link = LinkType::ethernet;

template <class... Headers>
Octets in_ipv4(std::uint8_t protocol, const Headers&... headers) {
  return frame(eth(0x0800), ip4(protocol), headers...);
}

std::vector<Sample> transports() {
  const wire::IcmpFields unreachable{.type = wire::IcmpType::destination_unreachable, .code = 3};
  const wire::Icmpv6Fields unreachable6{.type = wire::Icmpv6Type::destination_unreachable};
  return {
      {"Sctp", link, in_ipv4(132, wire::SctpFields{}, rest(8)),
       "eth@0+14 ip@14+20 sctp@34+12 | 1>2=132 | 46+8 payload"},
      {"Dccp", link, in_ipv4(33, wire::DccpFields{}, rest(8)),
       "eth@0+14 ip@14+20 dccp@34+16 | 1>2=33 | 50+8 payload"},
      {"UdpLite", link, in_ipv4(136, wire::UdpLiteFields{}, rest(8)),
       "eth@0+14 ip@14+20 udplite@34+8 | 1>2=136 | 42+8 payload"},
      {"IcmpEcho", link, in_ipv4(1, wire::IcmpFields{}, rest(8)),
       "eth@0+14 ip@14+20 icmp@34+8 | 1>2=1 | 42+8 payload"},
      {"IcmpErrorIsNotReadThrough", link, in_ipv4(1, unreachable, datagram()),
       "eth@0+14 ip@14+20 icmp@34+8 | 1>2=1 | 42+32 payload"},
      {"Icmpv6ErrorIsNotReadThrough", link, frame(eth(0x86dd), ip6(58), unreachable6, datagram6()),
       "eth@0+14 ipv6@14+40 icmpv6@54+8 | 1>2=58 | 62+52 payload"},
      {"Igmp", link, in_ipv4(2, wire::IgmpFields{}),
       "eth@0+14 ip@14+20 igmp@34+8 | 1>2=2 | 42+0 payload"},
      {"Ospf", link, padded(in_ipv4(89, rest(24)), 2),
       "eth@0+14 ip@14+20 ospf@34+24 | 1=89 | 58+0 payload"},
      {"Pim", link, in_ipv4(103, rest(24)), "eth@0+14 ip@14+20 pim@34+24 | 1=103 | 58+0 payload"},
      {"Vrrp", link, in_ipv4(112, rest(24)), "eth@0+14 ip@14+20 vrrp@34+24 | 1=112 | 58+0 payload"},
      {"Eigrp", link, in_ipv4(88, rest(24)), "eth@0+14 ip@14+20 eigrp@34+24 | 1=88 | 58+0 payload"},
  };
}

std::vector<Sample> applications() {
  const wire::UdpFields from_dns{.source_port = 53, .destination_port = 50000};
  static const Octets options{0x63, 0x82, 0x53, 0x63, 53, 1, 1, 255};
  const Octets record{22, 3, 1, 0, 5, 1, 0, 0, 1, 0};
  return {
      {"Dns", link, in_ipv4(17, udp(53), wire::DnsFields{.question_count = 1}, rest(10)),
       "eth@0+14 ip@14+20 udp@34+8 dns@42+12 | 1>2=17 | 54+10 payload"},
      {"DnsAnswer", link, in_ipv4(17, from_dns, wire::DnsFields{.is_response = true}, rest(10)),
       "eth@0+14 ip@14+20 udp@34+8 dns@42+12 | 1>2=17 | 54+10 payload"},
      {"DnsInIpv6", link, frame(eth(0x86dd), ip6(17), udp(53), wire::DnsFields{}, rest(10)),
       "eth@0+14 ipv6@14+40 udp@54+8 dns@62+12 | 1>2=17 | 74+10 payload"},
      {"DnsOverTcp", link,
       in_ipv4(6, tcp(53), Octets{0, 22}, wire::DnsFields{.question_count = 1}, rest(10)),
       "eth@0+14 ip@14+20 tcp@34+20 dns@56+12 | 1>2=6 | 68+10 payload"},
      {"DnsPortWithSomethingElse", link, in_ipv4(17, udp(53), rest(5)),
       "eth@0+14 ip@14+20 udp@34+8 | 1>2=17 | 42+5 payload"},
      {"Tls", link, in_ipv4(6, tcp(443), record),
       "eth@0+14 ip@14+20 tcp@34+20 tls@54+5 | 1>2=6 | 59+5 payload"},
      {"TlsInIpv6", link, frame(eth(0x86dd), ip6(6), tcp(443), record),
       "eth@0+14 ipv6@14+40 tcp@54+20 tls@74+5 | 1>2=6 | 79+5 payload"},
      {"TlsPortWithSomethingElse", link, in_ipv4(6, tcp(443), rest(9)),
       "eth@0+14 ip@14+20 tcp@34+20 | 1>2=6 | 54+9 payload"},
      {"TlsPortWithNothing", link, padded(in_ipv4(6, tcp(443)), 6),
       "eth@0+14 ip@14+20 tcp@34+20 | 1>2=6 | 54+0 payload"},
      {"Dhcp", link, in_ipv4(17, udp(67), wire::DhcpFields{.vendor = options}),
       "eth@0+14 ip@14+20 udp@34+8 dhcp@42+244 | 1>2=17 | 286+0 payload"},
      {"DhcpOfAProxy", link, in_ipv4(17, udp(4011), wire::DhcpFields{}),
       "eth@0+14 ip@14+20 udp@34+8 dhcp@42+236 | 1>2=17 | 278+0 payload"},
      {"DhcpPortWithSomethingElse", link, in_ipv4(17, udp(68), rest(240)),
       "eth@0+14 ip@14+20 udp@34+8 | 1>2=17 | 42+240 payload"},
      {"Netflow", link, in_ipv4(17, udp(2055), wire::NetflowFields{}, rest(48)),
       "eth@0+14 ip@14+20 udp@34+8 cflow@42+24 | 1>2=17 | 66+48 payload"},
      {"NetflowVersion9", link, in_ipv4(17, udp(9996), wire::NetflowFields{.version = 9}, rest(8)),
       "eth@0+14 ip@14+20 udp@34+8 cflow@42+20 | 1>2=17 | 62+8 payload"},
      {"NetflowPortWithSomethingElse", link, in_ipv4(17, udp(2055), rest(72)),
       "eth@0+14 ip@14+20 udp@34+8 | 1>2=17 | 42+72 payload"},
  };
}

class DecodeTransport : public testing::TestWithParam<Sample> {};

TEST_P(DecodeTransport, FindsExactlyTheseHeaders) {
  EXPECT_EQ(text_of(wire::decode(GetParam().packet())), GetParam().found);
}
INSTANTIATE_TEST_SUITE_P(, DecodeTransport, testing::ValuesIn(transport_samples()), name_of);

}  // namespace

std::vector<Sample> transport_samples() { return joined({transports(), applications()}); }

}  // namespace weir::test
