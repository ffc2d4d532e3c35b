// Brokers, and what is kept without them.
#include "cli/gate/gate_sandbox.h"

#include <memory>
#include <string>

#include "cli/output/output_file.h"
#include "cli/sandbox/sandbox_gaps.h"
#include "cli/sandbox/user.h"
#include "weir/gate/broker.h"
#include "weir/sandbox/broker.h"
#include "weir/sandbox/sandbox.h"

namespace weir::cli {

GateRunOptions confined(GateRunOptions options) {
  if (!options.sandbox.is_wanted()) return options;
  const std::string& path = options.rules.path();
  if (!path.empty() && path != "-") {
    auto files = std::make_shared<sandbox::Broker>(sandbox::BrokerRules{.readable = {path}});
    options.rules.open_by(
        [files](const std::string& name) { return files->open_for_reading(name); });
  }
  options.gate.broker = std::make_shared<gate::Broker>();
  options.gate.before_threads = [errors = options.errors] {
    // Rules that come later may name services and protocols.
    sandbox::Rules rules{.readable = {"/etc/nsswitch.conf", "/etc/services", "/etc/protocols"},
                         .runs_gate = true};
    const auto owner = file_owner();
    if (owner && owner->user != 0) rules.user = user_of(*owner);
    tell_gaps(sandbox::enter(rules), errors);
  };
  return options;
}

}  // namespace weir::cli
