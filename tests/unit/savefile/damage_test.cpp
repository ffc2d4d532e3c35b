// Damaged and cut captures: everything whole before the damage, then one error, then the end.
#include <gtest/gtest.h>

#include "capture_bytes.h"
#include "weir/error.h"

namespace weir::savefile {
namespace {

using test::CaptureBytes;
using test::Outcome;
using test::read_memory;
using test::read_pipe;

// A capture and where its records end: ends[0] is the end of its header.
struct Sample {
  std::vector<std::uint8_t> bytes;
  std::vector<std::size_t> ends;
  // Which of the ends are behind a packet (a pcapng interface description is not).
  std::vector<std::size_t> packets_at;
};

Sample pcap_sample(std::uint32_t magic = 0xa1b2c3d4) {
  CaptureBytes file;
  Sample sample;
  file.pcap_header(magic);
  sample.ends.push_back(file.size());
  sample.packets_at.push_back(0);
  for (std::uint32_t i = 0; i < 4; ++i) {
    const std::string data(3 + 5 * i, 'p');
    if (magic == 0xa1b2cd34) {
      const auto size = static_cast<std::uint32_t>(data.size());
      file.u32(100 + i).u32(i).u32(size).u32(60).u64(0).text(data);
    } else {
      file.record(100 + i, i, data, 60);
    }
    sample.ends.push_back(file.size());
    sample.packets_at.push_back(i + 1);
  }
  sample.bytes = file.bytes();
  return sample;
}

Sample pcapng_sample(ByteOrder order) {
  CaptureBytes file{order};
  Sample sample;
  std::size_t packets = 0;
  const auto note = [&](std::size_t more) {
    packets += more;
    sample.ends.push_back(file.size());
    sample.packets_at.push_back(packets);
  };
  file.section();
  note(0);
  file.interface();
  note(0);
  file.enhanced(0, 1'000'000, "abc", 60);
  note(1);
  file.block(5, [](CaptureBytes& body) { body.u32(0).u64(0); });
  note(0);
  file.block(3, [](CaptureBytes& body) { body.u32(5).text("abcde"); });
  note(1);
  file.section();
  note(0);
  file.interface();
  note(0);
  file.enhanced(0, 2'000'000, "abcdef", 0, [](CaptureBytes& o) { o.option(1, "comment"); });
  note(1);
  sample.bytes = file.bytes();
  return sample;
}

// What a capture cut to `size` bytes must give, by its record ends.
void expect_prefix(const Sample& sample, std::size_t size, const Outcome& outcome) {
  SCOPED_TRACE("cut to " + std::to_string(size) + ": " + outcome.message);
  if (size == 0) {
    EXPECT_EQ(outcome.error, ErrorCode::empty_file);
    return;
  }
  if (size == 1) {  // could be anything
    EXPECT_EQ(outcome.error, ErrorCode::not_a_capture);
    return;
  }
  std::size_t record = 0;
  while (record + 1 < sample.ends.size() && sample.ends[record + 1] <= size) ++record;
  if (size < sample.ends[0]) {
    EXPECT_EQ(outcome.error, ErrorCode::truncated);
    EXPECT_TRUE(outcome.packets.empty());
    return;
  }
  EXPECT_EQ(outcome.packets.size(), sample.packets_at[record]);
  if (size == sample.ends[record]) {
    EXPECT_TRUE(outcome.complete());
    EXPECT_EQ(outcome.counts.stream_bytes, size);
  } else {
    EXPECT_EQ(outcome.error, ErrorCode::truncated);
    EXPECT_EQ(outcome.offset, sample.ends[record]);
  }
}

void expect_every_prefix(const Sample& sample) {
  for (std::size_t size = 0; size <= sample.bytes.size(); ++size) {
    const Bytes cut = Bytes{sample.bytes}.first(size);
    expect_prefix(sample, size, read_memory(cut));
    expect_prefix(sample, size, read_pipe(cut, 7));
  }
}

TEST(CutCapture, DeliversWhatIsWholeOfAPcap) { expect_every_prefix(pcap_sample()); }
TEST(CutCapture, DeliversWhatIsWholeOfANanosecondPcap) {
  expect_every_prefix(pcap_sample(0xa1b23c4d));
}
TEST(CutCapture, DeliversWhatIsWholeOfAModifiedPcap) {
  expect_every_prefix(pcap_sample(0xa1b2cd34));
}
TEST(CutCapture, DeliversWhatIsWholeOfAPcapng) {
  expect_every_prefix(pcapng_sample(ByteOrder::little));
  expect_every_prefix(pcapng_sample(ByteOrder::big));
}

TEST(CutCapture, NamesFileOffsetAndCause) {
  const Sample sample = pcap_sample();
  const Outcome outcome = read_memory(Bytes{sample.bytes}.first(30));
  EXPECT_EQ(outcome.message,
            "memory, offset 24: the last record is cut short: 6 of at least 16 bytes");
}

// Overwrites four bytes of the sample and reads it.
Outcome read_with(const Sample& sample, std::size_t at, std::uint32_t value) {
  std::vector<std::uint8_t> bytes = sample.bytes;
  for (std::size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
  return read_memory(bytes);
}

TEST(DamagedPcap, StopsAtALengthOf4GiB) {
  const Sample sample = pcap_sample();
  const Outcome outcome = read_with(sample, sample.ends[2] + 8, 0xffffffff);
  EXPECT_EQ(outcome.packets.size(), 2U);
  EXPECT_EQ(outcome.error, ErrorCode::damaged);
  EXPECT_EQ(outcome.offset, sample.ends[2]);
  EXPECT_EQ(outcome.message, "memory, offset 67: a record claims 4294967295 bytes");
}

TEST(DamagedPcapng, StopsAtBlockLengthsNoBlockCanHave) {
  const Sample sample = pcapng_sample(ByteOrder::little);
  for (const std::uint32_t length : {0U, 4U, 8U, 11U, 13U, 46U, 0xffffffffU, 0xfffffffcU}) {
    const Outcome outcome = read_with(sample, sample.ends[3] + 4, length);
    EXPECT_EQ(outcome.packets.size(), 1U) << length;
    EXPECT_EQ(outcome.error, ErrorCode::damaged) << length;
    EXPECT_EQ(outcome.offset, sample.ends[3]) << length;
  }
}

TEST(DamagedPcapng, StopsWhereTheTwoLengthsDiffer) {
  const Sample sample = pcapng_sample(ByteOrder::little);
  const Outcome outcome = read_with(sample, sample.ends[4] - 4, 28);
  EXPECT_EQ(outcome.packets.size(), 1U);
  EXPECT_EQ(outcome.error, ErrorCode::damaged);
  EXPECT_EQ(outcome.offset, sample.ends[3]);
}

TEST(DamagedPcapng, StopsAtPacketsThatContradictTheirBlockOrSection) {
  const Sample sample = pcapng_sample(ByteOrder::little);
  const std::size_t packet = sample.ends[1];
  for (const auto& [field, value] :
       {std::pair{8U, 1U}, {8U, 0xffffffffU}, {20U, 5U}, {20U, 0xffffffffU}}) {
    const Outcome outcome = read_with(sample, packet + field, value);
    EXPECT_TRUE(outcome.packets.empty()) << field;
    EXPECT_EQ(outcome.error, ErrorCode::damaged) << field;
    EXPECT_EQ(outcome.offset, packet) << field;
  }
}

TEST(DamagedPcapng, TellsTheRuleWhereALengthIsNoMultipleOfFour) {
  const Sample sample = pcapng_sample(ByteOrder::little);
  const Outcome outcome = read_with(sample, sample.ends[3] + 4, 46);
  EXPECT_NE(outcome.message.find("which is not a multiple of 4"), std::string::npos)
      << outcome.message;
}

TEST(DamagedPcapng, RefusesBlocksTooShortForTheirKind) {
  for (const auto& [type, size] :
       {std::pair{6U, 16U}, {2U, 16U}, {3U, 0U}, {1U, 4U}, {0x0a0d0d0aU, 12U}}) {
    CaptureBytes file;
    file.section().interface().enhanced(0, 1, "abc").block(type, [&](CaptureBytes& body) {
      if (type == 0x0a0d0d0aU) body.u32(0x1a2b3c4d);
      while (body.size() < size) body.u8(0);
    });
    const Outcome outcome = read_memory(file.bytes());
    EXPECT_EQ(outcome.packets.size(), 1U) << type;
    EXPECT_EQ(outcome.error, ErrorCode::damaged) << type;
  }
}

TEST(DamagedPcapng, RefusesPacketsBeforeAnyInterface) {
  EXPECT_EQ(read_memory(CaptureBytes{}.section().enhanced(0, 1, "abc").bytes()).error,
            ErrorCode::damaged);
  EXPECT_EQ(read_memory(CaptureBytes{}
                            .section()
                            .block(3, [](CaptureBytes& body) { body.u32(3).text("abc"); })
                            .bytes())
                .error,
            ErrorCode::damaged);
}

TEST(DamagedPcapng, BoundsTheNumberOfInterfaces) {
  CaptureBytes file;
  file.section();
  for (int i = 0; i < 65'536; ++i) file.interface();
  EXPECT_TRUE(read_memory(file.bytes()).complete());
  file.interface();
  EXPECT_EQ(read_memory(file.bytes()).error, ErrorCode::unsupported_format);
}

TEST(NoCapture, IsNamedForWhatItIs) {
  const auto code_of = [](std::string_view text) {
    return read_memory({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}).error;
  };
  using namespace std::string_view_literals;
  EXPECT_EQ(code_of(""), ErrorCode::empty_file);
  EXPECT_EQ(code_of("Hello, this is text"), ErrorCode::not_a_capture);
  EXPECT_EQ(code_of("x"), ErrorCode::not_a_capture);
  EXPECT_EQ(code_of("\n"), ErrorCode::not_a_capture);
  EXPECT_EQ(code_of("\x1f"), ErrorCode::not_a_capture);
  EXPECT_EQ(code_of("\n\r\r\n and more lines of text"), ErrorCode::not_a_capture);
  EXPECT_EQ(code_of("\xd4\xc3"), ErrorCode::truncated);
  EXPECT_EQ(code_of("snoop\0\0\0\0\0\0\2\0\0\0\4"sv), ErrorCode::unsupported_format);
  EXPECT_EQ(code_of("GMBU\0\2\1\0"sv), ErrorCode::unsupported_format);
  EXPECT_EQ(code_of("RTSS\1\2\1\0"sv), ErrorCode::unsupported_format);
  EXPECT_EQ(code_of("\x27\xb5\x2f\xfd\1\2\1\0"sv), ErrorCode::unsupported_format);
  EXPECT_EQ(code_of("\x02\x21\x4c\x18\1\2\1\0"sv), ErrorCode::unsupported_format);
  EXPECT_EQ(code_of("\xfd\x37zX"sv), ErrorCode::truncated);
}

TEST(NoCapture, SaysWhatItIsInstead) {
  const std::string_view snoop{"snoop\0\0\0\0\0\0\2\0\0\0\4", 16};
  const Outcome outcome =
      read_memory({reinterpret_cast<const std::uint8_t*>(snoop.data()), snoop.size()});
  EXPECT_EQ(outcome.message, "memory: a snoop capture, which weir does not read");
}

}  // namespace
}  // namespace weir::savefile
