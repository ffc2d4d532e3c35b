// Memory for machine code.
#include "sys/executable_memory.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <string>
#include <utility>

namespace weir::sys {
namespace {

TEST(ExecutableMemory, HoldsACopyThatMoves) {
  const std::array<std::uint8_t, 3> code{1, 2, 3};
  ExecutableMemory first{code};
  const std::uint8_t* const where = first.code().data();
  EXPECT_NE(where, code.data());
  ExecutableMemory second{std::move(first)};
  ExecutableMemory third{Bytes{code}.first(1)};
  third = std::move(second);
  EXPECT_EQ(third.code().data(), where);
  EXPECT_TRUE(std::ranges::equal(third.code(), code));
}

TEST(ExecutableMemory, IsMappedExecutableAndNotWritable) {
  const std::array<std::uint8_t, 1> code{0xc3};
  const ExecutableMemory memory{code};
  std::ifstream maps{"/proc/self/maps"};
  std::string permissions;
  for (std::string line; std::getline(maps, line);) {
    if (std::stoull(line, nullptr, 16) == reinterpret_cast<std::uintptr_t>(memory.code().data())) {
      permissions = line.substr(line.find(' ') + 1, 4);
    }
  }
  EXPECT_EQ(permissions, "r-xp");
}

}  // namespace
}  // namespace weir::sys
