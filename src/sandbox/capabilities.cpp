// capget, capset and prctl, called by number: for so little a library would be one more to trust.
#include "weir/sandbox/capabilities.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "weir/error.h"

namespace weir::sandbox {
namespace {

/// Capabilities weir has to do with; others go by number.
struct Name {
  unsigned number;
  const char* name;
};
constexpr Name names[] = {
    {CAP_CHOWN, "cap_chown"},         {CAP_DAC_OVERRIDE, "cap_dac_override"},
    {CAP_NET_ADMIN, "cap_net_admin"}, {CAP_NET_RAW, "cap_net_raw"},
    {CAP_SYS_ADMIN, "cap_sys_admin"}, {CAP_BPF, "cap_bpf"},
};

/// The sets as the kernel has them: the low half of each, then the high one.
using Halves = std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3>;

Halves current_sets() noexcept {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  Halves halves{};
  ::syscall(SYS_capget, &header, halves.data());
  return halves;
}

Capabilities joined(std::uint32_t low, std::uint32_t high) noexcept {
  return Capabilities{high} << 32U | low;
}

void set(Capabilities effective, Capabilities permitted) {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  Halves halves{};
  halves[0].effective = static_cast<std::uint32_t>(effective);
  halves[0].permitted = static_cast<std::uint32_t>(permitted);
  halves[1].effective = static_cast<std::uint32_t>(effective >> 32U);
  halves[1].permitted = static_cast<std::uint32_t>(permitted >> 32U);
  if (::syscall(SYS_capset, &header, halves.data()) != 0) {
    throw SystemError{errno, "give up capabilities"};
  }
}

Capabilities permitted_capabilities() noexcept {
  const Halves halves = current_sets();
  return joined(halves[0].permitted, halves[1].permitted);
}

}  // namespace

Capabilities effective_capabilities() noexcept {
  const Halves halves = current_sets();
  return joined(halves[0].effective, halves[1].effective);
}

void use_only(Capabilities kept) {
  const Capabilities permitted = permitted_capabilities();
  set(kept & permitted, permitted);
}

BoundingSet keep_only(Capabilities kept) {
  const Capabilities permitted = permitted_capabilities();
  // The right to empty the bounding set is one of those given up.
  set(permitted, permitted);
  BoundingSet bounding = BoundingSet::emptied;
  for (unsigned capability = 0; ::prctl(PR_CAPBSET_READ, capability) >= 0; ++capability) {
    if (::prctl(PR_CAPBSET_DROP, capability) != 0) bounding = BoundingSet::kept;
  }
  ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  set(kept & permitted, kept & permitted);
  return bounding;
}

std::string names_of(Capabilities set) {
  std::string text;
  for (unsigned number = 0; number < 64; ++number) {
    if ((set & only(number)) == 0) continue;
    std::string word = std::to_string(number);
    for (const Name& known : names) {
      if (known.number == number) word = known.name;
    }
    text += (text.empty() ? "" : ",") + word;
  }
  return text.empty() ? "none" : text;
}

}  // namespace weir::sandbox
