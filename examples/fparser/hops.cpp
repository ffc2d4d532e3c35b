// Prints the flows of a capture file whose packets came by different ways, by their TTLs: hops FILE
#include <cstdio>
#include <semaphore>
#include <set>

#include "weir/compat/fparser.h"

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  namespace fparser = weir::compat::fparser;
  const auto check = [](const fparser::FlowPointer& flow) {
    std::set<int> ttls;
    for (const fparser::FlowPacket& packet : *flow) ttls.insert(packet.ttl);
    if (ttls.size() < 2) return;
    const fparser::FlowId id = flow->get_id();
    std::printf("%s > %s: TTL %d to %d\n", id.src.c_str(), id.dest.c_str(), *ttls.begin(),
                *ttls.rbegin());
  };
  std::binary_semaphore killed{0};
  try {
    const fparser::FParser parser{argv[1],
                                  true,
                                  600,
                                  30,
                                  "ip",
                                  100,
                                  fparser::LOG_ERR,
                                  check,
                                  check,
                                  [&] { killed.release(); }};
    killed.acquire();
  } catch (const weir::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
