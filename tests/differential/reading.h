// What a program makes of the bytes of a pcap file: its records, and how the file ends.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "weir/bytes.h"

namespace weir::differential {

struct Record {
  /// As both can tell it: seconds times 10^9, and the fraction, which may be more than a second.
  std::int64_t time = 0;
  std::uint32_t caplen = 0;
  std::uint32_t length = 0;
  /// Of the caplen bytes in Reading::bytes.
  std::size_t offset = 0;
};

struct Reading {
  /// Whether the file header was taken. Nothing else is set if not, but the complaint.
  bool opened = false;
  std::uint32_t link_type = 0;
  /// What the reader cuts packets to; 0 if it does not.
  std::uint32_t snapshot_length = 0;
  bool big_endian = false;
  std::vector<Record> records;
  std::vector<std::uint8_t> bytes;
  /// Why it stopped before the end of the file; empty if it did not.
  std::string complaint;

  [[nodiscard]] Bytes data(const Record& record) const noexcept {
    return Bytes{bytes}.subspan(record.offset, record.caplen);
  }
  void add(Record record, const std::uint8_t* data) {
    record.offset = bytes.size();
    records.push_back(record);
    bytes.insert(bytes.end(), data, data + record.caplen);
  }
};

/// By weir::savefile::Reader. `is_pcap` false: it took the bytes for another format, or for a
/// compressed one; then there is nothing to compare.
struct OwnReading {
  Reading reading;
  bool is_pcap = true;
};
[[nodiscard]] OwnReading read_with_weir(Bytes file);

/// By libpcap; `file` is not empty. link_type is a DLT.
[[nodiscard]] Reading read_with_libpcap(Bytes file);

}  // namespace weir::differential
