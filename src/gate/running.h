// A gate that runs: everything it has in the kernel and in threads, put up and taken down.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "gate/attach/adapter_table.h"
#include "gate/attach/claim.h"
#include "gate/attach/helper_adapter.h"
#include "gate/driver/programs.h"
#include "gate/flow_verdicts.h"
#include "gate/handling.h"
#include "gate/held/hold_table.h"
#include "gate/kernel/maps.h"
#include "gate/kernel/owner_watch.h"
#include "gate/kernel/rule_sets.h"
#include "gate/periodic.h"
#include "gate/reader.h"
#include "gate/reinject/injector.h"
#include "gate/rights/rights.h"
#include "gate/rules/rule_list.h"
#include "gate/stations.h"
#include "sys/bpf_program.h"
#include "sys/departure.h"
#include "weir/gate/gate.h"

namespace weir::gate {

/// By any thread, but for construction and stop().
class Running {
 public:
  /// Puts it up whole, or not at all. `rules` and `settings` are those of the beginning. Throws
  /// SystemError, Error; before that calls `failed`, if handlers may be at work that are waited
  /// for.
  Running(const GateOptions& options, const Handlers& handlers, RuleList rules,
          std::map<std::string, AdapterSettings> settings, const std::function<void()>& failed);
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running();

  /// Puts other rules in force, but none while it stops. Throws as RuleSets::install(); those
  /// before stay then.
  void install(RuleList rules);
  void set(const std::string& adapter, const AdapterSettings& settings);
  void set_deadline_policy(Policy policy) noexcept { table_->set_deadline_policy(policy); }
  /// As Gate::inject().
  bool inject(const std::string& adapter, Direction direction, Bytes frame);
  /// False once there is no worker any more.
  bool call_in_worker(std::function<void()> call) { return reader_->call(std::move(call)); }
  /// Returns when nothing is held any more.
  void stop();

  [[nodiscard]] std::vector<std::string> adapters() const;
  [[nodiscard]] std::vector<std::string> cannot_match(const RuleEntry& entry) const;
  [[nodiscard]] Tally hits(const RuleEntry& entry) const;
  [[nodiscard]] GateCounters counters() const;
  [[nodiscard]] std::vector<FlowVerdict> flow_verdicts() const { return flows_.list(); }

 private:
  /// Throws Error (invalid_argument) for a driver that is not usable.
  [[nodiscard]] static std::shared_ptr<const DriverPrograms> programs_of(
      const GateOptions& options);
  void start_threads();
  void watch_owner();
  [[nodiscard]] HoldOptions hold_options() const;
  void load_programs();
  void put_in_force(const RuleList& rules);
  void renew_view(const RuleList& rules);
  void set_loopback(const RuleList& rules);
  void expect(const std::shared_ptr<const Port>& port);
  void leave(const Port& port, bool came) noexcept;
  void follow() noexcept;
  void sweep();
  void tick() noexcept;

  GateOptions options_;
  std::shared_ptr<const DriverPrograms> driver_;
  std::shared_ptr<Rights> rights_;
  Attachment how_;
  Changes changes_;
  Handling handling_;
  Maps maps_;
  std::optional<OwnerWatch> owner_{};
  Claim claim_;
  sys::TrafficControlProgram ingress_;
  sys::TrafficControlProgram egress_;
  HelperAdapter helper_;
  FlowVerdicts flows_;
  std::shared_ptr<HoldTable> table_{};
  std::optional<Injector> injector_{};
  /// Of what rules are in force, and where.
  mutable std::mutex mutex_{};
  RuleSets sets_;
  RuleList rules_;
  /// What the kernel had counted under a rule's number before it was the rule's.
  std::map<RuleName, Tally> hits_before_{};
  Stations stations_;
  /// While it is set.
  std::shared_ptr<void> loopback_{};
  std::optional<Reader> reader_{};
  AdapterTable adapters_;
  sys::DepartureProbe departures_{};
  bool are_rights_lost_ = false;
  /// Nothing more is let in, whatever rules there are.
  bool is_ending_ = false;
  std::optional<Periodic> clock_{};
  std::optional<Periodic> follower_{};
};

}  // namespace weir::gate
