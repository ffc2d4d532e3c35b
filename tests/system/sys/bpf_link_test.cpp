// Programs at the hooks of an adapter: which run, in which order, and that they go.
#include "sys/bpf_link.h"

#include <gtest/gtest.h>
#include <net/if.h>

#include <cerrno>
#include <optional>

#include "sys/clsact.h"
#include "sys/tap.h"
#include "system/network.h"
#include "system/sys/programs.h"
#include "system/tunnel.h"
#include "weir/capture/live.h"
#include "weir/error.h"

namespace weir::test {
namespace {

using sys::Hook;
using sys::HookPlace;
using sys::TcxLink;
using sys::TrafficControlProgram;
using Where = sys::HookPlace::Where;

class HookTest : public LiveTest {
 protected:
  void SetUp() override {
    LiveTest::SetUp();
    if (IsSkipped()) return;
    const std::string reason = sys::why_no_bpf();
    if (!reason.empty()) GTEST_SKIP() << "bpf(2) is refused here: " << reason;
    near = ::if_nametoindex("near");
  }

  /// Sends frames from near to far and waits until they are there.
  static void exchange(int count) {
    capture::Live live{"far"};
    const FrameSender sender{"near"};
    for (int i = 0; i < count; ++i) sender.send(numbered_frame(1));
    EXPECT_EQ(collect(live, static_cast<std::size_t>(count)).size(),
              static_cast<std::size_t>(count));
  }

