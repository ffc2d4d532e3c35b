// A network namespace of a test's own: nothing in it touches the machine's adapters.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "sys/file_descriptor.h"

namespace weir::test {

/// A test whose thread, and what it starts, is in a new network namespace. That goes with its last
/// adapter and process, even if the test dies. Skips, with the reason, where it is not allowed.
class NetworkTest : public ::testing::Test {
 protected:
  ~NetworkTest() override;
  void SetUp() override;

 private:
  sys::FileDescriptor before_{};
};

/// Another process in a network namespace of its own, to move adapters to.
class ElsewhereProcess {
 public:
  ElsewhereProcess();
  ElsewhereProcess(const ElsewhereProcess&) = delete;
  ElsewhereProcess& operator=(const ElsewhereProcess&) = delete;
  ~ElsewhereProcess();

  [[nodiscard]] std::string id() const { return std::to_string(number_); }

 private:
  int number_ = -1;
};

/// Runs a command of a shell in the namespace. Throws std::runtime_error if it fails.
void run(const std::string& command);
/// The same for ip(8) with these arguments, separated by blanks.
void ip(const std::string& arguments);
/// Runs many lines, as ip -batch has it; fails the test if it cannot.
void ip_batch(const std::string& lines);
/// What a command of a shell prints.
[[nodiscard]] std::string output_of(const std::string& command);
/// The same of ip(8).
[[nodiscard]] std::string output_of_ip(const std::string& arguments);

}  // namespace weir::test
