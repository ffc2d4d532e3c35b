// savefile::Writer where somebody else changes the file meanwhile: it notices, stops, and counts
// what a reader finds in it.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "capture_bytes.h"
#include "support/temporary_folder.h"
#include "weir/error.h"
#include "weir/savefile/rotating_writer.h"
#include "weir/savefile/writer.h"
#include "written_packets.h"

namespace weir::savefile {
namespace {

namespace fs = std::filesystem;
using test::packet_of;
using test::TemporaryFolder;

const Interface ethernet;
const std::array some{packet_of("abc"), packet_of("defg"), packet_of("hijkl")};
constexpr std::uint64_t header = 24;
constexpr std::uint64_t record = 16;

/// Looks at names only when it is told to.
WriterOptions patient(Format format = Format::pcap, Compression compression = Compression::none) {
  return {.format = format, .compression = compression, .flush_interval = Duration::max()};
}

/// What was thrown for lack of an output; empty if nothing was.
template <class Action>
std::string failure(Action action) {
  try {
    action();
  } catch (const SystemError& error) {
    EXPECT_EQ(error.code(), ErrorCode::output_failed);
    return error.what();
  }
  return {};
}

std::uint64_t readable(const std::string& path) {
  return test::read_all([&] { return Reader{path}; }).packets.size();
}

class ChangedOutput : public testing::Test {
 protected:
  void write() { writer_.write({&ethernet, 1}, some); }

