// Compares what weir and libpcap make of a pcap file, and knows where they may differ.
#include "comparison.h"

#include <algorithm>

#include "weir/link_type.h"
#include "weir/stored_link_type.h"

namespace weir::differential {
namespace {

// pcap/dlt.h; whoever includes that here gets libpcap's struct bpf_insn with it.
constexpr std::uint32_t dlt_pflog = 117;
constexpr std::uint32_t dlt_usb_linux = 189;
constexpr std::uint32_t dlt_usb_linux_mmapped = 220;
constexpr std::uint32_t dlt_nflog = 239;
constexpr std::uint32_t libpcap_limit = 262'144;
constexpr std::uint32_t weir_limit = 16 << 20;

bool has_pseudo_header(std::uint32_t link_type) noexcept {
  return link_type == dlt_pflog || link_type == dlt_usb_linux ||
         link_type == dlt_usb_linux_mmapped || link_type == dlt_nflog;
}

std::string words(const Record& record) {
  return "time " + std::to_string(record.time) + ", caplen " + std::to_string(record.caplen) +
         ", length " + std::to_string(record.length);
}

std::string ending(const Reading& reading) {
  return std::to_string(reading.records.size()) + " records, then " +
         (reading.complaint.empty() ? "the end" : "\"" + reading.complaint + "\"");
}

}  // namespace

Comparison::Comparison()
    : rules_{{
          {"minor version", "libpcap refuses pcap 2.5 and later; weir reads any 2.x, as Wireshark"},
          {"reserved bits of the link type",
           "weir refuses them, as later libpcaps; libpcap 1.10 drops them"},
          {"cut to the snapshot length",
           "libpcap cuts packets to the header's snapshot length; weir keeps what is stored"},
          {"record over libpcap's limit",
           "libpcap stops at a record of more than 262,144 bytes; weir believes up to 16 MiB"},
          {"record over weir's limit", "libpcap believes 128 MiB for D-Bus; weir at most 16 MiB"},
          {"pseudo header in host order",
           "libpcap turns some pseudo headers of the other byte order; weir hands out what is "
           "stored"},
          {"length of isochronous USB transfers",
           "libpcap computes it from the pseudo header; weir tells what is stored"},
      }} {}

bool Comparison::excused_by(Rule rule) noexcept {
  ++rules_.at(static_cast<std::size_t>(rule)).needed;
  return true;
}

std::string Comparison::difference(Bytes file, const Reading& ours, const Reading& theirs) {
  if (!ours.opened || !theirs.opened) return header_difference(file, ours, theirs);
  // Of the DLTs of other systems libpcap maps fewer.
  const auto link_type = static_cast<LinkType>(ours.link_type);
  if (dlt(link_type) != static_cast<int>(theirs.link_type) &&
      link_type != link_type_of_stored(static_cast<std::uint16_t>(theirs.link_type))) {
    return "weir: link type " + std::to_string(ours.link_type) + "; libpcap: DLT " +
           std::to_string(theirs.link_type);
  }
  const std::size_t common = std::min(ours.records.size(), theirs.records.size());
  for (std::size_t index = 0; index < common; ++index) {
    std::string found = record_difference(ours, theirs, index);
    if (!found.empty()) return found;
  }
  return end_difference(ours, theirs);
}

std::string Comparison::header_difference(Bytes file, const Reading& ours, const Reading& theirs) {
  if (!ours.opened && !theirs.opened) return {};
  // Both have seen a whole header, so it is there.
  const bool big_endian = file[0] == 0xa1;
  if (ours.opened) {
    const auto minor = big_endian ? load_be<std::uint16_t>(file.data() + 6)
                                  : load_le<std::uint16_t>(file.data() + 6);
    if (minor > 4 && excused_by(Rule::minor_version)) return {};
    return "weir reads it; libpcap: " + theirs.complaint;
  }
  const auto link = big_endian ? load_be<std::uint32_t>(file.data() + 20)
                               : load_le<std::uint32_t>(file.data() + 20);
  if ((link & 0x03ff0000) != 0 && excused_by(Rule::reserved_link_type_bits)) return {};
  return "libpcap reads it; weir: " + ours.complaint;
}

std::string Comparison::record_difference(const Reading& ours, const Reading& theirs,
                                          std::size_t index) {
  const Record& own = ours.records[index];
  const Record& their = theirs.records[index];
  const bool cut = own.caplen > theirs.snapshot_length && their.caplen == theirs.snapshot_length &&
                   excused_by(Rule::cut_to_snapshot_length);
  const bool same_caplen = own.caplen == their.caplen || cut;
  const bool same_length =
      own.length == their.length ||
      (theirs.link_type == dlt_usb_linux_mmapped && excused_by(Rule::isochronous_usb_length));
  if (own.time != their.time || !same_caplen || !same_length) {
    return "record " + std::to_string(index + 1) + ": weir: " + words(own) +
           "; libpcap: " + words(their);
  }
  const Bytes bytes = theirs.data(their);
  const bool same_bytes = std::ranges::equal(ours.data(own).first(bytes.size()), bytes) ||
                          (ours.big_endian && has_pseudo_header(theirs.link_type) &&
                           excused_by(Rule::host_order_pseudo_header));
  return same_bytes ? "" : "record " + std::to_string(index + 1) + ": other bytes";
}

std::string Comparison::end_difference(const Reading& ours, const Reading& theirs) {
  const std::size_t own = ours.records.size();
  const std::size_t their = theirs.records.size();
  if (own == their && ours.complaint.empty() == theirs.complaint.empty()) return {};
  const auto refuses_length = [&] {
    return theirs.complaint.starts_with("invalid packet capture length");
  };
  if (own >= their && refuses_length() &&
      (own == their || ours.records[their].caplen > libpcap_limit) &&
      excused_by(Rule::record_over_libpcap_limit)) {
    return {};
  }
  if (own < their && theirs.records[own].caplen > weir_limit &&
      excused_by(Rule::record_over_weir_limit)) {
    return {};
  }
  return "weir: " + ending(ours) + "; libpcap: " + ending(theirs);
}

}  // namespace weir::differential
