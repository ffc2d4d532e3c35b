// What TCP carries, as far as it is printed, and the TLS server name at the end of a line.
#include "print/printer.h"
#include "weir/wire/tls.h"

namespace weir::print {
namespace {

constexpr std::uint16_t port_ssh = 22;
constexpr std::uint8_t rst = 0x04;
/// RFC 1122 4.2.2.12: a reset may carry a text.
constexpr std::size_t max_reset_text = 30;

void put_reset_text(Line& line, const Header& payload) {
  std::size_t length = payload.length();
  line.put(length > max_reset_text ? " [RST+" : " [RST");
  length = std::min(length, max_reset_text);
  line.put(' ');
  for (std::size_t i = 0; i < length && payload.holds(i, 1); ++i) line.put_escaped(payload.u8(i));
  line.put(']');
}

}  // namespace

void Printer::tcp_payload(const Header& payload, std::uint16_t source, std::uint16_t destination,
                          std::uint8_t flags) {
  if ((flags & rst) != 0 && verbose()) return put_reset_text(line_, payload);
  if (source == port_ssh || destination == port_ssh) return ssh(payload);
  if (lines_of_text(payload, source, destination)) return;
  if (carries_dns(wire::NumberSpace::tcp_port, source, destination)) {
    return dns(payload, true, false);
  }
  if (follow(payload)) line_.put(": ");
}

void Printer::server_name() {
  if (!layers_.protocols.contains(Protocol::tls) || options_.quick) return;
  const wire::Layer* record = layers_.find(Protocol::tls);
  if (record->offset >= packet_.data.size()) return;
  if (const auto name = wire::tls_server_name(packet_.data.subspan(record->offset))) {
    line_.put(", TLS server name ");
    line_.put(*name);
  }
}

}  // namespace weir::print
