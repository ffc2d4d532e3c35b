// savefile::Writer whatever the format: files, ends, frames, flushes, failures.
#include "weir/savefile/writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>

#include "capture_bytes.h"
#include "support/allocations.h"
#include "support/largest_file.h"
#include "support/temporary_folder.h"
#include "weir/error.h"
#include "written_packets.h"

namespace weir::savefile {
namespace {

using test::packet_of;
using test::read_memory;

constexpr Compression packings[] = {Compression::gzip, Compression::zstd, Compression::lz4,
                                    Compression::xz};
constexpr Format formats[] = {Format::pcap, Format::pcap_nanosecond, Format::pcapng};
const Interface ethernet;

ErrorCode refusal(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.code();
  }
  return {};
}

test::Outcome read_file(const std::string& path) {
  return test::read_all([&] { return Reader{path}; });
}

/// Never flushes by itself.
WriterOptions patient(Format format, Compression compression) {
  return {.format = format, .compression = compression, .flush_interval = Duration::max()};
}

TEST(Writer, MakesPrivateFilesThatAreWholeOnceItIsGone) {
  const test::TemporaryFolder folder;
  const std::string path = folder.path("a.pcap");
  const std::array packets{packet_of("abc"), packet_of("defg")};
  {
    Writer writer{path, {.format = Format::pcap, .compression = Compression::gzip}};
    writer.write({&ethernet, 1}, packets);
  }
  struct stat status{};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600U);
  const auto outcome = read_file(path);
  EXPECT_TRUE(outcome.complete());
  EXPECT_EQ(outcome.packets.size(), 2U);
}

TEST(Writer, RefusesWhatOptionsCannotBeBeforeTheFileIsTouched) {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("a.pcap", test::bytes_of("precious"));
  EXPECT_EQ(refusal([&] { Writer{path, {.format = Format::pcap_modified}}; }),
            ErrorCode::invalid_argument);
  EXPECT_EQ(refusal([&] { Writer{path, {.compression = Compression::gzip, .level = 77}}; }),
            ErrorCode::invalid_argument);
  EXPECT_EQ(refusal([&] { Writer{path, {.must_be_new = true}}; }), ErrorCode::system_call);
  EXPECT_EQ(std::filesystem::file_size(path), 8U);
  Writer{path, {.format = Format::pcap}};
  EXPECT_EQ(std::filesystem::file_size(path), 24U);
}

TEST(Writer, AppendsToMemory) {
  std::vector<std::uint8_t> bytes{'x'};
  Writer::memory(bytes).close();
  EXPECT_EQ(bytes[0], 'x');
  EXPECT_TRUE(read_memory(Bytes{bytes}.subspan(1)).complete());
}

TEST(Writer, ClosesOnceAndTakesNothingAfterwards) {
  std::vector<std::uint8_t> bytes;
  Writer writer = Writer::memory(bytes);
  writer.close();
  const auto size = bytes.size();
  writer.close();
  writer.flush();
  writer.flush_if_due();
  const Packet packet = packet_of("x");
  EXPECT_EQ(refusal([&] { writer.write({&ethernet, 1}, {&packet, 1}); }),
            ErrorCode::invalid_argument);
  EXPECT_EQ(bytes.size(), size);
}

TEST(Writer, MovesWithWhatItHoldsBack) {
  const Packet packet = packet_of("x");
  std::vector<std::uint8_t> bytes;
  std::vector<std::uint8_t> other;
  {
    Writer first = Writer::memory(bytes, patient(Format::pcap, Compression::zstd));
    first.write({&ethernet, 1}, {&packet, 1});
    Writer second{std::move(first)};
    second.write({&ethernet, 1}, {&packet, 1});
    Writer third = Writer::memory(other, patient(Format::pcap, Compression::zstd));
    third = std::move(second);
    third.write({&ethernet, 1}, {&packet, 1});
    EXPECT_EQ(third.counts().packets, 0U);
  }
  EXPECT_EQ(read_memory(bytes).packets.size(), 3U);
  EXPECT_TRUE(read_memory(other).complete());
}

