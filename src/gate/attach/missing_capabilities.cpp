// capget(2)
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <string>
#include <vector>

#include "weir/gate/gate.h"

namespace weir::gate {
namespace {

bool has_capability(unsigned number) noexcept {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> halves{};
  if (::syscall(SYS_capget, &header, halves.data()) != 0) return false;
  return (halves[number / 32].effective >> number % 32 & 1U) != 0;
}

}  // namespace

std::string missing_capabilities() {
  std::vector<std::string> missing;
  if (!has_capability(CAP_NET_ADMIN)) missing.emplace_back("CAP_NET_ADMIN");
  if (!has_capability(CAP_NET_RAW)) missing.emplace_back("CAP_NET_RAW");
  if (!has_capability(CAP_BPF) && !has_capability(CAP_SYS_ADMIN)) missing.emplace_back("CAP_BPF");
  std::string words;
  for (std::size_t i = 0; i < missing.size(); ++i) {
    if (i > 0) words += i + 1 == missing.size() ? " and " : ", ";
    words += missing[i];
  }
  return words.empty() ? words : "needs " + words;
}

}  // namespace weir::gate
