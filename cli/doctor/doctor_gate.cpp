// What a gate needs, what it would hang its programs to, and what killed ones have left.
#include <linux/capability.h>

#include "cli/doctor/doctor_finding.h"
#include "cli/live/permission_advice.h"
#include "weir/gate/gate.h"

namespace weir::cli {
namespace {

using sandbox::only;

constexpr const char* subject = "gate";

Finding right_to_gate() {
  constexpr auto needed = only(CAP_NET_ADMIN) | only(CAP_NET_RAW) | only(CAP_BPF);
  const auto missing = needed & ~sandbox::effective_capabilities();
  if (missing == 0) {
    return {"rights", subject, Health::ok, "has CAP_NET_ADMIN, CAP_NET_RAW and CAP_BPF"};
  }
  return {"rights", subject, Health::note, "lacks " + sandbox::names_of(missing),
          setcap_line(needed | only(CAP_PERFMON))};
}

Finding backend_of_gate(const KernelFeatures& features) {
  const gate::Support support = gate::support();
  if (!support.why_not.empty()) {
    return {"backend", subject, Health::note, "none: " + support.why_not,
            features.tap ? "" : "sudo modprobe tun"};
  }
  std::string message = support.tcx ? "tcx: goes with the process, whatever ends it"
                                    : "clsact: a filter that passes everything stays behind a "
                                      "killed process";
  message += support.owner_watch ? "; packets pass from the moment it dies"
                                 : "; packets pass some milliseconds after it dies";
  return {"backend", subject, support.tcx && support.owner_watch ? Health::ok : Health::note,
          message};
}

}  // namespace

Findings look_at_gate(const KernelFeatures& features) {
  Findings findings{right_to_gate(), backend_of_gate(features)};
  for (const std::string& left : gate::remains()) {
    findings.push_back({"resource", subject, Health::note,
                        "left by a process that was killed, passes everything: " + left,
                        "the next gate on that adapter takes it over"});
  }
  return findings;
}

}  // namespace weir::cli
