// Builds the filter by hand: a list of numbers is too little to need a library for.
#include "sandbox/system_call_filter.h"

#include <linux/audit.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <vector>

#include "sandbox/system_call_list.h"
#include "weir/error.h"

namespace weir::sandbox {
namespace {

// isatty() of newer C libraries asks so (TCGETS2); the headers of its struct contradict others.
constexpr std::uint32_t settings_of_terminal = 0x802c542a;

#if defined(__x86_64__)
constexpr std::uint32_t architecture = AUDIT_ARCH_X86_64;
// The other ABI of this architecture has the same number for it and other system calls.
constexpr std::uint32_t highest_number = 0x3fffffff;
#elif defined(__aarch64__)
constexpr std::uint32_t architecture = AUDIT_ARCH_AARCH64;
constexpr std::uint32_t highest_number = 0xffffffff;
#else
#define WEIR_UNKNOWN_SYSTEM_CALLS
constexpr std::uint32_t architecture = 0;
constexpr std::uint32_t highest_number = 0;
#endif

constexpr std::uint32_t refuse = SECCOMP_RET_ERRNO | EPERM;

/// One argument, as far as the kernel looks at it: its low 32 bits.
struct Condition {
  std::uint32_t argument;
  enum class Is : std::uint8_t { equal, with, without } is;
  std::uint32_t value;
};
using Is = Condition::Is;

class Program {
 public:
  Program() {
    load(offsetof(seccomp_data, arch));
    add(BPF_JMP | BPF_JEQ | BPF_K, architecture, 1, 0);
    add(BPF_RET | BPF_K, refuse);
    load(offsetof(seccomp_data, nr));
    add(BPF_JMP | BPF_JGT | BPF_K, highest_number, 0, 1);
    add(BPF_RET | BPF_K, refuse);
  }

