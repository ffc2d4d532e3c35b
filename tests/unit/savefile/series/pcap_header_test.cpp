// What a pcap says of packets that several files hold.
#include "weir/savefile/pcap_header.h"

#include <gtest/gtest.h>

#include "support/temporary_folder.h"
#include "unit/savefile/capture_bytes.h"
#include "weir/savefile/walk.h"

namespace weir::savefile {
namespace {

using test::CaptureBytes;

constexpr std::uint32_t no_limit = 262'144;

/// Microseconds, and packets of up to so many bytes.
CaptureBytes coarse(std::uint32_t snapshot_length) {
  CaptureBytes file;
  file.section().interface(1, snapshot_length).enhanced(0, 1, "one.");
  return file;
}

/// Behind `filling` bytes of other blocks an interface of nanoseconds with longer packets.
CaptureBytes with_a_late_interface(std::size_t filling) {
  CaptureBytes file = coarse(100);
  for (std::size_t i = 0; i < filling; i += 60'000) {
    file.block(0xbad, [](CaptureBytes& body) { body.u32(32473).text(std::string(60'000, 'x')); });
  }
  file.interface(1, 9000, [](CaptureBytes& options) { options.option(9, "\x09").u32(0); });
  file.enhanced(1, 1'000'000'001, "late");
  return file;
}

class PcapHeaders : public testing::Test {
 protected:
  std::string add(const CaptureBytes& file) {
    return folder_.file(std::to_string(count_++), file.bytes());
  }
  static void expect(const std::vector<std::string>& paths, bool nanoseconds,
                     std::uint32_t snapshot_length) {
    const auto header = PcapHeader::of(expand(paths));
    ASSERT_TRUE(header);
    EXPECT_EQ(header->nanoseconds, nanoseconds);
    EXPECT_EQ(header->snapshot_length, snapshot_length);
  }

  test::TemporaryFolder folder_;
  int count_ = 0;
};

TEST_F(PcapHeaders, AreTheFinestAndLongestOfAllFiles) {
  const std::string small = add(coarse(100));
  const std::string large = add(coarse(9000));
  const std::string unlimited = add(coarse(0));
  expect({small}, false, 100);
  expect({small, large}, false, 9000);
  expect({large, small}, false, 9000);
  expect({small, unlimited}, false, no_limit);
  expect({small, add(with_a_late_interface(0))}, true, 9000);
}

TEST_F(PcapHeaders, HaveRoomForWhatComesLate) {
  expect({add(with_a_late_interface(1'000'000))}, true, 9000);
  expect({add(with_a_late_interface(20'000'000))}, true, no_limit);
}

TEST_F(PcapHeaders, HaveRoomForPacketsAboveTheSnapshotLength) {
  expect({add(coarse(2))}, false, 4);
}

TEST_F(PcapHeaders, AreNotKnownOfAStreamBeforeItIsOpen) {
  EXPECT_FALSE(PcapHeader::of(expand({"-"})));
  EXPECT_FALSE(PcapHeader::of({}));
  const auto header = PcapHeader::of(expand({add(coarse(100)), "-"}));
  EXPECT_TRUE(header && header->nanoseconds && header->snapshot_length == no_limit);
  PcapHeader of_pcap;
  Interface coarse_one;
  coarse_one.snapshot_length = 100;
  coarse_one.ticks_per_second = 1'000'000;
  of_pcap.add_stream({&coarse_one, 1});
  EXPECT_FALSE(of_pcap.nanoseconds);
  EXPECT_EQ(of_pcap.snapshot_length, 100U);
}

TEST_F(PcapHeaders, LoseNothingInACopy) {
  const std::vector<InputFile> files =
      expand({add(coarse(100)), add(with_a_late_interface(0)), folder_.path("missing")});
  WriterOptions options{.format = Format::pcap};
  PcapHeader::of(files)->apply(options);
  std::vector<std::uint8_t> bytes;
  Writer writer = Writer::memory(bytes, options);
  Walk walk{files};
  walk.copy_to(writer);
  writer.close();
  EXPECT_EQ(writer.counts().rounded_times, 0U);
  Reader copy = Reader::memory(bytes);
  EXPECT_EQ(copy.format(), Format::pcap_nanosecond);
  EXPECT_EQ(copy.interfaces()[0].snapshot_length, 9000U);
  const auto packets = copy.next_batch().packets;
  ASSERT_EQ(packets.size(), 3U);
  EXPECT_EQ(packets[2].timestamp, Timestamp{std::chrono::nanoseconds{1'000'000'001}});
  EXPECT_EQ(walk.troubles().size(), 1U);
}

TEST_F(PcapHeaders, LeaveAPcapngAsItIs) {
  WriterOptions options;
  PcapHeader{.nanoseconds = true, .snapshot_length = 100}.apply(options);
  EXPECT_EQ(options.format, Format::pcapng);
  EXPECT_EQ(options.snapshot_length, 0U);
}

}  // namespace
}  // namespace weir::savefile