TEST(Writer, HoldsNothingBackWithoutCompression) {
  const Packet packet = packet_of("x");
  for (const Format format : formats) {
    std::vector<std::uint8_t> bytes;
    Writer writer = Writer::memory(bytes, patient(format, Compression::none));
    for (std::uint64_t count = 1; count <= 3; ++count) {
      writer.write({&ethernet, 1}, {&packet, 1});
      EXPECT_EQ(read_memory(bytes).packets.size(), count);
      EXPECT_EQ(writer.counts().packets, count);
      EXPECT_EQ(writer.counts().bytes, bytes.size());
      EXPECT_EQ(writer.counts().held_back, 0U);
    }
  }
}

TEST(Writer, HoldsPacketsBackWithoutCompressionWhereThatIsAsked) {
  for (const Format format : formats) {
    WriterOptions options = patient(format, Compression::none);
    options.buffered = true;
    std::vector<std::uint8_t> file;
    Writer writer = Writer::memory(file, options);
    const std::string content(1000, 'x');
    const auto write = [&] { writer.write({&ethernet, 1}, std::array{packet_of(content)}); };
    write();
    const std::size_t first = file.size();
    EXPECT_LE(first, 100U) << "the header alone";
    write();
    EXPECT_EQ(file.size(), first);
    EXPECT_EQ(writer.counts().packets, 0U);
    EXPECT_GT(writer.counts().held_back, 2000U);
    writer.flush();
    EXPECT_EQ(read_memory(file).packets.size(), 2U);
    for (int i = 0; i < 262; ++i) write();
    EXPECT_GT(read_memory(file).packets.size(), 250U) << "enough of them";
    writer.close();
    EXPECT_EQ(read_memory(file).packets.size(), 264U);
  }
}

TEST(Writer, CompressesIntoFramesThatMakeAReadableFileEach) {
  const std::array packets{packet_of("abc", 1), packet_of("defg", 2)};
  for (const Compression compression : packings) {
    for (const Format format : formats) {
      std::vector<std::uint8_t> bytes;
      Writer writer = Writer::memory(bytes, patient(format, compression));
      writer.write({&ethernet, 1}, {});
      EXPECT_FALSE(bytes.empty()) << "the header is not held back";
      EXPECT_TRUE(read_memory(bytes).complete());
      for (std::uint64_t flushes = 0; flushes < 3; ++flushes) {
        const auto before = bytes.size();
        writer.write({&ethernet, 1}, packets);
        EXPECT_EQ(bytes.size(), before);
        EXPECT_GT(writer.counts().held_back, 0U);
        EXPECT_EQ(writer.counts().packets, 2 * flushes);
        writer.flush();
        EXPECT_EQ(writer.counts().held_back, 0U);
        EXPECT_EQ(writer.counts().packets, 2 * flushes + 2);
        EXPECT_EQ(writer.counts().bytes, bytes.size());
        const auto outcome = read_memory(bytes);
        EXPECT_TRUE(outcome.complete()) << outcome.message;
        EXPECT_EQ(outcome.packets.size(), 2 * flushes + 2);
      }
    }
  }
}

TEST(Writer, EndsAFrameThatIsLargeEnough) {
  const std::string noise(1 << 20, 'x');
  const std::array packets{packet_of(noise), packet_of("small")};
  std::vector<std::uint8_t> bytes;
  Writer writer = Writer::memory(bytes, patient(Format::pcap, Compression::lz4));
  writer.write({&ethernet, 1}, packets);
  EXPECT_EQ(read_memory(bytes).packets.size(), 2U);
}

TEST(Writer, FlushesAfterSoManyPackets) {
  const Packet packet = packet_of("x");
  WriterOptions options = patient(Format::pcap, Compression::gzip);
  options.flush_packets = 3;
  std::vector<std::uint8_t> bytes;
  Writer writer = Writer::memory(bytes, options);
  for (std::uint64_t count = 1; count <= 9; ++count) {
    writer.write({&ethernet, 1}, {&packet, 1});
    EXPECT_EQ(writer.counts().packets, count / 3 * 3);
  }
}

