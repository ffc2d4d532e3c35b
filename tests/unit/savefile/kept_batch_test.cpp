// Batches that outlive their source, and packets that know their place in the file.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "capture_bytes.h"
#include "support/temporary_folder.h"
#include "weir/savefile/merged_reader.h"
#include "weir/savefile/reader.h"
#include "weir/savefile/walk.h"
#include "written_packets.h"

namespace weir::savefile {
namespace {

using test::CaptureBytes;
using test::copied;
using test::TemporaryFolder;

/// Packets of all sizes up to more than a buffer has at first, each of other characters.
std::vector<std::uint8_t> capture() {
  CaptureBytes file;
  file.pcap_header();
  for (std::uint32_t i = 0; i < 3000; ++i) {
    const std::size_t size = i % 1000 == 999 ? 400'000 : i % 700;
    file.record(i, 0, std::string(size, static_cast<char>('a' + i % 26)));
  }
  return file.bytes();
}

struct Kept {
  std::vector<std::shared_ptr<const void>> buffers;
  std::vector<Packet> packets;
};

Kept keep_all(PacketSource& source) {
  Kept kept;
  for (const Batch& batch : source.batches()) {
    if (batch.packets.empty()) continue;
    kept.buffers.push_back(source.keep_batch());
    EXPECT_NE(kept.buffers.back(), nullptr);
    kept.packets.insert(kept.packets.end(), batch.packets.begin(), batch.packets.end());
  }
  return kept;
}

bool is_packet(const Packet& packet) {
  const auto i = static_cast<std::uint32_t>(
      std::chrono::duration_cast<std::chrono::seconds>(packet.timestamp.time_since_epoch())
          .count());
  const std::size_t size = i % 1000 == 999 ? 400'000 : i % 700;
  return packet.data.size() == size && std::ranges::all_of(packet.data, [&](std::uint8_t octet) {
           return octet == 'a' + i % 26;
         });
}

class KeptBatch : public testing::Test {
 protected:
  TemporaryFolder folder_;
  std::string path_ = folder_.file("one.pcap", capture());
};

TEST_F(KeptBatch, OutlivesItsReader) {
  std::optional<Reader> reader{path_};
  const Kept kept = keep_all(*reader);
  reader.reset();
  EXPECT_EQ(kept.packets.size(), 3000U);
  EXPECT_TRUE(std::ranges::all_of(kept.packets, is_packet));
}

TEST_F(KeptBatch, OfAStreamThatIsDecompressed) {
  Reader reader{folder_.file("one.pcap.gz", test::gzip({capture()}))};
  const Kept kept = keep_all(reader);
  EXPECT_EQ(kept.packets.size(), 3000U);
  EXPECT_TRUE(std::ranges::all_of(kept.packets, is_packet));
}

TEST_F(KeptBatch, OfAPipeThatIsFilledInOddPieces) {
  int ends[2] = {-1, -1};
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  std::jthread writer{[to = ends[1], bytes = capture()] {
    constexpr std::size_t piece = 7001;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      const std::size_t size = std::min(piece, bytes.size() - at);
      EXPECT_EQ(::write(to, bytes.data() + at, size), static_cast<ssize_t>(size));
    }
    ::close(to);
  }};
  Reader reader = Reader::descriptor(ends[0], "pipe");
  const Kept kept = keep_all(reader);
  ::close(ends[0]);
  EXPECT_EQ(kept.packets.size(), 3000U);
  EXPECT_TRUE(std::ranges::all_of(kept.packets, is_packet));
}

TEST_F(KeptBatch, OfADamagedFileThatIsSearched) {
  std::vector<std::uint8_t> bytes = capture();
  std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(bytes.size() / 3), 300'000, 0xee);
  Reader reader{folder_.file("damaged.pcap", bytes), {.skip_damaged = true}};
  const Kept kept = keep_all(reader);
  EXPECT_GT(reader.counts().skipped_regions, 0U);
  EXPECT_GT(kept.packets.size(), 1500U);
  EXPECT_LE(std::ranges::count_if(kept.packets, std::not_fn(is_packet)), 1)
      << "but for the one whose end is damaged";
}

TEST_F(KeptBatch, HasTheBodiesOfItsBlocks) {
  CaptureBytes file;
  file.section().interface();
  for (std::uint32_t i = 0; i < 1000; ++i) {
    file.block(0xbad, [&](CaptureBytes& body) { body.u32(i).text(std::string(1000, 'b')); });
    file.enhanced(0, i, "data");
  }
  std::vector<std::shared_ptr<const void>> buffers;
  std::vector<Block> blocks;
  {
    Reader reader{folder_.file("blocks.pcapng", file.bytes())};
    for (const Batch& batch : reader.batches()) {
      EXPECT_FALSE(batch.is_last());
      buffers.push_back(reader.keep_batch());
      blocks.insert(blocks.end(), reader.blocks().begin(), reader.blocks().end());
    }
  }
  ASSERT_EQ(blocks.size(), 1000U);
  for (std::uint32_t i = 0; i < 1000; ++i) {
    EXPECT_EQ(load_le<std::uint32_t>(blocks[i].body.data()), i);
    EXPECT_EQ(blocks[i].body.back(), 'b');
  }
}

TEST_F(KeptBatch, OfAWalkOverFilesAndOfFilesThatAreMerged) {
  for (const bool merge : {false, true}) {
    Kept kept;
    {
      Walk walk{expand({path_, folder_.file("two.pcap", capture())}), {.merge = merge}};
      kept = keep_all(walk);
    }
    EXPECT_EQ(kept.packets.size(), 6000U);
    EXPECT_TRUE(std::ranges::all_of(kept.packets, is_packet)) << "merged: " << merge;
  }
}

TEST_F(KeptBatch, StaysWhereItIsWhileOthersAreNotKept) {
  Reader reader{path_};
  std::vector<Kept> kept;
  std::size_t number = 0;
  for (const Batch& batch : reader.batches()) {
    if (number++ % 3 != 0) continue;
    kept.push_back({{reader.keep_batch()}, {batch.packets.begin(), batch.packets.end()}});
  }
  ASSERT_GT(kept.size(), 2U);
  for (const Kept& one : kept) EXPECT_TRUE(std::ranges::all_of(one.packets, is_packet));
}

TEST_F(KeptBatch, MayBeReadAndLetGoByAnotherThread) {
  Reader reader{path_};
  std::vector<std::jthread> threads;
  for (const Batch& batch : reader.batches()) {
    Kept kept{{reader.keep_batch()}, {batch.packets.begin(), batch.packets.end()}};
    threads.emplace_back(
        [kept = std::move(kept)] { EXPECT_TRUE(std::ranges::all_of(kept.packets, is_packet)); });
  }
}

TEST_F(KeptBatch, SharesItsBufferWithTheBatchesAroundIt) {
  CaptureBytes file;
  file.pcap_header();
  for (std::uint32_t i = 0; i < 2000; ++i) file.record(i, 0, "small");
  Reader reader{folder_.file("small.pcap", file.bytes())};
  const Kept kept = keep_all(reader);
  EXPECT_GT(kept.buffers.size(), 1U);
  EXPECT_EQ(kept.buffers.front(), kept.buffers.back()) << "all of it fits into one";
}

TEST_F(KeptBatch, OfMergedFilesPinsOnlyThoseItBorrowsFrom) {
  CaptureBytes around;
  around.pcap_header().record(0, 0, "first").record(9000, 0, "last");
  CaptureBytes between;
  between.pcap_header();
  for (std::uint32_t i = 0; i < 2000; ++i) between.record(1 + i, 0, "small");
  MergedReader reader{
      {folder_.file("around", around.bytes()), folder_.file("between", between.bytes())}};
  const Kept kept = keep_all(reader);
  ASSERT_EQ(kept.packets.size(), 2002U);
  ASSERT_GE(kept.buffers.size(), 4U);
  EXPECT_EQ(kept.buffers[1], kept.buffers[2]) << "one file, though both are open";
  EXPECT_EQ(kept.buffers.front(), kept.buffers.back());
  EXPECT_NE(kept.buffers[0], kept.buffers[1]);
}

// Blocks come when they are read, before a packet behind them is due.
TEST_F(KeptBatch, OfMergedFilesHasBlocksOfFilesNoPacketOfItIsOf) {
  CaptureBytes named;
  named.section().interface();
  for (std::uint32_t i = 0; i < Batch::max_packets; ++i) named.enhanced(0, 1'000'000, "early");
  named.block(0xbad, [](CaptureBytes& body) { body.u32(32473).text("what others made"); });
  named.enhanced(0, 9'000'000, "late");
  CaptureBytes other;
  other.pcap_header().record(2, 0, "two");
  std::optional<MergedReader> reader{
      std::vector{folder_.file("named", named.bytes()), folder_.file("other", other.bytes())}};
  std::shared_ptr<const void> kept;
  Bytes body;
  for (const Batch& batch : reader->batches()) {
    if (reader->context().blocks.empty()) continue;
    ASSERT_EQ(batch.packets.size(), 1U);
    EXPECT_EQ(reader->origins()[0], 1U);
    kept = reader->keep_batch();
    body = reader->context().blocks[0].body;
  }
  reader.reset();
  // What was let go of is used again.
  std::vector<Reader> others;
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(others.emplace_back(path_).next_batch().is_last());
  const std::string text{body.begin(), body.end()};
  EXPECT_NE(text.find("what others made"), std::string::npos);
}

TEST_F(KeptBatch, IsTheCallersWhereHeOwnsTheMemory) {
  const std::vector<std::uint8_t> bytes = capture();
  Reader reader = Reader::memory(bytes);
  ASSERT_FALSE(reader.next_batch().packets.empty());
  EXPECT_EQ(reader.keep_batch(), nullptr);
}

TEST_F(KeptBatch, IsToldFromALaterOneByTheGeneration) {
  Reader reader{path_};
  const Batch batch = reader.next_batch();
  const std::uint64_t generation = reader.generation();
  EXPECT_EQ(batch.packets.size(), reader.counts().packets);
  EXPECT_EQ(reader.generation(), generation) << "the batch is there";
  EXPECT_FALSE(reader.next_batch().is_last());
  EXPECT_NE(reader.generation(), generation);
}

TEST_F(KeptBatch, IsGoneAlsoWhereItsReaderBecomesAnother) {
  Reader reader{path_};
  EXPECT_FALSE(reader.next_batch().packets.empty());
  const std::uint64_t generation = reader.generation();
  reader = Reader{path_};
  EXPECT_NE(reader.generation(), generation);
  EXPECT_FALSE(reader.next_batch().packets.empty());
  EXPECT_NE(reader.generation(), generation);
}

TEST_F(KeptBatch, HasPacketsThatKnowTheirPlaceInTheFile) {
  std::uint64_t expected = 0;
  Reader reader{path_, {.ordinals = true}};
  for (const Packet& packet : reader) {
    ASSERT_NE(packet.meta, nullptr);
    EXPECT_EQ(packet.meta->ordinal, ++expected);
  }
  EXPECT_EQ(expected, 3000U);
}

TEST_F(KeptBatch, OfMergedFilesHasPacketsThatKnowTheirPlaceInTheirOwn) {
  Walk walk{expand({path_, folder_.file("two.pcap", capture())}),
            {.reader = {.ordinals = true}, .merge = true}};
  std::uint64_t read = 0;
  for (const Packet& packet : walk) EXPECT_EQ(packet.meta->ordinal, read++ / 2 + 1);
  EXPECT_EQ(read, 6000U);
}

TEST_F(KeptBatch, IsCopiedTheSameWithOrdinals) {
  CaptureBytes file;
  file.section().interface();
  file.block(3, [](CaptureBytes& body) { body.u32(4).text("four"); });
  file.enhanced(0, 1, "data", 0, [](CaptureBytes& o) { o.option(1, "why").u32(0); });
  file.enhanced(0, ~std::uint64_t{0}, "data");
  file.enhanced(0, 2, "data");
  std::vector<std::uint8_t> bytes;
  Writer writer = Writer::memory(bytes, {.format = Format::pcapng});
  Reader reader = Reader::memory(file.bytes(), {.ordinals = true});
  reader.copy_to(writer);
  writer.close();
  EXPECT_EQ(bytes, copied(file.bytes(), {.format = Format::pcapng}));
  EXPECT_EQ(bytes, file.bytes());
}

}  // namespace
}  // namespace weir::savefile
