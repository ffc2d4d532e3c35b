// What a gate is to the others: a claim, two programs that pass everything, and hooks.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <list>
#include <string>
#include <vector>

#include "gate/attach/claim.h"
#include "gate/attach/hooks.h"
#include "system/network_namespace.h"

namespace weir::test {

/// A gate of this process.
class AttachedGate {
 public:
  explicit AttachedGate(std::int32_t altitude);

  void attach(const std::string& adapter, gate::Attachment how);

  [[nodiscard]] gate::Rank rank() const noexcept { return claim_.rank(); }
  [[nodiscard]] gate::Dispatchers dispatchers() const noexcept { return {&ingress_, &egress_}; }
  [[nodiscard]] std::uint32_t program(sys::Hook hook) const;
  [[nodiscard]] std::list<gate::Hooks>& hooks() noexcept { return hooks_; }

 private:
  gate::Claim claim_;
  sys::TrafficControlProgram ingress_;
  sys::TrafficControlProgram egress_;
  sys::Clsact clsact_{};
  std::list<gate::Hooks> hooks_{};
};

/// One of a process of its own, in this network namespace.
class GateProcess {
 public:
  /// Waits until it is attached to all. Throws std::runtime_error if it cannot be.
  GateProcess(std::int32_t altitude, const std::vector<std::string>& adapters,
              gate::Attachment how);
  GateProcess(const GateProcess&) = delete;
  GateProcess& operator=(const GateProcess&) = delete;
  ~GateProcess() { end(); }

  /// Has it detach and end.
  void end();
  /// It has no time to do anything.
  void kill();

  [[nodiscard]] const gate::Neighbor& facts() const noexcept { return facts_; }
  [[nodiscard]] std::uint32_t program(sys::Hook hook) const noexcept {
    return facts_.program(hook);
  }

 private:
  void wait();

  pid_t process_ = -1;
  sys::FileDescriptor until_{};
  gate::Neighbor facts_{};
};

/// Ids of the programs at a hook, in the order they run.
[[nodiscard]] std::vector<std::uint32_t> programs_in_order(const std::string& adapter,
                                                           sys::Hook hook, gate::Attachment how);

/// With the adapters "near" and "far", and each way to attach there is. Skips where the kernel
/// lacks it.
class AttachTest : public NetworkTest, public ::testing::WithParamInterface<gate::Attachment> {
 protected:
  void SetUp() override;
  [[nodiscard]] std::vector<std::uint32_t> order(sys::Hook hook,
                                                 const std::string& adapter = "near") const {
    return programs_in_order(adapter, hook, GetParam());
  }
};

/// Of AttachTest.
[[nodiscard]] std::string name_of_attachment(
    const ::testing::TestParamInfo<gate::Attachment>& tested);

}  // namespace weir::test