TEST(Writer, EndsAFrameAfterSoManyPacketsOfOneBatch) {
  const std::vector<Packet> packets(7, packet_of("x"));
  WriterOptions options = patient(Format::pcap, Compression::zstd);
  options.flush_packets = 2;
  std::vector<std::uint8_t> bytes;
  Writer writer = Writer::memory(bytes, options);
  writer.write({&ethernet, 1}, packets);
  EXPECT_EQ(writer.counts().packets, 6U);
  writer.write({&ethernet, 1}, packets);
  EXPECT_EQ(writer.counts().packets, 14U);
  constexpr std::uint8_t magic[] = {0x28, 0xb5, 0x2f, 0xfd};
  std::size_t frames = 0;
  for (std::size_t at = 0; at + 4 <= bytes.size(); ++at) {
    if (std::equal(magic, magic + 4, bytes.begin() + static_cast<std::ptrdiff_t>(at))) ++frames;
  }
  EXPECT_EQ(frames, 7U);
  EXPECT_EQ(read_memory(bytes).packets.size(), 14U);
}

TEST(Writer, FlushesWhatIsDue) {
  const Packet packet = packet_of("x");
  WriterOptions options{.compression = Compression::gzip, .flush_interval = Duration::zero()};
  std::vector<std::uint8_t> bytes;
  Writer eager = Writer::memory(bytes, options);
  eager.write({&ethernet, 1}, {&packet, 1});
  EXPECT_EQ(eager.counts().packets, 1U);
  Writer calm = Writer::memory(bytes, patient(Format::pcapng, Compression::gzip));
  calm.write({&ethernet, 1}, {&packet, 1});
  calm.flush_if_due();
  EXPECT_EQ(calm.counts().packets, 0U);
}

TEST(Writer, SaysWhatAFullDiskKept) {
  const Packet packet = packet_of("x");
  Writer writer{"/dev/full"};
  const auto write = [&] { writer.write({&ethernet, 1}, {&packet, 1}); };
  try {
    write();
    ADD_FAILURE() << "the disk is full";
  } catch (const SystemError& error) {
    EXPECT_EQ(error.code(), ErrorCode::output_failed);
    EXPECT_EQ(error.system_code().value(), ENOSPC);
    EXPECT_STREQ(error.what(), "write /dev/full: No space left on device");
  }
  EXPECT_EQ(writer.counts().packets, 0U);
  EXPECT_EQ(writer.counts().bytes, 0U);
  EXPECT_EQ(refusal(write), ErrorCode::output_failed);
  EXPECT_EQ(refusal([&] { writer.flush(); }), ErrorCode::output_failed);
  EXPECT_EQ(refusal([&] { writer.flush_if_due(); }), ErrorCode::output_failed);
  EXPECT_EQ(refusal([&] { writer.close(); }), ErrorCode::output_failed);
  EXPECT_EQ(refusal([&] { writer.close(); }), ErrorCode{});
}

TEST(Writer, AsksForRoomAsLongAsThereIsHope) {
  int asked = 0;
  WriterOptions options;
  options.make_room = [&] { return ++asked < 3; };
  Writer writer{"/dev/full", options};
  EXPECT_EQ(refusal([&] { writer.write({&ethernet, 1}, {}); }), ErrorCode::output_failed);
  EXPECT_EQ(asked, 3);
}

