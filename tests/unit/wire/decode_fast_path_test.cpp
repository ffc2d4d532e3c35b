// The fast path of decode() finds what the walk in steps finds, whatever the packet is.
#include <algorithm>
#include <filesystem>
#include <random>

#include "decode_samples.h"
#include "support/layers_text.h"
#include "support/view_checks.h"
#include "weir/savefile/reader.h"
#include "weir/wire/dns.h"
#include "weir/wire/vxlan.h"
#include "wire/walk.h"

namespace weir::test {
namespace {

using wire::Depth;
using wire::Layers;

testing::AssertionResult same(const Packet& packet) {
  for (const Depth depth : {Depth::all, Depth::transport}) {
    const Layers fast = wire::decode(packet, depth);
    const Layers steps = wire::decode_in_steps(packet, depth);
    if (equal(fast, steps)) continue;
    return testing::AssertionFailure() << "fast  " << text_of(fast) << "\nsteps " << text_of(steps);
  }
  return testing::AssertionSuccess();
}

Packet packet_of(Bytes bytes, std::size_t wire_length) {
  return {.data = bytes, .wire_length = static_cast<std::uint32_t>(wire_length)};
}

// Frames the fast path takes, and their neighbours that it must leave to the walk.
std::vector<Octets> frames() {
  const Octets options = rest(8, 1);
  wire::TcpFields with_options = tcp(443);
  with_options.options = options;
  wire::Ipv4Fields unfragmented = ip4(6);
  unfragmented.dont_fragment = true;
  const Octets record{22, 3, 1, 0, 5, 1, 0, 0, 1, 0};
  const auto overlay = frame(wire::VxlanFields{}, eth(0x0800), datagram());
  return {
      frame(eth(0x0800), ip4(6), tcp(), rest(9)),
      padded(frame(eth(0x0800), unfragmented, tcp()), 6),
      frame(eth(0x0800), ip4(6), with_options, record),
      frame(eth(0x0800), ip4(17), udp(), rest(9)),
      frame(eth(0x0800), ip4(17), padded(frame(udp(), rest(9)), 5)),
      frame(eth(0x0800), ip4(17), udp(53), wire::DnsFields{}, rest(4)),
      padded(frame(eth(0x0800), ip4(17), udp(4789), overlay), 3),
      frame(eth(0x86dd), ip6(6), with_options, record),
      padded(frame(eth(0x86dd), ip6(6), tcp(), rest(3)), 3),
      frame(eth(0x86dd), ip6(17), udp(), rest(9)),
      frame(eth(0x86dd), ip6(17), udp(4789), overlay),
      frame(eth(0x8100), Octets{0, 5, 0x08, 0}, ip4(6), tcp(), rest(9)),
  };
}

TEST(DecodeFastPath, EqualsTheWalkForEveryCapturedLength) {
  for (const Octets& whole : frames()) {
    for (std::size_t size = 0; size <= whole.size(); ++size) {
      const auto bytes = exactly(Bytes{whole}.first(size));
      for (const std::size_t wire_length : {std::size_t{0}, size, size + 1, whole.size()}) {
        ASSERT_TRUE(same(packet_of(bytes, wire_length))) << size << " of " << wire_length;
      }
    }
  }
}

TEST(DecodeFastPath, EqualsTheWalkForEveryByteAndLength) {
  constexpr std::uint8_t flips[] = {0x01, 0x02, 0x04, 0x10, 0x20, 0x40, 0x80, 0xff};
  for (const Octets& whole : frames()) {
    for (std::size_t i = 0; i < whole.size(); ++i) {
      for (const std::uint8_t flip : flips) {
        const auto damaged = changed(whole, i, whole[i] ^ flip);
        for (std::size_t size = i + 1; size <= whole.size(); ++size) {
          const Bytes bytes = Bytes{damaged}.first(size);
          ASSERT_TRUE(same(packet_of(bytes, whole.size()))) << i << ' ' << int{flip} << ' ' << size;
        }
      }
    }
  }
}

TEST(DecodeFastPath, EqualsTheWalkForEveryValueOfEveryByte) {
  for (Octets bytes : frames()) {
    for (std::uint8_t& byte : bytes) {
      const std::uint8_t before = byte;
      for (int value = 0; value < 256; ++value) {
        byte = static_cast<std::uint8_t>(value);
        ASSERT_TRUE(same(packet_of(bytes, bytes.size()))) << &byte - bytes.data() << ' ' << value;
      }
      byte = before;
    }
  }
}

TEST(DecodeFastPath, EqualsTheWalkForSeveralDamagedBytes) {
  std::mt19937 random{20240229};
  const auto originals = frames();
  for (int round = 0; round < 200'000; ++round) {
    Octets bytes = originals[random() % originals.size()];
    for (unsigned i = random() % 4; i != 0; --i) {
      bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random());
    }
    Packet packet =
        packet_of(Bytes{bytes}.first(random() % (bytes.size() + 1)), random() % (2 * bytes.size()));
    if (random() % 8 == 0) packet.flags = PacketFlags::has_fcs;
    ASSERT_TRUE(same(packet)) << round;
  }
}

TEST(DecodeFastPath, EqualsTheWalkForEverySample) {
  for (const Sample& sample : all_samples()) {
    const std::size_t longest = std::min<std::size_t>(sample.bytes.size(), 200);
    Packet packet = sample.packet();
    EXPECT_TRUE(same(packet)) << sample.name;
    for (std::size_t size = 0; size < longest; ++size) {
      const auto bytes = exactly(Bytes{sample.bytes}.first(size));
      packet.data = bytes;
      ASSERT_TRUE(same(packet)) << sample.name << size;
    }
  }
}

TEST(DecodeFastPath, EqualsTheWalkForEveryCapturedPacket) {
  std::size_t packets = 0;
  for (const auto& file : std::filesystem::directory_iterator{WEIR_CAPTURES}) {
    const std::string path = file.path().string();
    if (path.find(".pcap") == std::string::npos) continue;
    for (const Packet& packet : savefile::Reader{path}) {
      ASSERT_TRUE(same(packet)) << path << ' ' << packets;
      Packet snapped = packet;
      snapped.data = packet.data.first(std::min<std::size_t>(packet.data.size(), 60));
      ASSERT_TRUE(same(snapped)) << path << ' ' << packets;
      ++packets;
    }
  }
  EXPECT_GT(packets, 1000U);
}

}  // namespace
}  // namespace weir::test
