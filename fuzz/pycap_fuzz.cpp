// Fuzzes what pycap makes of packets: any bytes under any link type become headers and what is left
// of them, or a pycap::error; and what its inject() would send of those reads as the same headers.
// Input: as decode's.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "fuzzed_frame.h"
#include "weir/bytes.h"
#include "weir/compat/pycap.h"

namespace {

namespace pycap = weir::compat::pycap;
using weir::Bytes;

void require(bool condition) {
  if (!condition) std::abort();
}

bool lies_in(Bytes inner, Bytes outer) {
  return inner.data() >= outer.data() && inner.data() + inner.size() == outer.data() + outer.size();
}

std::string text_of(const pycap::item& item) {
  std::string text;
  for (const auto& header : item.headers()) text += to_string(header);
  return text;
}

void send(const pycap::item& item) {
  const auto frame = pycap::inject::frame_of(item.headers(), item.rest);
  const bool is_ethernet = item.find<pycap::Ethernet>() != nullptr;
  if (!is_ethernet && item.find<pycap::ARP>() != nullptr) return;  // of cooked packets: no frame
  const auto length = static_cast<std::uint32_t>(frame.size());
  const pycap::item again =
      pycap::decoded({.data = frame,
                      .wire_length = length,
                      .link_type = is_ethernet ? weir::LinkType::ethernet : weir::LinkType::raw});
  require(text_of(again) == text_of(item));
  // Bytes that followed the datagram are in it now: they may be the times of a message.
  if (!item.headers().empty() && again.headers().back().index() != item.headers().back().index()) {
    return;
  }
  require(again.rest.size() >= item.rest.size());  // a message of ICMP has eight bytes
  require(std::ranges::equal(again.rest.first(item.rest.size()), item.rest));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < FuzzedFrame::prefix) return 0;
  const FuzzedFrame frame{{data, size}};
  const weir::Packet& packet = frame.packet();
  try {
    const pycap::item item = pycap::decoded(packet);
    require(lies_in(item.rest, packet.data));
    for (const auto& header : item.headers()) {
      std::visit([&](const auto& one) { require(lies_in(one.packet(), packet.data)); }, header);
    }
    send(item);
  } catch (const pycap::error&) {
    // No IPv4 over Ethernet, or nothing that can be sent: bytes behind a header that takes none.
  }
  return 0;
}
