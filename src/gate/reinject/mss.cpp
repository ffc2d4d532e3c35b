// lower_mss(): the option of RFC 9293 3.7.1.
#include "gate/reinject/mss.h"

#include "weir/wire/edit.h"
#include "weir/wire/tcp.h"

namespace weir::gate {

std::optional<std::uint16_t> lower_mss(Bytes frame, const Outline& outline,
                                       std::uint16_t growth) noexcept {
  if (growth == 0 || !outline.transport || outline.transport->protocol != wire::Protocol::tcp) {
    return std::nullopt;
  }
  const Transport& transport = *outline.transport;
  const auto tcp =
      wire::TcpView::parse(frame.subspan(transport.header, transport.end - transport.header));
  if (!tcp || !tcp->has(wire::tcp_flags::syn)) return std::nullopt;
  for (const wire::TcpOption& option : tcp->options()) {
    const auto size = option.maximum_segment_size();
    if (!size) continue;
    if (*size <= growth) return std::nullopt;
    return static_cast<std::uint16_t>(*size - growth);
  }
  return std::nullopt;
}

void write_mss(MutableBytes frame, LinkType link_type, const Outline& outline,
               std::uint16_t size) noexcept {
  Packet packet = as_packet(frame, link_type);
  if (outline.unfinished) packet.flags = PacketFlags::checksum_not_ready;
  // It can be refused behind AH only, where nobody may change it.
  static_cast<void>(wire::Editor{frame, packet, outline.layers}.clamp_mss(size));
}

}  // namespace weir::gate
