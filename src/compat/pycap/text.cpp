// Headers of pycap as text.
#include <fmt/format.h>

#include "weir/compat/pycap/protocol.h"

namespace weir::compat::pycap::protocol {
namespace {

struct NamedFlag {
  std::uint16_t flag;
  std::string_view name;
};
constexpr NamedFlag named_flags[] = {
    {wire::tcp_flags::fin, "fin"},  {wire::tcp_flags::syn, "syn"}, {wire::tcp_flags::rst, "rst"},
    {wire::tcp_flags::psh, "push"}, {wire::tcp_flags::ack, "ack"}, {wire::tcp_flags::urg, "urg"},
    {wire::tcp_flags::ece, "ece"},  {wire::tcp_flags::cwr, "cwr"}, {wire::tcp_flags::ae, "ae"}};

std::string flags_text(std::uint16_t flags) {
  std::string text;
  for (const auto& [flag, name] : named_flags) {
    if ((flags & flag) == 0) continue;
    if (!text.empty()) text += ", ";
    text += name;
  }
  return text.empty() ? "none" : text;
}

std::string text(const ethernet& one) {
  return fmt::format("Ethernet(type={:#x}, {} -> {})", one.type, weir::to_string(one.source),
                     weir::to_string(one.destination));
}
std::string text(const arp& one) {
  return fmt::format("ARP(op={:#x}, protocol={:#x}, {} ({}) -> {} ({}))", one.operation,
                     one.protocol, weir::to_string(one.sourcehardware),
                     weir::to_string(one.sourceprotocol), weir::to_string(one.targethardware),
                     weir::to_string(one.targetprotocol));
}
std::string text(const ip& one) {
  return fmt::format("IP(proto={:#x}, {} -> {})", one.protocol, weir::to_string(one.source),
                     weir::to_string(one.destination));
}
std::string text(const tcp& one) {
  return fmt::format("TCP({} -> {}, seq={:#06x}, ack={:#06x}, flags=({}))", one.sourceport,
                     one.destinationport, one.sequence, one.acknowledge, flags_text(one.flags));
}
std::string text(const udp& one) {
  return fmt::format("UDP({} -> {})", one.sourceport, one.destinationport);
}
std::string text(const icmp& one) {
  return fmt::format("ICMP(type={:#x}, code={:#x})", one.type, one.code);
}

}  // namespace

std::string to_string(const any_header& one) {
  return std::visit([](const auto& given) { return text(given); }, one);
}

}  // namespace weir::compat::pycap::protocol
