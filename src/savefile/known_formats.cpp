// Magic numbers: pcap, pcapng, gzip, and what else people call a capture.
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
    {"\x1f\x8b"sv, Magic::gzip, ""},
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
    {"\x28\xb5\x2f\xfd"sv, Magic::foreign, "zstd-compressed"},
    {"\x04\x22\x4d\x18"sv, Magic::foreign, "lz4-compressed"},
    {"\xfd\x37zXZ\0"sv, Magic::foreign, "xz-compressed"},
    {"BZh"sv, Magic::foreign, "bzip2-compressed"},
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

}  // namespace

Magic recognise(Bytes start) noexcept {
  for (const Known& entry : known) {
    if (starts_with(start, entry.start)) return entry.magic;
  }
  for (const Known& entry : known) {
    if (entry.magic != Magic::foreign && is_prefix(start, entry.start)) return Magic::cut;
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
