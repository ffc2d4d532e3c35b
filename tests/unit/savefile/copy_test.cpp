// Copies of capture files without loss, whole and batch by batch, to one file and to a series.
#include "weir/copy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>

#include "capture_bytes.h"
#include "support/temporary_folder.h"
#include "weir/error.h"
#include "weir/savefile/merged_reader.h"
#include "weir/savefile/rotating_writer.h"
#include "weir/savefile/walk.h"
#include "written_packets.h"

namespace weir::savefile {
namespace {

using test::CaptureBytes;
using test::copied;
using test::Outcome;
using test::read_memory;

void comment(CaptureBytes& options) { options.option(1, "why").u32(0); }

/// 192.0.2.1 is called "one".
void name_record(CaptureBytes& body) {
  body.u16(1).u16(8).u8(192).u8(0).u8(2).u8(1).text("one").u8(0).u32(0);
}

/// A section with names, what others made, packets with options, and statistics. Other blocks come
/// before the packets of their batch.
void add_section(CaptureBytes& file) {
  file.section(0, comment);
  file.interface(1, 0, [](CaptureBytes& options) { options.option(2, "eth0").u32(0); });
  file.interface(101, 96,
                 [](CaptureBytes& options) { options.option(2, "tun0").option(9, "\x09").u32(0); });
  file.block(4, name_record);
  file.block(0xbad, [](CaptureBytes& body) { body.u32(32473).text("what others made"); });
  file.enhanced(0, 1, "one.", 0, comment);
  file.enhanced(1, 2, "two.", 1500, [](CaptureBytes& options) {
    options.option_u32(2, 1).option(2988, "cust").u32(0);
  });
  file.enhanced(0, 3, "six.");
  for (const std::uint32_t interface : {0U, 1U}) {
    file.statistics(interface, 9, [](CaptureBytes& options) { options.option_u64(4, 7).u32(0); });
  }
}

/// Two sections that say the same, one without an interface between them.
CaptureBytes sections() {
  CaptureBytes file;
  add_section(file);
  file.section(0, comment);
  add_section(file);
  return file;
}

CaptureBytes pcap() {
  CaptureBytes file;
  file.pcap_header();
  file.record(1, 999'999, "one").record(2, 0, "two", 1500).record(2, 1, "three");
  return file;
}

TEST(Copy, OfAPcapngIsTheSameFile) {
  EXPECT_EQ(copied(sections().bytes(), {.format = Format::pcapng}), sections().bytes());
}

TEST(Copy, OfABigEndianPcapngSaysTheSame) {
  CaptureBytes file{ByteOrder::big};
  add_section(file);
  const Outcome read = read_memory(file.bytes());
  const Outcome copy = read_memory(copied(file.bytes(), {.format = Format::pcapng}));
  EXPECT_EQ(copy.packets.size(), 3U);
  EXPECT_EQ(copy.blocks.size(), read.blocks.size());
  EXPECT_EQ(copy.interfaces, read.interfaces);
  EXPECT_EQ(copy.statistics.size(), 2U);
  EXPECT_EQ(copy.statistics[1].received, 7U);
}

TEST(Copy, OfAPcapIsTheSameFile) {
  EXPECT_EQ(copied(pcap().bytes(), {.format = Format::pcap}), pcap().bytes());
}

TEST(Copy, ByWayOfAPcapngBringsAPcapBack) {
  const auto there = copied(pcap().bytes(), {.format = Format::pcapng});
  EXPECT_EQ(read_memory(there).interfaces.front().snapshot_length, 65535U);
  EXPECT_EQ(copied(there, {.format = Format::pcap}), pcap().bytes());
}

TEST(Copy, ToAPcapLeavesOutWhatThatHasNoPlaceFor) {
  CaptureBytes file;
  file.section(0, comment).interface(1, 65535);
  file.block(4, name_record).enhanced(0, 1'500'000, "one", 0, comment).statistics(0, 9);
  CaptureBytes expected;
  expected.pcap_header().record(1, 500'000, "one");
  EXPECT_EQ(copied(file.bytes(), {.format = Format::pcap}), expected.bytes());
}

TEST(Copy, OfSomeOfThePacketsKeepsAllElse) {
  const CaptureBytes file = sections();
  Reader reader = Reader::memory(file.bytes());
  std::vector<std::uint8_t> bytes;
  Writer writer = Writer::memory(bytes);
  Copy copy{writer};
  for (bool goes_on = true; goes_on;) {
    const Batch batch = reader.next_batch();
    std::vector<Packet> chosen;
    std::ranges::copy_if(batch.packets, std::back_inserter(chosen),
                         [](const Packet& packet) { return packet.interface_index % 2 == 1; });
    copy.add(reader.context(), chosen);
    goes_on = !batch.is_last();
  }
  writer.close();
  const Outcome read = read_memory(bytes);
  ASSERT_TRUE(read.complete()) << read.message;
  ASSERT_EQ(read.packets.size(), 2U);
  EXPECT_EQ(read.text(0), "two.");
  EXPECT_EQ(read.sections.size(), 3U);
  EXPECT_EQ(read.interfaces.size(), 4U);
  EXPECT_EQ(read.blocks.size(), 4U);
  EXPECT_EQ(read.statistics.size(), 4U);
}

TEST(Copy, OfADamagedFileHasAllBeforeTheDamage) {
  for (const bool is_cut : {true, false}) {
    CaptureBytes file;
    add_section(file);
    const std::vector<std::uint8_t> whole = file.bytes();
    file.enhanced(0, 4, "lost");
    std::vector<std::uint8_t> damaged = file.bytes();
    if (is_cut) {
      damaged.resize(damaged.size() - 1);
    } else {
      damaged[whole.size() + 4] = 1;  // its length
    }
    std::vector<std::uint8_t> bytes;
    Reader reader = Reader::memory(damaged);
    Writer writer = Writer::memory(bytes);
    EXPECT_THROW(reader.copy_to(writer), FormatError);
    writer.close();
    EXPECT_EQ(bytes, whole);
  }
}

TEST(Copy, OfSeveralFilesKeepsThemApart) {
  std::vector<std::uint8_t> bytes;
  Writer writer = Writer::memory(bytes);
  CaptureBytes expected;
  for (int i = 0; i < 3; ++i) {
    CaptureBytes file;
    add_section(file);
    add_section(expected);
    Reader::memory(file.bytes()).copy_to(writer);
  }
  writer.close();
  EXPECT_EQ(bytes, expected.bytes());
}

std::vector<std::uint8_t> bytes_in(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

class CopyToFiles : public testing::Test {
 protected:
  /// Copies the sections to it, the one file of that name.
  void expect_copied(std::unique_ptr<PacketSink> sink, const std::string& name) {
    const CaptureBytes file = sections();
    Reader reader = Reader::memory(file.bytes());
    reader.copy_to(*sink);
    sink->close();
    EXPECT_EQ(bytes_in(folder_.path(name)), file.bytes());
    const SinkCounts counts = sink->counts();
    EXPECT_EQ(counts.packets, reader.counts().packets);
    EXPECT_EQ(counts.bytes, file.size());
    EXPECT_EQ(counts.held_back, 0U);
    EXPECT_EQ(counts.files, 1U);
    EXPECT_EQ(counts.removed, 0U);
  }

  test::TemporaryFolder folder_;
};

TEST_F(CopyToFiles, AreToOneFile) {
  expect_copied(std::make_unique<Writer>(folder_.path("one.pcapng")), "one.pcapng");
}

// Names and secrets before its first packet wait for it, and so do sections.
TEST_F(CopyToFiles, AreToASeries) {
  RotatingWriter writer{folder_.path("t.pcapng"), {}, {.packets = 2}};
  const CaptureBytes file = sections();
  Reader::memory(file.bytes()).copy_to(writer);
  writer.close();
  EXPECT_EQ(writer.counts().files, 3U);
  EXPECT_EQ(writer.counts().packets, 6U);
  std::vector<std::string> texts;
  std::uint64_t bytes = 0;
  for (const char* name : {"t-00001.pcapng", "t-00002.pcapng", "t-00003.pcapng"}) {
    const auto part = bytes_in(folder_.path(name));
    bytes += part.size();
    const Outcome read = read_memory(part);
    EXPECT_TRUE(read.complete()) << read.message;
    for (std::size_t i = 0; i < read.packets.size(); ++i) texts.push_back(read.text(i));
  }
  EXPECT_EQ(texts, (std::vector<std::string>{"one.", "two.", "six.", "one.", "two.", "six."}));
  EXPECT_EQ(writer.counts().bytes, bytes);
}

TEST_F(CopyToFiles, EndAPeriodAlsoInSilence) {
  std::vector<std::string> paths;
  for (const std::uint32_t second : {1U, 2U, 3600U}) {
    CaptureBytes file;
    file.pcap_header();
    file.record(second, 0, "one");
    paths.push_back(folder_.file(std::to_string(second), file.bytes()));
  }
  // Time goes on with the packets that are left out.
  Walk walk{expand(paths), {.window = {{}, {.moment = Timestamp{std::chrono::seconds{100}}}}}};
  std::vector<std::uint64_t> finished;
  RotatingWriter writer{folder_.path("t.pcap"),
                        {},
                        {.period = std::chrono::minutes{1}},
                        [&](const FinishedFile& file) { finished.push_back(file.counts.packets); }};
  walk.copy_to(writer);
  EXPECT_EQ(finished, std::vector<std::uint64_t>{2}) << "not only once it is closed";
}

TEST_F(CopyToFiles, DoNotEndAPeriodByWhatIsBehindTheWindow) {
  std::vector<std::string> paths;
  for (const std::uint32_t second : {60U, 150U, 90U}) {
    CaptureBytes file;
    file.pcap_header();
    file.record(second, 0, "one");
    paths.push_back(folder_.file(std::to_string(second), file.bytes()));
  }
  Walk walk{expand(paths), {.window = {{}, {.moment = Timestamp{std::chrono::seconds{120}}}}}};
  RotatingWriter writer{folder_.path("t.pcap"), {}, {.period = std::chrono::minutes{1}}};
  walk.copy_to(writer);
  writer.close();
  EXPECT_EQ(writer.counts().packets, 2U);
  EXPECT_EQ(writer.counts().files, 1U);
}

TEST_F(CopyToFiles, EndWithTheLastFileOfASeries) {
  RotatingWriter writer{
      folder_.path("t.pcap"), {.format = Format::pcap}, {.packets = 2, .last_file = 1}};
  const CaptureBytes file = pcap();
  Reader::memory(file.bytes()).copy_to(writer);
  EXPECT_TRUE(writer.is_full());
  EXPECT_EQ(writer.counts().packets, 2U);
}

TEST_F(CopyToFiles, AreOfMergedFilesToo) {
  CaptureBytes early;
  early.section().interface().block(4, name_record).enhanced(0, 1, "a").enhanced(0, 3, "c");
  early.statistics(0, 9);
  CaptureBytes late;
  late.pcap_header().record(0, 2, "b");
  MergedReader reader{{folder_.file("a", early.bytes()), folder_.file("b", late.bytes())}};
  std::vector<std::uint8_t> bytes;
  Writer writer = Writer::memory(bytes);
  reader.copy_to(writer);
  writer.close();
  const Outcome read = read_memory(bytes);
  ASSERT_EQ(read.packets.size(), 3U);
  EXPECT_EQ(read.text(0) + read.text(1) + read.text(2), "abc");
  EXPECT_EQ(read.blocks.size(), 1U);
  EXPECT_EQ(read.statistics.size(), 1U);
  EXPECT_EQ(read.sections.size(), 1U);
}

}  // namespace
}  // namespace weir::savefile
