// Translated filters decide in the kernel as libpcap decides on the frame on the wire.
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <set>
#include <thread>

#include "support/arithmetic_program.h"
#include "support/far_program.h"
#include "support/libpcap_bpf.h"
#include "system/kernel_filter.h"
#include "system/random_frame.h"

namespace weir::test {
namespace {

constexpr int frames_per_filter = 2000;

class Translation : public testing::Test {
 protected:
  void SetUp() override {
    const std::string reason = sys::why_no_bpf();
    if (!reason.empty()) GTEST_SKIP() << "bpf(2) is refused here: " << reason;
  }
};

std::string hex_of(const Frame& frame) {
  std::string text;
  for (const std::uint8_t byte : frame) {
    constexpr char digits[] = "0123456789abcdef";
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

bool matches(bpf::ProgramView program, Bytes frame) {
  return libpcap::run(program, frame, static_cast<std::uint32_t>(frame.size())) != 0;
}

std::vector<Frame> random_frames(std::uint64_t seed) {
  FrameMaker maker{seed};
  std::vector<Frame> frames(frames_per_filter);
  for (Frame& frame : frames) frame = maker.next();
  return frames;
}

Frame with_tag(Frame frame, std::uint32_t tag) {
  std::uint8_t bytes[4];
  store_be(bytes, tag);
  frame.insert(frame.begin() + 12, std::begin(bytes), std::end(bytes));
  return frame;
}

const std::vector<std::string> expressions{
    "",
    "ip",
    "ip6",
    "arp",
    "rarp",
    "tcp",
    "udp",
    "sctp",
    "icmp",
    "icmp6",
    "ip proto 132",
    "ah",
    "udp port 53",
    "port 80 or port 443",
    "portrange 20-100",
    "tcp portrange 5000-6001",
    "src port 53 and not dst port 53",
    "host 192.0.2.1",
    "src host 192.0.2.2",
    "net 192.0.2.0/24",
    "dst net 198.51.100.0 mask 255.255.255.0 or src net 198.51.100.0/25",
    "net 192.0.2.0/24 and not port 80",
    "src host 2001:db8::1",
    "net 2001:db8::/32",
    "ip6 and tcp port 80",
    "ip6[6] = 44",
    "ip6 and ip6[40] & 1 = 1",
    "ip6 proto 58",
    "tcp[tcpflags] & tcp-syn != 0",
    "tcp[13] & 7 != 0 and ip[8] < 64",
    "icmp[icmptype] = icmp-echo",
    "icmp[0] = 8 and icmp[1] != 0",
    "ether host 02:00:5e:00:00:01",
    "ether src 02:00:5e:00:00:02",
    "ether broadcast",
    "ether multicast",
    "ip and ether broadcast",
    "ip multicast",
    "ether proto 0x8847",
    "stp",
    "llc",
    "greater 200",
    "less 64",
    "len >= 100",
    "len = 14 or len = 15 or len = 18 or len = 60",
    "vlan",
    "vlan 5",
    "vlan and ip6",
    "vlan and tcp port 80",
    "vlan and vlan",
    "vlan 3 and vlan 5",
    "vlan and vlan and udp",
    "mpls",
    "mpls 3",
    "mpls and mpls",
    "mpls and ip",
    "pppoes",
    "pppoes 2",
    "pppoes and ip6",
    "pppoes and tcp port 80",
    "vlan and pppoes and ip",
    "ip[2:2] + ip[4:2] > 40000",
    "ip[2:2] - ((ip[0] & 0xf) << 2) > 100",
    "ip[8] * ip[9] >= 300",
    "ip[8] / 3 = ip[9] / 2",
    "ip[4:2] / ip[8] > 500",
    "len / (ip[8] & 3) > 20",
    "ip[4:2] % 7 = 3",
    "len % (ether[5] & 3) = 1",
    "ip[4:2] & 0x0f0f > 0x0400",
    "ip[4:2] | ip[2:2] > 0xf000",
    "ether[5] ^ ether[11] = 2",
    "1 << ether[5] > 2",
    "1 << ip[8] = 0",
    "0x80000000 >> ip[8] != 0",
    "ip[2:2] >> ether[5] < 300",
    "(tcp[12] & 0xf0) >> 2 = 20",
    "-ip[8] & 3 = 1",
    "0 - ip[8] > 0xffffffc0",
    "udp[4:2] % 7 = 3",
    "ether[ether[5] * 6:2] = 0x0800",
    "ether[ip[8] * 2:4] > 0x80000000",
    "ether[ip[8] * 16:2] > 0x8000",
    "ether[ip[2:2]:1] > 127",
    "ether[252:4] > 0x40000000",
    "ether[253:4] > 0x40000000",
    "ether[254:2] > 0x4000",
    "ether[255] > 64",
    "ether[256] > 64",
    "ether[300:4] > 0x80000000",
    "ether[1000:2] & 1 = 1",
    "ether[10:4] & 3 = 2",
    "ether[13:4] > 0x10000",
    "ether[len - 1] > 127",
    "ether[len - 4:4] > 0x70000000",
    "ether[len:1] = 0",
    "ether[0xffffffff - len] = 0"};

constexpr std::array expressions_with_a_loop{
    "ip protochain 6",  "ip protochain 17",
    "ip6 protochain 6", "ip6 protochain 17",
    "protochain 132",   "vlan and ip6 protochain 17 or ip6 protochain 6 and ip6[7] > 3"};

TEST_F(Translation, MatchesWhatLibpcapMatches) {
  const std::vector<Frame> frames = random_frames(1);
  std::set<std::size_t> lengths;
  for (const Frame& frame : frames) lengths.insert(frame.size());
  ASSERT_EQ(*lengths.begin(), 14U);
  for (const std::string& expression : expressions) {
    const bpf::Program program = libpcap::compile(expression);
    const KernelFilter filter{program};
    for (const Frame& frame : frames) {
      ASSERT_EQ(filter.matches(frame), matches(program, frame)) << expression << "\n"
                                                                << hex_of(frame);
    }
  }
}

TEST_F(Translation, MatchesTheFrameOnTheWireWhereTheTagStandsBesideIt) {
  std::vector<Frame> frames = random_frames(2);
  for (std::uint32_t i = 0; i < frames.size(); ++i) {
    const std::uint32_t protocol = i % 3 == 0 ? 0x88a80000 : 0x81000000;
    frames[i] = with_tag(frames[i], protocol | i / 8 % 8 << 13 | i % 8);
  }
  for (const std::string& expression : expressions) {
    const bpf::Program program = libpcap::compile(expression);
    const KernelFilter filter{program};
    for (const Frame& frame : frames) {
      ASSERT_EQ(filter.matches_with_tag_beside(frame), matches(program, frame))
          << expression << "\n"
          << hex_of(frame);
    }
  }
}

// So that the comparisons above are about something.
TEST(TranslationFrames, AreMatchedBySomeFiltersAndNotByOthers) {
  const std::vector<Frame> frames = random_frames(1);
  for (const std::string& expression : expressions) {
    const bpf::Program program = libpcap::compile(expression);
    int matched = 0;
    for (const Frame& frame : frames) matched += matches(program, frame) ? 1 : 0;
    const bool always = expression.empty();
    const bool never = expression == "rarp" || expression.starts_with("ether[len:1]") ||
                       expression.starts_with("ether[0xffffffff");
    EXPECT_EQ(matched > 0, !never) << expression;
    EXPECT_EQ(matched < frames_per_filter, !always) << expression;
  }
}

TEST_F(Translation, AgreesOnUnoptimisedPrograms) {
  FrameMaker maker{3};
  for (const char* expression :
       {"tcp port 80 and not host 192.0.2.1", "vlan and ip6", "ip6 proto 58",
        "ip[2:2] - ((ip[0] & 0xf) << 2) > 100 or mpls and ip"}) {
    const bpf::Program program = libpcap::compile(expression, LinkType::ethernet, false);
    const KernelFilter filter{program};
    for (int i = 0; i < 500; ++i) {
      const Frame frame = maker.next();
      ASSERT_EQ(filter.matches(frame), matches(program, frame)) << expression;
    }
  }
}

TEST_F(Translation, AgreesOnRandomPrograms) {
  std::mt19937_64 random{4};
  FrameMaker frames{5};
  int matched = 0;
  int unmatched = 0;
  for (int i = 0; i < 600; ++i) {
    const bpf::Program program = far_program(random);
    ASSERT_TRUE(libpcap::validate(program));
    const KernelFilter filter{program};
    for (int j = 0; j < 40; ++j) {
      Frame frame = frames.next();
      const bool expected = matches(program, frame);
      (expected ? matched : unmatched)++;
      ASSERT_EQ(filter.matches(frame), expected) << "program " << i << "\n" << hex_of(frame);
      frame = with_tag(frame, 0x81000005);
      ASSERT_EQ(filter.matches_with_tag_beside(frame), matches(program, frame))
          << "program " << i << " with a tag\n"
          << hex_of(frame);
    }
  }
  EXPECT_GT(matched, 2000);
  EXPECT_GT(unmatched, 2000);
}

TEST_F(Translation, AgreesOnEveryPairOfOperations) {
  for (const auto& [first, second] : operation_pairs()) {
    const bpf::Program value = value_of(first, second);
    const bpf::Program equal = value_equals(first, second);
    const KernelFilter filter{equal};
    for (Frame frame : operand_frames()) {
      const std::uint32_t result =
          libpcap::run(value, frame, static_cast<std::uint32_t>(frame.size()));
      store_be(&frame[expected_offset], result);
      ASSERT_EQ(filter.matches(frame), matches(equal, frame)) << first << ", " << second;
      store_be(&frame[expected_offset], result + 1);
      ASSERT_FALSE(filter.matches(frame)) << first << ", " << second;
    }
  }
}

/// In a thread of its own, since it does not get the rights back.
void without_perfmon(const std::function<void()>& work) {
  std::thread{[&work] {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct rights[2]{};
    ASSERT_EQ(::syscall(SYS_capget, &header, rights), 0);
    for (const unsigned right : {unsigned{CAP_SYS_ADMIN}, unsigned{CAP_PERFMON}}) {
      rights[right / 32].effective &= ~(1U << right % 32);
    }
    ASSERT_EQ(::syscall(SYS_capset, &header, rights), 0);
    try {
      work();
    } catch (const std::exception& error) {
      ADD_FAILURE() << error.what();
    }
  }}.join();
}

TEST_F(Translation, IsLoadedWithoutTheRightToProfile) {
  without_perfmon([] {
    std::mt19937_64 random{7};
    for (int i = 0; i < 200; ++i) const KernelFilter filter{far_program(random)};
    for (const std::string& expression : expressions) {
      const KernelFilter filter{libpcap::compile(expression)};
    }
    for (const char* expression : expressions_with_a_loop) {
      const KernelFilter filter{libpcap::compile(expression), true};
    }
  });
}

TEST_F(Translation, IsLoadedAsASocketFilterToo) {
  const sys::PerCpuArray scratch{bpf::ebpf_scratch_size, 1};
  const auto load = [&](const std::string& expression) {
    const bpf::TranslationOptions options{.scratch_map = scratch.descriptor().number(),
                                          .may_goto = true};
    const auto program = bpf::translate(libpcap::compile(expression), options);
    ASSERT_TRUE(program) << expression;
    EXPECT_NO_THROW(sys::SocketFilterProgram{std::as_bytes(std::span{*program})}) << expression;
  };
  for (const std::string& expression : expressions) load(expression);
  for (const char* expression : expressions_with_a_loop) load(expression);
}

TEST_F(Translation, AgreesOnProgramsWithALoop) {
  FrameMaker maker{6};
  for (const char* expression : expressions_with_a_loop) {
    const bpf::Program program = libpcap::compile(expression);
    EXPECT_THROW(KernelFilter{program}, std::invalid_argument);
    const KernelFilter filter{program, true};
    int matched = 0;
    for (int i = 0; i < frames_per_filter; ++i) {
      const Frame frame = maker.next();
      const bool expected = matches(program, frame);
      matched += expected ? 1 : 0;
      ASSERT_EQ(filter.matches(frame), expected) << expression << "\n" << hex_of(frame);
    }
    EXPECT_GT(matched, 0) << expression;
  }
}

}  // namespace
}  // namespace weir::test
