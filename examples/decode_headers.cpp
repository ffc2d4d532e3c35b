// Prints sender and length of every IPv4 datagram: decode_headers CAPTURE
#include <cstdio>

#include "weir/address.h"
#include "weir/error.h"
#include "weir/savefile/reader.h"
#include "weir/wire/ipv4.h"
#include "weir/wire/layers.h"

int main(int argc, char** argv) try {
  if (argc != 2) return 2;
  weir::savefile::Reader reader{argv[1]};
  // [README]
  for (const weir::Packet& packet : reader) {
    const weir::wire::Layers layers = weir::wire::decode(packet);
    const auto ip = weir::wire::view<weir::wire::Ipv4View>(packet, layers);
    if (ip) std::printf("%s %u\n", to_string(ip->source()).c_str(), ip->total_length());
  }
  // [/README]
} catch (const weir::Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
