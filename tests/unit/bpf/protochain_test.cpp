// Loops over header chains are followed to their end.
#include <gtest/gtest.h>

#include <vector>

#include "support/libpcap_bpf.h"
#include "weir/bpf/interpreter.h"
#include "weir/bpf/jit.h"
#include "weir/bpf/verify.h"

namespace weir::bpf {
namespace {

constexpr std::uint8_t destination_options = 60;
constexpr std::uint8_t udp = 17;

// An IPv6 packet over Ethernet with `headers` empty destination options headers in front of UDP.
std::vector<std::uint8_t> chain(std::size_t headers) {
  std::vector<std::uint8_t> frame(14 + 40 + 8 * headers + 8);
  frame[12] = 0x86;
  frame[13] = 0xdd;
  frame[14] = 0x60;
  frame[20] = headers == 0 ? udp : destination_options;
  for (std::size_t i = 0; i < headers; ++i) {
    frame[14 + 40 + 8 * i] = i + 1 == headers ? udp : destination_options;
  }
  return frame;
}

TEST(Protochain, IsFollowedThroughSixtyFourKibibytesOfHeaders) {
  const auto frame = chain(8190);
  const auto wire_length = static_cast<std::uint32_t>(frame.size());
  for (const bool optimise : {false, true}) {
    for (const char* const protocol : {"17", "6"}) {
      const Program program = test::libpcap::compile(std::string{"ip6 protochain "} + protocol,
                                                     LinkType::ethernet, optimise);
      EXPECT_TRUE(verify(program)->goes_back);
      const std::uint32_t expected = test::libpcap::run(program, frame, wire_length);
      EXPECT_EQ(expected != 0, std::string_view{protocol} == "17");
      EXPECT_EQ(run(program, frame, wire_length), expected);
      if (const auto jit = Jit::compile(program)) {
        EXPECT_EQ(jit->run(frame, wire_length), expected);
      }
    }
  }
}

TEST(Protochain, CostsTheBoundLittle) {
  const auto frame = chain(8190);
  const Program program = test::libpcap::compile("ip6 protochain 17", LinkType::ethernet, false);
  // As interpreter.h says.
  EXPECT_NE(run(program, frame, 0, 400'000), 0U);
  EXPECT_GT(go_back_limit, 400'000U);
}

}  // namespace
}  // namespace weir::bpf
