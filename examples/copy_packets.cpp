// Copies the packets that match a filter to a compressed pcapng: copy_packets CAPTURE OUT
#include <cstdio>
#include <vector>

#include "weir/copy.h"
#include "weir/error.h"
#include "weir/filter/filter.h"
#include "weir/savefile/reader.h"
#include "weir/savefile/writer.h"

int main(int argc, char** argv) try {
  if (argc != 3) return 2;
  const char* from = argv[1];
  const char* to = argv[2];
  const weir::filter::Filter dns{"udp port 53"};
  std::vector<weir::Packet> chosen;
  weir::savefile::Reader reader{from};
  // [README]
  weir::savefile::Writer writer{to, {.compression = weir::savefile::Compression::zstd}};
  weir::Copy copy{writer};  // with all that the file says beside its packets
  for (const weir::Batch& batch : reader.batches()) {
    chosen.clear();
    dns.select(batch.packets, chosen);
    copy.add(reader.context(), chosen);
  }
  copy.add(reader.context(), {});  // what it says behind its last packet
  writer.close();                  // the last frame; throws if the disk is full
  // [/README]
  const weir::SinkCounts counts = writer.counts();
  std::printf("%llu packets in %llu bytes\n", static_cast<unsigned long long>(counts.packets),
              static_cast<unsigned long long>(counts.bytes));
} catch (const weir::Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
