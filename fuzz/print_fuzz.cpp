// Fuzzes what is printed of packets: print::PacketText and record::PacketJson behind decode().
// Input: options (16 bits, little endian, see text_options()), time of the second packet (64 bits,
// little endian; the first one's is 0), then link type, lengths and bytes as decode_fuzz.cpp has
// them.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "fuzzed_frame.h"
#include "weir/bytes.h"
#include "weir/packet.h"
#include "weir/print/packet_text.h"
#include "weir/record/packet_json.h"
#include "weir/wire/layers.h"

namespace {

using weir::print::Dump;
using weir::print::PacketTextOptions;
using weir::print::TimeFormat;

void require(bool condition) {
  if (!condition) std::abort();
}

PacketTextOptions text_options(unsigned bits) {
  PacketTextOptions options;
  options.verbosity = static_cast<std::uint8_t>(bits & 3);
  options.quick = (bits & 4) != 0;
  options.link_header = (bits & 8) != 0;
  options.number = (bits & 0x10) != 0;
  options.nanoseconds = (bits & 0x20) != 0;
  options.absolute_sequence = (bits & 0x40) != 0;
  options.dump = static_cast<Dump>((bits >> 7 & 7) % 7);
  options.time = static_cast<TimeFormat>((bits >> 10 & 7) % 6);
  options.max_connections = 64;
  return options;
}

// Whole lines, nothing that moves a cursor, and no packet that makes the output its own.
void check_text(const std::string& text, std::size_t size) {
  constexpr std::size_t base = 512 * 1024;
  require(text.size() <= base + 64 * size);
  require(!text.empty() && text.back() == '\n');
  require(std::all_of(text.begin(), text.end(),
                      [](char c) { return (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\t'; }));
}

void check_json(const std::string& line, std::size_t size) {
  constexpr std::size_t base = 512 * 1024;
  require(line.size() <= base + 64 * size);
  require(line.find('\n') == line.size() - 1);
  require(nlohmann::json::accept(line));
}

void print(const weir::Packet& packet, weir::Timestamp second, unsigned bits) {
  const weir::wire::Layers layers = weir::wire::decode(packet);
  weir::print::PacketText text{text_options(bits)};
  weir::record::PacketJson json{{.layers = (bits & 0x2000) != 0}};
  weir::Packet again = packet;
  again.timestamp = second;
  std::string out;
  for (const weir::Packet& one : {packet, again}) {
    out.clear();
    text.append(out, one, layers);
    check_text(out, packet.data.size());
    out.clear();
    json.append(out, one, layers, {.number = 1});
    check_json(out, packet.data.size());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t prefix = 10;
  if (size < prefix + FuzzedFrame::prefix) return 0;
  const FuzzedFrame frame{{data + prefix, size - prefix}};
  const auto time = static_cast<std::int64_t>(weir::load_le<std::uint64_t>(data + 2));
  print(frame.packet(), weir::Timestamp{weir::Duration{time}}, weir::load_le<std::uint16_t>(data));
  return 0;
}
