// decode() on every prefix and every damaged byte of every sample: what must hold for any input.
#include <algorithm>
#include <set>

#include "decode_samples.h"
#include "support/allocations.h"
#include "support/layers_text.h"
#include "support/view_checks.h"

namespace weir::test {
namespace {

using wire::Depth;
using wire::Layer;
using wire::Layers;
using wire::Protocol;
using wire::StopReason;

// The samples of 70,000 bytes differ from the others in their payload only.
constexpr std::size_t examined = 200;

std::size_t examined_size(const Sample& sample) { return std::min(sample.bytes.size(), examined); }

// Every header lies inside the bytes, each where or behind the one before ended; the payload
// follows; the datagrams name headers that are there.
bool consistent(const Layers& layers, std::size_t size) {
  std::size_t reached = 0;
  wire::ProtocolSet protocols;
  for (const Layer& layer : layers) {
    if (layer.offset < reached) return false;
    reached = std::size_t{layer.offset} + layer.header_length;
    protocols.insert(layer.protocol);
  }
  for (const wire::IpDatagram& ip : {layers.outer, layers.inner}) {
    if (ip.present() != layers.outer.present()) return false;
    if (!ip.present()) continue;
    if (ip.network >= layers.size()) return false;
    const std::size_t start = layers[ip.network].offset;
    if (ip.payload_offset <= start || ip.payload_offset > size) return false;
    if (ip.payload_offset - start > ip.length) return false;
    if (ip.transport == wire::IpDatagram::absent) continue;
    if (ip.transport <= ip.network || ip.transport >= layers.size()) return false;
  }
  return protocols == layers.protocols && layers.payload_offset >= reached &&
         std::size_t{layers.payload_offset} + layers.payload_length <= size;
}

// The headers of a prefix are those of the whole, as far as they go; the last may be cut.
void expect_prefix_of(const Layers& whole, const Layers& cut) {
  ASSERT_LE(cut.size(), whole.size());
  for (std::size_t i = 0; i < cut.size(); ++i) {
    EXPECT_EQ(cut[i].offset, whole[i].offset);
    EXPECT_EQ(cut[i].protocol, whole[i].protocol);
    // A header of no bytes is told by what follows it: its first byte alone may be anything.
    if (whole[i].header_length == 0) continue;
    EXPECT_LE(cut[i].header_length, whole[i].header_length);
    const bool last = i + 1 == cut.size();
    EXPECT_TRUE(last || cut[i].header_length == whole[i].header_length);
  }
}

// Of some protocols decode() takes all there is for the header: there a part is enough. So it is
// of a netfilter log whose attributes end where it is cut.
bool has_no_length(Protocol protocol) {
  constexpr Protocol leaves[] = {Protocol::mtp2, Protocol::wpan,  Protocol::eapol,
                                 Protocol::stp,  Protocol::lldp,  Protocol::ospf,
                                 Protocol::pim,  Protocol::vrrp,  Protocol::eigrp,
                                 Protocol::l2tp, Protocol::nflog, Protocol::hsr_supervision,
                                 Protocol::dhcp};
  return std::ranges::find(leaves, protocol) != std::end(leaves);
}

// Why the cut packet must have ended: snapped where a header of the whole is missing or cut.
bool ended_rightly(const Layers& whole, const Layers& cut) {
  const std::size_t count = cut.size();
  if (count < whole.size()) {
    return is_application(whole[count].protocol) || cut.stop == StopReason::snapped;
  }
  if (count != 0 && cut[count - 1].header_length < whole[count - 1].header_length &&
      !has_no_length(cut[count - 1].protocol)) {
    return cut.stop == StopReason::snapped;
  }
  return cut.stop == whole.stop || cut.stop == StopReason::snapped;
}

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
