// Prints the sender of each packet of an adapter: capture ADAPTER COUNT
#include <cstdio>
#include <cstdlib>

#include "weir/compat/pycap.h"

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  namespace pycap = weir::compat::pycap;
  try {
    pycap::pycap packets{argv[1]};
    std::printf("capturing on %s\n", packets.device().c_str());
    std::fflush(stdout);
    for (long wanted = std::atol(argv[2]); wanted > 0;) {
      try {
        const auto packet = packets.next();
        if (!packet) break;
        if (const auto* const ip = packet->find<pycap::protocol::ip>()) {
          std::printf("%s\n", weir::to_string(ip->source).c_str());
        }
        --wanted;
      } catch (const pycap::error&) {
        // Nothing came within the timeout.
      }
    }
  } catch (const weir::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
