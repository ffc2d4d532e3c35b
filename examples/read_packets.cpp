// Reads a capture file and counts what a filter matches: read_packets CAPTURE
#include <cstdio>

#include "weir/error.h"
#include "weir/filter/filter.h"
#include "weir/savefile/reader.h"

int main(int argc, char** argv) try {
  if (argc != 2) return 2;
  const char* path = argv[1];
  std::size_t packets = 0;
  std::size_t bytes = 0;
  // [README]
  weir::savefile::Reader reader{path};
  const weir::filter::Filter dns{"udp port 53"};
  for (const weir::Packet& packet : reader) {
    if (!dns.matches(packet)) continue;
    ++packets;
    bytes += packet.wire_length;
  }
  // [/README]
  std::printf("%zu packets, %zu bytes\n", packets, bytes);
} catch (const weir::Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
