#include "compat/net_filter/nt_status.h"

#include <gtest/gtest.h>

namespace weir::compat::net_filter {
namespace {

struct Known {
  std::uint32_t nt_status;
  int win32_error;
};

constexpr Known known[] = {
    {0x00000000, 0},    {0xC0000008, 6},    {0xC000000D, 87},   {0xC0000017, 8},
    {0xC0000022, 5},    {0xC0000023, 122},  {0xC0000034, 2},    {0xC0000035, 183},
    {0xC0000043, 32},   {0xC0000061, 1314}, {0xC000009A, 1450}, {0xC00000A3, 21},
    {0xC00000BB, 50},   {0xC0000120, 995},  {0xC0000236, 1225}, {0xC000023B, 1230},
    {0xC000023C, 1231}, {0xC000023D, 1232}, {0xC000023E, 1233},
};

TEST(NtStatus, HasTheCodeOfWin32ThatMicrosoftPublished) {
  // B-81: unmapped -> 317
  for (const Known& pair : known) {
    EXPECT_EQ(win32_error_of(pair.nt_status), pair.win32_error) << std::hex << pair.nt_status;
  }
}

TEST(NtStatus, IsTheTableLineByLine) {
  // B-81: FNV-1a of all of it
  constexpr std::uint32_t blocks[] = {0x0000, 0x4000, 0x4002, 0x8000, 0x8009, 0x8013,
                                      0xC000, 0xC002, 0xC003, 0xC00A, 0xC013, 0xC015};
  std::uint64_t sum = 0xCBF2'9CE4'8422'2325;
  const auto add = [&](std::uint64_t value) { sum = (sum ^ value) * 0x100'0000'01B3; };
  int lines = 0;
  for (const std::uint32_t block : blocks) {
    for (std::uint32_t low = 0; low <= 0xFFFF; ++low) {
      const std::uint32_t status = block << 16 | low;
      const int code = win32_error_of(status);
      if (code == 317) continue;
      ++lines;
      add(status);
      add(static_cast<std::uint64_t>(code));
    }
  }
  EXPECT_EQ(lines, 771);
  EXPECT_EQ(sum, 0x6A73'7CE1'E969'0725U) << "a line has changed: the published table decides";
}

TEST(NtStatus, IsFoundAtBothEndsOfTheTable) {
  EXPECT_EQ(win32_error_of(0x00000103), 997);
  EXPECT_EQ(win32_error_of(0xC015000E), 14011);
}

TEST(NtStatus, Is317WhereItIsNotInTheTable) {
  // B-81: unmapped -> 317
  EXPECT_EQ(win32_error_of(0xC000F00D), 317);
  EXPECT_EQ(win32_error_of(0xFFFFFFFF), 317);
  EXPECT_EQ(win32_error_of(1), 317);
}

TEST(NtStatus, IsTheSameNumberWithItsSignAndWithout) {
  // B-81
  EXPECT_EQ(nt_status_to_win32_error(0xC0000022), 5);
  EXPECT_EQ(nt_status_to_win32_error(-1073741790), 5);
  EXPECT_EQ(nt_status_to_win32_error(0), 0);
}

TEST(NtStatus, HasNoMoreThan32Bits) {
  // B-81
  EXPECT_EQ(nt_status_to_win32_error(std::int64_t{1} << 32), 317);
  EXPECT_EQ(nt_status_to_win32_error((std::int64_t{1} << 32) + 0xC0000022), 317);
  EXPECT_EQ(nt_status_to_win32_error(-(std::int64_t{1} << 32) + 0x103), 317);
  EXPECT_EQ(nt_status_to_win32_error(-(std::int64_t{1} << 32) + 0xC0000022), 5);
  EXPECT_EQ(nt_status_to_win32_error(std::int64_t{-1} << 63), 317);
}

}  // namespace
}  // namespace weir::compat::net_filter
