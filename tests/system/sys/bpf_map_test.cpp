// Maps: elements put in and taken out, and programs that share them.
#include "sys/bpf_map.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>
#include <thread>

#include "system/network.h"
#include "system/sys/programs.h"

namespace weir::test {
namespace {

class BpfMapTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string reason = sys::why_no_bpf();
    if (!reason.empty()) GTEST_SKIP() << "bpf(2) is refused here: " << reason;
  }
};

using Word = std::array<std::uint8_t, 4>;
using LongWord = std::array<std::uint8_t, 8>;
const LongWord seven{7, 6, 5, 4, 3, 2, 1, 0};

TEST_F(BpfMapTest, AnArrayHoldsWhatItIsGiven) {
  const sys::Array array{8, 3};
  LongWord value;
  EXPECT_EQ(array.look_up(Word{2}, value), 0);
  EXPECT_EQ(value, LongWord{});
  EXPECT_EQ(array.update(Word{2}, seven), 0);
  EXPECT_EQ(array.look_up(Word{2}, value), 0);
  EXPECT_EQ(value, seven);
  EXPECT_EQ(array.look_up(Word{3}, value), ENOENT);
  EXPECT_EQ(array.erase(Word{2}), EINVAL);
}

TEST_F(BpfMapTest, AHashHoldsWhatIsThere) {
  const sys::Hash hash{{.key = 4, .value = 8, .entries = 2}};
  LongWord value;
  EXPECT_EQ(hash.look_up(Word{9}, value), ENOENT);
  EXPECT_EQ(hash.update(Word{9}, seven), 0);
  EXPECT_EQ(hash.update(Word{8}, seven), 0);
  EXPECT_EQ(hash.update(Word{7}, seven), E2BIG);
  EXPECT_EQ(hash.look_up(Word{9}, value), 0);
  EXPECT_EQ(value, seven);
  EXPECT_EQ(hash.erase(Word{9}), 0);
  EXPECT_EQ(hash.erase(Word{9}), ENOENT);
}

TEST_F(BpfMapTest, AHashThatForgetsTakesMoreThanItHolds) {
  const sys::Hash hash{{.key = 4, .value = 8, .entries = 64}, sys::Hash::WhenFull::forget_least};
  for (std::uint8_t key = 0; key < 255; ++key) ASSERT_EQ(hash.update(Word{key}, seven), 0);
}

TEST_F(BpfMapTest, MappedMemoryIsTheProgramsOwn) {
  const sys::MappedArray array{2, 1, sys::MappedArray::Access::write};
  array.writable_words()[0] = 41;
  const bpf::EbpfProgram program = counting(array, 5);
  const sys::TrafficControlProgram loaded{as_bytes(program)};
  EXPECT_EQ(loaded.test_run(Octets(60)), 5U);
  EXPECT_EQ(array.words()[0], 42U);
  EXPECT_EQ(array.words().size(), 2U);
}

TEST_F(BpfMapTest, AProgramOfAnArrayIsExchangedAndTakenOut) {
  sys::ProgramArray programs{1};
  const sys::TrafficControlProgram dispatcher{as_bytes(dispatching(programs, 9))};
  EXPECT_EQ(dispatcher.test_run(Octets(60)), 9U);
  for (const std::int32_t verdict : {3, 4}) {
    const sys::TrafficControlProgram program{as_bytes(returning(verdict))};
    EXPECT_EQ(programs.set(0, program.descriptor()), 0);
    EXPECT_EQ(dispatcher.test_run(Octets(60)), static_cast<std::uint32_t>(verdict));
  }
  EXPECT_EQ(programs.clear(0), 0);
  EXPECT_EQ(programs.clear(0), ENOENT);
  EXPECT_EQ(dispatcher.test_run(Octets(60)), 9U);
}

TEST_F(BpfMapTest, AnArrayOfProgramsIsEmptyOnceItsLastDescriptorIsClosed) {
  std::optional<sys::ProgramArray> programs{1};
  const sys::TrafficControlProgram dispatcher{as_bytes(dispatching(*programs, 9))};
  const sys::TrafficControlProgram program{as_bytes(returning(3))};
  ASSERT_EQ(programs->set(0, program.descriptor()), 0);
  programs->lift();
  EXPECT_EQ(dispatcher.test_run(Octets(60)), 3U);
  programs.reset();
  // The kernel has a thread of its own do it.
  for (int i = 0; i < 1000 && dispatcher.test_run(Octets(60)) == 3; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  EXPECT_EQ(dispatcher.test_run(Octets(60)), 9U);
}

TEST_F(BpfMapTest, ALiftedMapHasTheHighestDescriptor) {
  sys::ProgramArray lower{1};
  sys::ProgramArray higher{1};
  const int before = higher.descriptor().number();
  higher.lift();
  lower.lift();
  EXPECT_GT(higher.descriptor().number(), 1000);
  EXPECT_EQ(lower.descriptor().number(), higher.descriptor().number() - 1);
  EXPECT_EQ(::close(before), -1);
  const int kept = higher.descriptor().number();
  higher.lift();
  EXPECT_EQ(higher.descriptor().number(), kept);
}

}  // namespace
}  // namespace weir::test
