// Reading a file that somebody else still writes.
#include <gtest/gtest.h>
#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <thread>

#include "capture_bytes.h"
#include "support/temporary_folder.h"
#include "weir/error.h"

namespace weir::savefile {
namespace {

using test::CaptureBytes;
using namespace std::chrono_literals;

constexpr std::uint32_t packets = 300;

std::vector<std::uint8_t> pcap() {
  CaptureBytes file;
  file.pcap_header();
  for (std::uint32_t i = 0; i < packets; ++i) file.record(i, 0, std::string(i % 90, 'p'));
  return file.bytes();
}

std::vector<std::uint8_t> pcapng() {
  CaptureBytes file;
  file.section().interface();
  for (std::uint32_t i = 0; i < packets; ++i) file.enhanced(0, i, std::string(i % 90, 'n'));
  return file.bytes();
}

class Follow : public testing::Test {
 protected:
  static inline const ReaderOptions following{.follow = true};

  Reader open(Bytes bytes, ReaderOptions options = following) {
    return Reader{folder_.file(name, bytes), options};
  }
  void append(Bytes bytes) const { folder_.append(name, bytes); }
  [[nodiscard]] std::string path() const { return folder_.path(name); }

  // Appends in pieces of 1 to 40 bytes, from another thread.
  std::thread append_in_pieces(std::vector<std::uint8_t> bytes) const {
    return std::thread{[this, bytes = std::move(bytes)] {
      std::size_t size = 1;
      for (std::size_t at = 0; at < bytes.size(); at += size, size = size % 40 + 1) {
        append(Bytes{bytes}.subspan(at, std::min(size, bytes.size() - at)));
      }
    }};
  }

  // Everything until `count` packets have come; then nothing more may be there.
  static void expect_packets(Reader& reader, std::uint64_t count) {
    std::uint64_t seen = 0;
    while (seen < count) {
      const Batch batch = reader.next_batch();
      ASSERT_EQ(batch.state, SourceState::packets);
      for (const Packet& packet : batch.packets) {
        ASSERT_EQ(packet.data.size(), seen % 90);
        ++seen;
      }
    }
    EXPECT_EQ(seen, count);
    EXPECT_EQ(reader.next_batch(Deadline::none()).state, SourceState::would_block);
  }