  TemporaryFolder folder_;
  std::string path_ = folder_.path("a.pcap");
  Writer writer_{path_, patient()};
};

TEST_F(ChangedOutput, ThatIsEmptiedIsNoticedByTheNextWrite) {
  write();
  fs::resize_file(path_, 0);
  EXPECT_EQ(failure([&] { write(); }),
            path_ + " was cut to 0 bytes by somebody else while it was written");
  EXPECT_EQ(writer_.counts().packets, 0U);
  EXPECT_EQ(fs::file_size(path_), 0U) << "nothing was written behind a hole";
  EXPECT_NE(failure([&] { write(); }), "");
  EXPECT_NE(failure([&] { writer_.close(); }), "");
  EXPECT_FALSE(writer_.has_lost_name());
}

TEST_F(ChangedOutput, ThatIsCutCountsWhatIsLeft) {
  write();
  write();
  fs::resize_file(path_, header + 2 * record + 3 + 4 + 5);
  EXPECT_NE(failure([&] { write(); }), "");
  EXPECT_EQ(writer_.counts().packets, 2U);
  EXPECT_EQ(readable(path_), 2U);
}

TEST_F(ChangedOutput, ThatIsCutBehindTheLastWriteIsNoticedAtTheEnd) {
  write();
  fs::resize_file(path_, header);
  EXPECT_NE(failure([&] { writer_.close(); }).find("was cut to 24 bytes"), std::string::npos);
  EXPECT_EQ(writer_.counts().packets, 0U);
}

TEST_F(ChangedOutput, ThatSomebodyElseAppendsToIsLeftAsItIs) {
  write();
  const auto size = fs::file_size(path_);
  folder_.append("a.pcap", test::bytes_of("garbage"));
  EXPECT_NE(failure([&] { write(); }).find("was written to by somebody else"), std::string::npos);
  EXPECT_EQ(writer_.counts().packets, 3U);
  EXPECT_EQ(fs::file_size(path_), size + 7);
}

TEST_F(ChangedOutput, ThatIsRemovedIsNoticedAtAFlush) {
  write();
  fs::remove(path_);
  EXPECT_NE(failure([&] { writer_.flush(); }).find(" was removed while it was written"),
            std::string::npos);
  EXPECT_EQ(writer_.counts().packets, 0U);
  EXPECT_TRUE(writer_.has_lost_name());
}

TEST_F(ChangedOutput, ThatIsRenamedOrReplacedIsNoticedAtAFlush) {
  for (const bool is_replaced : {false, true}) {
    Writer writer{path_, patient()};
    writer.write({&ethernet, 1}, some);
    fs::rename(path_, folder_.path("b.pcap"));
    if (is_replaced) folder_.append("a.pcap", test::bytes_of("other"));
    EXPECT_EQ(failure([&] { writer.flush(); }),
              "the file that is written is not " + path_ + " any more: it was renamed or replaced");
    EXPECT_EQ(writer.counts().packets, 3U);
    EXPECT_EQ(readable(folder_.path("b.pcap")), 3U);
    EXPECT_EQ(fs::exists(path_), is_replaced);
  }
}

TEST_F(ChangedOutput, IsLookedAtAsOftenAsItIsFlushed) {
  Writer writer{path_, {.format = Format::pcap, .flush_interval = Duration::zero()}};
  fs::rename(path_, folder_.path("b.pcap"));
  EXPECT_NE(failure([&] { writer.flush_if_due(); }), "") << "in silence, too";
}

TEST(ChangedOutputs, AreNoticedWhateverTheyArePackedIn) {
  for (const Compression packing :
       {Compression::gzip, Compression::zstd, Compression::lz4, Compression::xz}) {
    const TemporaryFolder folder;
    const std::string path = folder.path("a.pcapng");
    Writer writer{path, patient(Format::pcapng, packing)};
    writer.write({&ethernet, 1}, some);
    writer.flush();
    const auto first = fs::file_size(path);
    writer.write({&ethernet, 1}, some);
    writer.flush();
    fs::resize_file(path, first + 1);
    EXPECT_NE(failure([&] {
                writer.write({&ethernet, 1}, some);
                writer.close();
              }),
              "");
    EXPECT_EQ(writer.counts().packets, 3U) << name(packing);
    EXPECT_EQ(readable(path), 3U) << name(packing);
  }
}

TEST(ChangedOutputs, OfASeriesAreNotTakenForItsOwn) {
  const TemporaryFolder folder;
  RotatingWriter writer{folder.path("t.pcap"), patient(), {.packets = 100}};
  writer.write({&ethernet, 1}, some);
  const std::string part = folder.path("t-00001.pcap.part");
  fs::rename(part, folder.path("elsewhere"));
  folder.append("t-00001.pcap.part", test::bytes_of("other"));
  EXPECT_NE(failure([&] { writer.flush(); }), "");
  EXPECT_EQ(fs::file_size(part), 5U) << "neither renamed nor removed";
  EXPECT_FALSE(fs::exists(folder.path("t-00001.pcap")));
  EXPECT_EQ(writer.counts().packets, 3U);
}

TEST(ChangedOutputs, OfASeriesCountWhatIsLeft) {
  const TemporaryFolder folder;
  RotatingWriter writer{folder.path("t.pcap"), patient(), {.packets = 100}};
  writer.write({&ethernet, 1}, some);
  fs::resize_file(folder.path("t-00001.pcap.part"), header + record + 3);
  EXPECT_NE(failure([&] { writer.write({&ethernet, 1}, some); }).find("t-00001.pcap was cut"),
            std::string::npos);
  EXPECT_EQ(writer.counts().packets, 1U);
  EXPECT_EQ(readable(folder.path("t-00001.pcap")), 1U);
}

// Who opened the file for a command may go on writing to it.
TEST(ChangedOutputs, AreNotLookedForWhereAPathStandsForADescriptor) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.pcap", {});
  const int shared = ::open(path.c_str(), O_WRONLY | O_APPEND);
  ASSERT_GE(shared, 0);
  Writer writer{"/dev/fd/" + std::to_string(shared), patient()};
  writer.write({&ethernet, 1}, some);
  ASSERT_EQ(::write(shared, "x", 1), 1);
  writer.close();
  EXPECT_EQ(writer.counts().packets, 3U);
  ::close(shared);
}

TEST(ChangedOutputs, AreNotDevices) {
  Writer writer{"/dev/null", patient()};
  writer.write({&ethernet, 1}, some);
  writer.close();
  EXPECT_EQ(writer.counts().packets, 3U);
}

TEST(ChangedOutputs, AreFoundWhereverTheWorkingDirectoryIs) {
  const TemporaryFolder folder;
  const fs::path before = fs::current_path();
  fs::current_path(folder.path(""));
  Writer writer{"a.pcap", patient()};
  fs::current_path(before);
  writer.write({&ethernet, 1}, some);
  writer.close();
  EXPECT_EQ(readable(folder.path("a.pcap")), 3U);
}

}  // namespace
}  // namespace weir::savefile