  void allow(unsigned number) {
    add(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1);
    add(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  }

  /// If all conditions hold. Two instructions for each, one more to allow, one to load the number
  /// again: whoever fails one jumps there.
  void allow(unsigned number, std::initializer_list<Condition> conditions) {
    auto left = static_cast<std::uint8_t>(2 * conditions.size() + 1);
    add(BPF_JMP | BPF_JEQ | BPF_K, number, 0, static_cast<std::uint8_t>(left + 1));
    for (const Condition& condition : conditions) {
      constexpr std::uint32_t low_half = std::endian::native == std::endian::big ? 4 : 0;
      load(static_cast<std::uint32_t>(offsetof(seccomp_data, args)) + 8 * condition.argument +
           low_half);
      left = static_cast<std::uint8_t>(left - 2);
      const unsigned test = condition.is == Is::equal ? BPF_JEQ : BPF_JSET;
      const bool is_wanted = condition.is != Is::without;
      add(BPF_JMP | test | BPF_K, condition.value, is_wanted ? 0 : left, is_wanted ? left : 0);
    }
    add(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    load(offsetof(seccomp_data, nr));
  }

  /// As if the kernel had no such call.
  void hide(unsigned number) {
    add(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1);
    add(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS);
  }

  void enforce() {
    add(BPF_RET | BPF_K, refuse);
    const sock_fprog program{.len = static_cast<unsigned short>(instructions_.size()),
                             .filter = instructions_.data()};
    const long done = ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                                static_cast<unsigned long>(SECCOMP_FILTER_FLAG_TSYNC), &program);
    if (done != 0) throw SystemError{done > 0 ? EBUSY : errno, "filter system calls"};
  }

 private:
  void load(std::uint32_t offset) { add(BPF_LD | BPF_W | BPF_ABS, offset); }
  void add(unsigned code, std::uint32_t value, std::uint8_t if_true = 0,
           std::uint8_t if_false = 0) {
    instructions_.push_back(
        {.code = static_cast<std::uint16_t>(code), .jt = if_true, .jf = if_false, .k = value});
  }

  std::vector<sock_filter> instructions_;
};

/// What changes while a live capture runs.
void allow_socket_options(Program& program) {
  constexpr std::uint32_t of_any[] = {SO_ATTACH_FILTER, SO_DETACH_FILTER, SO_ATTACH_BPF};
  for (const std::uint32_t option : of_any) {
    program.allow(SYS_setsockopt, {{1, Is::equal, SOL_SOCKET}, {2, Is::equal, option}});
  }
  constexpr std::uint32_t of_packets[] = {PACKET_ADD_MEMBERSHIP, PACKET_DROP_MEMBERSHIP,
                                          PACKET_IGNORE_OUTGOING, PACKET_RX_RING};
  for (const std::uint32_t option : of_packets) {
    program.allow(SYS_setsockopt, {{1, Is::equal, SOL_PACKET}, {2, Is::equal, option}});
  }
}

/// What libpcap and the netlink library under it do to leave the monitor mode: an adapter that was
/// made for it is taken down, then removed.
void allow_netlink(Program& program) {
  program.allow(SYS_socket, {{0, Is::equal, AF_NETLINK}});
  program.allow(SYS_setsockopt, {{1, Is::equal, SOL_NETLINK}});
  program.allow(SYS_setsockopt, {{1, Is::equal, SOL_SOCKET}, {2, Is::equal, SO_SNDBUF}});
  program.allow(SYS_setsockopt, {{1, Is::equal, SOL_SOCKET}, {2, Is::equal, SO_RCVBUF}});
  program.allow(SYS_ioctl, {{1, Is::equal, SIOCGIFFLAGS}});
  program.allow(SYS_ioctl, {{1, Is::equal, SIOCSIFFLAGS}});
}

/// Elements of maps that are open, and links that are: whose programs they are is settled.
void allow_gate(Program& program) {
  for (const std::uint32_t command :
       {std::uint32_t{BPF_MAP_LOOKUP_ELEM}, std::uint32_t{BPF_MAP_UPDATE_ELEM},
        std::uint32_t{BPF_MAP_DELETE_ELEM}, std::uint32_t{BPF_MAP_GET_NEXT_KEY},
        std::uint32_t{BPF_OBJ_GET_INFO_BY_FD}, std::uint32_t{BPF_LINK_DETACH}}) {
    program.allow(SYS_bpf, {{0, Is::equal, command}});
  }
}

/// The newer call has its flags in memory, where no filter sees them; libraries then use the older.
void allow_threads(Program& program) {
  program.hide(SYS_clone3);
  program.allow(SYS_clone, {{0, Is::with, CLONE_THREAD}});
}

}  // namespace

bool can_filter_system_calls() noexcept {
#ifdef WEIR_UNKNOWN_SYSTEM_CALLS
  return false;
#else
  std::uint32_t action = SECCOMP_RET_ERRNO;
  return ::syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
#endif
}

void filter_system_calls(const MoreSystemCalls& more) {
  Program program;
  for (const unsigned number : allowed_system_calls) program.allow(number);
  program.allow(SYS_mmap, {{2, Is::without, PROT_EXEC}});
  program.allow(SYS_mprotect, {{2, Is::without, PROT_EXEC}});
  for (const std::uint32_t request :
       {std::uint32_t{TIOCGWINSZ}, std::uint32_t{TCGETS}, settings_of_terminal}) {
    program.allow(SYS_ioctl, {{1, Is::equal, request}});
  }
  // abort() and raise(): to oneself. Limits likewise.
  program.allow(SYS_tgkill, {{0, Is::equal, static_cast<std::uint32_t>(::getpid())}});
  program.allow(SYS_prlimit64, {{0, Is::equal, 0}});
  allow_socket_options(program);
  if (more.bind || more.netlink) program.allow(SYS_bind);
  if (more.netlink) allow_netlink(program);
  if (more.gate) {
    allow_gate(program);
    allow_threads(program);
  }
  program.enforce();
}

}  // namespace weir::sandbox
