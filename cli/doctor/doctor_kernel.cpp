// Kernel features, and the backends they make possible.
#include <linux/capability.h>

#include <cstdio>
#include <cstring>

#include "cli/doctor/doctor_finding.h"
#include "cli/live/permission_advice.h"
#include "weir/bpf/jit.h"
#include "weir/inject/incoming.h"

namespace weir::cli {
namespace {

Finding kernel(const char* subject, Health health, std::string message, std::string remedy = {}) {
  return {"kernel", subject, health, std::move(message), std::move(remedy)};
}

Finding of_version(const std::string& release) {
  int version = 0;
  int patch_level = 0;
  if (std::sscanf(release.c_str(), "%d.%d", &version, &patch_level) != 2) {
    return kernel("version", Health::note, "cannot be told");
  }
  const bool suffices = version > 6 || (version == 6 && patch_level >= 1);
  return suffices ? kernel("version", Health::ok, "Linux " + release)
                  : kernel("version", Health::note, "Linux " + release + " is untried",
                           "Linux 6.1 or newer");
}

/// `without` says what is missed.
Finding of_feature(const char* subject, std::optional<bool> present, Health absent,
                   const char* without) {
  if (!present) return kernel(subject, Health::note, "cannot be tried without rights");
  if (*present) return kernel(subject, Health::ok, "there");
  return kernel(subject, absent, std::string{"missing: "} + without);
}

Finding of_compiler(std::optional<int> setting) {
  constexpr const char* subject = "BPF compiler";
  if (!setting)
    return kernel(subject, Health::note,
                  "cannot be told: net.core.bpf_jit_enable cannot be read here");
  if (*setting != 0) return kernel(subject, Health::ok, "on (net.core.bpf_jit_enable)");
  return kernel(subject, Health::note, "off: the kernel interprets filters",
                "sudo sysctl net.core.bpf_jit_enable=1");
}

Finding backend(const char* command, Health health, std::string message, std::string remedy = {}) {
  return {"backend", command, health, std::move(message), std::move(remedy)};
}

Finding of_ring(const char* command, const KernelFeatures& features) {
  if (features.ring && !*features.ring) {
    return backend(command, Health::problem, "none: the kernel has no ring (TPACKET_V3)");
  }
  return backend(command, Health::ok,
                 "ring shared with the kernel (AF_PACKET, TPACKET_V3); libpcap where Wi-Fi monitor "
                 "mode or the link type asks for it");
}

/// How frames are inserted as received, in the order of inject::IncomingMethod.
Finding of_incoming(const KernelFeatures& features) {
  constexpr const char* subject = "insert as received";
  const std::string hook = features.tcx == false ? "clsact, the kernel has no tcx" : "tcx";
  const std::string tap = "a TAP adapter whose program (" + hook + ") hands them on";
  const std::string limit = std::to_string(inject::longest_by_xdp) + " bytes";
  if (!features.live_frames) {
    return backend(
        subject, Health::note,
        "cannot be tried without rights: XDP live frames (Linux 5.18), otherwise " + tap);
  }
  if (*features.live_frames && features.tap) {
    return backend(subject, Health::ok,
                   "XDP live frames: nothing is attached to the adapter; for frames of more than " +
                       limit + " " + tap);
  }
  if (*features.live_frames) {
    return backend(
        subject, Health::note,
        "XDP live frames; those of more than " + limit + " are refused: there is no /dev/net/tun",
        "sudo modprobe tun");
  }
  if (features.tap) {
    return backend(subject, Health::note, tap + ": the kernel has no XDP live frames");
  }
  return backend(subject, Health::note,
                 "none: the kernel has no XDP live frames, and there is no /dev/net/tun",
                 "sudo modprobe tun");
}

}  // namespace

Findings look_at_kernel(const KernelFeatures& features) {
  const int refusal = features.counter_refusal;
  const std::string landlock = "version " + std::to_string(features.landlock);
  return {
      of_version(features.release),
      of_feature("TPACKET_V3", features.ring, Health::problem, "no capture without it"),
      of_feature("fanout", features.fanout, Health::note, "an adapter is captured on one core"),
      of_compiler(features.filter_compiler),
      refusal == 0 ? kernel("bpf(2)", Health::ok, "allowed")
                   : kernel("bpf(2)", Health::note,
                            std::string{"refused to this process: "} + std::strerror(refusal)),
      of_feature("tcx", features.tcx, Health::note, "clsact would be used in line (Linux 6.6)"),
      features.landlock > 0 ? kernel("Landlock", Health::ok, landlock)
                            : kernel("Landlock", Health::note, "missing: the sandbox does without",
                                     "boot with landlock in the list lsm="),
      features.seccomp ? kernel("seccomp", Health::ok, "there")
                       : kernel("seccomp", Health::note, "missing: the sandbox does without"),
      features.user_namespaces ? kernel("user namespaces", Health::ok, "allowed")
                               : kernel("user namespaces", Health::note, "refused to this process"),
  };
}

Findings look_at_backends(const KernelFeatures& features) {
  const std::string engine =
      bpf::Jit::supported() ? "machine code (x86-64)" : "the interpreter: there is no compiler";
  const Finding counter =
      features.counter_refusal == 0
          ? backend("stats", Health::ok, "counter in the kernel (eBPF): packets stay there")
          : backend("stats", Health::note,
                    "ring that takes 1 byte of each packet, since bpf(2) is refused: slower",
                    setcap_line(sandbox::only(CAP_NET_RAW) | sandbox::only(CAP_BPF)));
  return {of_ring("capture", features), counter, of_ring("flows -i", features),
          of_incoming(features),
          backend("read", Health::ok, "read(2) into one buffer; filters run as " + engine)};
}

}  // namespace weir::cli
