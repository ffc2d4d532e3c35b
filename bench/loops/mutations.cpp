// What damaged packets cost: decode() and the reader of what is inside, on whole messages and on
// the same with bytes changed. A mutated row costs at most three times its whole one:
// mutations_test.py, with WEIR_LONG_TESTS=1. --benchmark_min_time=2 has each read more than ten
// million packets.
#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "frames.h"
#include "weir/wire/any_fields.h"
#include "weir/wire/dhcp.h"
#include "weir/wire/dns.h"
#include "weir/wire/dns_writer.h"
#include "weir/wire/igmp_version_3.h"
#include "weir/wire/ipv4.h"
#include "weir/wire/ipv6.h"
#include "weir/wire/ipv6_extension.h"
#include "weir/wire/layers.h"
#include "weir/wire/mpls.h"
#include "weir/wire/netflow.h"
#include "weir/wire/netflow_record.h"
#include "weir/wire/netflow_v9.h"
#include "weir/wire/tcp.h"
#include "weir/wire/udp.h"
#include "weir/wire/vlan.h"
#include "weir/wire/vxlan.h"

namespace {

using namespace weir;        // NOLINT(google-build-using-namespace)
using namespace weir::wire;  // NOLINT(google-build-using-namespace)

constexpr std::size_t pool_size = 4096;

bench::Frame in_ipv4(std::uint8_t protocol, Bytes message) {
  bench::Frame frame(1514);
  const std::array<AnyFields, 2> layers{EthernetFields{}, Ipv4Fields{.protocol = protocol}};
  const auto built = build(frame, layers, message);
  frame.resize(built.value().size());
  return frame;
}

bench::Frame in_udp(const UdpFields& fields, Bytes message) {
  std::vector<std::uint8_t> datagram(8);
  (void)fields.write(datagram, message);
  datagram.insert(datagram.end(), message.begin(), message.end());
  return in_ipv4(ip_protocol::udp, datagram);
}

template <class Fields>
std::vector<std::uint8_t> written(const Fields& fields) {
  std::vector<std::uint8_t> bytes(fields.header_length());
  (void)fields.write(bytes, {});
  return bytes;
}

bench::Frame dns() {
  std::array<std::uint8_t, 512> buffer{};
  DnsWriter writer{buffer, {.is_response = true}};
  (void)writer.add(DnsQuestionFields{.name = "www.example.com"});
  for (std::uint8_t host = 1; host <= 8; ++host) {
    (void)writer.add(DnsSection::answer,
                     {.name = "www.example.com", .data = Ipv4Address{{192, 0, 2, host}}});
  }
  return in_udp({.source_port = dns_port, .destination_port = 4000}, writer.message());
}

bench::Frame dhcp() {
  const std::array<std::uint8_t, 1> type{3};
  const std::array<std::uint8_t, 4> address{192, 0, 2, 9};
  const std::array options{DhcpOption{dhcp_option::message_type, type},
                           DhcpOption{dhcp_option::requested_address, address},
                           DhcpOption{dhcp_option::server_identifier, address}};
  std::array<std::uint8_t, 64> vendor{};
  (void)write_dhcp_options(vendor, options);
  return in_udp({.destination_port = dhcp_server_port}, written(DhcpFields{.vendor = vendor}));
}

bench::Frame netflow() {
  auto message = written(NetflowFields{.count = 20});
  message.resize(message.size() + 20 * netflow_record_length(5));
  return in_udp({.destination_port = netflow_port}, message);
}

// Of headers alone, and 100 bytes.
template <std::size_t count>
bench::Frame stack(const std::array<AnyFields, count>& layers) {
  bench::Frame frame(1514);
  const std::array<std::uint8_t, 100> payload{};
  frame.resize(build(frame, layers, payload).value().size());
  return frame;
}

bench::Frame vlans() {
  return stack(std::array<AnyFields, 5>{EthernetFields{}, VlanFields{.identifier = 5},
                                        VlanFields{.identifier = 6}, Ipv4Fields{}, TcpFields{}});
}

bench::Frame labels() {
  return stack(std::array<AnyFields, 5>{EthernetFields{}, MplsFields{.label = 1000},
                                        MplsFields{.label = 1001}, Ipv4Fields{}, UdpFields{}});
}

bench::Frame extensions() {
  return stack(std::array<AnyFields, 6>{EthernetFields{}, Ipv6Fields{},
                                        Ipv6ExtensionFields{.protocol = ip_protocol::hop_by_hop},
                                        Ipv6ExtensionFields{}, Ipv6FragmentFields{}, UdpFields{}});
}

bench::Frame tunnel() {
  return stack(std::array<AnyFields, 7>{EthernetFields{}, Ipv4Fields{}, UdpFields{}, VxlanFields{},
                                        EthernetFields{}, Ipv6Fields{}, TcpFields{}});
}

bench::Frame igmp() {
  const std::array<Ipv4Address, 4> sources{};
  const std::array<IgmpGroupRecordFields, 4> records{
      {{.sources = sources}, {.sources = sources}, {.sources = sources}, {.sources = sources}}};
  return in_ipv4(ip_protocol::igmp, written(IgmpReportFields{.records = records}));
}

std::size_t read_dns(const DnsView& message) {
  DnsReader reader{message};
  DnsNameBuffer text;
  std::size_t found = 0;
  while (const auto record = reader.next_record()) {
    const auto name = reader.name(record->name_offset, text);
    found += name ? name->size() : 0;
  }
  return found;
}

// All there is to read in a packet.
std::size_t read(const Packet& packet) {
  const Layers layers = decode(packet, Depth::all);
  std::size_t found = layers.size();
  if (const auto message = view<DnsView>(packet, layers)) found += read_dns(*message);
  if (const auto message = view<DhcpView>(packet, layers)) {
    for (const auto& list :
         {message->options(), message->file_options(), message->sname_options()}) {
      for (const DhcpOption& option : list) found += option.code;
    }
  }
  if (const auto message = view<NetflowView>(packet, layers)) {
    for (std::size_t i = 0; i < netflow_record_count(*message); ++i) {
      found += NetflowRecord::read(*message, i)->octets;
    }
    for (const auto& set : NetflowFlowSetList{message->payload()}) found += set.id;
  }
  if (const auto message = view<IgmpView>(packet, layers)) {
    for (const auto& record : message->group_records()) found += record.source_count();
  }
  return found;
}

void whole(benchmark::State& state, const bench::Frame& frame) {
  const Packet packet = bench::packet_of(frame);
  for (auto _ : state) benchmark::DoNotOptimize(read(packet));
  state.SetItemsProcessed(state.iterations());
}

// One to eight bytes behind the Ethernet header are others.
void mutated(benchmark::State& state, const bench::Frame& frame) {
  std::mt19937 random{1};
  std::vector<bench::Frame> pool(pool_size, frame);
  for (bench::Frame& one : pool) {
    for (std::uint32_t left = 1 + random() % 8; left > 0; --left) {
      one[14 + random() % (one.size() - 14)] = static_cast<std::uint8_t>(random());
    }
  }
  std::size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(read(bench::packet_of(pool[next])));
    next = (next + 1) % pool_size;
  }
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK_CAPTURE(whole, dns, dns());
BENCHMARK_CAPTURE(mutated, dns, dns());
BENCHMARK_CAPTURE(whole, dhcp, dhcp());
BENCHMARK_CAPTURE(mutated, dhcp, dhcp());
BENCHMARK_CAPTURE(whole, netflow, netflow());
BENCHMARK_CAPTURE(mutated, netflow, netflow());
BENCHMARK_CAPTURE(whole, igmp, igmp());
BENCHMARK_CAPTURE(mutated, igmp, igmp());
BENCHMARK_CAPTURE(whole, vlans, vlans());
BENCHMARK_CAPTURE(mutated, vlans, vlans());
BENCHMARK_CAPTURE(whole, labels, labels());
BENCHMARK_CAPTURE(mutated, labels, labels());
BENCHMARK_CAPTURE(whole, extensions, extensions());
BENCHMARK_CAPTURE(mutated, extensions, extensions());
BENCHMARK_CAPTURE(whole, tunnel, tunnel());
BENCHMARK_CAPTURE(mutated, tunnel, tunnel());

}  // namespace
