// Keeps this machine from a website: block_website DRIVER HOST
#include <cstdio>
#include <string>
#include <string_view>

#include "weir/compat/net_filter.h"
#include "weir/error.h"
#include "weir/wire/layers.h"
#include "weir/wire/tls.h"

using weir::compat::NetFilter;
using Event = weir::compat::NetFilterPacketEventParams;

weir::Bytes payload_of(const Event& event) {
  const weir::Bytes bytes{event.buffer, static_cast<std::size_t>(event.data_size)};
  const bool has_ethernet = event.packet_type == NetFilter::DLT_EN10MB;
  const weir::Packet packet{
      .data = bytes,
      .wire_length = static_cast<std::uint32_t>(event.packet_size),
      .link_type = has_ethernet ? weir::LinkType::ethernet : weir::LinkType::raw};
  const auto layers = weir::wire::decode(packet, weir::wire::Depth::transport);
  return bytes.subspan(layers.payload_offset, layers.payload_length);
}

/// The beginning of a TLS connection, or an HTTP request. What is longer than a packet is let pass.
bool asks_for(weir::Bytes payload, const std::string& host) {
  if (weir::wire::tls_server_name(payload) == host) return true;
  const std::string_view text{reinterpret_cast<const char*>(payload.data()), payload.size()};
  return text.find("\r\nHost: " + host + "\r\n") != std::string_view::npos;
}

int main(int argc, char** argv) try {
  if (argc != 3) return 2;
  const std::string host = argv[2];
  constexpr const char* guid = "{7C8A3F0E-52D1-4B7E-9C44-0B1B1C0E5A01}";
  NetFilter filter;
  filter.install(argv[1], guid, 0, NetFilter::INSTALL_REMOVE_OLD_VERSIONS, "");
  filter.initialize(guid);
  filter.on_packet = [&](Event& event) {
    if (asks_for(payload_of(event), host)) event.action = NetFilter::PACKET_ACTION_DROP;
  };
  // Its addresses; and, wherever else it may be, its name.
  if (!filter.add_filter_rule(1, -1, NetFilter::PACKET_DIRECTION_OUTGOING, -1, -1,
                              "dst host " + host, NetFilter::RULE_ACTION_DROP)) {
    std::fprintf(stderr, "%s\n", filter.get_last_error().c_str());
  }
  filter.add_filter_rule(2, -1, NetFilter::PACKET_DIRECTION_OUTGOING, -1, -1,
                         "tcp dst port 80 or tcp dst port 443", NetFilter::RULE_ACTION_CAPTURE);
  filter.start_filter(3000);
  std::printf("blocking %s\n", argv[2]);
  std::fflush(stdout);
  std::getchar();  // until a line is read
  filter.stop_filter();
  filter.uninstall(argv[1], guid, NetFilter::UNINSTALL_VERSION_ALL);
} catch (const weir::Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
