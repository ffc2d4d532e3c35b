// Has an adapter receive a datagram that no wire brought: insert_incoming ADAPTER MAC ADDRESS PORT
// TEXT
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "weir/error.h"
#include "weir/inject/incoming.h"
#include "weir/wire/frame_writer.h"
#include "weir/wire/ipv4.h"
#include "weir/wire/udp.h"

int main(int argc, char** argv) try {
  using namespace weir::wire;
  const auto mac = argc == 6 ? weir::parse_mac(argv[2]) : std::nullopt;
  const auto address = argc == 6 ? weir::parse_ipv4(argv[3]) : std::nullopt;
  if (!mac || !address) return 2;
  const auto port = static_cast<std::uint16_t>(std::atoi(argv[4]));
  const weir::Bytes text{reinterpret_cast<const std::uint8_t*>(argv[5]), std::strlen(argv[5])};

  std::array<std::uint8_t, 1514> buffer;
  const Ipv4Fields ip{.source = {{192, 0, 2, 1}}, .destination = *address};
  const UdpFields udp{.source_port = 50'000, .destination_port = port};
  const auto frame = build(buffer, EthernetFields{.destination = *mac}, ip, udp, text);
  if (!frame) return 1;

  const char* const adapter = argv[1];
  // [README]
  const weir::inject::Sent sent = weir::inject::insert_incoming(adapter, *frame);
  std::printf("%s\n", sent ? "inserted" : name(sent.refusal));
  // [/README]
  return sent ? 0 : 1;
} catch (const weir::Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