  std::uint32_t near = 0;
};

class TcxTest : public HookTest {
 protected:
  void SetUp() override {
    HookTest::SetUp();
    if (!IsSkipped() && !sys::programs_at(near, Hook::ingress)) {
      GTEST_SKIP() << "needs tcx (Linux 6.6)";
    }
  }
};

TEST_F(TcxTest, AProgramSeesWhatPassesItsHookForAsLongAsItIsAttached) {
  const sys::MappedArray out{1, 1};
  const sys::MappedArray in{1, 1};
  const TrafficControlProgram egress{as_bytes(counting(out, next_program))};
  const TrafficControlProgram ingress{as_bytes(counting(in, next_program))};
  {
    const TcxLink leaves{egress, near, Hook::egress};
    const TcxLink arrives{ingress, ::if_nametoindex("far"), Hook::ingress};
    exchange(3);
  }
  exchange(2);
  EXPECT_EQ(out.words()[0], 3U);
  EXPECT_EQ(in.words()[0], 3U);
}

TEST_F(TcxTest, ProgramsStandWhereTheyWerePut) {
  std::vector<TrafficControlProgram> programs;
  std::vector<std::uint32_t> ids;
  for (int i = 0; i < 4; ++i) {
    programs.emplace_back(as_bytes(returning(next_program)), "test_" + std::to_string(i));
    ids.push_back(sys::program_id(programs.back().descriptor()));
  }
  const TcxLink first{programs[0], near, Hook::ingress};
  const TcxLink last{programs[3], near, Hook::ingress, {.where = Where::last}};
  const TcxLink second{
      programs[1], near, Hook::ingress, {.where = Where::after, .program_id = ids[0]}};
  std::optional<TcxLink> third{std::in_place, programs[2], near, Hook::ingress,
                               HookPlace{.where = Where::before, .program_id = ids[3]}};
  EXPECT_EQ(sys::programs_at(near, Hook::ingress)->program_ids, ids);
  EXPECT_TRUE(sys::programs_at(near, Hook::egress)->program_ids.empty());
  third.reset();
  const TcxLink again{programs[2], near, Hook::ingress, {.where = Where::first}};
  EXPECT_EQ(sys::programs_at(near, Hook::ingress)->program_ids,
            (std::vector<std::uint32_t>{ids[2], ids[0], ids[1], ids[3]}));
}

int error_of_attaching(const TrafficControlProgram& program, std::uint32_t adapter,
                       const HookPlace& place) {
  try {
    const TcxLink link{program, adapter, Hook::ingress, place};
    return 0;
  } catch (const SystemError& error) {
    return error.system_code().value();
  }
}

TEST_F(TcxTest, WhoeverHasSeenAnOlderHookIsToldSo) {
  const TrafficControlProgram program{as_bytes(returning(next_program))};
  const TrafficControlProgram other{as_bytes(returning(next_program))};
  const std::uint64_t seen = sys::programs_at(near, Hook::ingress)->revision;
  const TcxLink link{program, near, Hook::ingress, {.revision = seen}};
  EXPECT_EQ(error_of_attaching(other, near, {.revision = seen}), ESTALE);
  const std::uint64_t now = sys::programs_at(near, Hook::ingress)->revision;
  EXPECT_NE(now, seen);
  EXPECT_EQ(error_of_attaching(other, near, {.revision = now}), 0);
  EXPECT_EQ(error_of_attaching(other, 12'345, {}), ENODEV);
}

TEST_F(HookTest, AClsactFilterSeesWhatPassesUntilItGoes) {
  const sys::MappedArray out{1, 1};
  const TrafficControlProgram program{as_bytes(counting(out, next_program))};
  try {
    const sys::ClsactFilter filter{program, near, Hook::egress};
    exchange(3);
  } catch (const SystemError& error) {
    GTEST_SKIP() << "needs sch_ingress and cls_bpf: " << error.what();
  }
  exchange(2);
  EXPECT_EQ(out.words()[0], 3U);
}

TEST_F(HookTest, ClsactFiltersRunByPriorityAndReplaceTheirOwn) {
  const sys::MappedArray first{1, 1};
  const sys::MappedArray second{1, 1};
  const sys::MappedArray third{1, 1};
  constexpr std::int32_t accepted = 0;  // TC_ACT_OK: those behind it do not run
  const TrafficControlProgram goes_on{as_bytes(counting(first, next_program))};
  const TrafficControlProgram ends{as_bytes(counting(second, accepted))};
  const TrafficControlProgram never{as_bytes(counting(third, accepted))};
  try {
    const sys::ClsactFilter late{never, near, Hook::egress, 3};
    const sys::ClsactFilter replaced{never, near, Hook::egress, 2};
    const sys::ClsactFilter middle{ends, near, Hook::egress, 2};
    const sys::ClsactFilter early{goes_on, near, Hook::egress, 1};
    exchange(4);
  } catch (const SystemError& error) {
    GTEST_SKIP() << "needs sch_ingress and cls_bpf: " << error.what();
  }
  EXPECT_EQ(first.words()[0], 4U);
  EXPECT_EQ(second.words()[0], 4U);
  EXPECT_EQ(third.words()[0], 0U);
}

TEST_F(HookTest, AClsactFilterHandsWhatATapReceivesToAnotherAdapter) {
  if (!Tunnel::is_offered()) GTEST_SKIP() << "needs /dev/net/tun";
  const sys::Tap tap;
  const TrafficControlProgram program{as_bytes(handing_on(near))};
  std::optional<sys::ClsactFilter> filter;
  try {
    filter.emplace(program, tap.index(), Hook::ingress);
  } catch (const SystemError& error) {
    GTEST_SKIP() << "needs sch_ingress and cls_bpf: " << error.what();
  }
  tap.set_up();
  capture::Live live{"near"};
  EXPECT_EQ(tap.write(numbered_frame(7)), 0);
  const auto packets = collect(live, 1);
  ASSERT_EQ(packets.size(), 1U);
  EXPECT_EQ(octets(packets[0].packet()), numbered_frame(7));
}

TEST_F(HookTest, AClsactFilterNeedsAnAdapter) {
  const TrafficControlProgram program{as_bytes(returning(next_program))};
  try {
    const sys::ClsactFilter filter{program, 12'345, Hook::ingress};
    ADD_FAILURE() << "attached";
  } catch (const SystemError& error) {
    EXPECT_EQ(error.system_code().value(), ENODEV);
  }
}

}  // namespace
}  // namespace weir::test
