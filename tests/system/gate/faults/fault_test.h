// A gate between two hosts with streams in both directions through it, and what is asked of it
// whatever happens to it.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <tuple>

#include "system/gate/faults/gate_process.h"
#include "system/gate/faults/hosts.h"
#include "system/gate/faults/kernel_objects.h"
#include "system/gate/faults/streams.h"

namespace weir::test {

/// Each way to attach there is, each with the two policies for everything.
class FaultTest : public NetworkTest,
                  public ::testing::WithParamInterface<std::tuple<gate::Attachment, gate::Policy>> {
 protected:
  void SetUp() override;

  [[nodiscard]] static gate::Attachment how() { return std::get<0>(GetParam()); }
  [[nodiscard]] static gate::Policy policy() { return std::get<1>(GetParam()); }
  [[nodiscard]] static bool is_open() { return policy() == gate::Policy::open; }

  /// One rule that holds the streams; all adapters but the loopback, which has none of them.
  [[nodiscard]] static GateSetup setup();

  /// Two hosts with so many pairs, once; a gate that is not started yet.
  void make(int pairs, const GateSetup& wanted = setup());
  /// Streams through the first pairs.
  void stream(int pairs, unsigned rate = 1'000);
  /// Starts the gate, and lets the streams go through it for a while.
  void start();
  /// Stops it.
  void stop();
  /// Ends the streams.
  void finish();
  static void rest(std::chrono::milliseconds time);

  /// Nearly all arrives, and without a long gap. With clsact start() and stop() are left out: the
  /// kernel drops what leaves while a queueing discipline comes or goes.
  void expect_delivered(Period period = {}) const;
  /// Nothing arrives but what the handler has let go.
  void expect_no_leak(Period period) const;
  /// What the policy for everything asks of the time from start() to stop().
  void expect_policy() const;
  /// Programs, links, maps, adapters, filters: as before the gate.
  void expect_nothing_left();
  /// The first three of these alone.
  void expect_no_objects_left() const;
  /// Of the gate that was started.
  [[nodiscard]] GateProcess& gate() { return *gate_; }
  [[nodiscard]] const Streams& streams() const { return *streams_; }
  [[nodiscard]] const Hosts& hosts() const { return *hosts_; }

  /// From the return of start() to the call of stop().
  Period running{};

 private:
  std::optional<Hosts> hosts_{};
  std::string before_{};
  std::unique_ptr<GateProcess> gate_{};
  std::unique_ptr<Streams> streams_{};
  KernelObjects objects_{};
};

/// Of FaultTest.
[[nodiscard]] std::string name_of_fault(
    const ::testing::TestParamInfo<FaultTest::ParamType>& tested);

/// Why no gate can be here, attached like that; empty if one can.
[[nodiscard]] std::string why_no_gate(gate::Attachment how);

}  // namespace weir::test
