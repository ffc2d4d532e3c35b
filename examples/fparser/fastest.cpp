// Prints the five fastest flows on an adapter each second: fastest ADAPTER SECONDS
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "weir/compat/fparser.h"

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  namespace fparser = weir::compat::fparser;
  try {
    fparser::FParser parser{argv[1]};
    std::printf("capturing on %s\n", argv[1]);
    std::fflush(stdout);
    for (int seconds = std::atoi(argv[2]); seconds > 0; --seconds) {
      std::this_thread::sleep_for(std::chrono::seconds{1});
      const auto flows = parser.flow_iter(fparser::SORT_BPS, 5);
      for (const fparser::FlowPointer& flow : flows) {
        const fparser::FlowId id = flow->get_id();
        std::printf("%s:%d > %s:%d %.0f B/s\n", id.src.c_str(), id.sport, id.dest.c_str(), id.dport,
                    flow->get_info().Bps);
      }
    }
    parser.stop();
  } catch (const weir::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
