// Tells which names this machine asks for: log_dns DRIVER
#include <chrono>
#include <cstdio>

#include "weir/compat/net_filter.h"
#include "weir/error.h"
#include "weir/wire/dns.h"
#include "weir/wire/layers.h"

using weir::compat::NetFilter;

void log_questions(const weir::compat::NetFilterNotifyPacketEventParams& event) {
  const bool has_ethernet = event.packet_type == NetFilter::DLT_EN10MB;
  const weir::Packet packet{
      .data = {event.data, static_cast<std::size_t>(event.data_size)},
      .wire_length = static_cast<std::uint32_t>(event.packet_size),
      .link_type = has_ethernet ? weir::LinkType::ethernet : weir::LinkType::raw};
  const auto dns = weir::wire::view<weir::wire::DnsView>(packet, weir::wire::decode(packet));
  if (!dns || dns->is_response()) return;
  weir::wire::DnsReader reader{*dns};
  weir::wire::DnsNameBuffer text;
  while (const auto question = reader.next_question()) {
    const auto name = reader.name(question->name_offset, text);
    if (!name) return;
    const auto seconds =
        std::chrono::floor<std::chrono::seconds>(event.timestamp).time_since_epoch();
    std::printf("%lld %.*s type %u\n", static_cast<long long>(seconds.count()),
                static_cast<int>(name->size()), name->data(),
                static_cast<unsigned>(question->type));
    std::fflush(stdout);
  }
}

int main(int argc, char** argv) try {
  if (argc != 2) return 2;
  constexpr const char* guid = "{7C8A3F0E-52D1-4B7E-9C44-0B1B1C0E5A02}";
  NetFilter filter;
  filter.install(argv[1], guid, 0, NetFilter::INSTALL_REMOVE_OLD_VERSIONS, "");
  filter.initialize(guid);
  filter.set_serialize_events(NetFilter::seOnOneWorkerThread);
  filter.on_notify_packet = log_questions;
  filter.add_filter_rule(1, -1, NetFilter::PACKET_DIRECTION_OUTGOING, -1, -1, "udp dst port 53",
                         NetFilter::RULE_ACTION_NOTIFY);
  filter.start_filter(0);
  std::puts("logging");
  std::fflush(stdout);
  std::getchar();  // until a line is read
  filter.stop_filter();
  filter.uninstall(argv[1], guid, NetFilter::UNINSTALL_VERSION_ALL);
} catch (const weir::Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
