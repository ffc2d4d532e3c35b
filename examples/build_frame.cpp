// Builds a frame in a tunnel, prints its headers and its bytes: build_frame
#include <array>
#include <cstdint>
#include <cstdio>
#include <string>

#include "weir/wire/frame_writer.h"
#include "weir/wire/icmp.h"
#include "weir/wire/ipv4.h"
#include "weir/wire/layers.h"
#include "weir/wire/udp.h"
#include "weir/wire/vxlan.h"

int main() {
  using namespace weir::wire;
  std::array<std::uint8_t, 1514> buffer;
  const std::array<std::uint8_t, 5> text{'h', 'e', 'l', 'l', 'o'};
  // [README]
  const EthernetFields ethernet{.destination = {{0x00, 0x00, 0x5e, 0x00, 0x53, 0x01}},
                                .source = {{0x00, 0x00, 0x5e, 0x00, 0x53, 0x02}}};
  const Ipv4Fields outer{.source = {{192, 0, 2, 1}}, .destination = {{192, 0, 2, 2}}};
  const Ipv4Fields inner{.source = {{198, 51, 100, 1}}, .destination = {{198, 51, 100, 2}}};
  const auto frame = build(buffer, ethernet, outer, UdpFields{.source_port = 50'000},
                           VxlanFields{.identifier = 7}, ethernet, inner, IcmpFields{}, text);
  // [/README]
  if (!frame) {
    std::fprintf(stderr, "%s\n", name(frame.error()));
    return 1;
  }

  const weir::Packet packet{.data = *frame,
                            .wire_length = static_cast<std::uint32_t>(frame->size())};
  for (const Layer& layer : decode(packet)) {
    std::printf("%s ", std::string{name(layer.protocol)}.c_str());
  }
  std::printf("in %zu bytes:", frame->size());
  for (const std::uint8_t byte : *frame) std::printf(" %02x", byte);
  std::putchar('\n');
}
