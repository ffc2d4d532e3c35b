// subset FILE OUT FILTER: the packets of a capture file that match, with their headers and times.
#include <cstdio>

#include "weir/compat/steelscript.h"

namespace steel = weir::compat::steelscript;

int main(int, char** words) {
  try {
    steel::PCAPReader reader{words[1]};
    reader.add_bpf_filter(words[3]);
    reader.open_pcap_dumper(words[2]);
    int count = 0;
    for (const steel::PCAPItem& item : reader) {
      reader.dump_hdr_pkt(item.hdr, item.pkt);
      ++count;
    }
    // At its end the reader has closed itself, and the dump with it.
    std::printf("%d packets\n", count);
  } catch (const weir::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
