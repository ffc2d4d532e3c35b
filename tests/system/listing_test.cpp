// Listings read as the kernel's own.
#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "support/libpcap_bpf.h"
#include "sys/bpf_map.h"
#include "sys/bpf_program.h"
#include "weir/bpf/ebpf.h"

namespace weir::test {
namespace {

/// The lines "12: (61) r7 = ..." by their numbers, without what the verifier adds behind a
/// semicolon; wide loads, where it writes addresses, without their operands.
std::map<int, std::string> instructions_in(const std::string& text) {
  std::map<int, std::string> found;
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);) {
    const std::size_t number = line.find_first_not_of(' ');
    const std::size_t colon = line.find(": (");
    if (number == std::string::npos || colon == std::string::npos || colon < number) continue;
    if (line.substr(number, colon - number).find_first_not_of("0123456789") != std::string::npos) {
      continue;
    }
    std::string words = line.substr(colon + 2, line.find(';') - colon - 2);
    words.erase(words.find_last_not_of(' ') + 1);
    if (words.starts_with("(18)")) words = "(18)";
    found[std::stoi(line.substr(number, colon - number))] = words;
  }
  return found;
}

TEST(Listing, ReadsAsTheKernelsOwn) {
  const std::string reason = sys::why_no_bpf();
  if (!reason.empty()) GTEST_SKIP() << "bpf(2) is refused here: " << reason;
  const sys::PerCpuArray scratch{bpf::ebpf_scratch_size, 1};
  for (const char* expression :
       {"ip", "vlan and tcp port 80", "ether[300:4] / ether[5] > 3", "ip6 protochain 6",
        "1 << ether[5] > 2 or ether[ether[5] * 6:2] & 0x80 != 0 or -ip[8] % 7 = 3"}) {
    const auto program =
        bpf::translate(libpcap::compile(expression),
                       {.scratch_map = scratch.descriptor().number(), .may_goto = true});
    ASSERT_TRUE(program.has_value());
    const auto ours = instructions_in(listing(*program));
    const auto kernels = instructions_in(sys::verifier_log(std::as_bytes(std::span{*program})));
    ASSERT_GT(kernels.size(), 40U) << expression;
    for (const auto& [number, words] : kernels) {
      const auto at = ours.find(number);
      ASSERT_NE(at, ours.end()) << expression << ": " << number;
      EXPECT_EQ(at->second, words) << expression << ": " << number;
    }
  }
}

}  // namespace
}  // namespace weir::test
