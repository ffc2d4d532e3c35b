// Two hosts, and between them a third, the test's own, with a gate.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

#include "sys/send_batch.h"
#include "system/gate/truth/host.h"
#include "system/network.h"
#include "weir/capture/live.h"
#include "weir/gate/gate.h"

namespace weir::gate {

/// For GoogleTest.
void PrintTo(const Tally& tally, std::ostream* stream);

}  // namespace weir::gate

namespace weir::test {

/// With the adapters "to_left" and "to_right", whose other ends are "eth0" of the hosts. Checksums
/// are finished by whoever sends, and verified by whoever receives, unless offloads are turned on.
class GateTest : public NetworkTest, public ::testing::WithParamInterface<gate::Attachment> {
 protected:
  void SetUp() override;

  /// All frames of either host go to the other as they are, and there is no traffic else.
  void bridge(int mtu = 1500);
  /// left 10.0.1.1 and fd00:1::1, right 10.0.2.1 and fd00:2::1; the last octet here is 254.
  void route(int mtu = 1500);
  void set_offloads(bool on);

  /// For a gate at these adapters.
  [[nodiscard]] gate::GateOptions options(std::vector<std::string> adapters = {"to_left"}) const;

  [[nodiscard]] Host& left() { return *left_; }
  [[nodiscard]] Host& right() { return *right_; }

 private:
  std::unique_ptr<Host> left_{};
  std::unique_ptr<Host> right_{};
};

[[nodiscard]] std::string name_of_attachment(
    const ::testing::TestParamInfo<gate::Attachment>& tested);

/// What arrives at eth0 of a host.
class Witness {
 public:
  explicit Witness(const Host& host, const std::string& adapter = "eth0");

  /// What has arrived once `count` have, or nothing more comes; a little more is waited for, so
  /// that those that should not come are seen.
  [[nodiscard]] std::vector<Octets> frames(std::size_t count);

 private:
  std::unique_ptr<capture::Live> live_{};
};

/// Frame by frame; tells of the first that differs.
void expect_same(const std::vector<Octets>& seen, const std::vector<Octets>& expected);

/// Sends frames on eth0 of a host.
[[nodiscard]] std::unique_ptr<FrameSender> sender_at(const Host& host,
                                                     const std::string& adapter = "eth0");

/// Sends one frame on eth0 of a host that the kernel is to finish.
void send_offloaded(const Host& host, const Octets& frame, const sys::Offload& offload);

/// Until it is true, for some seconds; whether it is.
[[nodiscard]] bool wait_until(const std::function<bool()>& condition,
                              std::chrono::milliseconds longest = std::chrono::seconds{5});

/// How held packets are sent on: in parts are those beyond 64 KB.
enum class Sent : std::uint8_t { whole, in_parts };

/// What a gate with rules that change destinations holds of the answers is no hit of a rule.
enum class Hits : std::uint8_t { of_all, but_for_answers };

/// All sums of weir/gate/counters.h, once nothing is on its way; and that rules have hit what was
/// counted under their fates.
void expect_sums(const gate::Gate& gate, Sent sent = Sent::whole, Hits hits = Hits::of_all);

/// Of an adapter in a direction.
[[nodiscard]] gate::AdapterCounters counters_of(const gate::Gate& gate, const std::string& adapter,
                                                Direction direction);

/// Whether time does not matter (WEIR_LONG_TESTS=1).
[[nodiscard]] bool may_take_long();

/// Accepts each packet.
[[nodiscard]] gate::Handlers accepting();

}  // namespace weir::test
