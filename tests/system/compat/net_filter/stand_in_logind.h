// A bus of a test's own and, on it, something that answers for logind and ends nothing.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "support/temporary_folder.h"

namespace weir::test {

/// Ends with the test, even if that dies.
class TestProcess {
 public:
  TestProcess() = default;
  /// Starts the program, looked for in PATH.
  explicit TestProcess(const std::vector<std::string>& words);
  TestProcess(const TestProcess&) = delete;
  TestProcess& operator=(const TestProcess&) = delete;
  ~TestProcess();

 private:
  pid_t number_ = -1;
};

/// A message bus that starts no services. It is this process's "system bus" from its beginning on.
class TestBus {
 public:
  /// Throws std::runtime_error.
  TestBus();
  TestBus(const TestBus&) = delete;
  TestBus& operator=(const TestBus&) = delete;
  ~TestBus();

  [[nodiscard]] const std::string& address() const noexcept { return address_; }
  [[nodiscard]] std::string path(const std::string& name) const { return folder_.path(name); }

 private:
  TemporaryFolder folder_{};
  std::string address_;
  TestProcess daemon_;
};

/// Until then, and behind the last bus: a system bus that is not there.
void have_no_system_bus();
/// Whether what is asked of logind can reach none but a stand-in.
[[nodiscard]] bool is_harmless();

/// python-dbusmock's logind, which knows PowerOff and Reboot.
class StandInLogind {
 public:
  /// Whether what it is made of is installed.
  [[nodiscard]] static bool is_offered();

  /// Throws std::runtime_error.
  explicit StandInLogind(const TestBus& bus);

  /// `code` is Python's, as python-dbusmock has it; empty for nothing to do.
  void learn(const std::string& method, const std::string& signature, const std::string& code = "");
  /// Answers with a D-Bus error of this name.
  void refuse(const std::string& method, const std::string& signature, const std::string& error);

  /// What it was asked since last time: "PowerOff False", "ScheduleShutdown \"reboot\" 17".
  [[nodiscard]] std::vector<std::string> asked();

 private:
  const TestBus& bus_;
  std::size_t told_ = 0;
  TestProcess process_;
};

}  // namespace weir::test
