// Reads a pcap file in memory with libpcap.
#include <pcap/pcap.h>

#include <cstdio>
#include <memory>

#include "reading.h"

namespace weir::differential {
namespace {

struct Close {
  void operator()(pcap_t* handle) const noexcept { pcap_close(handle); }
};
using Handle = std::unique_ptr<pcap_t, Close>;

Handle open(Bytes file, unsigned precision, std::string& complaint) {
  char message[PCAP_ERRBUF_SIZE] = "";
  // Opened to be read, fmemopen leaves the bytes alone.
  std::FILE* const stream = fmemopen(const_cast<std::uint8_t*>(file.data()), file.size(), "r");
  if (stream == nullptr) return nullptr;
  Handle handle{pcap_fopen_offline_with_tstamp_precision(stream, precision, message)};
  if (handle == nullptr) {
    complaint = message;
    std::fclose(stream);
  }
  return handle;
}

bool has_nanoseconds(Bytes file) noexcept {
  if (file.size() < 4) return false;
  const auto magic = load_be<std::uint32_t>(file.data());
  return magic == 0xa1b23c4d || magic == 0x4d3cb2a1;
}

}  // namespace

Reading read_with_libpcap(Bytes file) {
  Reading reading;
  // The file's own precision: then libpcap hands its fractions on as they are.
  const bool nanoseconds = has_nanoseconds(file);
  const Handle handle =
      open(file, nanoseconds ? PCAP_TSTAMP_PRECISION_NANO : PCAP_TSTAMP_PRECISION_MICRO,
           reading.complaint);
  if (handle == nullptr) return reading;
  reading.opened = true;
  reading.link_type = static_cast<std::uint32_t>(pcap_datalink(handle.get()));
  reading.snapshot_length = static_cast<std::uint32_t>(pcap_snapshot(handle.get()));
  reading.big_endian = pcap_is_swapped(handle.get()) != 0;

  const std::int64_t tick = nanoseconds ? 1 : 1000;
  pcap_pkthdr* header = nullptr;
  const u_char* data = nullptr;
  int answer = 0;
  while ((answer = pcap_next_ex(handle.get(), &header, &data)) == 1) {
    // libpcap reads the two words as signed in files of this byte order, as unsigned in others.
    const auto seconds = static_cast<std::uint32_t>(header->ts.tv_sec);
    const auto fraction = static_cast<std::uint32_t>(header->ts.tv_usec);
    reading.add({std::int64_t{seconds} * 1'000'000'000 + std::int64_t{fraction} * tick,
                 header->caplen, header->len},
                data);
  }
  if (answer == PCAP_ERROR) reading.complaint = pcap_geterr(handle.get());
  return reading;
}

}  // namespace weir::differential
