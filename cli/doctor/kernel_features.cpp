// Tries features of the kernel.
#include "cli/doctor/kernel_features.h"

#include <arpa/inet.h>
#include <linux/bpf.h>
#include <linux/if_packet.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>

#include "weir/error.h"
#include "weir/inject/incoming.h"
#include "weir/sandbox/sandbox.h"

namespace weir::cli {
namespace {

// What children answer with.
constexpr int tried = 1;
constexpr int has_ring = 2;
constexpr int has_fanout = 4;

/// The exit status of a child that runs `attempt`; 0 if none can be started.
int answer_of_child(int (*attempt)()) noexcept {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(attempt());
  int status = 0;
  if (child < 0) return 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 0;
}

int try_user_namespace() noexcept { return ::unshare(CLONE_NEWUSER) == 0 ? tried : 0; }

/// In a network of its own: no adapter of the machine is in it.
int try_packet_socket() noexcept {
  if (::unshare(CLONE_NEWNET) != 0 && ::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) return 0;
  const int socket = ::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
  if (socket < 0) return errno == EPERM ? 0 : tried;
  int answer = tried;
  const int version = TPACKET_V3;
  if (::setsockopt(socket, SOL_PACKET, PACKET_VERSION, &version, sizeof version) == 0) {
    answer |= has_ring;
  }
  sockaddr_ll all{};
  all.sll_family = AF_PACKET;
  all.sll_protocol = htons(0x88b5);  // for local experiments
  const unsigned group = PACKET_FANOUT_HASH << 16U;
  if (::bind(socket, reinterpret_cast<const sockaddr*>(&all), sizeof all) == 0 &&
      ::setsockopt(socket, SOL_PACKET, PACKET_FANOUT, &group, sizeof group) == 0) {
    answer |= has_fanout;
  }
  return answer;
}

long call_bpf(bpf_cmd command, bpf_attr& question) noexcept {
  return ::syscall(SYS_bpf, command, &question, sizeof question);
}

int refusal_of_counter() noexcept {
  // r0 = 0; exit
  const std::array<bpf_insn, 2> nothing{
      {{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = 0},
       {.code = BPF_JMP | BPF_EXIT, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = 0}}};
  bpf_attr program{};
  program.prog_type = BPF_PROG_TYPE_SOCKET_FILTER;
  program.insns = reinterpret_cast<std::uintptr_t>(nothing.data());
  program.insn_cnt = nothing.size();
  program.license = reinterpret_cast<std::uintptr_t>("");
  const long loaded = call_bpf(BPF_PROG_LOAD, program);
  if (loaded < 0) return errno;
  ::close(static_cast<int>(loaded));
  bpf_attr counters{};
  counters.map_type = BPF_MAP_TYPE_ARRAY;
  counters.key_size = 4;
  counters.value_size = 8;
  counters.max_entries = 1;
  counters.map_flags = BPF_F_MMAPABLE;
  const long made = call_bpf(BPF_MAP_CREATE, counters);
  if (made < 0) return errno;
  ::close(static_cast<int>(made));
  return 0;
}

/// Asks what is attached to the loopback: a kernel without tcx does not know the question.
std::optional<bool> has_tcx() noexcept {
  constexpr unsigned tcx_ingress = 46;  // BPF_TCX_INGRESS, newer than the headers may be
  bpf_attr question{};
  question.query.target_fd = 1;
  question.query.attach_type = tcx_ingress;
  if (call_bpf(BPF_PROG_QUERY, question) == 0) return true;
  if (errno == EPERM) return std::nullopt;
  return errno != EINVAL;
}

/// Opening the loopback tries it, with a frame that is dropped.
std::optional<bool> has_live_frames() {
  try {
    const inject::Incoming loopback{"lo", {.method = inject::IncomingMethod::xdp}};
    return true;
  } catch (const Error& error) {
    if (error.code() == ErrorCode::permission_denied) return std::nullopt;
    return false;
  }
}

std::optional<int> number_in(const char* path) {
  std::ifstream file{path};
  int number = 0;
  if (file >> number) return number;
  return std::nullopt;
}

}  // namespace

KernelFeatures kernel_features() {
  KernelFeatures features;
  utsname names{};
  if (::uname(&names) == 0) features.release = names.release;
  const int packets = answer_of_child(&try_packet_socket);
  if ((packets & tried) != 0) {
    features.ring = (packets & has_ring) != 0;
    features.fanout = (packets & has_fanout) != 0;
  }
  features.filter_compiler = number_in("/proc/sys/net/core/bpf_jit_enable");
  features.counter_refusal = refusal_of_counter();
  features.tcx = has_tcx();
  features.live_frames = has_live_frames();
  features.tap = ::access("/dev/net/tun", F_OK) == 0;
  const sandbox::Support sandbox = sandbox::support();
  features.landlock = sandbox.landlock;
  features.seccomp = sandbox.seccomp;
  features.user_namespaces = answer_of_child(&try_user_namespace) != 0;
  return features;
}

}  // namespace weir::cli
