// The reader as a source: paths, pipes, deadlines, stopping, batches, buffers.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <thread>

#include "capture_bytes.h"
#include "savefile/byte_input.h"
#include "support/allocations.h"
#include "weir/error.h"

namespace weir::savefile {
namespace {

using test::CaptureBytes;
using test::Outcome;
using test::read_memory;
using test::read_pipe;

// A file of its own name that goes away with the test.
class TemporaryFile {
 public:
  explicit TemporaryFile(Bytes bytes) : path_{make_path()} {
    std::FILE* file = std::fopen(path_.c_str(), "wb");
    if (file == nullptr) throw std::runtime_error{"fopen"};
    if (!bytes.empty()) std::fwrite(bytes.data(), 1, bytes.size(), file);
    std::fclose(file);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() { std::filesystem::remove(path_); }
  [[nodiscard]] const std::string& path() const { return path_; }

  static std::string make_path() {
    static int number = 0;
    return std::filesystem::temp_directory_path() /
           ("weir-reader-" + std::to_string(::getpid()) + "-" + std::to_string(++number));
  }

 private:
  std::string path_;
};

std::vector<std::uint8_t> many_packets(std::uint32_t count, std::size_t size) {
  CaptureBytes file;
  file.pcap_header();
  for (std::uint32_t i = 0; i < count; ++i) {
    file.record(1, i, std::string(size, static_cast<char>('a' + i % 26)));
  }
  return file.bytes();
}

constexpr std::size_t mebi = std::size_t{1} << 20;

// Packets after which much more than the largest record is read at once: the first makes the buffer
// grow to its limit, one of the others ends outside of it.
template <class Add>
void fill_buffer(const Add& add) {
  add(16 * mebi);
  for (int i = 0; i < 17; ++i) add(mebi);
}

TEST(Reader, RefusesARecordOverTheLimitThatIsWholeInTheBuffer) {
  CaptureBytes capture;
  capture.pcap_header();
  fill_buffer([&](std::size_t size) { capture.record(1, 0, std::string(size, 'a')); });
  const std::size_t end = capture.size();
  capture.record(2, 0, std::string(16 * mebi + 1, 'b')).record(3, 0, "behind");
  const TemporaryFile file{capture.bytes()};
  const Outcome outcome = test::read_all([&] { return Reader{file.path()}; });
  EXPECT_EQ(outcome.packets.size(), 18U);
  EXPECT_EQ(outcome.error, ErrorCode::damaged);
  EXPECT_EQ(outcome.offset, end);
}

TEST(Reader, TellsOfDamageInABlockPassedOverBehindPackets) {
  CaptureBytes capture;
  capture.section().interface();
  fill_buffer([&](std::size_t size) { capture.enhanced(0, 1, std::string(size, 'a')); });
  const std::size_t start = capture.size();
  capture.block(0x7777, [](CaptureBytes& body) { body.text(std::string(17 * mebi, 'x')); });
  capture[capture.size() - 1] ^= 1;  // in the second length
  capture.enhanced(0, 2, "behind");
  const TemporaryFile file{capture.bytes()};
  const Outcome outcome = test::read_all([&] { return Reader{file.path()}; });
  EXPECT_EQ(outcome.packets.size(), 18U);
  EXPECT_EQ(outcome.error, ErrorCode::damaged);
  EXPECT_EQ(outcome.offset, start);
}

TEST(Reader, ReadsFilesMemoryAndPipesAlike) {
  const auto bytes = many_packets(30'000, 50);
  const TemporaryFile file{bytes};
  const Outcome from_file = test::read_all([&] { return Reader{file.path()}; });
  for (const Outcome& outcome : {from_file, read_memory(bytes), read_pipe(bytes, 1'000'000)}) {
    ASSERT_TRUE(outcome.complete()) << outcome.message;
    ASSERT_EQ(outcome.packets.size(), 30'000U);
    for (std::uint32_t i = 0; i < 30'000; ++i) {
      ASSERT_EQ(outcome.time(i), 1'000'000'000 + i * std::int64_t{1000});
      ASSERT_EQ(outcome.text(i), std::string(50, static_cast<char>('a' + i % 26))) << i;
    }
  }
}

TEST(Reader, ReadsStandardInputWithoutClosingIt) {
  const TemporaryFile file{many_packets(3, 4)};
  const int saved = ::dup(STDIN_FILENO);
  const int opened = ::open(file.path().c_str(), O_RDONLY | O_CLOEXEC);
  ASSERT_GE(::dup2(opened, STDIN_FILENO), 0);
  const Outcome outcome = test::read_all([] { return Reader::standard_input(); });
  EXPECT_EQ(outcome.packets.size(), 3U);
  EXPECT_NE(::fcntl(STDIN_FILENO, F_GETFD), -1);
  ::dup2(saved, STDIN_FILENO);
  ::close(saved);
  ::close(opened);
}

TEST(Reader, NamesWhatItCannotOpen) {
  EXPECT_THROW(Reader{"/nowhere/trace.pcap"}, SystemError);
  EXPECT_THROW(Reader{std::filesystem::temp_directory_path()}, SystemError);
  const TemporaryFile empty{{}};
  try {
    const Reader reader{empty.path()};
    FAIL();
  } catch (const FormatError& error) {
    EXPECT_EQ(error.code(), ErrorCode::empty_file);
    EXPECT_EQ(std::string{error.what()}, empty.path() + ": the file is empty");
  }
}

TEST(Reader, ReadsRecordsLargerThanItsBuffer) {
  CaptureBytes file;
  const std::string large(3'000'000, 'L');
  const std::string largest(16U << 20, 'M');
  file.pcap_header().record(1, 0, "small").record(2, 0, large).record(3, 0, largest);
  file.record(4, 0, "end");
  for (const Outcome& outcome : {read_memory(file.bytes()), read_pipe(file.bytes(), 1'000'000)}) {
    ASSERT_TRUE(outcome.complete()) << outcome.message;
    ASSERT_EQ(outcome.packets.size(), 4U);
    EXPECT_EQ(outcome.text(1), large);
    EXPECT_EQ(outcome.at(2).data.size(), largest.size());
    EXPECT_EQ(outcome.text(3), "end");
  }
}

TEST(Reader, PassesOverHugeBlocksItNeedNotRead) {
  CaptureBytes file;
  file.section().interface();
  file.block(0x7777, [](CaptureBytes& body) { body.text(std::string(20U << 20, 'u')); });
  file.enhanced(0, 1, "abc");
  EXPECT_EQ(read_memory(file.bytes()).packets.size(), 1U);
  EXPECT_EQ(read_pipe(file.bytes(), 1'000'000).packets.size(), 1U);
  const Outcome cut = read_memory(Bytes{file.bytes()}.first(19U << 20));
  EXPECT_EQ(cut.error, ErrorCode::truncated);
  EXPECT_EQ(cut.offset, 48U);
}

TEST(Reader, HandsMemoryOutWithoutCopyingIt) {
  const auto bytes = many_packets(2, 8);
  Reader reader = Reader::memory(bytes);
  EXPECT_EQ(reader.next_batch().packets[1].data.data(), bytes.data() + bytes.size() - 8);
}

TEST(Reader, KeepsBatchesWithinTheirLimitAndTellsTheTime) {
  const auto bytes = many_packets(5'000, 0);
  Reader reader = Reader::memory(bytes);
  std::size_t packets = 0;
  for (;;) {
    const Batch batch = reader.next_batch();
    if (batch.state == SourceState::end) break;
    ASSERT_EQ(batch.state, SourceState::packets);
    ASSERT_LE(batch.packets.size(), Batch::max_packets);
    packets += batch.packets.size();
    EXPECT_EQ(batch.now, batch.packets.back().timestamp);
  }
  EXPECT_EQ(packets, 5'000U);
}

TEST(Reader, AllocatesNothingAfterTheFirstBatches) {
  CaptureBytes next_generation;
  next_generation.section().interface();
  for (std::uint32_t i = 0; i < 20'000; ++i) {
    next_generation.enhanced(0, i, "abcdef", 0, [](CaptureBytes& o) { o.option(1, "comment"); });
  }
  const TemporaryFile classic{many_packets(50'000, 20)};
  const TemporaryFile compressed{test::gzip({many_packets(50'000, 20)})};
  const TemporaryFile pcapng{next_generation.bytes()};
  for (const std::string& path : {classic.path(), compressed.path(), pcapng.path()}) {
    Reader reader{path};
    for (int i = 0; i < 4; ++i) ASSERT_EQ(reader.next_batch().state, SourceState::packets);
    const std::size_t before = test::allocation_count();
    while (reader.next_batch().state == SourceState::packets) {
    }
    EXPECT_EQ(test::allocation_count(), before) << path;
  }
}

// A pipe whose write end the test holds.
class Piped : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(::pipe2(ends_, O_CLOEXEC), 0);
    send(CaptureBytes{}.pcap_header().bytes());
  }
  void TearDown() override {
    ::close(ends_[0]);
    close_writer();
  }
  void send(Bytes bytes) {
    ASSERT_EQ(::write(ends_[1], bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }
  void close_writer() {
    if (ends_[1] >= 0) ::close(ends_[1]);
    ends_[1] = -1;
  }
  Reader open() { return Reader{"/proc/self/fd/" + std::to_string(ends_[0])}; }

 private:
  int ends_[2] = {-1, -1};
};

TEST_F(Piped, KeepsDeadlines) {
  Reader reader = open();
  EXPECT_EQ(reader.next_batch(Deadline::none()).state, SourceState::would_block);
  EXPECT_EQ(reader.next_batch(Deadline::in(std::chrono::milliseconds{5})).state,
            SourceState::timeout);
  send(CaptureBytes{}.record(1, 0, "abc").bytes());
  const Batch batch = reader.next_batch(Deadline::in(std::chrono::hours{1}));
  EXPECT_EQ(batch.state, SourceState::packets);
  EXPECT_EQ(batch.packets.size(), 1U);
  EXPECT_EQ(reader.next_batch(Deadline::none()).now, batch.now);
}

TEST_F(Piped, DeliversEachPacketAsSoonAsItIsWhole) {
  Reader reader = open();
  const auto record = CaptureBytes{}.record(1, 0, "abc").bytes();
  send(Bytes{record}.first(10));
  EXPECT_EQ(reader.next_batch(Deadline::none()).state, SourceState::would_block);
  send(Bytes{record}.subspan(10));
  EXPECT_EQ(reader.next_batch(Deadline::none()).packets.size(), 1U);
}

TEST_F(Piped, SaysWhenTheWriterDiesInsideARecord) {
  Reader reader = open();
  send(CaptureBytes{}.record(1, 0, "abc").u32(2).u32(3).bytes());
  close_writer();
  EXPECT_EQ(reader.next_batch().packets.size(), 1U);
  try {
    reader.next_batch();
    FAIL();
  } catch (const FormatError& error) {
    EXPECT_EQ(error.code(), ErrorCode::truncated);
    EXPECT_EQ(error.offset(), 43U);
  }
  EXPECT_EQ(reader.next_batch().state, SourceState::end);
}

TEST_F(Piped, IsStoppedFromAnotherThreadWhileItWaits) {
  Reader reader = open();
  std::thread other{[&] { reader.stop(); }};
  EXPECT_EQ(reader.next_batch().state, SourceState::stopped);
  other.join();
  EXPECT_EQ(reader.next_batch().state, SourceState::stopped);
}

TEST(Reader, StopsBetweenTheBatchesOfAFile) {
  const auto bytes = many_packets(5'000, 0);
  Reader reader = Reader::memory(bytes);
  const Batch batch = reader.next_batch();
  reader.stop();
  EXPECT_EQ(batch.packets.back().wire_length, 0U);
  EXPECT_EQ(reader.next_batch().state, SourceState::stopped);
}

TEST(Reader, MovesWithItsState) {
  const auto bytes = many_packets(2'000, 0);
  Reader first = Reader::memory(bytes);
  const std::size_t before = first.next_batch().packets.size();
  Reader second{std::move(first)};
  std::size_t packets = before;
  for (const Packet& packet : second) packets += packet.data.empty() ? 1U : 0U;
  EXPECT_EQ(packets, 2'000U);
}

TEST(ByteInput, GrowsOnlyAsBytesArrive) {
  // A record of 16 MiB is announced, but only a little of it comes.
  CaptureBytes file;
  file.pcap_header().u32(1).u32(1).u32(16U << 20).u32(60).text(std::string(1000, 'x'));
  const TemporaryFile small{file.bytes()};
  const Outcome outcome = test::read_all([&] { return Reader{small.path()}; });
  EXPECT_EQ(outcome.error, ErrorCode::truncated);
  ByteInput input{
      std::make_unique<FileSource>(sys::open_for_reading(small.path()), "small", nullptr)};
  while (input.fill(std::nullopt) == ReadState::bytes) {
  }
  EXPECT_EQ(input.window().size(), file.size());
  EXPECT_EQ(input.offset(), 0U);
  input.consume(24);
  EXPECT_EQ(input.offset(), 24U);
}

}  // namespace
}  // namespace weir::savefile
