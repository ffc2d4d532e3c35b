// Prints each flow of a capture file as it ends: flows FILE [FILTER]
#include <cstdio>
#include <semaphore>

#include "weir/compat/fparser.h"

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  namespace fparser = weir::compat::fparser;
  const auto print = [](const fparser::FlowPointer& flow) {
    const fparser::FlowId id = flow->get_id();
    std::printf("%s %s:%d > %s:%d %zu packets, %llu bytes\n",
                id.type == fparser::FLOW_TYPE_TCP ? "tcp" : "udp", id.src.c_str(), id.sport,
                id.dest.c_str(), id.dport, flow->size(),
                static_cast<unsigned long long>(flow->get_info().size_bytes));
  };
  std::binary_semaphore killed{0};
  try {
    const fparser::FParser parser{argv[1],
                                  true,
                                  600,
                                  30,
                                  argc > 2 ? argv[2] : "ip",
                                  100,
                                  fparser::LOG_ERR,
                                  print,
                                  print,
                                  [&] { killed.release(); }};
    killed.acquire();
  } catch (const weir::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
