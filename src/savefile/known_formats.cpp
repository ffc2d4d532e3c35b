// Magic numbers: pcap, pcapng, compressed files, and what else people call a capture.
#include "savefile/known_formats.h"

#include <algorithm>
#include <string_view>

namespace weir::savefile {
namespace {

using namespace std::string_view_literals;

struct Known {
  std::string_view start;
  Magic magic;
  const char* name;
};

constexpr Known known[] = {
    {"\xd4\xc3\xb2\xa1"sv, Magic::pcap, ""},
    {"\xa1\xb2\xc3\xd4"sv, Magic::pcap, ""},
    {"\x4d\x3c\xb2\xa1"sv, Magic::pcap, ""},
    {"\xa1\xb2\x3c\x4d"sv, Magic::pcap, ""},
    {"\x34\xcd\xb2\xa1"sv, Magic::pcap, ""},
    {"\xa1\xb2\xcd\x34"sv, Magic::pcap, ""},
    {"\x0a\x0d\x0d\x0a"sv, Magic::pcapng, ""},
    {"\xcd\x34\xb2\xa1"sv, Magic::foreign, "a modified pcap (magic a1b234cd)"},
    {"\xa1\xb2\x34\xcd"sv, Magic::foreign, "a modified pcap (magic a1b234cd)"},
    {"\x12\xcb\xe2\xa1"sv, Magic::foreign, "a modified pcap (magic a1e2cb12)"},
    {"\xa1\xe2\xcb\x12"sv, Magic::foreign, "a modified pcap (magic a1e2cb12)"},
    {"\xac\x01\x00\x1c"sv, Magic::foreign, "an IXIA capture"},
    {"\x1c\x00\x01\xac"sv, Magic::foreign, "an IXIA capture"},
    {"\xab\x01\x00\x1c"sv, Magic::foreign, "an IXIA capture"},
    {"\x1c\x00\x01\xab"sv, Magic::foreign, "an IXIA capture"},
    {"snoop\0\0\0"sv, Magic::foreign, "a snoop capture"},
    {"btsnoop\0"sv, Magic::foreign, "a btsnoop capture"},
    {"iptrace "sv, Magic::foreign, "an iptrace capture"},
    {"RTSS"sv, Magic::foreign, "a Network Monitor 1 capture"},
    {"GMBU"sv, Magic::foreign, "a Network Monitor 2 capture"},
    {"TRSNIFF "sv, Magic::foreign, "a Sniffer capture"},
    {"XCP\0"sv, Magic::foreign, "a NetXRay capture"},
    {"\x7fver"sv, Magic::foreign, "an EtherPeek capture"},
    {"\x02\x21\x4c\x18"sv, Magic::foreign, "compressed in the legacy format of lz4"},
    {"\xfd\x2f\xb5\x1e"sv, Magic::foreign, "compressed by zstd before 0.8"},
    {"\x22\xb5\x2f\xfd"sv, Magic::foreign, "compressed by zstd before 0.8"},
    {"\x23\xb5\x2f\xfd"sv, Magic::foreign, "compressed by zstd before 0.8"},
    {"\x24\xb5\x2f\xfd"sv, Magic::foreign, "compressed by zstd before 0.8"},
    {"\x25\xb5\x2f\xfd"sv, Magic::foreign, "compressed by zstd before 0.8"},
    {"\x26\xb5\x2f\xfd"sv, Magic::foreign, "compressed by zstd before 0.8"},
    {"\x27\xb5\x2f\xfd"sv, Magic::foreign, "compressed by zstd before 0.8"},
    {"BZh"sv, Magic::foreign, "bzip2-compressed"},
};

struct Packed {
  std::string_view start;
  Compression compression;
};

constexpr Packed packed[] = {
    {"\x1f\x8b"sv, Compression::gzip},
    {"\x28\xb5\x2f\xfd"sv, Compression::zstd},
    {"\x04\x22\x4d\x18"sv, Compression::lz4},
    {"\xfd\x37zXZ\0"sv, Compression::xz},
};

bool starts_with(Bytes bytes, std::string_view start) noexcept {
  return bytes.size() >= start.size() &&
         std::ranges::equal(bytes.first(start.size()), start, {}, {},
                            [](char c) { return static_cast<std::uint8_t>(c); });
}

// One byte alone tells nothing: a newline starts pcapng's magic.
bool is_prefix(Bytes bytes, std::string_view start) noexcept {
  return bytes.size() >= 2 && bytes.size() < start.size() &&
         starts_with(bytes, start.substr(0, bytes.size()));
}

bool same_as_far_as_both_go(Bytes bytes, std::string_view start) noexcept {
  return starts_with(bytes, start.substr(0, std::min(bytes.size(), start.size())));
}

// One of sixteen magic numbers, the same for zstd (RFC 8878 3.1.2) and lz4.
bool is_skippable(Bytes start) noexcept {
  return (start[0] & 0xf0U) == 0x50 && same_as_far_as_both_go(start.subspan(1), "\x2a\x4d\x18"sv);
}

}  // namespace

Compression compression_of(Bytes start) noexcept {
  for (const Packed& entry : packed) {
    if (starts_with(start, entry.start)) return entry.compression;
  }
  return Compression::none;
}

// Both specifications advise against one as the first frame; pzstd writes it.
bool is_skippable_frame(Bytes start) noexcept { return start.size() >= 4 && is_skippable(start); }

bool may_start(Bytes start, Compression compression) noexcept {
  for (const Packed& entry : packed) {
    if (entry.compression == compression && same_as_far_as_both_go(start, entry.start)) return true;
  }
  const bool may_skip = compression == Compression::zstd || compression == Compression::lz4;
  return may_skip && is_skippable(start);
}

Magic recognise(Bytes start) noexcept {
  for (const Known& entry : known) {
    if (starts_with(start, entry.start)) return entry.magic;
  }
  for (const Known& entry : known) {
    if (entry.magic != Magic::foreign && is_prefix(start, entry.start)) return Magic::cut;
  }
  for (const Packed& entry : packed) {
    if (is_prefix(start, entry.start)) return Magic::cut;
  }
  return Magic::unknown;
}

std::string foreign_name(Bytes start) {
  for (const Known& entry : known) {
    if (entry.magic == Magic::foreign && starts_with(start, entry.start)) return entry.name;
  }
  return {};
}

}  // namespace weir::savefile
