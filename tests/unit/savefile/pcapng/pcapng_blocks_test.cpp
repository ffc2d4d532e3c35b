// Blocks of a pcapng that are handed out for whoever copies the file: each once, however it comes.
#include <gtest/gtest.h>

#include <array>

#include "unit/savefile/capture_bytes.h"

namespace weir::savefile {
namespace {

using test::CaptureBytes;
using test::Outcome;
using test::OwnedBlock;
using test::read_memory;
using test::read_pipe;

constexpr std::uint32_t names = 4;
constexpr std::uint32_t secrets = 10;

std::string text(const OwnedBlock& block) { return {block.body.begin(), block.body.end()}; }

// Twelve characters or so that say which it is.
CaptureBytes& numbered(CaptureBytes& file, std::uint32_t type, std::size_t number) {
  return file.block(type, [number](CaptureBytes& body) {
    std::string label = std::to_string(number);
    label.resize(8 + number % 3 * 4, '.');
    body.text(label);
  });
}

void expect_each_once(const Outcome& outcome, std::size_t count) {
  ASSERT_TRUE(outcome.complete()) << outcome.message;
  ASSERT_EQ(outcome.blocks.size(), count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string label = std::to_string(i) + '.';
    ASSERT_EQ(text(outcome.blocks[i]).substr(0, label.size()), label);
  }
}

TEST(PcapngBlocks, ComeAsTheyAre) {
  for (const ByteOrder order : {ByteOrder::little, ByteOrder::big}) {
    CaptureBytes file{order};
    file.section().interface();
    for (const std::uint32_t type : {4U, 9U, 10U, 0xbadU}) {
      file.block(type, [](CaptureBytes& body) { body.u32(1).text("body"); });
    }
    file.enhanced(0, 1, "abc");
    const Outcome outcome = read_memory(file.bytes());
    ASSERT_EQ(outcome.blocks.size(), 4U);
    for (std::size_t i = 0; i < 4; ++i) {
      EXPECT_EQ(outcome.blocks[i].type, (std::array{4U, 9U, 10U, 0xbadU})[i]);
      EXPECT_EQ(outcome.blocks[i].big_endian, order == ByteOrder::big);
      EXPECT_EQ(outcome.blocks[i].body, CaptureBytes{order}.u32(1).text("body").bytes());
      EXPECT_EQ(outcome.blocks[i].packets_before, 0U);
    }
  }
}

TEST(PcapngBlocks, ThatMustNotBeCopiedOrAreUnknownAreLeftOut) {
  CaptureBytes file;
  file.section().interface();
  for (const std::uint32_t type : {0x40000badU, 0x12345678U, 0x80000001U, 5U, 7U}) {
    file.block(type, [](CaptureBytes& body) { body.text("whatever"); });
  }
  file.enhanced(0, 1, "abc");
  const Outcome outcome = read_memory(file.bytes());
  EXPECT_TRUE(outcome.complete()) << outcome.message;
  EXPECT_TRUE(outcome.blocks.empty());
}

TEST(PcapngBlocks, ComeOnceWhereverTheReadsCutTheFile) {
  CaptureBytes file;
  file.section();
  numbered(file, names, 0).interface();
  for (std::uint32_t i = 1; i < 10; ++i) {
    numbered(file, i % 2 == 0 ? names : secrets, i);
    if (i % 3 == 0) file.enhanced(0, i, std::string(i, 'p'));
  }
  for (std::size_t piece = 1; piece <= file.size(); ++piece) {
    const Outcome outcome = read_pipe(file.bytes(), piece);
    expect_each_once(outcome, 10);
    ASSERT_EQ(outcome.packets.size(), 3U) << piece;
    for (const OwnedBlock& block : outcome.blocks) {
      // Not behind a packet it stands before.
      ASSERT_LE(block.packets_before, (std::stoul(text(block)) - 1) / 3) << piece;
    }
  }
}

TEST(PcapngBlocks, ComeOnceInFilesLargerThanTheBuffer) {
  for (const std::size_t size : {std::size_t{10}, std::size_t{1000}, std::size_t{70'000}}) {
    CaptureBytes file;
    file.section().interface();
    const std::size_t count = 3'000'000 / (size + 600);
    for (std::size_t i = 0; i < count; ++i) {
      numbered(file, names, i).enhanced(0, i, std::string(size, 'p'));
    }
    numbered(file, names, count);
    for (const Outcome& outcome : {read_memory(file.bytes()), read_pipe(file.bytes(), 4096)}) {
      expect_each_once(outcome, count + 1);
      EXPECT_EQ(outcome.packets.size(), count);
    }
  }
}

TEST(PcapngBlocks, ComeWithoutPacketsWhereThereAreNone) {
  CaptureBytes file;
  file.section();
  for (std::size_t i = 0; i < 1000; ++i) numbered(file, secrets, i);
  const Outcome outcome = read_memory(file.bytes());
  expect_each_once(outcome, 1000);
  EXPECT_TRUE(outcome.packets.empty());
}

TEST(PcapngBlocks, BehindTheLastPacketComeWithIt) {
  CaptureBytes file;
  file.section().interface().enhanced(0, 1, "abc");
  numbered(file, names, 0);
  Reader reader = Reader::memory(file.bytes());
  EXPECT_EQ(reader.next_batch().packets.size(), 1U);
  EXPECT_EQ(reader.blocks().size(), 1U);
  EXPECT_EQ(reader.next_batch().state, SourceState::end);
  EXPECT_TRUE(reader.blocks().empty());
}

TEST(PcapngBlocks, OfOneSectionComeInABatchOfTheirOwn) {
  CaptureBytes file;
  file.section().interface().enhanced(0, 1, "abc").statistics(0, 2);
  file.section().interface();
  numbered(file, names, 0);
  file.section().interface().enhanced(0, 3, "def");
  Reader reader = Reader::memory(file.bytes());
  EXPECT_EQ(reader.next_batch().packets.size(), 1U);
  EXPECT_EQ(reader.statistics().size(), 1U);
  EXPECT_EQ(reader.interfaces().size(), 1U);
  EXPECT_EQ(reader.next_batch().state, SourceState::timeout);
  EXPECT_EQ(reader.blocks().size(), 1U);
  EXPECT_EQ(reader.interfaces().size(), 2U);
  EXPECT_EQ(reader.next_batch().packets.size(), 1U);
  EXPECT_TRUE(reader.blocks().empty());
  EXPECT_EQ(reader.next_batch().state, SourceState::end);
}

TEST(PcapngBlocks, WithoutPacketsAreATimeoutWhateverTheDeadline) {
  CaptureBytes file;
  file.section().interface();
  numbered(file, names, 0);
  for (const Deadline deadline : {Deadline::none(), Deadline::for_ever()}) {
    Reader reader = Reader::memory(file.bytes());
    const Batch batch = reader.next_batch(deadline);
    EXPECT_EQ(batch.state, SourceState::timeout);
    EXPECT_TRUE(batch.packets.empty());
    EXPECT_EQ(reader.blocks().size(), 1U);
    EXPECT_EQ(reader.next_batch(deadline).state, SourceState::end);
  }
}

TEST(PcapngBlocks, DoNotStopARangeForOverThePackets) {
  CaptureBytes file;
  file.section().interface();
  for (std::size_t i = 0; i < 500; ++i) numbered(file, names, i);
  file.enhanced(0, 1, "abc");
  Reader reader = Reader::memory(file.bytes());
  std::size_t packets = 0;
  for (const Packet& packet : reader) packets += packet.data.size() == 3 ? 1U : 0U;
  EXPECT_EQ(packets, 1U);
}

TEST(PcapngBlocks, ComeBeforeTheDamageBehindThem) {
  CaptureBytes file;
  file.section().interface();
  numbered(file, names, 0);
  const std::size_t end = file.size();
  file.u32(6).u32(13).u32(0);
  const Outcome outcome = read_memory(file.bytes());
  EXPECT_EQ(outcome.error, ErrorCode::damaged);
  EXPECT_EQ(outcome.offset, end);
  EXPECT_EQ(outcome.blocks.size(), 1U);
}

TEST(PcapngBlocks, TooLargeToHoldArePassedOver) {
  CaptureBytes file;
  file.section().interface();
  numbered(file, names, 0);
  file.block(names, [](CaptureBytes& body) { body.text(std::string(17U << 20, 'x')); });
  numbered(file, names, 1).enhanced(0, 1, "abc");
  for (const Outcome& outcome : {read_memory(file.bytes()), read_pipe(file.bytes(), 1'000'000)}) {
    expect_each_once(outcome, 2);
    EXPECT_EQ(outcome.packets.size(), 1U);
  }
}

TEST(PcapngBlocks, OfSectionsOfEitherOrderKeepTheirs) {
  CaptureBytes big{ByteOrder::big};
  big.section();
  numbered(big, names, 0);
  CaptureBytes little;
  little.section();
  numbered(little, names, 1);
  std::vector<std::uint8_t> both = big.bytes();
  both.insert(both.end(), little.bytes().begin(), little.bytes().end());
  const Outcome outcome = read_memory(both);
  expect_each_once(outcome, 2);
  EXPECT_TRUE(outcome.blocks[0].big_endian);
  EXPECT_FALSE(outcome.blocks[1].big_endian);
}

}  // namespace
}  // namespace weir::savefile
