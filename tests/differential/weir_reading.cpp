// Reads a pcap file in memory with weir::savefile::Reader.
#include "reading.h"
#include "weir/error.h"
#include "weir/savefile/reader.h"

namespace weir::differential {
namespace {

void read_all(savefile::Reader& reader, Reading& reading) {
  for (;;) {
    const Batch batch = reader.next_batch();
    if (batch.state != SourceState::packets) return;
    for (const Packet& packet : batch.packets) {
      reading.add({packet.timestamp.time_since_epoch().count(),
                   static_cast<std::uint32_t>(packet.data.size()), packet.wire_length},
                  packet.data.data());
    }
  }
}

}  // namespace

OwnReading read_with_weir(Bytes file) {
  OwnReading own;
  try {
    savefile::Reader reader = savefile::Reader::memory(file);
    own.is_pcap = reader.format() != savefile::Format::pcapng &&
                  reader.compression() == savefile::Compression::none;
    if (!own.is_pcap) return own;
    own.reading.opened = true;
    own.reading.link_type = static_cast<std::uint32_t>(reader.interfaces().front().link_type);
    own.reading.big_endian = reader.byte_order() == savefile::ByteOrder::big;
    read_all(reader, own.reading);
  } catch (const Error& error) {
    own.reading.complaint = error.what();
  }
  return own;
}

}  // namespace weir::differential
