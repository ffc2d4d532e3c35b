// Every capture of the project through reader, writer and reader: nothing is lost that the format
// has a place for.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include "capture_bytes.h"
#include "savefile/compress/decompressed_source.h"
#include "savefile/known_formats.h"
#include "written_packets.h"

namespace weir::savefile {
namespace {

using Octets = std::vector<std::uint8_t>;

Octets unpacked(const Octets& file) {
  const Compression compression = compression_of(file);
  if (compression == Compression::none) return file;
  DecompressedSource source{compression, file, nullptr, "name"};
  Octets out;
  Octets room(1 << 16);
  for (;;) {
    const ReadResult result = source.read(room, std::nullopt);
    if (result.state != ReadState::bytes) return out;
    out.insert(out.end(), room.begin(), room.begin() + static_cast<std::ptrdiff_t>(result.size));
  }
}

struct Capture {
  std::string name;
  Octets bytes;
};

/// Unpacked.
const std::vector<Capture>& captures() {
  static const std::vector<Capture> found = [] {
    std::vector<Capture> all;
    for (const auto& entry : std::filesystem::directory_iterator{WEIR_CAPTURES}) {
      const std::string file = entry.path().filename();
      if (file.find(".pcap") == std::string::npos) continue;
      std::ifstream in{entry.path(), std::ios::binary};
      const Octets bytes{std::istreambuf_iterator<char>{in}, {}};
      all.push_back({file, unpacked(bytes)});
    }
    return all;
  }();
  return found;
}

/// The options of a packet, which OwnedPacket leaves behind, little-endian.
std::vector<Octets> options_in(Bytes capture) {
  std::vector<Octets> found;
  Reader reader = Reader::memory(capture);
  for (const Packet& packet : reader) {
    const Bytes options = packet.meta == nullptr ? Bytes{} : packet.meta->options;
    found.emplace_back(options.begin(), options.end());
  }
  return found;
}

void expect_equal(const Packet& read, const Packet& original, Format format) {
  const std::int64_t tick = format == Format::pcap ? 1'000 : 1;
  const std::int64_t time = original.timestamp.time_since_epoch().count();
  EXPECT_EQ(read.timestamp.time_since_epoch().count(), time / tick * tick);
  EXPECT_EQ(read.wire_length, original.wire_length);
  EXPECT_EQ(read.link_type, original.link_type);
  EXPECT_TRUE(std::ranges::equal(read.data, original.data));
  if (format != Format::pcapng) return;
  EXPECT_EQ(read.interface_index, original.interface_index);
  EXPECT_EQ(read.direction, original.direction);
  EXPECT_EQ(read.flags, original.flags);
}

/// But for options and section, which a pcap has not.
void expect_same_facts(Interface read, Interface original) {
  if (!original.section) read.section.reset();
  if (original.options.empty()) read.options.clear();
  EXPECT_TRUE(read == original) << read.name;
}

void expect_equal(const test::Outcome& read, const test::Outcome& original, Format format) {
  ASSERT_TRUE(read.complete()) << read.message;
  ASSERT_EQ(read.packets.size(), original.packets.size());
  for (std::size_t i = 0; i < read.packets.size(); ++i) {
    expect_equal(read.at(i), original.at(i), format);
    if (testing::Test::HasFailure()) return;
  }
  if (format != Format::pcapng) return;
  ASSERT_EQ(read.interfaces.size(), original.interfaces.size());
  for (std::size_t i = 0; i < read.interfaces.size(); ++i) {
    expect_same_facts(read.interfaces[i], original.interfaces[i]);
  }
  ASSERT_EQ(read.statistics.size(), original.statistics.size());
  for (std::size_t i = 0; i < read.statistics.size(); ++i) {
    EXPECT_EQ(read.statistics[i].options, original.statistics[i].options);
    EXPECT_EQ(read.statistics[i].time, original.statistics[i].time);
  }
}

class RoundTrip : public testing::TestWithParam<Format> {};
INSTANTIATE_TEST_SUITE_P(Of, RoundTrip,
                         testing::Values(Format::pcap, Format::pcap_nanosecond, Format::pcapng),
                         [](const auto& format) {
                           std::string text = name(format.param);
                           std::erase(text, '-');
                           return text;
                         });

TEST_P(RoundTrip, KeepsEveryPacketUnderEveryCompression) {
  EXPECT_GE(captures().size(), 15U);
  for (const Capture& capture : captures()) {
    SCOPED_TRACE(capture.name);
    const test::Outcome original = test::read_memory(capture.bytes);
    const Octets plain = test::copied(capture.bytes, {.format = GetParam()});
    expect_equal(test::read_memory(plain), original, GetParam());
    if (GetParam() == Format::pcapng) {
      EXPECT_EQ(options_in(plain), options_in(capture.bytes));
    }
    for (const Compression compression :
         {Compression::gzip, Compression::zstd, Compression::lz4, Compression::xz}) {
      const Octets file =
          test::copied(capture.bytes, {.format = GetParam(), .compression = compression});
      EXPECT_EQ(compression_of(file), compression);
      EXPECT_EQ(unpacked(file), plain);
    }
    if (HasFailure()) return;
  }
}

TEST(RoundTrip, OfTheSameFormatIsTheSameFile) {
  std::size_t compared = 0;
  for (const Capture& capture : captures()) {
    const Reader reader = Reader::memory(capture.bytes);
    if (reader.byte_order() == ByteOrder::big) continue;
    EXPECT_TRUE(test::copied(capture.bytes, {.format = reader.format()}) == capture.bytes)
        << capture.name;
    ++compared;
  }
  EXPECT_GE(compared, 12U);
}

}  // namespace
}  // namespace weir::savefile
