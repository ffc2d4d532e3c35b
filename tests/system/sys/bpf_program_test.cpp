// Programs: what is loaded, what the verifier says of others, and runs.
#include "sys/bpf_program.h"

#include <gtest/gtest.h>
#include <net/if.h>

#include <cerrno>

#include "system/network.h"
#include "system/sys/programs.h"
#include "weir/capture/live.h"
#include "weir/error.h"

namespace weir::test {
namespace {

template <class Program>
std::string refusal(const bpf::EbpfProgram& program) {
  try {
    const Program loaded{as_bytes(program)};
    return "loaded";
  } catch (const SystemError& error) {
    return error.what();
  }
}

class BpfProgramTest : public LiveTest {
 protected:
  void SetUp() override {
    LiveTest::SetUp();
    if (IsSkipped()) return;
    const std::string reason = sys::why_no_bpf();
    if (!reason.empty()) GTEST_SKIP() << "bpf(2) is refused here: " << reason;
  }
};

TEST_F(BpfProgramTest, WhatIsRefusedIsToldInTheVerifiersWords) {
  bpf::EbpfProgram unset = returning(0);
  unset.erase(unset.begin());
  for (const std::string& words :
       {refusal<sys::SocketFilterProgram>(unset), refusal<sys::TrafficControlProgram>(unset),
        refusal<sys::XdpProgram>(unset)}) {
    EXPECT_NE(words.find("R0 !read_ok"), std::string::npos) << words;
  }
}

TEST_F(BpfProgramTest, ARunReturnsWhatTheProgramReturns) {
  EXPECT_EQ(sys::TrafficControlProgram{as_bytes(returning(7))}.test_run(Octets(60)), 7U);
  EXPECT_EQ(sys::XdpProgram{as_bytes(returning(2))}.test_run(Octets(60)), 2U);
}

/// Adds 1 to each field it may write; returns the length of a segment.
bpf::EbpfProgram adding() {
  using enum bpf::ebpf::Register;
  namespace skb = bpf::ebpf::skb;
  bpf::ebpf::Assembler to;
  to.move(r6, r1);
  for (const std::int16_t field : {skb::mark, skb::priority, skb::cb, std::int16_t{skb::cb + 16}}) {
    to.load(bpf::code::w, r2, r6, field);
    to.alu(bpf::code::add, r2, 1);
    to.store(bpf::code::w, r6, field, r2);
  }
  to.load(bpf::ebpf::dw, r2, r6, skb::tstamp);
  to.alu(bpf::code::add, r2, 1);
  to.store(bpf::ebpf::dw, r6, skb::tstamp, r2);
  to.load(bpf::code::w, r0, r6, skb::gso_size);
  to.exit();
  return to.take();
}

/// Makes the frame a byte longer.
bpf::EbpfProgram growing() {
  using enum bpf::ebpf::Register;
  constexpr std::int32_t change_tail = 38;
  bpf::ebpf::Assembler to;
  to.load(bpf::code::w, r2, r1, bpf::ebpf::skb::len);
  to.alu(bpf::code::add, r2, 1);
  to.move(r3, 0);
  to.call(change_tail);
  to.exit();
  return to.take();
}

TEST_F(BpfProgramTest, ARunTellsWhatBecameOfItsContext) {
  const sys::TrafficControlProgram program{as_bytes(adding())};
  const std::uint32_t near = ::if_nametoindex("near");
  const Octets frame = numbered_frame(1);
  const sys::TestResult result = program.test_run({.frame = frame,
                                                   .context = {.mark = 1,
                                                               .priority = 2,
                                                               .ingress_adapter = near + 1,
                                                               .adapter = near,
                                                               .control = {3, 4, 5, 6, 7},
                                                               .timestamp = 8ULL << 32U,
                                                               .wire_length = 1000,
                                                               .segments = 9,
                                                               .segment_size = 10},
                                                   .repeat = 3});
  EXPECT_EQ(result.returned, 10U);
  EXPECT_EQ(result.context.mark, 4U);
  EXPECT_EQ(result.context.priority, 5U);
  EXPECT_EQ(result.context.ingress_adapter, near + 1);
  EXPECT_EQ(result.context.adapter, near);
  EXPECT_EQ(result.context.control, (std::array<std::uint32_t, 5>{6, 4, 5, 6, 10}));
  EXPECT_EQ(result.context.timestamp, (8ULL << 32U) + 3);
  EXPECT_EQ(result.context.wire_length, 1000U);
  EXPECT_EQ(result.context.segments, 9U);
  EXPECT_EQ(result.frame, frame);
  EXPECT_GT(result.duration, 0U);
}

TEST_F(BpfProgramTest, ARunTellsWhatBecameOfTheFrame) {
  const sys::TrafficControlProgram program{as_bytes(growing())};
  Octets frame = numbered_frame(1);
  const sys::TestResult result = program.test_run({.frame = frame, .repeat = 3});
  frame.resize(frame.size() + 3);
  EXPECT_EQ(result.frame, frame);
  EXPECT_THROW(static_cast<void>(program.test_run({.frame = frame, .repeat = 4097})), SystemError);
}

TEST_F(BpfProgramTest, OnlyAFrameThatIsPassedHasBeenReceived) {
  const sys::XdpProgram pass{as_bytes(returning(2))};
  const sys::XdpProgram drop{as_bytes(returning(1))};
  const std::uint32_t near = ::if_nametoindex("near");
  capture::Live live{"near"};
  const Octets frame = numbered_frame(1);
  const int error = pass.run_live(near, frame);
  if (error == EINVAL) GTEST_SKIP() << "live frames need Linux 5.18";
  ASSERT_EQ(error, 0);
  EXPECT_EQ(drop.run_live(near, numbered_frame(2)), 0);
  EXPECT_EQ(pass.run_live(near, numbered_frame(3), 2), 0);
  const auto packets = collect(live);
  ASSERT_EQ(packets.size(), 3U);
  EXPECT_EQ(octets(packets[0].packet()), frame);
  EXPECT_EQ(number_of(packets[1].packet()), 3U);
  EXPECT_EQ(number_of(packets[2].packet()), 3U);
  EXPECT_EQ(pass.run_live(12'345, frame), ENODEV);
  EXPECT_EQ(pass.run_live(near, Octets(13)), EINVAL);
  EXPECT_EQ(pass.run_live(near, Octets(4000)), EINVAL);
}

}  // namespace
}  // namespace weir::test
