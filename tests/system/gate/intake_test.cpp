// What is taken from a ring, and when its room is given back.
#include "gate/intake.h"

#include <gtest/gtest.h>

#include <optional>
#include <stdexcept>

#include "bpf/ebpf_assembler.h"
#include "bpf/ebpf_code.h"
#include "sys/bpf_program.h"
#include "sys/wake_up.h"

namespace weir::gate {
namespace {

using namespace bpf::ebpf;
using enum bpf::ebpf::Register;
namespace code = bpf::code;

class IntakeOfRing : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const std::string why = sys::why_no_bpf(); !why.empty()) GTEST_SKIP() << why;
    ring.emplace(1 << 16);
    intake.emplace(*ring);
  }
  /// Of `size` zeros behind a Record of zeros.
  void put(std::int32_t end_with) {
    Assembler to;
    const auto full = to.new_label();
    to.load_map(r1, ring->descriptor().number());
    to.move(r2, sizeof(Record) + 64);
    to.move(r3, 0);
    to.call(function::ringbuf_reserve);
    to.jump_if(code::jeq, r0, 0, full);
    for (int at = 0; at < static_cast<int>(sizeof(Record)); at += 8) to.store_zero(dw, r0, at);
    to.store(code::w, r0, offsetof(Record, when), 7);
    to.move(r1, r0);
    to.move(r2, 0);
    to.call(end_with);
    to.bind(full);
    to.move(r0, 0);
    static_cast<void>(run(to));
  }
  std::uint32_t waiting_bytes() {
    Assembler to;
    to.load_map(r1, ring->descriptor().number());
    to.move(r2, 0);  // BPF_RB_AVAIL_DATA
    to.call(function::ringbuf_query);
    return run(to);
  }
  static std::uint32_t run(Assembler& to) {
    to.exit();
    if (!to.link()) throw std::runtime_error{"too long"};
    const auto program = to.take();
    return sys::TrafficControlProgram{std::as_bytes(std::span{program})}.test_run(
        std::vector<std::uint8_t>(64));
  }

  std::optional<sys::RingBuffer> ring{};
  std::optional<Intake> intake{};
};

TEST_F(IntakeOfRing, GivesBackWhatWasDiscarded) {
  put(function::ringbuf_discard);
  EXPECT_GT(waiting_bytes(), 0U);
  EXPECT_TRUE(intake->take().empty());
  // Whoever waits for more would be woken for ever.
  EXPECT_EQ(waiting_bytes(), 0U);
  const sys::WakeUp never;
  EXPECT_EQ(sys::wait_readable(ring->descriptor(), never, 0), sys::Readable::timeout);
}

TEST_F(IntakeOfRing, GivesBackWhatWasDiscardedToWhoeverAsksOnly) {
  put(function::ringbuf_discard);
  EXPECT_FALSE(intake->has_more());
  EXPECT_EQ(waiting_bytes(), 0U);
  put(function::ringbuf_submit);
  EXPECT_TRUE(intake->has_more());
  EXPECT_EQ(waiting_bytes(), 8 + sizeof(Record) + 64);
}

TEST_F(IntakeOfRing, IsTheClocksWhileTheWorkerIsAway) {
  put(function::ringbuf_submit);
  std::size_t relieved = 0;
  const auto relieve = [&] {
    intake->relieve(7, [&](const TakenRecord&) { ++relieved; }, [] {});
    return relieved;
  };
  EXPECT_EQ(relieve(), 0U);
  intake->step_away();
  EXPECT_FALSE(intake->is_idle());
  EXPECT_EQ(relieve(), 1U);
  intake->finish();
  EXPECT_TRUE(intake->is_idle());
  EXPECT_EQ(waiting_bytes(), 0U);
}

TEST_F(IntakeOfRing, GivesBackABatchThoughSomeoneHasLookedAtTheNext) {
  constexpr std::uint32_t record_room = 8 + sizeof(Record) + 64;
  for (std::size_t i = 0; i < Intake::batch_size + 2; ++i) put(function::ringbuf_submit);
  ASSERT_EQ(intake->take().size(), Intake::batch_size);
  std::size_t relieved = 0;
  intake->relieve(6, [&](const TakenRecord&) { ++relieved; }, [] {});
  EXPECT_EQ(relieved, 0U);
  intake->finish();
  EXPECT_EQ(waiting_bytes(), 2 * record_room);
  EXPECT_EQ(intake->take().size(), 2U);
  intake->finish();
  EXPECT_EQ(waiting_bytes(), 0U);
}

}  // namespace
}  // namespace weir::gate
