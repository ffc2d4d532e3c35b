// Capabilities of the commands, and how far they reach.
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>

#include <string>

#include "cli/doctor/doctor_finding.h"
#include "cli/live/permission_advice.h"

namespace weir::cli {
namespace {

using sandbox::Capabilities;
using sandbox::effective_capabilities;
using sandbox::only;

constexpr const char* topic = "rights";

bool has_any(Capabilities wanted) { return (effective_capabilities() & wanted) != 0; }

/// What a file is granted replaces what it was granted before.
Capabilities with_those_there(Capabilities missing) {
  const Capabilities useful = only(CAP_NET_RAW) | only(CAP_NET_ADMIN) | only(CAP_BPF);
  return only(CAP_NET_RAW) | missing | (effective_capabilities() & useful);
}

Finding right_to_open(const char* command, const char* doing = "capturing") {
  if (has_any(only(CAP_NET_RAW))) {
    return {topic, command, Health::ok, "has CAP_NET_RAW, which opens adapters"};
  }
  return {topic, command, Health::problem, "lacks CAP_NET_RAW, which opens adapters",
          permission_advice(doing)};
}

Finding right_to_monitor() {
  if (has_any(only(CAP_NET_ADMIN))) {
    return {topic, "capture in monitor mode", Health::ok, "has CAP_NET_ADMIN"};
  }
  return {topic, "capture in monitor mode", Health::note,
          "lacks CAP_NET_ADMIN, which Wi-Fi monitor mode needs",
          setcap_line(with_those_there(only(CAP_NET_ADMIN)))};
}

Finding right_to_count(const KernelFeatures& features) {
  if (features.counter_refusal == 0) {
    return {topic, "stats in the kernel", Health::ok, "may load its counter with bpf(2)"};
  }
  if (has_any(only(CAP_BPF) | only(CAP_SYS_ADMIN))) {
    return {topic, "stats in the kernel", Health::note,
            "has CAP_BPF or CAP_SYS_ADMIN, but the kernel refuses bpf(2) all the same"};
  }
  return {topic, "stats in the kernel", Health::note,
          "lacks CAP_BPF (or CAP_SYS_ADMIN), which its counter needs",
          setcap_line(with_those_there(only(CAP_BPF)))};
}

Finding right_to_insert() {
  constexpr const char* subject = "insert as received";
  const bool may_load = has_any(only(CAP_BPF) | only(CAP_SYS_ADMIN));
  if (has_any(only(CAP_NET_ADMIN)) && may_load) {
    return {topic, subject, Health::ok, "has CAP_NET_ADMIN and CAP_BPF, which its programs need"};
  }
  return {topic, subject, Health::note, "lacks CAP_NET_ADMIN or CAP_BPF, which its programs need",
          setcap_line(with_those_there(only(CAP_NET_ADMIN) | only(CAP_BPF)))};
}

/// What is odd about the file this program is in.
void look_at_file(Findings& findings) {
  const std::string path = own_path();
  struct stat status{};
  const bool for_everyone = ::stat(path.c_str(), &status) == 0 && (status.st_mode & S_IXOTH) != 0;
  const bool grants = ::getxattr(path.c_str(), "security.capability", nullptr, 0) > 0;
  if (grants && for_everyone) {
    findings.push_back({topic, "program", Health::note,
                        "everyone may run " + path + ", and so has the capabilities it grants",
                        restriction_line() + "; then grant them again, with setcap"});
  }
  struct statvfs place{};
  if (::statvfs(path.c_str(), &place) == 0 && (place.f_flag & ST_NOSUID) != 0) {
    findings.push_back({topic, "program", Health::note,
                        path + " is where setcap has no effect (mounted nosuid)",
                        "install it elsewhere"});
  }
}

}  // namespace

Findings look_at_rights(const KernelFeatures& features) {
  Findings findings{right_to_open("capture"),  right_to_monitor(),
                    right_to_open("stats"),    right_to_count(features),
                    right_to_open("flows -i"), right_to_open("send", "sending"),
                    right_to_insert()};
  findings.push_back({topic, "read", Health::ok, "needs no capability"});
  look_at_file(findings);
  return findings;
}

}  // namespace weir::cli
