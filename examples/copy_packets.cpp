// Copies the packets that match a filter to a compressed pcapng: copy_packets CAPTURE OUT
#include <cstdio>
#include <vector>

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
  constexpr auto end = weir::SourceState::end;
  // [README]
  weir::savefile::Reader reader{from};
  weir::savefile::Writer writer{to, {.compression = weir::savefile::Compression::zstd}};
  for (auto batch = reader.next_batch(); batch.state != end; batch = reader.next_batch()) {
    chosen.clear();
    dns.select(batch.packets, chosen);
    writer.write(reader.interfaces(), chosen);
  }
  writer.close();  // the last frame; throws if the disk is full
  // [/README]
  const weir::savefile::WriterCounts counts = writer.counts();
  std::printf("%llu packets in %llu bytes\n", static_cast<unsigned long long>(counts.packets),
              static_cast<unsigned long long>(counts.bytes));
} catch (const weir::Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
