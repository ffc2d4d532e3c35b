// Gives web servers another User-Agent: rewrite_header DRIVER AGENT
#include <cstdio>
#include <string>
#include <string_view>

#include "weir/compat/net_filter.h"
#include "weir/error.h"
#include "weir/wire/edit.h"

using weir::compat::NetFilter;
using Event = weir::compat::NetFilterPacketEventParams;

void rewrite(Event& event, std::string agent) {
  const bool has_ethernet = event.packet_type == NetFilter::DLT_EN10MB;
  const weir::Packet packet{
      .data = {event.buffer, static_cast<std::size_t>(event.data_size)},
      .wire_length = static_cast<std::uint32_t>(event.packet_size),
      .link_type = has_ethernet ? weir::LinkType::ethernet : weir::LinkType::raw};
  const auto layers = weir::wire::decode(packet, weir::wire::Depth::transport);
  std::string request{reinterpret_cast<const char*>(event.buffer) + layers.payload_offset,
                      layers.payload_length};
  constexpr std::string_view name = "\r\nUser-Agent: ";
  const std::size_t found = request.find(name);
  if (found == std::string::npos) return;
  const std::size_t begin = found + name.size();
  const std::size_t end = request.find("\r\n", begin);
  if (end == std::string::npos) return;
  // As long as it was: TCP numbers its bytes.
  agent.resize(end - begin, ' ');
  request.replace(begin, end - begin, agent);
  weir::wire::Editor editor{{event.buffer, static_cast<std::size_t>(event.buffer_size)}, packet};
  const weir::Bytes payload{reinterpret_cast<const std::uint8_t*>(request.data()), request.size()};
  // The checksum of TCP follows.
  if (editor.set_payload(payload)) event.action = NetFilter::PACKET_ACTION_SEND_MODIFIED;
}

int main(int argc, char** argv) try {
  if (argc != 3) return 2;
  constexpr const char* guid = "{7C8A3F0E-52D1-4B7E-9C44-0B1B1C0E5A03}";
  NetFilter filter;
  filter.install(argv[1], guid, 0, NetFilter::INSTALL_REMOVE_OLD_VERSIONS, "");
  filter.initialize(guid);
  filter.on_packet = [&](Event& event) { rewrite(event, argv[2]); };
  filter.add_filter_rule(1, -1, NetFilter::PACKET_DIRECTION_OUTGOING, -1, -1, "tcp dst port 80",
                         NetFilter::RULE_ACTION_CAPTURE);
  filter.start_filter(3000);
  std::puts("rewriting");
  std::fflush(stdout);
  std::getchar();  // until a line is read
  filter.stop_filter();
  filter.uninstall(argv[1], guid, NetFilter::UNINSTALL_VERSION_ALL);
} catch (const weir::Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