TEST(Writer, CutsAFailedFileBackToItsLastWholeRecord) {
  const test::TemporaryFolder folder;
  const std::vector<Packet> packets(20, packet_of("0123456789"));
  for (const Format format : formats) {
    for (std::size_t size = 0; size < 400; size += 7) {
      const std::string path = folder.path("a");
      Writer writer{path, {.format = format}};
      {
        const test::LargestFile limit{size};
        EXPECT_EQ(refusal([&] { writer.write({&ethernet, 1}, packets); }),
                  ErrorCode::output_failed);
      }
      const SinkCounts counts = writer.counts();
      EXPECT_EQ(std::filesystem::file_size(path), counts.bytes);
      EXPECT_LE(counts.bytes, size);
      if (counts.bytes == 0) continue;
      const auto outcome = read_file(path);
      EXPECT_TRUE(outcome.complete()) << outcome.message;
      EXPECT_EQ(outcome.packets.size(), counts.packets);
    }
  }
}

TEST(Writer, CutsAFailedCompressedFileBackToItsLastFrame) {
  const test::TemporaryFolder folder;
  const Packet packet = packet_of("0123456789");
  for (const Compression compression : packings) {
    const std::string path = folder.path(name(compression));
    Writer writer{path, patient(Format::pcapng, compression)};
    writer.write({&ethernet, 1}, {});
    writer.write({&ethernet, 1}, {&packet, 1});
    writer.flush();
    const SinkCounts before = writer.counts();
    writer.write({&ethernet, 1}, std::array{packet, packet});
    {
      const test::LargestFile limit{before.bytes + 5};
      EXPECT_EQ(refusal([&] { writer.close(); }), ErrorCode::output_failed);
    }
    EXPECT_EQ(writer.counts().bytes, before.bytes);
    EXPECT_EQ(writer.counts().packets, 1U);
    const auto outcome = read_file(path);
    EXPECT_TRUE(outcome.complete()) << outcome.message;
    EXPECT_EQ(outcome.packets.size(), 1U);
  }
}

TEST(Writer, KeepsNothingInAFileThatWasRemoved) {
  const test::TemporaryFolder folder;
  for (const Compression compression : {Compression::none, Compression::zstd}) {
    const std::string path = folder.path("t.pcap");
    Writer writer{path, patient(Format::pcap, compression)};
    writer.write({&ethernet, 1}, std::array{packet_of("some data")});
    std::filesystem::remove(path);
    EXPECT_EQ(refusal([&] { writer.close(); }), ErrorCode::output_failed);
    EXPECT_EQ(writer.counts().packets, 0U);
    EXPECT_EQ(writer.counts().bytes, 0U);
    EXPECT_EQ(refusal([&] { writer.close(); }), ErrorCode{});
  }
}

TEST(Writer, TakesAFileThatNeverHadAName) {
  const test::TemporaryFolder folder;
  const int file = ::open(folder.path("").c_str(), O_TMPFILE | O_RDWR, 0600);
  if (file < 0) GTEST_SKIP() << "no unnamed files here";
  Writer writer{"/proc/self/fd/" + std::to_string(file), patient(Format::pcap, Compression::none)};
  writer.write({&ethernet, 1}, std::array{packet_of("some data")});
  writer.close();
  EXPECT_EQ(writer.counts().packets, 1U);
  ::close(file);
}

TEST(Writer, AllocatesNothingPerBatchOnceItIsWarm) {
  std::vector<Packet> packets(512, packet_of("some data", 1'000'000));
  packets[5].direction = Direction::out;
  const std::array interfaces{ethernet, ethernet};
  packets[7].interface_index = 1;
  for (const Format format : formats) {
    for (const Compression compression : {Compression::none, Compression::gzip, Compression::zstd,
                                          Compression::lz4, Compression::xz}) {
      WriterOptions options = patient(format, compression);
      options.flush_packets = compression == Compression::none ? 0 : 1024;
      Writer writer{"/dev/null", options};
      for (int i = 0; i < 4; ++i) writer.write(interfaces, packets);
      const std::size_t before = test::allocation_count();
      for (int i = 0; i < 6; ++i) writer.write(interfaces, packets);
      EXPECT_EQ(test::allocation_count(), before) << name(format) << ' ' << name(compression);
      EXPECT_EQ(writer.counts().packets + (writer.counts().held_back != 0 ? 512 : 0), 5120U);
    }
  }
}

}  // namespace
}  // namespace weir::savefile
