// Many files as one: order, ties, interfaces, descriptors, files that fail.
#include "weir/savefile/merged_reader.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <thread>
#include <tuple>

#include "support/allocations.h"
#include "support/sanitized.h"
#include "support/temporary_folder.h"
#include "unit/savefile/capture_bytes.h"
#include "weir/error.h"

namespace weir::savefile {
namespace {

using test::CaptureBytes;
using Texts = std::vector<std::string>;
using namespace std::chrono_literals;

std::vector<std::uint8_t> pcap(const std::vector<std::pair<std::uint32_t, std::string>>& records) {
  CaptureBytes file;
  file.pcap_header();
  for (const auto& [seconds, text] : records) file.record(seconds, 0, text);
  return file.bytes();
}

// `count` packets that say `text`, from `first` in steps of `step` seconds.
std::vector<std::uint8_t> series(const std::string& text, std::uint32_t first, std::uint32_t count,
                                 std::uint32_t step = 1) {
  CaptureBytes file;
  file.pcap_header();
  for (std::uint32_t i = 0; i < count; ++i) file.record(first + i * step, 0, text);
  return file.bytes();
}

std::string text_of(const Packet& packet) { return {packet.data.begin(), packet.data.end()}; }

std::size_t open_descriptors() {
  using Entries = std::filesystem::directory_iterator;
  return static_cast<std::size_t>(std::distance(Entries{"/proc/self/fd"}, Entries{})) - 1;
}

// While alive only `more` descriptors can be opened.
class DescriptorLimit {
 public:
  explicit DescriptorLimit(std::size_t more) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = open_descriptors() + more;
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
  DescriptorLimit(const DescriptorLimit&) = delete;
  DescriptorLimit& operator=(const DescriptorLimit&) = delete;
  ~DescriptorLimit() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

class Merged : public testing::Test {
 protected:
  void add(Bytes bytes) { paths_.push_back(folder_.file(std::to_string(paths_.size()), bytes)); }
  // A FIFO whose writer is another thread; it sends when it is opened.
  void add_pipe(std::vector<std::uint8_t> bytes) {
    const std::string path = folder_.path(std::to_string(paths_.size()));
    ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
    paths_.push_back(path);
    writers_.emplace_back([path, bytes = std::move(bytes)] {
      std::ofstream out{path, std::ios::binary};
      out.write(reinterpret_cast<const char*>(bytes.data()),
                static_cast<std::streamsize>(bytes.size()));
    });
  }
  void TearDown() override {
    for (std::thread& writer : writers_) writer.join();
  }

  // A reader that notes which files failed, and how.
  MergedReader open() {
    return MergedReader{paths_, {.on_error = [this](const MergeFailure& failure) {
                          failures_.emplace_back(failure.file, failure.error.code());
                        }}};
  }
  Texts texts(MergedReader& reader) {
    Texts all;
    for (const Packet& packet : reader) all.push_back(text_of(packet));
    return all;
  }
  Texts texts() {
    MergedReader reader = open();
    return texts(reader);
  }

