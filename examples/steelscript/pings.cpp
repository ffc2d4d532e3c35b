// pings DEVICE COUNT: the next ICMP packets of a device, with their addresses, type and code.
#include <cstdio>
#include <cstdlib>

#include "weir/compat/steelscript.h"

namespace steel = weir::compat::steelscript;

int main(int, char** words) {
  try {
    steel::PCAPSocket sock{words[1], 0, 1, 100};
    sock.add_bpf_filter("icmp");
    std::printf("listening on %s\n", words[1]);
    std::fflush(stdout);
    int left = std::atoi(words[2]);
    for (const steel::PCAPItem& item : sock) {
      if (item.pkt.empty()) continue;  // none came within 100 ms
      const steel::Ethernet packet{item.pkt};
      const auto& ip = dynamic_cast<const steel::IP&>(*packet.payload);
      const auto& icmp = dynamic_cast<const steel::ICMP&>(*ip.payload);
      std::printf("%s %s %d %d\n", to_string(ip.src).c_str(), to_string(ip.dst).c_str(), +icmp.type,
                  +icmp.code);
      if (--left == 0) break;
    }
  } catch (const weir::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
