// Records of a kernel program, taken while it writes more.
#include "sys/ring_buffer.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <cstring>
#include <optional>
#include <thread>

#include "system/network.h"
#include "system/sys/programs.h"

namespace weir::test {
namespace {

using enum bpf::ebpf::Register;

constexpr std::int32_t reserve_record = 131;
constexpr std::int32_t submit_record = 132;
constexpr std::int32_t discard_record = 133;
constexpr std::uint32_t record_size = 100;

/// Begins a record with the mark of the test run in it, and ends it by a function of the kernel's.
/// Returns 1, or 0 where there was no room.
bpf::EbpfProgram recording(const sys::RingBuffer& ring, std::int32_t ended_by) {
  constexpr int mark = 8;  // of struct __sk_buff
  bpf::ebpf::Assembler to;
  const auto full = to.new_label();
  to.load(bpf::code::w, r6, r1, mark);
  to.load_map(r1, ring.descriptor().number());
  to.move(r2, static_cast<std::int32_t>(record_size));
  to.move(r3, 0);
  to.call(reserve_record);
  to.jump_if(bpf::code::jeq, r0, 0, full);
  to.store(bpf::code::w, r0, 0, r6);
  to.move(r1, r0);
  to.move(r2, 0);
  to.call(ended_by);
  to.move(r0, 1);
  to.exit();
  to.bind(full);
  to.move(r0, 0);
  to.exit();
  static_cast<void>(to.link());
  return to.take();
}

std::uint32_t number_in(Bytes record) {
  std::uint32_t number = 0;
  if (record.size() == record_size) std::memcpy(&number, record.data(), sizeof number);
  return number;
}

class RingBufferTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string reason = sys::why_no_bpf();
    if (!reason.empty()) GTEST_SKIP() << "bpf(2) is refused here: " << reason;
    ring.emplace(4096);
    program.emplace(as_bytes(recording(*ring, submit_record)));
    discarding.emplace(as_bytes(recording(*ring, discard_record)));
  }
  [[nodiscard]] bool put(std::uint32_t number) const {
    return program->test_run(Octets(60), {.mark = number}) == 1;
  }
  [[nodiscard]] bool is_readable() const {
    pollfd wait{.fd = ring->descriptor().number(), .events = POLLIN, .revents = 0};
    return ::poll(&wait, 1, 0) == 1;
  }
  std::optional<sys::RingBuffer> ring;
  std::optional<sys::TrafficControlProgram> program;
  std::optional<sys::TrafficControlProgram> discarding;
};

TEST_F(RingBufferTest, RecordsComeInOrderAndThoseDiscardedDoNot) {
  EXPECT_TRUE(ring->next().empty());
  EXPECT_FALSE(is_readable());
  EXPECT_TRUE(put(1));
  EXPECT_EQ(discarding->test_run(Octets(60)), 1U);
  EXPECT_TRUE(put(2));
  EXPECT_TRUE(is_readable());
  EXPECT_EQ(number_in(ring->next()), 1U);
  EXPECT_EQ(number_in(ring->next()), 2U);
  EXPECT_TRUE(ring->next().empty());
  ring->release();
  EXPECT_FALSE(is_readable());
}

TEST_F(RingBufferTest, ItIsFullUntilRecordsAreReleased) {
  std::uint32_t taken = 0;
  while (put(taken + 1)) ++taken;
  EXPECT_GT(taken, 30U);
  for (std::uint32_t number = 1; number <= taken; ++number) {
    EXPECT_EQ(number_in(ring->next()), number);
  }
  EXPECT_FALSE(put(0));
  ring->release();
  EXPECT_TRUE(put(1000));
  EXPECT_EQ(number_in(ring->next()), 1000U);
}

TEST_F(RingBufferTest, RecordsAreWholeWhereItWrapsRound) {
  for (std::uint32_t number = 1; number < 500; ++number) {
    ASSERT_TRUE(put(number));
    ASSERT_EQ(number_in(ring->next()), number);
    ring->release();
  }
}

TEST_F(RingBufferTest, OneThreadTakesWhileAnotherWrites) {
  constexpr std::uint32_t count = 5000;
  std::thread writer{[&] {
    for (std::uint32_t number = 1; number <= count;) {
      if (put(number)) ++number;
    }
  }};
  std::uint32_t expected = 1;
  while (expected <= count) {
    const Bytes record = ring->next();
    if (record.empty()) {
      ring->release();
      std::this_thread::yield();
    } else if (number_in(record) != expected++) {
      ADD_FAILURE() << "record " << expected;
      break;
    }
    if (expected % 7 == 0) ring->release();
  }
  ring->release();
  writer.join();
}

}  // namespace
}  // namespace weir::test
