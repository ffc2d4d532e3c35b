// decode() on every prefix and every damaged byte of every sample: what must hold for any input.
#include <algorithm>
#include <set>

#include "decode_prefix.h"
#include "decode_samples.h"
#include "support/allocations.h"
#include "support/layers_text.h"
#include "support/view_checks.h"

namespace weir::test {
namespace {

using wire::Depth;

// The samples of 70,000 bytes differ from the others in their payload only.
constexpr std::size_t examined = 200;

std::size_t examined_size(const Sample& sample) { return std::min(sample.bytes.size(), examined); }

TEST(DecodePrefix, HoldsTheHeadersThatWereCapturedAndIsSnapped) {
  for (const Sample& sample : all_samples()) {
    const Layers whole = wire::decode(sample.packet());
    for (std::size_t size = 0; size < examined_size(sample); ++size) {
      SCOPED_TRACE(sample.name + " cut to " + std::to_string(size));
      const auto bytes = exactly(Bytes{sample.bytes}.first(size));
      Packet packet = sample.packet();
      packet.data = bytes;
      const Layers cut = wire::decode(packet);
      ASSERT_TRUE(consistent(cut, size)) << text_of(cut);
      expect_prefix_of(whole, cut);
      EXPECT_TRUE(ended_rightly(whole, cut));
      if (testing::Test::HasFailure()) {
        GTEST_FAIL() << text_of(cut) << "\nof " << text_of(whole);
      }
    }
  }
}

TEST(DecodePrefix, IsNeverSnappedWhenItIsAllThereWas) {
  for (const Sample& sample : all_samples()) {
    for (std::size_t size = 0; size <= examined_size(sample); ++size) {
      const auto bytes = exactly(Bytes{sample.bytes}.first(size));
      Packet packet = sample.packet();
      packet.data = bytes;
      packet.wire_length = static_cast<std::uint32_t>(size);
      const Layers layers = wire::decode(packet);
      ASSERT_TRUE(consistent(layers, size)) << sample.name << size << text_of(layers);
      ASSERT_NE(layers.stop, StopReason::snapped) << sample.name << size << text_of(layers);
    }
  }
}

TEST(DecodeDamage, OfAnyByteLeavesAConsistentResult) {
  for (const Sample& sample : all_samples()) {
    auto bytes = exactly(sample.bytes);
    Packet packet = sample.packet();
    packet.data = bytes;
    for (std::size_t i = 0; i < examined_size(sample); ++i) {
      const std::uint8_t before = bytes[i];
      for (int value = 0; value < 256; ++value) {
        bytes[i] = static_cast<std::uint8_t>(value);
        const Layers layers = wire::decode(packet);
        const Layers shallow = wire::decode(packet, Depth::transport);
        ASSERT_TRUE(consistent(layers, bytes.size()) && consistent(shallow, bytes.size()))
            << sample.name << ": " << value << " at " << i << ": " << text_of(layers);
        ASSERT_LE(shallow.size(), layers.size());
      }
      bytes[i] = before;
    }
  }
}

TEST(DecodeSamples, HoldEveryProtocol) {
  std::set<std::string_view> seen;
  for (const Sample& sample : all_samples()) {
    for (const Layer& layer : wire::decode(sample.packet())) seen.insert(name(layer.protocol));
  }
  for (std::size_t index = 0; index < wire::protocol_count; ++index) {
    const auto protocol = static_cast<Protocol>(index);
    EXPECT_TRUE(seen.contains(name(protocol))) << name(protocol);
  }
}

TEST(Layers, FindsTheOutermostHeaderOfAProtocol) {
  const auto bytes = frame(ip4(4), datagram());
  const Layers layers = wire::decode({.data = bytes, .link_type = LinkType::ipv4});
  ASSERT_NE(layers.find(Protocol::ipv4), nullptr);
  EXPECT_EQ(layers.find(Protocol::ipv4)->offset, 0U);
  ASSERT_NE(layers.find(Protocol::udp), nullptr);
  EXPECT_EQ(layers.find(Protocol::udp)->offset, 40U);
  EXPECT_EQ(layers.find(Protocol::tcp), nullptr);
}

TEST(Decode, AllocatesNothing) {
  const auto samples = all_samples();
  std::size_t headers = 0;
  const std::size_t before = allocation_count();
  for (const Sample& sample : samples) {
    headers += wire::decode(sample.packet()).size();
    headers += wire::decode(sample.packet(), Depth::transport).size();
  }
  EXPECT_EQ(allocation_count(), before);
  EXPECT_GT(headers, samples.size());
}

}  // namespace
}  // namespace weir::test
