// Fuzzes frames written as text: any bytes. What is read is at most half as long as the text, and
// written out as lines it reads the same again.
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
  const HexText read{std::string_view{reinterpret_cast<const char*>(data), size}};
  const auto packets = read.packets(weir::LinkType::ethernet);
  std::size_t bytes = 0;
  std::string lines;
  for (const weir::Packet& packet : packets) {
    require(!packet.data.empty());
    bytes += packet.data.size();
    // A first pair of digits apart: no line then looks like one of a dump.
    for (const std::uint8_t byte : packet.data) lines += fmt::format("{:02x} ", byte);
    lines += '\n';
  }
  require(packets.size() == read.size() && bytes <= size / 2);
  const HexText again{lines};
  const auto same = again.packets(weir::LinkType::ethernet);
  require(!again.trouble() && same.size() == packets.size());
  for (std::size_t i = 0; i < same.size(); ++i) {
    require(std::ranges::equal(same[i].data, packets[i].data));
  }
  return 0;
}
