// Fuzzes frames written as text: any bytes. What is read is at most half as long as the text,
// where that leaves no equal lines out, and written out as lines it reads the same again.
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "weir/inject/hex_text.h"

namespace {

using weir::inject::HexText;

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const HexText read{text};
  const auto packets = read.packets(weir::LinkType::ethernet);
  std::size_t bytes = 0;
  for (const weir::Packet& packet : packets) bytes += packet.data.size();
  require(bytes <= size / 2 || (text.contains('*') && bytes <= size / 2 + (16U << 20)));
  if (bytes > 1U << 20) return 0;
  std::string lines;
  for (const weir::Packet& packet : packets) {
    require(!packet.data.empty());
    // A first pair of digits apart: no line then looks like one of a dump.
    for (const std::uint8_t byte : packet.data) lines += fmt::format("{:02x} ", byte);
    lines += '\n';
  }
  require(packets.size() == read.size());
  const HexText again{lines};
  const auto same = again.packets(weir::LinkType::ethernet);
  require(!again.trouble() && same.size() == packets.size());
  for (std::size_t i = 0; i < same.size(); ++i) {
    require(std::ranges::equal(same[i].data, packets[i].data));
  }
  return 0;
}
