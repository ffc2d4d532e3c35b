// Packets whose facts are read without decode(): they say what decode() would have said.
#include <gtest/gtest.h>

#include <random>

#include "flow/packet_facts.h"
#include "frames.h"
#include "weir/wire/layers.h"

namespace weir::flow::test {
namespace {

/// Frames with a few wild octets in their headers, cut anywhere.
class WildFrames {
 public:
  std::vector<std::uint8_t> next() {
    const bool v6 = below(2) != 0;
    FrameFields fields{.source = ip(v6 ? "2001:db8::1" : "192.0.2.1"),
                       .destination = ip(v6 ? "2001:db8::2" : "198.51.100.2"),
                       .protocol = below(2) != 0 ? tcp : udp,
                       .tcp_flags = static_cast<std::uint8_t>(below(32)),
                       .payload = below(40)};
    if (below(2) != 0) fields = fields.reversed();
    auto frame = make_frame(fields);
    const std::size_t headers = std::min<std::size_t>(frame.size(), 14 + 40 + 20);
    for (unsigned wild = below(4); wild > 0; --wild) {
      frame[12 + below(static_cast<unsigned>(headers) - 12)] = octet();
    }
    if (below(4) == 0) frame.resize(below(static_cast<unsigned>(frame.size()) + 1));
    return frame;
  }
  [[nodiscard]] unsigned below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }

 private:
  /// Small numbers are what fields of headers mostly hold.
  std::uint8_t octet() { return static_cast<std::uint8_t>(below(2) != 0 ? below(70) : below(256)); }
  std::mt19937 random_{1};
};

bool are_same(const PacketFacts& a, const PacketFacts& b) {
  return a.key == b.key && a.side == b.side && a.tcp_flags == b.tcp_flags &&
         a.wire_length == b.wire_length && a.ip_bytes == b.ip_bytes &&
         a.payload_bytes == b.payload_bytes && a.sequence == b.sequence &&
         a.sequence_end == b.sequence_end && a.acknowledgment == b.acknowledgment &&
         a.window == b.window && a.icmp == b.icmp && a.window_scale == b.window_scale &&
         a.numbered == b.numbered && a.plain == b.plain;
}

TEST(PlainPackets, HaveTheFactsThatDecodingFinds) {
  FactReader plain{{}};
  FactReader decoding{{.inner = true}};  // any header may be the last, so it decodes every packet
  WildFrames frames;
  unsigned compared = 0;
  for (unsigned i = 0; i < 200'000; ++i) {
    const auto frame = frames.next();
    Packet packet = packet_of(frame, at(0s));
    if (frames.below(8) == 0) packet.wire_length += frames.below(100);
    if (frames.below(4) == 0) packet.flags = PacketFlags::has_fcs;
    const wire::Layers layers = wire::decode(packet);
    if (layers.inner.network != layers.outer.network) continue;
    PacketFacts read, decoded;
    ASSERT_EQ(plain.read(packet, 0, read), decoding.read(packet, 0, decoded)) << i;
    if (!layers.outer.present()) continue;
    ASSERT_TRUE(are_same(read, decoded)) << i;
    ++compared;
  }
  EXPECT_GT(compared, 100'000U);
}

}  // namespace
}  // namespace weir::flow::test
