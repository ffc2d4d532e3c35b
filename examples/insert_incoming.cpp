// Has an adapter receive a datagram that no wire brought: insert_incoming ADAPTER MAC ADDRESS PORT
// TEXT
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "weir/address.h"
#include "weir/error.h"
#include "weir/inject/incoming.h"
#include "weir/wire/frame_writer.h"
#include "weir/wire/ipv4.h"
#include "weir/wire/udp.h"

int main(int argc, char** argv) {
  using namespace weir::wire;
  if (argc != 6) return 2;
  const auto mac = weir::parse_mac(argv[2]);
  const auto address = weir::parse_ipv4(argv[3]);
  if (!mac || !address) return 2;
  const std::string_view text{argv[5]};
  const weir::Bytes payload{reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};

  std::array<std::uint8_t, 1514> buffer;
  const auto frame =
      build(buffer, EthernetFields{.destination = *mac},
            Ipv4Fields{.source = {{192, 0, 2, 1}}, .destination = *address},
            UdpFields{.source_port = 50'000,
                      .destination_port = static_cast<std::uint16_t>(std::atoi(argv[4]))},
            payload);
  if (!frame) return 1;

  try {
    const weir::inject::Sent sent = weir::inject::insert_incoming(argv[1], *frame);
    std::printf("%s\n", sent ? "inserted" : name(sent.refusal));
    return sent ? 0 : 1;
  } catch (const weir::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