  test::TemporaryFolder folder_;
  Texts paths_;
  std::vector<std::pair<std::size_t, ErrorCode>> failures_;
  std::vector<std::thread> writers_;
};

TEST_F(Merged, OrdersPacketsByTime) {
  add(pcap({{1, "a1"}, {4, "a4"}, {5, "a5"}}));
  add(pcap({{2, "b2"}, {3, "b3"}, {7, "b7"}}));
  add(pcap({{6, "c6"}}));
  EXPECT_EQ(texts(), (Texts{"a1", "b2", "b3", "a4", "a5", "c6", "b7"}));
}

TEST_F(Merged, KeepsTheOrderOfThePathsWhereTimesAreEqual) {
  for (const char* text : {"a", "b", "c", "d", "e"}) add(series(text, 1, 2));
  EXPECT_EQ(texts(), (Texts{"a", "b", "c", "d", "e", "a", "b", "c", "d", "e"}));
}

TEST_F(Merged, KeepsTheOrderWithinAFile) {
  add(pcap({{5, "a5"}, {1, "a1"}, {6, "a6"}}));
  add(pcap({{2, "b2"}, {5, "b5"}}));
  MergedReader reader = open();
  EXPECT_EQ(texts(reader), (Texts{"b2", "a5", "a1", "b5", "a6"}));
  EXPECT_EQ(reader.counts().backward, 1U);
  EXPECT_EQ(reader.counts().packets, 5U);
}

TEST_F(Merged, TakesAPacketWithoutTimeForAsEarlyAsTheOneBeforeIt) {
  const auto simple = [](CaptureBytes& body) { body.u32(2).text("s?"); };
  CaptureBytes file;
  file.section().interface().block(3, simple).enhanced(0, 3'000'000, "a3").block(3, simple);
  add(file.bytes());
  add(pcap({{1, "b1"}, {3, "b3"}}));
  MergedReader reader = open();
  EXPECT_EQ(texts(reader), (Texts{"s?", "b1", "a3", "s?", "b3"}));
  EXPECT_EQ(reader.counts().backward, 0U);
}

TEST_F(Merged, AgreesWithASortOfManyPackets) {
  std::vector<std::tuple<std::uint32_t, std::uint32_t, int>> expected;  // time, file, place in it
  std::uint32_t random = 1;
  for (std::uint32_t file = 0; file < 7; ++file) {
    std::vector<std::pair<std::uint32_t, std::string>> records;
    std::uint32_t time = 0;
    for (int i = 0; i < 3'000; ++i) {
      random = random * 1'664'525 + 1'013'904'223;
      time += random >> 30;
      records.emplace_back(time, std::to_string(i));
      expected.emplace_back(time, file, i);
    }
    add(pcap(records));
  }
  std::ranges::sort(expected);
  MergedReader reader = open();
  std::size_t at = 0;
  for (;;) {
    const Batch batch = reader.next_batch();
    if (batch.state == SourceState::end) break;
    ASSERT_EQ(batch.state, SourceState::packets);
    ASSERT_LE(batch.packets.size(), Batch::max_packets);
    ASSERT_EQ(reader.origins().size(), batch.packets.size());
    for (std::size_t i = 0; i < batch.packets.size(); ++i, ++at) {
      ASSERT_EQ(text_of(batch.packets[i]), std::to_string(std::get<2>(expected[at])));
      ASSERT_EQ(reader.origins()[i], std::get<1>(expected[at]));
    }
    EXPECT_EQ(batch.now, Timestamp{std::chrono::seconds{std::get<0>(expected[at - 1])}});
  }
  EXPECT_EQ(at, expected.size());
}

TEST_F(Merged, HasFewFilesOpenWhenTheyFollowOneAnother) {
  for (std::uint32_t i = 0; i < 300; ++i) add(series(std::to_string(i), 1000 * i, 20));
  const std::size_t before = open_descriptors();
  const DescriptorLimit limit{4};  // two are for the pipe by which UBSan asks what memory is there
  MergedReader reader = open();
  EXPECT_EQ(open_descriptors(), before);
  std::uint32_t packets = 0;
  for (const Packet& packet : reader) {
    ASSERT_EQ(text_of(packet), std::to_string(packets / 20));
    ++packets;
  }
  EXPECT_EQ(packets, 6'000U);
  EXPECT_TRUE(failures_.empty());
  EXPECT_EQ(open_descriptors(), before);
}

TEST_F(Merged, NamesTheLimitWhenMoreFilesOverlapThanMayBeOpen) {
#ifdef WEIR_SANITIZED
  GTEST_SKIP() << "a sanitizer takes objects for broken when no descriptor is left";
#endif
  for (int i = 0; i < 20; ++i) add(series("x", 1, 2, 1000));
  const DescriptorLimit limit{10};
  MergedReader reader = open();
  try {
    while (reader.next_batch().state == SourceState::packets) {
    }
    FAIL();
  } catch (const SystemError& error) {
    EXPECT_EQ(error.system_code().value(), EMFILE);
    EXPECT_NE(std::string{error.what()}.find("others whose times overlap (ulimit -n"),
              std::string::npos)
        << error.what();
  }
  EXPECT_EQ(reader.next_batch().state, SourceState::end);
}

TEST_F(Merged, RenumbersInterfacesAndLeavesTheirSectionsOut) {
  const auto named = [](const char* text) {
    return [text](CaptureBytes& options) { options.option(2, text); };
  };
  CaptureBytes first;
  first.section().interface(1, 0, named("a0")).enhanced(0, 1'000'000, "a0");
  first.interface(101, 0, named("a1")).enhanced(1, 3'000'000, "a1").enhanced(0, 5'000'000, "a0");
  CaptureBytes second;
  second.section().interface(1, 0, named("b0")).enhanced(0, 2'000'000, "b0");
  second.section().interface(1, 0, named("b1")).enhanced(0, 4'000'000, "b1");
  add(first.bytes());
  add(second.bytes());
  MergedReader reader = open();
  Texts all;
  for (;;) {
    const Batch batch = reader.next_batch();
    if (batch.packets.empty()) break;
    for (const Packet& packet : batch.packets) {
      const Interface& interface = reader.interfaces()[packet.interface_index];
      EXPECT_EQ(interface.name, text_of(packet));
      EXPECT_EQ(interface.link_type, packet.link_type);
      EXPECT_EQ(interface.section, nullptr);
      all.push_back(text_of(packet));
    }
  }
  EXPECT_EQ(all, (Texts{"a0", "b0", "a1", "b1", "a0"}));
  EXPECT_EQ(reader.interfaces().size(), 4U);
}

TEST_F(Merged, HandsOutTheBlocksOfEveryFileOnce) {
  const auto names = [](CaptureBytes& file, const std::string& text) {
    file.block(4, [&](CaptureBytes& body) { body.text(text); });
  };
  CaptureBytes first;
  first.section().interface();
  for (int i = 0; i < 150; ++i) names(first, "a" + std::to_string(100 + i));
  first.enhanced(0, 5'000'000, "a5");
  names(first, "aend");
  CaptureBytes second;
  second.section().interface();
  names(second, "b0  ");
  second.enhanced(0, 1'000'000, "b1").enhanced(0, 7'000'000, "b7");
  CaptureBytes third;  // has blocks only
  third.section().interface();
  names(third, "c0  ");
  for (const CaptureBytes* file : {&first, &second, &third}) add(file->bytes());
  MergedReader reader = open();
  Texts blocks;
  Texts packets;
  for (;;) {
    const Batch batch = reader.next_batch();
    for (const Packet& packet : batch.packets) packets.push_back(text_of(packet));
    for (const Block& block : reader.blocks()) {
      EXPECT_EQ(block.type, 4U);
      blocks.emplace_back(block.body.begin(), block.body.end());
    }
    if (batch.state == SourceState::end) break;
  }
  EXPECT_EQ(packets, (Texts{"b1", "a5", "b7"}));
  Texts expected{"aend", "b0  ", "c0  "};
  for (int i = 0; i < 150; ++i) expected.push_back("a" + std::to_string(100 + i));
  std::ranges::sort(expected);
  std::ranges::sort(blocks);
  EXPECT_EQ(blocks, expected);
}

TEST_F(Merged, HasTheStatisticsOfTheFilesReadToTheirEnd) {
  for (const char* text : {"a", "b"}) {
    CaptureBytes file;
    file.section().interface().interface().enhanced(1, 1'000'000, text);
    file.statistics(1, 2'000'000, [](CaptureBytes& options) { options.option_u64(4, 9); });
    add(file.bytes());
  }
  MergedReader reader = open();
  EXPECT_TRUE(reader.statistics().empty());
  EXPECT_EQ(texts(reader), (Texts{"a", "b"}));
  ASSERT_EQ(reader.statistics().size(), 2U);
  EXPECT_EQ(reader.statistics()[0].interface_index, 1U);
  EXPECT_EQ(reader.statistics()[1].interface_index, 3U);
  EXPECT_EQ(reader.statistics()[1].received, 9U);
}

TEST_F(Merged, TellsOfEachFileThatFailsAndGoesOnWithTheOthers) {
  add(pcap({{1, "a1"}, {4, "a4"}}));
  paths_.push_back(folder_.path("missing"));
  add(CaptureBytes{}.text("just some text").bytes());
  const auto whole = pcap({{2, "d2"}, {3, "d3"}});
  add(Bytes{whole}.first(whole.size() - 1));
  add(CaptureBytes{}.pcap_header().u32(1).u32(0).u32(0xffffffff).u32(3).bytes());
  MergedReader reader = open();
  EXPECT_EQ(texts(reader), (Texts{"a1", "d2", "a4"}));
  using Failures = decltype(failures_);
  EXPECT_EQ(failures_, (Failures{{1, ErrorCode::not_found},
                                 {2, ErrorCode::not_a_capture},
                                 {4, ErrorCode::damaged},
                                 {3, ErrorCode::truncated}}));
  EXPECT_EQ(reader.counts(1).stream_bytes, 0U);
  EXPECT_EQ(reader.counts(3).packets, 1U);
}

TEST_F(Merged, ThrowsWithoutACallbackAndThenGoesOn) {
  add(pcap({{1, "a1"}, {3, "a3"}}));
  const auto whole = pcap({{1, "b1"}, {2, "b2"}});
  add(Bytes{whole}.first(whole.size() - 1));
  MergedReader reader{paths_};
  EXPECT_EQ(text_of(reader.next_batch().packets[0]), "a1");
  EXPECT_EQ(text_of(reader.next_batch().packets[0]), "b1");
  EXPECT_THROW(reader.next_batch(), FormatError);
  const Batch rest = reader.next_batch();
  ASSERT_EQ(rest.packets.size(), 1U);
  EXPECT_EQ(text_of(rest.packets[0]), "a3");
  EXPECT_EQ(reader.next_batch().state, SourceState::end);
  paths_.push_back(folder_.path("missing"));
  EXPECT_THROW(MergedReader{paths_}, SystemError);
}

TEST_F(Merged, TellsOfAFileThatVanishesBeforeItIsDue) {
  add(series("a", 1, 3));
  add(series("b", 10, 3));
  MergedReader reader = open();
  std::filesystem::remove(paths_[1]);
  EXPECT_EQ(texts(reader).size(), 3U);
  ASSERT_EQ(failures_.size(), 1U);
  EXPECT_EQ(failures_[0], std::pair(std::size_t{1}, ErrorCode::not_found));
}

TEST_F(Merged, ReadsFilesWithoutPacketsAndNoFilesAtAll) {
  EXPECT_TRUE(texts().empty());
  add(pcap({}));
  add(pcap({{1, "b1"}}));
  add(CaptureBytes{}.section().interface().bytes());
  MergedReader reader = open();
  EXPECT_EQ(texts(reader), Texts{"b1"});
  EXPECT_EQ(reader.interfaces().size(), 3U);
  EXPECT_TRUE(failures_.empty());
}

TEST_F(Merged, ReadsPipesAndFilesTogether) {
  add_pipe(pcap({{1, "a1"}, {4, "a4"}}));
  add(pcap({{2, "b2"}, {5, "b5"}}));
  add_pipe(pcap({{3, "c3"}}));
  EXPECT_EQ(texts(), (Texts{"a1", "b2", "c3", "a4", "b5"}));
}

TEST_F(Merged, KeepsDeadlinesAndStopsWhileAPipeIsSilent) {
  int ends[2] = {-1, -1};
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const auto header = pcap({});
  ASSERT_EQ(::write(ends[1], header.data(), header.size()), 24);
  paths_.push_back("/proc/self/fd/" + std::to_string(ends[0]));
  add(series("b", 10, 3));
  MergedReader reader = open();
  EXPECT_EQ(reader.next_batch(Deadline::none()).state, SourceState::would_block);
  EXPECT_EQ(reader.next_batch(Deadline::in(5ms)).state, SourceState::timeout);
  const auto record = CaptureBytes{}.record(1, 0, "a1").bytes();
  ASSERT_EQ(::write(ends[1], record.data(), record.size()), static_cast<ssize_t>(record.size()));
  EXPECT_EQ(text_of(reader.next_batch(Deadline::in(1h)).packets[0]), "a1");
  std::thread other{[&] { reader.stop(); }};
  EXPECT_EQ(reader.next_batch().state, SourceState::stopped);
  other.join();
  EXPECT_EQ(reader.next_batch().state, SourceState::stopped);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_F(Merged, RefusesToReadStandardInputTwiceAndToFollow) {
  EXPECT_THROW((MergedReader{{"-", "-"}}), Error);
  add(pcap({}));
  EXPECT_THROW((MergedReader{paths_, {.reader = {.follow = true}}}), Error);
}

TEST_F(Merged, AllocatesNothingAfterTheFirstBatches) {
  for (int i = 0; i < 5; ++i) add(series("packet", 1, 20'000));
  MergedReader reader = open();
  for (int i = 0; i < 10; ++i) ASSERT_EQ(reader.next_batch().state, SourceState::packets);
  const std::size_t before = test::allocation_count();
  while (reader.next_batch().state == SourceState::packets) {
  }
  EXPECT_EQ(test::allocation_count(), before);
  EXPECT_EQ(reader.counts().packets, 100'000U);
}

TEST_F(Merged, SumsWhatWasRead) {
  std::uint64_t bytes = 0;
  for (std::uint32_t i = 0; i < 4; ++i) {
    const auto file = series("packet", i, 3'000);
    bytes += file.size();
    add(file);
  }
  MergedReader reader = open();
  EXPECT_EQ(texts(reader).size(), 12'000U);
  EXPECT_EQ(reader.counts().stream_bytes, bytes);
  EXPECT_EQ(reader.counts(2).packets, 3'000U);
}

}  // namespace
}  // namespace weir::savefile
