// Prints what the reader makes of one capture: interfaces as text on stderr, records as bytes on
// stdout ("time_ns link_type interface caplen len\n" and the data), for captures_test.py to digest.
#include <cstdio>
#include <iostream>

#include "weir/error.h"
#include "weir/savefile/reader.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  try {
    weir::savefile::Reader reader{argv[1]};
    for (const weir::Packet& packet : reader) {
      const bool timed = !weir::has(packet.flags, weir::PacketFlags::no_timestamp);
      std::printf("%s%lld %u %u %zu %u\n", timed ? "" : "-",
                  static_cast<long long>(packet.timestamp.time_since_epoch().count()),
                  static_cast<unsigned>(packet.link_type), packet.interface_index,
                  packet.data.size(), packet.wire_length);
      std::fwrite(packet.data.data(), 1, packet.data.size(), stdout);
    }
  } catch (const weir::Error& error) {
    std::cerr << error.what() << '\n';
    return 3;
  }
  return 0;
}
