// PCAPReader and PCAPWriter of steelscript: what they read, what they write.
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "support/allocations.h"
#include "support/temporary_folder.h"
#include "weir/compat/steelscript.h"
#include "weir/filter/filter.h"
#include "weir/savefile/reader.h"

namespace weir::compat::steelscript {
namespace {

using test::TemporaryFolder;
using Octets = std::vector<std::uint8_t>;

Octets content(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

std::vector<OwnedPacket> packets_of(const std::string& path) {
  std::vector<OwnedPacket> packets;
  for (const Packet& packet : savefile::Reader{path}) packets.emplace_back(packet);
  return packets;
}

std::string capture(const std::string& name) { return WEIR_CAPTURES "/" + name; }

/// All of a file, through a reader's own dump.
Octets dumped(const std::string& name, const std::string& filter, const std::string& to) {
  PCAPReader reader{capture(name)};
  reader.add_bpf_filter(filter);
  reader.open_pcap_dumper(to);
  for (const PCAPItem& item : reader) reader.dump_hdr_pkt(item.hdr, item.pkt);
  return content(to);
}

const Octets frame(64, 0x5a);

TEST(SteelscriptReader, WalksEveryPacketWithItsTimeItsLengthsAndItsBytes) {
  // E-1 E-2 E-26
  for (const char* const name :
       {"ping.pcap", "big_endian_nanosecond.pcap", "snapped.pcap", "tls.pcapng", "dns.pcap.gz"}) {
    SCOPED_TRACE(name);
    const std::vector<OwnedPacket> expected = packets_of(capture(name));
    std::size_t count = 0;
    for (const PCAPItem& item : PCAPReader{capture(name)}) {
      ASSERT_LT(count, expected.size());
      const Packet& packet = expected[count++].packet();
      const auto time = packet.timestamp.time_since_epoch().count();
      EXPECT_EQ(item.hdr.ts.tv_sec * 1'000'000'000 + item.hdr.ts.tv_nsec, time);
      EXPECT_EQ(item.hdr.ts.tv_usec, item.hdr.ts.tv_nsec / 1000);
      EXPECT_NEAR(item.ts, static_cast<double>(time) / 1e9, 1e-6);
      EXPECT_EQ(item.hdr.caplen, packet.data.size());
      EXPECT_EQ(item.hdr.len, packet.wire_length);
      EXPECT_EQ(Octets(item.pkt.begin(), item.pkt.end()),
                Octets(packet.data.begin(), packet.data.end()));
    }
    EXPECT_EQ(count, expected.size());
  }
}

TEST(SteelscriptReader, ClosesItselfAtTheEnd) {
  // E-31
  const TemporaryFolder folder;
  PCAPReader reader{capture("ping.pcap")};
  reader.open_pcap_dumper(folder.path("copy.pcap"));
  PCAPItem item;
  while (reader.next(item)) reader.dump_hdr_pkt(item.hdr, item.pkt);
  EXPECT_EQ(packets_of(folder.path("copy.pcap")).size(), packets_of(capture("ping.pcap")).size());
  EXPECT_FALSE(reader);
  EXPECT_FALSE(reader.next(item));
  EXPECT_THROW(reader.dump_pkt(frame), Error) << "the dump has ended with it";
  reader.close();
}

TEST(SteelscriptReader, CanBeClosedBefore) {
  // E-30
  const TemporaryFolder folder;
  PCAPReader reader{capture("ping.pcap")};
  reader.open_pcap_dumper(folder.path("copy.pcap"));
  PCAPItem item;
  ASSERT_TRUE(reader.next(item));
  reader.dump_hdr_pkt(item.hdr, item.pkt);
  reader.close();
  EXPECT_EQ(packets_of(folder.path("copy.pcap")).size(), 1U);
  EXPECT_FALSE(reader.next(item));
  EXPECT_THROW(reader.add_bpf_filter("tcp"), Error);
  EXPECT_THROW(reader.open_pcap_dumper(folder.path("other.pcap")), Error);
  EXPECT_FALSE(std::filesystem::exists(folder.path("other.pcap")));
}

TEST(SteelscriptReader, CopiesEveryByteOfACapture) {
  // E-28 E-29 E-32
  const TemporaryFolder folder;
  for (const char* const name : {"ping.pcap", "nanosecond.pcap", "snapped.pcap", "http.pcap"}) {
    EXPECT_EQ(dumped(name, "", folder.path("copy.pcap")), content(capture(name))) << name;
  }
  const Octets swapped = dumped("big_endian.pcap", "", folder.path("copy.pcap"));
  EXPECT_EQ(swapped.size(), content(capture("big_endian.pcap")).size());
  EXPECT_EQ(swapped.front(), 0xd4) << "in the byte order of this machine";
}

TEST(SteelscriptReader, FiltersWhatHasNotBeenWalkedYet) {
  // E-27
  PCAPReader reader{capture("http.pcap")};
  const filter::Filter before{"src port 80"};
  const filter::Filter after{"dst port 80"};
  reader.add_bpf_filter(before.text());
  PCAPItem item;
  ASSERT_TRUE(reader.next(item));
  reader.add_bpf_filter(after.text());
  std::size_t count = 0;
  for (; reader.next(item); ++count) {
    const Packet packet{.data = item.pkt, .wire_length = item.hdr.len};
    EXPECT_TRUE(after.matches(packet));
  }
  EXPECT_GT(count, 0U);
}

TEST(SteelscriptReader, KeepsTheFilterBeforeWhereOneIsRefused) {
  // E-27
  PCAPReader reader{capture("raw.pcap")};
  reader.add_bpf_filter("udp and tcp");
  EXPECT_THROW(reader.add_bpf_filter("no such words"), FilterError);
  EXPECT_THROW(reader.add_bpf_filter("vlan and wlan host 02:00:00:00:00:01"), FilterError)
      << "wrong for this link type";
  PCAPItem item;
  EXPECT_FALSE(reader.next(item));
}

TEST(SteelscriptReader, ThrowsForWhatIsNoCapture) {
  // E-26
  const TemporaryFolder folder;
  EXPECT_THROW(PCAPReader{folder.path("none.pcap")}, SystemError);
  EXPECT_THROW(PCAPReader{folder.file("text.pcap", frame)}, FormatError);
}

TEST(SteelscriptReader, GivesAllThatIsWholeOfADamagedFileThenThrows) {
  // E-31
  const TemporaryFolder folder;
  Octets cut = content(capture("ping.pcap"));
  cut.resize(cut.size() - 1);
  PCAPReader reader{folder.file("cut.pcap", cut)};
  reader.open_pcap_dumper(folder.path("copy.pcap"));
  PCAPItem item;
  const std::size_t whole = packets_of(capture("ping.pcap")).size() - 1;
  for (std::size_t i = 0; i < whole; ++i) {
    ASSERT_TRUE(reader.next(item));
    reader.dump_hdr_pkt(item.hdr, item.pkt);
  }
  EXPECT_THROW(reader.next(item), FormatError);
  EXPECT_FALSE(reader);
  EXPECT_EQ(packets_of(folder.path("copy.pcap")).size(), whole) << "on disk before it is told";
  EXPECT_FALSE(reader.next(item));
}

TEST(SteelscriptReader, AllocatesNothingForAPacketThatIsWalkedAndDumped) {
  // E-2 E-29
  const TemporaryFolder folder;
  PCAPReader reader{capture("http.pcap")};
  reader.add_bpf_filter("tcp");
  reader.open_pcap_dumper(folder.path("copy.pcap"));
  PCAPItem item;
  ASSERT_TRUE(reader.next(item));
  // Until the buffer of the dump has been full.
  for (int i = 0; i < 10'000; ++i) reader.dump_hdr_pkt(item.hdr, item.pkt);
  const std::size_t before = test::allocation_count();
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(reader.next(item));
    reader.dump_hdr_pkt(item.hdr, item.pkt);
  }
  EXPECT_EQ(test::allocation_count(), before);
}

TEST(SteelscriptReader, DoesNotOverwriteWhatItReads) {
  // E-28
  const TemporaryFolder folder;
  const Octets all = content(capture("ping.pcap"));
  const std::string path = folder.file("in.pcap", all);
  PCAPReader reader{path};
  EXPECT_THROW(reader.open_pcap_dumper(path), Error);
  EXPECT_EQ(content(path), all);
}

TEST(SteelscriptWriter, IsAPcapOfEthernetFromTheFirstMomentOn) {
  // E-1 E-33 E-34
  const TemporaryFolder folder;
  PCAPWriter writer{folder.path("out.pcap")};
  EXPECT_EQ(content(folder.path("out.pcap")).size(), 24U);
  writer.dump_pkt(frame);
  writer.close();
  const savefile::Reader reader{folder.path("out.pcap")};
  EXPECT_EQ(reader.format(), savefile::Format::pcap);
  EXPECT_EQ(reader.interfaces().front().link_type, LinkType::ethernet);
  EXPECT_EQ(reader.interfaces().front().snapshot_length, 262'144U);
  PCAPWriter{folder.path("short.pcap"), 96}.close();
  EXPECT_EQ(savefile::Reader{folder.path("short.pcap")}.interfaces().front().snapshot_length, 96U);
}

TEST(SteelscriptWriter, MakesAHeaderOfItsOwn) {
  // E-3 E-24 E-35 Q-6
  const TemporaryFolder folder;
  PCAPWriter writer{folder.path("out.pcap")};
  const Timestamp before = wall_clock();
  writer.dump_pkt(frame);
  const Timestamp after = wall_clock();
  writer.dump_pkt(frame, 1'000'000'000, 7);
  writer.dump_pkt(frame, 5);
  writer.dump_pkt(frame, 0, 5);
  writer.close();
  const std::vector<OwnedPacket> packets = packets_of(folder.path("out.pcap"));
  ASSERT_EQ(packets.size(), 4U);
  EXPECT_GE(packets[0].packet().timestamp + std::chrono::microseconds{1}, before);
  EXPECT_LE(packets[0].packet().timestamp, after);
  const std::int64_t expected[] = {1'000'000'000'000'007'000, 5'000'000'000, 5'000};
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(packets[i + 1].packet().timestamp.time_since_epoch().count(), expected[i]);
  }
  for (const OwnedPacket& packet : packets) {
    EXPECT_EQ(packet.packet().wire_length, frame.size());
    EXPECT_EQ(packet.packet().data.size(), frame.size());
  }
}

TEST(SteelscriptWriter, KeepsTheHeaderItIsGivenUnlessATimeIs) {
  // E-3 E-23 E-35
  const TemporaryFolder folder;
  PCAPWriter writer{folder.path("out.pcap")};
  const pcap_pkthdr_t header{.ts = {7, 999'999, 999'999'000}, .caplen = 60, .len = 1514};
  writer.dump_hdr_pkt(header, frame);
  writer.dump_hdr_pkt(header, frame, 8, 1);
  writer.dump_hdr_pkt(header, frame, 0, 1);
  writer.dump_hdr_pkt({.ts = {7, 1, 999'999'000}, .caplen = 70, .len = 3}, frame);
  writer.close();
  const std::vector<OwnedPacket> packets = packets_of(folder.path("out.pcap"));
  ASSERT_EQ(packets.size(), 4U);
  const std::int64_t times[] = {7'999'999'000, 8'000'001'000, 1'000, 7'000'001'000};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(packets[i].packet().timestamp.time_since_epoch().count(), times[i]) << i;
  }
  EXPECT_EQ(packets[0].packet().data.size(), 60U);
  EXPECT_EQ(packets[0].packet().wire_length, 1514U);
  EXPECT_EQ(packets[3].packet().data.size(), frame.size()) << "no more than there are";
  EXPECT_EQ(packets[3].packet().wire_length, 3U);
}

TEST(SteelscriptWriter, KeepsNanosecondsOnceAPacketHasThem) {
  // E-23 E-35 Q-7
  const TemporaryFolder folder;
  PCAPWriter writer{folder.path("out.pcap")};
  writer.dump_hdr_pkt({.ts = {1, 2, 2'000}, .caplen = 64, .len = 64}, frame);
  writer.dump_hdr_pkt({.ts = {1, 3, 3'001}, .caplen = 64, .len = 64}, frame);
  writer.dump_hdr_pkt({.ts = {1, 4, 4'999}, .caplen = 64, .len = 64}, frame);
  writer.close();
  const std::vector<OwnedPacket> packets = packets_of(folder.path("out.pcap"));
  ASSERT_EQ(packets.size(), 3U);
  const std::int64_t times[] = {1'000'002'000, 1'000'003'001, 1'000'004'999};
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(packets[i].packet().timestamp.time_since_epoch().count(), times[i]);
  }
}

TEST(SteelscriptWriter, EndsTheFileItHasWhenAnotherIsOpened) {
  // E-22 E-35 E-36 Q-7
  const TemporaryFolder folder;
  PCAPWriter writer{folder.path("first.pcap")};
  writer.dump_pkt(frame);
  writer.open_pcap_dumper(folder.path("second.pcap"));
  EXPECT_EQ(packets_of(folder.path("first.pcap")).size(), 1U);
  writer.dump_pkt(frame);
  writer.dump_pkt(frame);
  writer.open_pcap_dumper(folder.path("second.pcap"));
  writer.dump_pkt(frame);
  writer.close_pcap_dumper();
  EXPECT_EQ(packets_of(folder.path("second.pcap")).size(), 1U) << "the same one begins anew";
  EXPECT_THROW(writer.dump_pkt(frame), Error);
  writer.close_pcap_dumper();
  writer.close();
  writer.open_pcap_dumper(folder.path("third.pcap"));
  writer.dump_pkt(frame);
  writer.close();
  EXPECT_EQ(packets_of(folder.path("third.pcap")).size(), 1U);
}

TEST(SteelscriptWriter, RefusesTimesThatNoPcapHolds) {
  // E-23 E-24
  const TemporaryFolder folder;
  PCAPWriter writer{folder.path("out.pcap")};
  EXPECT_THROW(writer.dump_pkt(frame, 1, 1'000'000), Error);
  EXPECT_THROW(writer.dump_hdr_pkt({.ts = {-1, 0, 0}, .caplen = 1, .len = 1}, frame), Error);
  EXPECT_THROW(writer.dump_hdr_pkt({.ts = {INT64_MAX, 0, 0}, .caplen = 1, .len = 1}, frame), Error);
  EXPECT_THROW((PCAPWriter{folder.path("other.pcap"), -1}), Error);
  EXPECT_THROW(PCAPWriter{folder.path("no/such/folder.pcap")}, SystemError);
  writer.close();
  EXPECT_TRUE(packets_of(folder.path("out.pcap")).empty());
}

TEST(SteelscriptWriter, CutsToItsSnaplenAndRefusesWhatNobodyReads) {
  // E-33 E-35
  const TemporaryFolder folder;
  const std::string path = folder.path("cut.pcap");
  PCAPWriter whole{folder.path("long.pcap")};
  EXPECT_THROW(whole.dump_pkt(Octets(262'145)), Error);
  PCAPWriter writer{path, 20};
  writer.dump_pkt(Octets(300'000));
  writer.close();
  const auto packets = packets_of(path);
  ASSERT_EQ(packets.size(), 1U);
  EXPECT_EQ(packets[0].packet().data.size(), 20U);
  EXPECT_EQ(packets[0].packet().wire_length, 300'000U);
}

}  // namespace
}  // namespace weir::compat::steelscript
