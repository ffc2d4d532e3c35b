// PacketText beyond what the recorded captures show: state, limits, hostile bytes.
#include "weir/print/packet_text.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <random>
#include <string>
#include <vector>

#include "support/allocations.h"
#include "support/hex.h"
#include "weir/wire/layers.h"

namespace weir::print {
namespace {

using test::hex;

constexpr Timestamp noon{std::chrono::seconds{1'700'000'000}};
constexpr std::string_view ethernet = "02005e100002 02005e100001 ";

Packet packet_of(const std::vector<std::uint8_t>& bytes, Timestamp time = noon) {
  Packet packet;
  packet.data = bytes;
  packet.wire_length = static_cast<std::uint32_t>(bytes.size());
  packet.timestamp = time;
  return packet;
}

std::string text_of(PacketText& text, const Packet& packet) {
  std::string out;
  text.append(out, packet, wire::decode(packet));
  return out;
}

std::string text_of(const Packet& packet, PacketTextOptions options = {}) {
  options.time = TimeFormat::none;
  PacketText text{options};
  return text_of(text, packet);
}

std::string text_of(const std::vector<std::uint8_t>& bytes, PacketTextOptions options = {}) {
  return text_of(packet_of(bytes), options);
}

/// A TCP segment with ACK from 192.0.2.`from`:1000 to 192.0.2.`to`:2000, the other way if reversed.
std::vector<std::uint8_t> segment(std::uint8_t from, std::uint8_t to, std::uint32_t sequence,
                                  std::uint32_t acknowledgment, bool reversed = false) {
  auto bytes = hex(std::string{ethernet} +
                   "0800 4500002800000000 40060000 c0000200 c0000200"
                   "03e807d0 00000000 00000000 50100064 00000000");
  bytes[29] = from;
  bytes[33] = to;
  if (reversed) {
    std::swap(bytes[29], bytes[33]);
    std::swap(bytes[34], bytes[36]);
    std::swap(bytes[35], bytes[37]);
  }
  store_be(bytes.data() + 38, sequence);
  store_be(bytes.data() + 42, acknowledgment);
  return bytes;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(PacketText, CountsSequenceNumbersFromTheFirstOfAConnectionInBothDirections) {
  PacketTextOptions options;
  options.time = TimeFormat::none;
  PacketText text{options};
  EXPECT_EQ(text_of(text, packet_of(segment(1, 2, 5000, 9001))),
            "IP 192.0.2.1.1000 > 192.0.2.2.2000: Flags [.], ack 9001, win 100, length 0\n");
  EXPECT_EQ(text_of(text, packet_of(segment(1, 2, 9010, 5020, true))),
            "IP 192.0.2.2.2000 > 192.0.2.1.1000: Flags [.], ack 20, win 100, length 0\n");
  EXPECT_EQ(text_of(text, packet_of(segment(1, 2, 5030, 9050))),
            "IP 192.0.2.1.1000 > 192.0.2.2.2000: Flags [.], ack 50, win 100, length 0\n");
}

TEST(PacketText, PrintsAbsoluteNumbersOnRequest) {
  PacketTextOptions options;
  options.time = TimeFormat::none;
  options.absolute_sequence = true;
  PacketText text{options};
  text_of(text, packet_of(segment(1, 2, 5000, 9001)));
  EXPECT_TRUE(has(text_of(text, packet_of(segment(1, 2, 5030, 9050))), "ack 9050"));
}

TEST(PacketText, RemembersAllConnectionsBelowTheLimit) {
  PacketTextOptions options;
  options.time = TimeFormat::none;
  PacketText text{options};
  for (std::uint32_t i = 0; i < 60'000; ++i) {
    auto bytes = segment(1, 2, 0, 100);
    store_be(bytes.data() + 34, static_cast<std::uint16_t>(i));
    text_of(text, packet_of(bytes));
  }
  std::uint32_t relative = 0;
  for (std::uint32_t i = 0; i < 60'000; ++i) {
    auto bytes = segment(1, 2, 0, 107);
    store_be(bytes.data() + 34, static_cast<std::uint16_t>(i));
    relative += has(text_of(text, packet_of(bytes)), "ack 8,") ? 1U : 0U;
  }
  EXPECT_EQ(relative, 60'000U);
}

TEST(PacketText, ForgetsOldConnectionsAtTheLimitInsteadOfGrowing) {
  PacketTextOptions options;
  options.time = TimeFormat::none;
  options.max_connections = 256;
  PacketText text{options};
  std::string out;
  out.reserve(4096);
  const auto feed = [&](std::uint32_t i) {
    auto bytes = segment(1, 2, 0, 100);
    store_be(bytes.data() + 26, 0xc0000000U + i);
    const Packet packet = packet_of(bytes);
    out.clear();
    text.append(out, packet, wire::decode(packet));
  };
  for (std::uint32_t i = 0; i < 5'000; ++i) feed(i);
  auto bytes = segment(1, 2, 0, 100);
  const Packet packet = packet_of(bytes);
  const wire::Layers layers = wire::decode(packet);
  const std::size_t before = test::allocation_count();
  for (std::uint32_t i = 0; i < 5'000; ++i) {
    store_be(bytes.data() + 26, 0xc1000000U + i);
    out.clear();
    text.append(out, packet, layers);
  }
  EXPECT_EQ(test::allocation_count(), before);
  EXPECT_TRUE(has(out, "ack 100,")) << out;
}

TEST(PacketText, AllocatesNothingOncePrintedBefore) {
  const std::vector<std::vector<std::uint8_t>> packets{
      segment(1, 2, 5000, 9001),
      hex(std::string{ethernet} +
          "0806 00010800060400 01 02005e100001 c0000201 000000000000 c0000202"),
      hex(std::string{ethernet} +
          "0800 4500003d00000000 40110000 c0000201 c0000202 c0000035 0029 0000"
          "12340100 00010000 00000000 03777777 07657861 6d706c65 03636f6d 00 0001 0001"),
  };
  for (const Dump dump : {Dump::none, Dump::hex_text, Dump::characters}) {
    PacketTextOptions options;
    options.verbosity = 3;
    options.dump = dump;
    PacketText text{options};
    std::string out;
    const auto print_all = [&] {
      out.clear();
      for (const auto& bytes : packets) {
        const Packet packet = packet_of(bytes);
        text.append(out, packet, wire::decode(packet));
      }
    };
    print_all();
    const std::size_t before = test::allocation_count();
    for (int i = 0; i < 10; ++i) print_all();
    EXPECT_EQ(test::allocation_count(), before);
    EXPECT_TRUE(has(out, "A? www.example.com."));
  }
}

TEST(PacketText, EscapesBytesOfNamesThatAreNotPrintable) {
  const auto bytes = hex(std::string{ethernet} +
                         "0800 4500003100000000 40110000 c0000201 c0000202 c0000035 001d 0000"
                         "12340100 00010000 00000000 03 1b5b80 00 0001 0001");
  EXPECT_EQ(text_of(bytes), "IP 192.0.2.1.49152 > 192.0.2.2.53: 4660+ A? ^[[M-^@. (21)\n");
}

TEST(PacketText, EndsANameWhosePointersRunInACircle) {
  const auto bytes = hex(std::string{ethernet} +
                         "0800 4500002e00000000 40110000 c0000201 c0000202 c0000035 001a 0000"
                         "12340100 00010000 00000000 c00c 0001 0001");
  EXPECT_TRUE(has(text_of(bytes), "A? <BAD PTR>")) << text_of(bytes);
}

TEST(PacketText, MarksWhereTheCapturedBytesEnd) {
  const auto whole = segment(1, 2, 5000, 9001);
  Packet packet = packet_of(whole);
  packet.data = packet.data.first(40);
  EXPECT_EQ(text_of(packet), "IP 192.0.2.1.1000 > 192.0.2.2.2000:  [|tcp]\n");
  packet.data = packet.data.first(36);
  EXPECT_EQ(text_of(packet), "IP 192.0.2.1 > 192.0.2.2: [|tcp]\n");
  packet.data = packet.data.first(30);
  EXPECT_EQ(text_of(packet), "IP  [|ip]\n");
  packet.data = packet.data.first(10);
  EXPECT_EQ(text_of(packet), " [|ether]\n");
}

TEST(PacketText, MarksLabelsWithNothingCapturedBehindThem) {
  const auto bytes = hex(std::string{ethernet} + "8847 00064140");
  Packet packet = packet_of(bytes);
  packet.wire_length = 98;
  EXPECT_EQ(text_of(packet), "MPLS (label 100, tc 0, [S], ttl 64) [|mpls]\n");
  EXPECT_EQ(text_of(packet, {.verbosity = 1}), "MPLS (label 100, tc 0, [S], ttl 64) [|mpls]\n");
}

TEST(PacketText, SaysThatLengthsContradictEachOther) {
  const auto bytes = segment(1, 2, 5000, 9001);
  Packet packet = packet_of(bytes);
  packet.wire_length = 20;
  EXPECT_EQ(text_of(packet), "[Invalid header: len(20) < caplen(54)]\n");
  packet.data = {};
  packet.wire_length = 0;
  EXPECT_EQ(text_of(packet), "[Invalid header: caplen==0, len==0]\n");
}

TEST(PacketText, TellsIgmpReportsOfMoreSourcesThanThereAre) {
  const auto report =
      hex("01005e000016 02005e100001 0800 4500002400000000 0102175c c0000201 e0000016"
          "2200f2f900000001 05000005 e8000001");
  PacketTextOptions verbose;
  verbose.verbosity = 1;
  EXPECT_TRUE(has(text_of(report, verbose), "[gaddr 232.0.0.1 allow [invalid number of sources 5]"))
      << text_of(report, verbose);
}

TEST(PacketText, TellsMldReportsOfMoreSourcesThanThereAre) {
  const auto report =
      hex("333300000016 02005e100001 86dd 60000000001c3a01"
          "fe800000000000000000000000000001 ff020000000000000000000000000016"
          "8f00000000000001 05000005 ff3e0000000000000000000000000001");
  PacketTextOptions verbose;
  verbose.verbosity = 1;
  EXPECT_TRUE(has(text_of(report, verbose), "[gaddr ff3e::1 allow [invalid number of sources 5]"))
      << text_of(report, verbose);
}

TEST(PacketText, ShowsBytesOfAnUnknownEtherTypeUnlessADumpShowsThem) {
  const auto bytes = hex(std::string{ethernet} + "88b5 41424300");
  EXPECT_EQ(text_of(bytes),
            "02:00:5e:10:00:01 > 02:00:5e:10:00:02, ethertype Unknown (0x88b5), length 18: \n"
            "\t0x0000:  4142 4300                                ABC.\n");
  PacketTextOptions options;
  options.dump = Dump::hex;
  EXPECT_EQ(text_of(bytes, options),
            "02:00:5e:10:00:01 > 02:00:5e:10:00:02, ethertype Unknown (0x88b5), length 18: \n"
            "\t0x0000:  4142 4300\n");
}

TEST(PacketText, NamesInterfacesOfCookedPackets) {
  const auto bytes =
      hex("0800 0000 00000007 0001 00 06 02005e100001 0000"
          "4500001c00000000 40010000 c0000201 c0000202 0800 0000 0001 0002");
  Packet packet = packet_of(bytes);
  packet.link_type = LinkType::linux_sll2;
  PacketTextOptions options;
  options.time = TimeFormat::none;
  PacketText text{options};
  EXPECT_EQ(text_of(text, packet).substr(0, 13), "if7   In  IP ");
  text.name_interface(7, "tap7");
  EXPECT_EQ(text_of(text, packet).substr(0, 13), "tap7  In  IP ");
  text.name_interface(7, "t\u202e\n");
  EXPECT_EQ(text_of(text, packet).substr(0, 17), "t\\u202e\\n In  IP ");
}

TEST(PacketText, PutsTheInterfaceInFrontWhereItIsTold) {
  const auto bytes = segment(1, 2, 5000, 9001);
  Packet packet = packet_of(bytes);
  PacketTextOptions options;
  options.time = TimeFormat::none;
  PacketText text{options};
  const auto line = [&](std::string_view interface) {
    std::string out;
    text.append(out, packet, wire::decode(packet), interface);
    return out;
  };
  EXPECT_EQ(line("eth0").substr(0, 13), "eth0  ?   IP ");
  packet.direction = Direction::out;
  EXPECT_EQ(line("enp3s0").substr(0, 14), "enp3s0 Out IP ");
  packet.direction = Direction::in;
  EXPECT_EQ(line("v\x1b").substr(0, 13), "v\\x1b In  IP ");
  EXPECT_EQ(line({}).substr(0, 13), "IP 192.0.2.1.");
}

TEST(PacketText, FollowsTheLocalTimeZone) {
  setenv("TZ", "XYZ-5:30", 1);
  tzset();
  const auto bytes = segment(1, 2, 5000, 9001);
  PacketText clock{PacketTextOptions{}};
  EXPECT_EQ(text_of(clock, packet_of(bytes, noon)).substr(0, 16), "03:43:20.000000 ");
  PacketTextOptions options;
  options.time = TimeFormat::date;
  options.nanoseconds = true;
  PacketText date{options};
  EXPECT_EQ(text_of(date, packet_of(bytes, noon + Duration{7})).substr(0, 30),
            "2023-11-15 03:43:20.000000007 ");
  setenv("TZ", "UTC", 1);
  tzset();
}

TEST(PacketText, PrintsTimesBeforeTheEpochAndBackwardSteps) {
  const auto bytes = segment(1, 2, 5000, 9001);
  PacketTextOptions options;
  options.time = TimeFormat::epoch;
  PacketText epoch{options};
  EXPECT_EQ(text_of(epoch, packet_of(bytes, Timestamp{Duration{-1}})).substr(0, 10), "-1.999999 ");
  options.time = TimeFormat::delta;
  PacketText delta{options};
  EXPECT_EQ(text_of(delta, packet_of(bytes, noon)).substr(0, 17), " 00:00:00.000000 ");
  EXPECT_EQ(text_of(delta, packet_of(bytes, noon - std::chrono::seconds{61})).substr(0, 17),
            "-00:01:01.000000 ");
}

TEST(PacketText, CountsDifferencesInWholeMicrosecondsUnlessNanosecondsAreShown) {
  const auto bytes = segment(1, 2, 5000, 9001);
  PacketTextOptions options;
  options.time = TimeFormat::delta;
  PacketText text{options};
  text_of(text, packet_of(bytes, noon + Duration{1'999}));
  EXPECT_EQ(text_of(text, packet_of(bytes, noon + Duration{2'000})).substr(0, 17),
            " 00:00:00.000001 ");
  options.nanoseconds = true;
  PacketText exact{options};
  text_of(exact, packet_of(bytes, noon + Duration{1'999}));
  EXPECT_EQ(text_of(exact, packet_of(bytes, noon + Duration{2'000})).substr(0, 20),
            " 00:00:00.000000001 ");
}

TEST(PacketText, CountsDifferencesAcrossTheWholeRangeOfTimes) {
  const auto bytes = segment(1, 2, 5000, 9001);
  PacketTextOptions options;
  options.time = TimeFormat::delta;
  options.nanoseconds = true;
  PacketText text{options};
  text_of(text, packet_of(bytes, Timestamp::min()));
  EXPECT_EQ(text_of(text, packet_of(bytes, Timestamp::max())).substr(0, 25),
            " 5124095:34:33.709551615 ");
  EXPECT_EQ(text_of(text, packet_of(bytes, Timestamp::min())).substr(0, 25),
            "-5124095:34:33.709551615 ");
  options.time = TimeFormat::epoch;
  PacketText epoch{options};
  EXPECT_EQ(text_of(epoch, packet_of(bytes, Timestamp::min())).substr(0, 22),
            "-9223372037.145224192 ");
}

TEST(PacketText, EndsAMessageWhoseCompressedNamesGrowWithoutBound) {
  auto bytes = hex(std::string{ethernet} +
                   "0800 4500000000000000 40110000 c0000201 c0000202 c0000035 0000 0000"
                   "12340100 03e90000 00000000");
  for (int label = 0; label < 126; ++label) {
    bytes.push_back(63);
    bytes.insert(bytes.end(), 63, 'n');
  }
  const auto question = hex("00 0001 0001");
  const auto pointer = hex("c00c 0001 0001");
  bytes.insert(bytes.end(), question.begin(), question.end());
  for (int i = 0; i < 1'000; ++i) bytes.insert(bytes.end(), pointer.begin(), pointer.end());
  store_be(bytes.data() + 16, static_cast<std::uint16_t>(bytes.size() - 14));
  store_be(bytes.data() + 38, static_cast<std::uint16_t>(bytes.size() - 34));
  const std::string text = text_of(bytes);
  EXPECT_LT(text.size(), 80'000U);
  EXPECT_TRUE(text.ends_with("nnn. [|domain]\n")) << text.substr(text.size() - 100);
}

TEST(PacketText, PrintsAQuotedErrorOnlySoDeep) {
  // ICMP errors that quote ICMP errors, five deep.
  std::vector<std::uint8_t> bytes =
      hex("4500001c00000000 40010000 c0000201 c0000202 0800f7fc 00010002");
  for (int i = 0; i < 5; ++i) {
    std::vector<std::uint8_t> outer =
        hex("4500000000000000 40010000 c0000201 c0000202 0301 0000 00000000");
    outer.insert(outer.end(), bytes.begin(), bytes.end());
    store_be(outer.data() + 2, static_cast<std::uint16_t>(outer.size()));
    bytes = outer;
  }
  Packet packet = packet_of(bytes);
  packet.link_type = LinkType::ipv4;
  PacketTextOptions options;
  options.verbosity = 1;
  const std::string text = text_of(packet, options);
  std::size_t quotes = 0;
  for (std::size_t at = 0; (at = text.find("unreachable", at)) != std::string::npos; ++at) ++quotes;
  EXPECT_EQ(quotes, 4U) << text;
}

TEST(PacketText, StaysPrintableAndBoundedOnDamagedPackets) {
  const std::vector<std::vector<std::uint8_t>> seeds{
      segment(1, 2, 5000, 9001),
      hex(std::string{ethernet} +
          "86dd 60000000 0040 00ff 20010db8000000000000000000000001 "
          "20010db8000000000000000000000002"
          "3a00050200000100 8f000000 00000001 04000000 ff0200000000000000000000000000aa"
          "0304408000015180 00003840 00000000 20010db8000100000000000000000000"),
      hex(std::string{ethernet} +
          "0800 4500006600000000 40110000 c0000201 c0000202 00351234 0052 0000"
          "12348180 00010002 00000001 03777777 07657861 6d706c65 03636f6d 00 0001 0001"
          "c00c 0005 0001 0000003c 0002 c010 c010 0010 0001 0000003c 0004 03616263"
          "00 0029 1000 00000000 0000"),
  };
  std::mt19937 random{1};
  PacketTextOptions options;
  options.verbosity = 3;
  options.link_header = true;
  PacketText text{options};
  std::string out;
  for (int round = 0; round < 30'000; ++round) {
    auto bytes = seeds[random() % seeds.size()];
    for (int i = 0; i < 3; ++i)
      bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random());
    Packet packet = packet_of(bytes);
    packet.data = packet.data.first(bytes.size() - random() % (bytes.size() / 2));
    out.clear();
    text.append(out, packet, wire::decode(packet));
    ASSERT_LT(out.size(), 8192U);
    for (const char c : out) {
      ASSERT_TRUE((c >= 0x20 && c < 0x7f) || c == '\n' || c == '\t') << out;
    }
  }
}

}  // namespace
}  // namespace weir::print
