// Option lists and blocks of big-endian sections become those of little-endian ones.
#include "savefile/pcapng/pcapng_little_endian.h"

#include <gtest/gtest.h>

#include <array>

#include "unit/savefile/capture_bytes.h"

namespace weir::savefile {
namespace {

using test::CaptureBytes;
using Write = std::function<void(CaptureBytes&)>;
using Output = std::vector<std::uint8_t>;

constexpr std::array<std::uint16_t, 4> custom_codes{2988, 2989, 19372, 19373};

Output bytes_in(ByteOrder order, const Write& write) {
  CaptureBytes bytes{order};
  write(bytes);
  return bytes.bytes();
}

Output converted(const Output& list, OptionsOf kind, ByteOrder order = ByteOrder::big) {
  Output out{'x'};  // what is there stays
  append_little_endian(out, list, order, kind);
  EXPECT_EQ(out[0], 'x');
  return {out.begin() + 1, out.end()};
}

Output converted_body(std::uint32_t type, const Output& body) {
  Output out;
  append_little_endian_body(out, {.type = type, .body = body, .big_endian = true});
  return out;
}

/// What is written in both orders is converted from one to the other.
void expect_converted(OptionsOf kind, const Write& write) {
  const Output expected = bytes_in(ByteOrder::little, write);
  EXPECT_EQ(converted(bytes_in(ByteOrder::big, write), kind), expected);
  EXPECT_EQ(converted(expected, kind, ByteOrder::little), expected);
}

TEST(PcapngLittleEndian, ConvertsTheIntegersOfInterfaces) {
  expect_converted(OptionsOf::interface, [](CaptureBytes& list) {
    list.option(1, "comment")
        .option(2, "eth0")
        .option(4, "addrmask")
        .option(5, "address of v6, 17");
    list.option(6, "macadr").option(7, "euiaddr8").option_u64(8, 10'000'000'000);
    list.option(9, "\x06").option_u32(10, 0x01020304).option(13, "\x04").option_u64(14, ~5U);
    list.option_u64(16, 1).option_u64(17, 2).option(0, "");
  });
}

TEST(PcapngLittleEndian, ConvertsTheIntegersOfStatistics) {
  expect_converted(OptionsOf::interface_statistics, [](CaptureBytes& list) {
    list.option_time(2, 0x0102'0304'0506'0708).option_time(3, 0x1122'3344'5566'7788);
    for (std::uint16_t code = 4; code <= 8; ++code) list.option_u64(code, 0x0102'0304'0506'0708);
  });
}

TEST(PcapngLittleEndian, ConvertsTheIntegersOfPackets) {
  expect_converted(OptionsOf::packet, [](CaptureBytes& list) {
    list.option_u32(2, 0x0102'0304)
        .option(3,
                "\x02"
                "crc4")
        .option_u64(4, 0x0102'0304'0506'0708);
    list.option_u64(5, 77)
        .option_u32(6, 5)
        .option(7,
                "\x01"
                "12345678")
        .option(1, "")
        .option(0, "");
  });
}

TEST(PcapngLittleEndian, ConvertsTheNumbersOfCustomOptionsEverywhere) {
  for (const OptionsOf kind : {OptionsOf::section, OptionsOf::interface, OptionsOf::packet,
                               OptionsOf::interface_statistics, OptionsOf::name_resolution,
                               OptionsOf::decryption_secrets}) {
    for (const std::uint16_t code : custom_codes) {
      expect_converted(
          kind, [code](CaptureBytes& list) { list.u16(code).u16(7).u32(32473).text("abc").pad(); });
    }
  }
}

TEST(PcapngLittleEndian, LeavesWhatNobodyDefinedAsItIs) {
  const Write unknown = [](CaptureBytes& list) { list.option(77, "abcd").option(14, "abcd"); };
  expect_converted(OptionsOf::interface, unknown);
  expect_converted(OptionsOf::section, [](CaptureBytes& list) { list.option(8, "12345678"); });
  expect_converted(OptionsOf::interface, [](CaptureBytes& list) { list.option(2988, "abc"); });
}

TEST(PcapngLittleEndian, EndsAListWhereItContradictsItself) {
  for (const ByteOrder order : {ByteOrder::little, ByteOrder::big}) {
    const Output whole = bytes_in(order, [](CaptureBytes& list) { list.option(1, "ab"); });
    Output list = bytes_in(order, [](CaptureBytes& l) { l.option(1, "ab").u16(2).u16(5).u32(1); });
    const Output kept = bytes_in(ByteOrder::little, [](CaptureBytes& l) { l.option(1, "ab"); });
    EXPECT_EQ(converted(list, OptionsOf::packet, order), kept);
    for (std::size_t size = 0; size < list.size(); ++size) {
      const Output cut{list.begin(), list.begin() + static_cast<std::ptrdiff_t>(size)};
      const Output result = converted(cut, OptionsOf::packet, order);
      EXPECT_EQ(result, size < whole.size() - 2 ? Output{} : kept) << size;
    }
  }
}

TEST(PcapngLittleEndian, ConvertsNameRecordsAndWhatFollows) {
  const Write body = [](CaptureBytes& names) {
    names.option(1, std::string{"\xc0\0\2\1host\0", 9}).option(2, "an address and a name");
    names.option(0, "").option(2, "dns").u16(2988).u16(4).u32(9).option(0, "");
  };
  EXPECT_EQ(converted_body(4, bytes_in(ByteOrder::big, body)), bytes_in(ByteOrder::little, body));
}

TEST(PcapngLittleEndian, ConvertsTheHeadOfSecretsAndTheirOptions) {
  const Write body = [](CaptureBytes& block) {
    block.u32(0x544c534b).u32(5).text("key 1").pad().option(1, "why").option(0, "");
  };
  EXPECT_EQ(converted_body(10, bytes_in(ByteOrder::big, body)), bytes_in(ByteOrder::little, body));
  const Write too_long = [](CaptureBytes& block) { block.u32(1).u32(99).text("key1"); };
  EXPECT_EQ(converted_body(10, bytes_in(ByteOrder::big, too_long)),
            bytes_in(ByteOrder::little, too_long));
}

TEST(PcapngLittleEndian, ConvertsTheNumberOfCustomBlocksOnly) {
  const Write body = [](CaptureBytes& block) { block.u32(32473).text("data1234"); };
  EXPECT_EQ(converted_body(0xbad, bytes_in(ByteOrder::big, body)),
            bytes_in(ByteOrder::little, body));
  EXPECT_EQ(converted_body(9, {'_', '_', 'R', '='}), (Output{'_', '_', 'R', '='}));
}

TEST(PcapngLittleEndian, LeavesLittleEndianBlocksAndScrapsAsTheyAre) {
  const Output body{1, 0, 2, 0, 3, 0};
  Output out;
  append_little_endian_body(out, {.type = 4, .body = body, .big_endian = false});
  EXPECT_EQ(out, body);
  for (const std::uint32_t type : {4U, 9U, 10U, 0xbadU}) {
    for (std::size_t size = 0; size < 4; ++size) {
      EXPECT_LE(converted_body(type, Output(size, 1)).size(), size);
    }
  }
}

}  // namespace
}  // namespace weir::savefile
