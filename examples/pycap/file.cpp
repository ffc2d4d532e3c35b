// Prints the headers of each packet in a capture file: file FILE [FILTER]
#include <cstdio>

#include "weir/compat/pycap.h"

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  namespace pycap = weir::compat::pycap;
  try {
    pycap::pycap packets{{}, argv[1]};
    if (argc > 2) packets.filter(argv[2]);
    for (const pycap::item& packet : packets) {
      for (const auto& header : packet.headers()) std::printf("%s ", to_string(header).c_str());
      std::printf("%zu bytes\n", packet.rest.size());
    }
  } catch (const weir::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
