// When the next file of a series is begun, and what becomes of the files.
#include "weir/savefile/rotating_writer.h"

#include <array>
#include <filesystem>

#include "support/largest_file.h"
#include "unit/savefile/series/series.h"
#include "weir/error.h"

namespace weir::savefile {
namespace {

using std::chrono::seconds;
using test::Files;
using test::packet_of;

const WriterOptions pcap{.format = Format::pcap};

class RotatingWriterTest : public test::Series {
 protected:
  [[nodiscard]] std::string path() const { return folder_.path("t.pcap"); }
};

ErrorCode refusal(const Rotation& rotation) {
  try {
    RotatingWriter{"t.pcap", pcap, rotation};
  } catch (const Error& error) {
    return error.code();
  }
  return {};
}

TEST(Rotation, RefusesWhatCannotBe) {
  for (const Rotation& rotation :
       {Rotation{}, Rotation{.files = 3}, Rotation{.period = std::chrono::milliseconds{1500}},
        Rotation{.period = seconds{-1}}, Rotation{.size = 11, .total_size = 10}}) {
    EXPECT_EQ(refusal(rotation), ErrorCode::invalid_argument);
  }
  EXPECT_EQ(refusal({.size = 10, .total_size = 10}), ErrorCode{});
}

TEST_F(RotatingWriterTest, BeginsTheNextFileAfterSoManyPackets) {
  RotatingWriter writer{path(), pcap, {.packets = 3}};
  const std::vector<Packet> packets(7, packet_of("x"));
  writer.write({&interface_, 1}, packets);
  write(writer, 0);
  EXPECT_EQ(writer.counts().packets, 8U);
  writer.close();
  EXPECT_EQ(files(), (Files{{"t-00001.pcap", 3}, {"t-00002.pcap", 3}, {"t-00003.pcap", 2}}));
  EXPECT_EQ(writer.counts().packets, 8U);
  EXPECT_EQ(writer.counts().files, 3U);
}

TEST_F(RotatingWriterTest, NeverLetsAFileGrowBeyondTheSize) {
  interface_.description.assign(300, 'd');
  std::vector<Packet> packets;
  const std::string data(200, 'x');
  for (std::size_t i = 0; i < 300; ++i) {
    packets.push_back(packet_of(std::string_view{data}.substr(i % 200)));
    if (i % 3 == 0) packets.back().direction = Direction::in;
  }
  for (const Format format : {Format::pcap, Format::pcap_nanosecond, Format::pcapng}) {
    for (const Compression compression : {Compression::none, Compression::zstd}) {
      const test::TemporaryFolder folder;
      constexpr std::uint64_t size = 2000;
      RotatingWriter writer{
          folder.path("t"), {.format = format, .compression = compression}, {.size = size}};
      writer.write({&interface_, 1}, packets);
      writer.close();
      std::size_t files = 0;
      for (const auto& entry : std::filesystem::directory_iterator{folder.path("")}) {
        EXPECT_LE(entry.file_size(), size) << name(format);
        ++files;
      }
      EXPECT_GT(files, 10U);
      EXPECT_EQ(writer.counts().packets, packets.size());
    }
  }
}

TEST_F(RotatingWriterTest, GivesAPacketLargerThanAFileOneOfItsOwn) {
  RotatingWriter writer{path(), pcap, {.size = 100}};
  const std::string large(500, 'x');
  write(writer, 0);
  write(writer, 0, large);
  write(writer, 0);
  writer.close();
  EXPECT_EQ(files(), (Files{{"t-00001.pcap", 1}, {"t-00002.pcap", 1}, {"t-00003.pcap", 1}}));
}

TEST_F(RotatingWriterTest, AlignsPeriodsToTheClock) {
  RotatingWriter writer{folder_.path("%H%M%S.pcap"), pcap, {.period = seconds{60}}};
  for (const std::int64_t second : {30, 59, 60, 119, 300, 359, 360}) write(writer, second);
  writer.close();
  // The first is named for its first packet, the others for their period.
  EXPECT_EQ(
      files(),
      (Files{{"000030.pcap", 2}, {"000100.pcap", 2}, {"000500.pcap", 2}, {"000600.pcap", 1}}));
}

TEST_F(RotatingWriterTest, AlignsPeriodsToLocalMidnight) {
  const test::TimeZone zone{"XXX-3:30"};
  RotatingWriter writer{folder_.path("%H%M.pcap"), pcap, {.period = seconds{3600}}};
  for (const std::int64_t second : {0, 1799, 1800, 5399, 5400}) write(writer, second);
  writer.close();
  EXPECT_EQ(files(), (Files{{"0330.pcap", 2}, {"0400.pcap", 2}, {"0500.pcap", 1}}));
}

TEST_F(RotatingWriterTest, KeepsPacketsOfThePeriodBeforeInTheFile) {
  RotatingWriter writer{folder_.path("%H%M%S.pcap"), pcap, {.period = seconds{60}}};
  for (const std::int64_t second : {59, 60, 59, 1, 61, 0}) write(writer, second);
  writer.close();
  EXPECT_EQ(files(), (Files{{"000059.pcap", 1}, {"000100.pcap", 5}}));
}

TEST_F(RotatingWriterTest, BeginsAFileWhereTheClockWasSetBack) {
  constexpr std::int64_t day = 86'400;
  RotatingWriter writer{folder_.path("%d-%H%M.pcap"), pcap, {.period = seconds{60}}};
  for (const std::int64_t second : {day, day + 60, std::int64_t{60}, day + 60, std::int64_t{-1}}) {
    write(writer, second + 2 * day);
  }
  writer.close();
  EXPECT_EQ(files(), (Files{{"02-2359.pcap", 1},
                            {"03-0001.pcap", 1},
                            {"04-0000.pcap", 1},
                            {"04-0001-00001.pcap", 1},
                            {"04-0001.pcap", 1}}));
}

TEST_F(RotatingWriterTest, TakesTheEarliestAndTheLatestTimesThereAre) {
  constexpr std::int64_t last = 9'223'372'036'000'000'000;  // of whole seconds
  interface_.ticks_per_second = 1'000'000;
  interface_.time_offset = -9'223'372'036;
  RotatingWriter writer{folder_.path("t.pcapng"), {}, {.period = seconds{3600}}};
  for (const std::int64_t time : {-last, last, -last, std::int64_t{0}}) {
    const Packet packet = packet_of("x", time);
    writer.write({&interface_, 1}, {&packet, 1});
  }
  writer.close();
  EXPECT_EQ(writer.counts().files, 4U);
  EXPECT_EQ(files().size(), 4U);
}

TEST_F(RotatingWriterTest, FinishesAFileWhosePeriodIsOverWithoutPackets) {
  RotatingWriter writer{path(), pcap, {.period = seconds{60}}};
  const auto advance_to = [&](int second) { writer.advance(Timestamp{seconds{second}}); };
  advance_to(1000);
  write(writer, 30);
  advance_to(59);
  EXPECT_EQ(files(), (Files{{"t-00001.pcap.part", 1}}));
  advance_to(60);
  EXPECT_EQ(files(), (Files{{"t-00001.pcap", 1}}));
}

TEST_F(RotatingWriterTest, FinishesAFileWhenAsked) {
  RotatingWriter writer{path(), pcap, {.packets = 100}};
  writer.rotate();
  write(writer, 0);
  writer.rotate();
  writer.rotate();
  EXPECT_EQ(files(), (Files{{"t-00001.pcap", 1}}));
  write(writer, 0);
  EXPECT_EQ(files(), (Files{{"t-00001.pcap", 1}, {"t-00002.pcap.part", 1}}));
}

TEST_F(RotatingWriterTest, TellsOfEachFileOnceItHasItsName) {
  std::vector<std::string> told;
  {
    RotatingWriter writer{path(), pcap, {.packets = 2}, [&](const FinishedFile& file) {
                            EXPECT_TRUE(std::filesystem::exists(file.path));
                            EXPECT_FALSE(std::filesystem::exists(file.path + ".part"));
                            EXPECT_EQ(file.counts.bytes, std::filesystem::file_size(file.path));
                            EXPECT_EQ(file.counts.packets, told.empty() ? 2U : 1U);
                            told.push_back(file.path);
                          }};
    for (int i = 0; i < 3; ++i) write(writer, 0);
    EXPECT_EQ(told.size(), 1U);
  }
  EXPECT_EQ(told, (std::vector{folder_.path("t-00001.pcap"), folder_.path("t-00002.pcap")}));
}

TEST_F(RotatingWriterTest, WithoutAPacketLeavesNoFile) {
  RotatingWriter writer{path(), {}, {.packets = 2}};
  writer.write({&interface_, 1}, {});
  writer.write_blocks({&interface_, 1}, std::array{Block{.type = 0xbad}});
  writer.write_statistics({&interface_, 1}, {});
  writer.flush();
  writer.close();
  EXPECT_EQ(files(), Files{});
  EXPECT_EQ(writer.counts().files, 0U);
}

TEST_F(RotatingWriterTest, KeepsTheNewestFiles) {
  RotatingWriter writer{path(), pcap, {.packets = 1, .files = 3}};
  for (int i = 0; i < 5; ++i) {
    write(writer, i);
    EXPECT_LE(files().size(), 3U);
  }
  writer.close();
  EXPECT_EQ(files(), (Files{{"t-00003.pcap", 1}, {"t-00004.pcap", 1}, {"t-00005.pcap", 1}}));
  EXPECT_EQ(writer.counts().removed, 2U);
  EXPECT_EQ(writer.counts().packets, 5U);
  EXPECT_EQ(writer.counts().files, 5U);
}

TEST_F(RotatingWriterTest, CountsTheFilesOfAnEarlierRunAsItsOwn) {
  for (int run = 0; run < 3; ++run) {
    RotatingWriter writer{path(), pcap, {.packets = 1, .files = 3}};
    for (int i = 0; i < 2; ++i) write(writer, i);
  }
  EXPECT_EQ(files(), (Files{{"t-00004.pcap", 1}, {"t-00005.pcap", 1}, {"t-00006.pcap", 1}}));
}

TEST_F(RotatingWriterTest, LeavesTheFilesOfAnEarlierRunWhereNothingLimitsThem) {
  for (int run = 0; run < 2; ++run) {
    RotatingWriter writer{path(), pcap, {.packets = 1}};
    write(writer, 0);
  }
  EXPECT_EQ(files(), (Files{{"t-00001.pcap", 1}, {"t-00002.pcap", 1}}));
}

TEST_F(RotatingWriterTest, KeepsTheTotalSizeByRemovingTheOldest) {
  // A file of one packet has 50 bytes.
  RotatingWriter writer{path(), pcap, {.size = 100, .packets = 1, .total_size = 220}};
  for (int i = 0; i < 6; ++i) {
    write(writer, i);
    std::uint64_t total = 0;
    for (const auto& entry : std::filesystem::directory_iterator{folder_.path("")}) {
      total += entry.file_size();
    }
    EXPECT_LE(total, 220U);
  }
  writer.close();
  EXPECT_EQ(files(), (Files{{"t-00004.pcap", 1}, {"t-00005.pcap", 1}, {"t-00006.pcap", 1}}));
}

TEST_F(RotatingWriterTest, CountsTheOpenFileIntoTheTotalSize) {
  // Without a limit of its own a file may need all the room there is.
  RotatingWriter writer{path(), pcap, {.period = seconds{60}, .total_size = 220}};
  for (const int second : {0, 60, 120}) write(writer, second);
  EXPECT_EQ(writer.counts().removed, 0U);
  for (int i = 0; i < 3; ++i) write(writer, 121);
  EXPECT_EQ(files(), (Files{{"t-00002.pcap", 1}, {"t-00003.pcap.part", 4}}));
}

TEST_F(RotatingWriterTest, NeverRemovesTheNewestFile) {
  RotatingWriter writer{path(), pcap, {.packets = 2, .total_size = 60}};
  for (int i = 0; i < 4; ++i) write(writer, i);
  writer.close();
  EXPECT_EQ(files(), (Files{{"t-00002.pcap", 2}}));
  EXPECT_EQ(writer.counts().removed, 1U);
}

TEST_F(RotatingWriterTest, CountsOnlyWhatItRemovedItself) {
  // As gzip does.
  const auto rename = [](const FinishedFile& file) {
    std::filesystem::rename(file.path, file.path + ".gz");
  };
  RotatingWriter writer{path(), pcap, {.packets = 1, .files = 2}, rename};
  for (int i = 0; i < 5; ++i) write(writer, i);
  writer.close();
  EXPECT_EQ(files().size(), 5U);
  EXPECT_EQ(writer.counts().removed, 0U);
}

TEST_F(RotatingWriterTest, EndsWhereAnOldFileCannotBeRemoved) {
  std::size_t told = 0;
  // Nobody removes a directory with something in it.
  const auto replace = [&](const FinishedFile& file) {
    if (++told != 1) return;
    std::filesystem::remove(file.path);
    std::filesystem::create_directories(file.path + "/inside");
  };
  RotatingWriter writer{path(), pcap, {.packets = 1, .files = 2}, replace};
  write(writer, 0);
  write(writer, 1);
  try {
    write(writer, 2);
    ADD_FAILURE();
  } catch (const SystemError& error) {
    EXPECT_EQ(error.code(), ErrorCode::output_failed);
    EXPECT_TRUE(std::string{error.what()}.starts_with("remove " + folder_.path("t-00001.pcap:")))
        << error.what();
  }
  EXPECT_EQ(writer.counts().removed, 0U);
  EXPECT_EQ(writer.counts().packets, 2U);
  EXPECT_EQ(told, 2U);
}

TEST_F(RotatingWriterTest, DoesNotCountWhatIsInAFileThatWasRemoved) {
  RotatingWriter writer{path(), pcap, {.packets = 2}};
  for (int i = 0; i < 3; ++i) write(writer, i);
  std::filesystem::remove(folder_.path("t-00002.pcap.part"));
  EXPECT_THROW(writer.close(), SystemError);
  EXPECT_EQ(writer.counts().packets, 2U);
  EXPECT_EQ(writer.counts().files, 1U);
}

TEST_F(RotatingWriterTest, EndsWithTheLastFile) {
  RotatingWriter writer{path(), pcap, {.packets = 1, .last_file = 2}};
  for (int i = 0; i < 2; ++i) write(writer, i);
  EXPECT_FALSE(writer.is_full());
  write(writer, 2);
  EXPECT_TRUE(writer.is_full());
  write(writer, 3);
  EXPECT_EQ(files(), (Files{{"t-00001.pcap", 1}, {"t-00002.pcap", 1}}));
  EXPECT_EQ(writer.counts().packets, 2U);
}

TEST_F(RotatingWriterTest, EndsWithTheLastFileThatSilenceFinishes) {
  RotatingWriter writer{path(), pcap, {.period = seconds{60}, .last_file = 1}};
  write(writer, 30);
  writer.advance(Timestamp{seconds{60}});
  EXPECT_TRUE(writer.is_full());
  write(writer, 61);
  EXPECT_EQ(files(), (Files{{"t-00001.pcap", 1}}));
}

TEST_F(RotatingWriterTest, WritesBlocksToTheFileThatIsOpenAndTheStartOfEveryOther) {
  const auto block = [](std::string_view text) {
    return Block{.type = 0xbad, .body = test::bytes_of(text)};
  };
  RotatingWriter writer{folder_.path("t.pcapng"), {}, {.packets = 1}};
  writer.write_blocks({&interface_, 1}, std::array{block("0000one.")});
  write(writer, 0);
  writer.write_blocks({&interface_, 1}, std::array{block("0000two.")});
  write(writer, 0);
  writer.close();
  for (const char* const name : {"t-00001.pcapng", "t-00002.pcapng"}) {
    const auto outcome = test::read_all([&] { return Reader{folder_.path(name)}; });
    ASSERT_EQ(outcome.blocks.size(), 2U) << name;
    EXPECT_EQ(outcome.blocks[0].body[4], 'o');
    EXPECT_EQ(outcome.blocks[1].body[4], 't');
  }
}

TEST_F(RotatingWriterTest, RepeatsNoMoreBlocksThanLeaveRoomForPackets) {
  const std::string large(1500, 'x');
  const Block big{.type = 0xbad, .body = test::bytes_of(large)};
  const Block small{.type = 0xbad, .body = test::bytes_of("0000tiny")};
  RotatingWriter writer{folder_.path("t.pcapng"), {}, {.size = 2000}};
  writer.write_blocks({&interface_, 1}, std::array{big, small});
  for (int i = 0; i < 20; ++i) write(writer, 0);
  writer.close();
  const auto sizes_in = [&](const char* name) {
    std::vector<std::size_t> sizes;
    for (const auto& block : test::read_all([&] { return Reader{folder_.path(name)}; }).blocks) {
      sizes.push_back(block.body.size());
    }
    std::ranges::sort(sizes);
    return sizes;
  };
  EXPECT_EQ(writer.counts().files, 2U);
  EXPECT_EQ(sizes_in("t-00001.pcapng"), (std::vector<std::size_t>{8, 1500}));
  EXPECT_EQ(sizes_in("t-00002.pcapng"), (std::vector<std::size_t>{8}));
}

TEST_F(RotatingWriterTest, RefusesMoreBlocksWithoutAPacketThanItCanKeep) {
  const std::vector<std::uint8_t> body(10 << 20);
  const Block block{.type = 0xbad, .body = body};
  RotatingWriter writer{folder_.path("t.pcapng"), {}, {.packets = 1}};
  ErrorCode refusal{};
  try {
    for (int i = 0; i < 10; ++i) writer.write_blocks({&interface_, 1}, {&block, 1});
  } catch (const Error& error) {
    refusal = error.code();
  }
  EXPECT_EQ(refusal, ErrorCode::cannot_hold);
}

TEST_F(RotatingWriterTest, KeepsPacketsWithoutATimeInTheFileOfThoseBefore) {
  RotatingWriter writer{folder_.path("%Y%m%d-%H%M.pcapng"), {}, {.period = seconds{60}}};
  Packet untimed = packet_of("untimed");
  untimed.flags = PacketFlags::no_timestamp;
  constexpr std::int64_t minute = 60'000'000'000;
  const std::array packets{
      untimed, packet_of("x", 10 * minute), untimed, packet_of("x", 11 * minute),
      untimed, packet_of("x", 12 * minute), untimed};
  writer.write({&interface_, 1}, packets);
  writer.rotate();
  writer.write({&interface_, 1}, {&untimed, 1});
  writer.close();
  EXPECT_EQ(files(), (Files{{"19700101-0010.pcapng", 3},
                            {"19700101-0011.pcapng", 2},
                            {"19700101-0012-00001.pcapng", 1},
                            {"19700101-0012.pcapng", 2}}));
}

TEST_F(RotatingWriterTest, WritesStatisticsToTheFileThatIsOpen) {
  RotatingWriter writer{folder_.path("t.pcapng"), {}, {.packets = 1}};
  write(writer, 0);
  writer.write_statistics({&interface_, 1}, {.received = 7});
  write(writer, 0);
  writer.close();
  const auto read = [&](const char* name) {
    return test::read_all([&] { return Reader{folder_.path(name)}; }).statistics.size();
  };
  EXPECT_EQ(read("t-00001.pcapng"), 1U);
  EXPECT_EQ(read("t-00002.pcapng"), 0U);
}

TEST_F(RotatingWriterTest, RemovesNoPacketsForStatisticsThatDoNotFit) {
  RotatingWriter writer{folder_.path("t.pcapng"), {}, {.size = 600, .total_size = 1000}};
  for (int i = 0; i < 12; ++i) write(writer, i);
  const SinkCounts before = writer.counts();
  writer.write_statistics({&interface_, 1}, {.comment = std::string(5000, 'c')});
  writer.write_statistics({&interface_, 1}, {.received = 7});
  writer.close();
  EXPECT_EQ(writer.counts().removed, before.removed);
  std::size_t statistics = 0;
  for (const auto& [name, packets] : files()) {
    EXPECT_LE(std::filesystem::file_size(folder_.path(name)), 600U);
    statistics += test::read_all([&] { return Reader{folder_.path(name)}; }).statistics.size();
  }
  EXPECT_EQ(statistics, 1U);
}

TEST_F(RotatingWriterTest, ThatFailsKeepsWholeRecordsInANamedFile) {
  std::vector<std::string> told;
  RotatingWriter writer{
      path(), pcap, {.packets = 4}, [&](const FinishedFile& file) { told.push_back(file.path); }};
  const std::vector<Packet> packets(4, packet_of("0123456789"));
  writer.write({&interface_, 1}, packets);
  write(writer, 0);
  {
    const test::LargestFile limit{24 + 2 * 26 + 13};
    try {
      writer.write({&interface_, 1}, packets);
      ADD_FAILURE();
    } catch (const SystemError& error) {
      EXPECT_EQ(error.code(), ErrorCode::output_failed);
      EXPECT_TRUE(std::string{error.what()}.starts_with("write " + folder_.path("t-00002.pcap:")))
          << error.what();
    }
  }
  EXPECT_EQ(files(), (Files{{"t-00001.pcap", 4}, {"t-00002.pcap", 2}}));
  EXPECT_EQ(writer.counts().packets, 6U);
  EXPECT_EQ(told.size(), 2U);
}

TEST_F(RotatingWriterTest, MovesWithItsOpenFile) {
  {
    RotatingWriter first{path(), pcap, {.packets = 2}};
    write(first, 0);
    RotatingWriter second{std::move(first)};
    write(second, 0);
    RotatingWriter third{folder_.path("other.pcap"), pcap, {.packets = 2}};
    third = std::move(second);
    write(third, 0);
  }
  EXPECT_EQ(files(), (Files{{"t-00001.pcap", 2}, {"t-00002.pcap", 1}}));
}

}  // namespace
}  // namespace weir::savefile