 private:
  static constexpr const char* name = "growing";
  test::TemporaryFolder folder_;
};

TEST_F(Follow, ReadsOnAsAFileGrowsFromNothing) {
  std::vector files{pcap(), pcapng()};
  const auto whole = pcap();
  for (const auto kind :
       {Compression::gzip, Compression::zstd, Compression::lz4, Compression::xz}) {
    files.push_back(test::packed(kind, {Bytes{whole}.first(1000), Bytes{whole}.subspan(1000)}));
  }
  for (const auto& bytes : files) {
    const std::string file = path();
    ::unlink(file.c_str());
    append({});
    std::thread writer = append_in_pieces(bytes);
    Reader reader{file, following};
    expect_packets(reader, packets);
    writer.join();
  }
}

TEST_F(Follow, ReadsMembersThatAreAddedToACompressedFile) {
  const auto bytes = pcap();
  Reader reader = open(test::gzip({Bytes{bytes}.first(24)}));
  EXPECT_EQ(reader.next_batch(Deadline::none()).state, SourceState::would_block);
  const auto second = test::gzip({Bytes{bytes}.subspan(24)});
  append(Bytes{second}.first(5));
  EXPECT_EQ(reader.next_batch(Deadline::none()).state, SourceState::would_block);
  append(Bytes{second}.subspan(5));
  expect_packets(reader, packets);
}

TEST_F(Follow, KeepsDeadlines) {
  Reader reader = open(CaptureBytes{}.pcap_header().bytes());
  EXPECT_EQ(reader.next_batch(Deadline::none()).state, SourceState::would_block);
  EXPECT_EQ(reader.next_batch(Deadline::in(5ms)).state, SourceState::timeout);
  append(CaptureBytes{}.record(7, 0, "abc").bytes());
  const Batch batch = reader.next_batch(Deadline::in(1h));
  EXPECT_EQ(batch.packets.size(), 1U);
  EXPECT_EQ(reader.next_batch(Deadline::none()).now, Timestamp{7s});
}

TEST_F(Follow, WaitsForTheRestOfARecord) {
  const auto record = CaptureBytes{}.record(1, 0, "abc").bytes();
  Reader reader = open(CaptureBytes{}.pcap_header().bytes());
  for (std::size_t at = 0; at < record.size(); ++at) {
    EXPECT_EQ(reader.next_batch(Deadline::none()).state, SourceState::would_block);
    append(Bytes{record}.subspan(at, 1));
  }
  EXPECT_EQ(reader.next_batch(Deadline::none()).packets.size(), 1U);
}

TEST_F(Follow, FindsTheNextRecordBehindDamageOnceItIsThere) {
  CaptureBytes file;
  file.pcap_header().record(1, 0, "abc").u32(2).u32(0).u32(0xffffffff).u32(3);
  Reader reader = open(file.bytes(), {.skip_damaged = true, .follow = true});
  EXPECT_EQ(reader.next_batch().packets.size(), 1U);
  EXPECT_EQ(reader.next_batch(Deadline::none()).state, SourceState::would_block);
  CaptureBytes behind;
  for (std::uint32_t i = 0; i < 500; ++i) behind.record(3 + i, 0, "defghi");
  append(behind.bytes());
  std::size_t found = 0;
  for (;;) {
    const Batch batch = reader.next_batch(Deadline::none());
    if (batch.state == SourceState::would_block) break;
    found += batch.packets.size();
  }
  EXPECT_EQ(found, 500U);
  EXPECT_EQ(reader.counts().skipped_regions, 1U);
}

TEST_F(Follow, IsStoppedFromAnotherThreadWhileItWaits) {
  Reader reader = open(CaptureBytes{}.pcap_header().bytes());
  std::thread other{[&] { reader.stop(); }};
  EXPECT_EQ(reader.next_batch().state, SourceState::stopped);
  other.join();
  EXPECT_EQ(reader.next_batch().state, SourceState::stopped);
}

TEST_F(Follow, SaysThatAFileWasCut) {
  Reader reader = open(CaptureBytes{}.pcap_header().record(1, 0, "abc").u32(2).bytes());
  EXPECT_EQ(reader.next_batch().packets.size(), 1U);
  EXPECT_EQ(reader.next_batch(Deadline::none()).state, SourceState::would_block);
  ASSERT_EQ(::truncate(path().c_str(), 30), 0);
  try {
    reader.next_batch();
    FAIL();
  } catch (const FormatError& error) {
    EXPECT_EQ(error.code(), ErrorCode::damaged);
    EXPECT_EQ(error.offset(), 30U);
    EXPECT_EQ(std::string{error.what()},
              path() + ", offset 30: the file was cut to 30 bytes while it was followed");
  }
  EXPECT_EQ(reader.next_batch().state, SourceState::end);
}

TEST_F(Follow, OfAFileThatIsNoCaptureFails) {
  EXPECT_THROW(open(CaptureBytes{}.text("just some text").bytes()), FormatError);
}

extern "C" void on_signal(int) {}

TEST_F(Follow, GivesUpWaitingForTheHeaderWhenASignalArrives) {
  struct sigaction before{};
  struct sigaction action{};
  action.sa_handler = on_signal;
  ASSERT_EQ(::sigaction(SIGUSR1, &action, &before), 0);
  std::atomic<bool> over = false;
  std::thread other{[&, self = ::pthread_self()] {
    while (!over.load()) {
      ::pthread_kill(self, SIGUSR1);
      ::usleep(100);  // so that the other gets on
    }
  }};
  try {
    open(CaptureBytes{}.text("\xd4\xc3").bytes());
    ADD_FAILURE();
  } catch (const SystemError& error) {
    EXPECT_EQ(error.system_code().value(), EINTR);
  }
  over.store(true);
  other.join();
  ::sigaction(SIGUSR1, &before, nullptr);
}

}  // namespace
}  // namespace weir::savefile
