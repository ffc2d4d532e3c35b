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
