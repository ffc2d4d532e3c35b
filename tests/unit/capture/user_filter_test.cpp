// Filter programs in user space.
#include "capture/user_filter.h"

#include <gtest/gtest.h>

#include "weir/error.h"

namespace weir::test {
namespace {

using namespace bpf::code;
using capture::UserFilter;

constexpr std::uint8_t seven[] = {7};
constexpr std::uint8_t eight[] = {8};

TEST(UserFilter, AnEmptyProgramLetsAllThrough) {
  const UserFilter filter;
  EXPECT_TRUE(filter.empty());
  EXPECT_TRUE(filter.matches(seven, 1));
  EXPECT_TRUE(filter.matches({}, 0));
}

TEST(UserFilter, AProgramDecides) {
  UserFilter filter{bpf::Program{{.code = ld | b | abs, .k = 0},
                                 {.code = jmp | jeq, .jump_true = 0, .jump_false = 1, .k = 7},
                                 {.code = ret | k, .k = 1},
                                 {.code = ret | k, .k = 0}}};
  EXPECT_FALSE(filter.empty());
  EXPECT_EQ(filter.program().size(), 4U);
  EXPECT_TRUE(filter.matches(seven, 1));
  EXPECT_FALSE(filter.matches(eight, 1));
  EXPECT_FALSE(filter.matches({}, 0));
  const UserFilter moved{std::move(filter)};
  EXPECT_TRUE(moved.matches(seven, 1));
  EXPECT_FALSE(moved.matches(eight, 1));
}

TEST(UserFilter, AProgramThatIsNoneIsRefused) {
  EXPECT_THROW(UserFilter{bpf::Program{{.code = ld | imm}}}, Error);
}

}  // namespace
}  // namespace weir::test
