// A network namespace of a test's own: nothing in it touches the machine's adapters.
#pragma once

#include <string>

#include "sys/file_descriptor.h"

namespace weir::test {

/// While alive, the calling thread, and what it starts, is in a new network namespace. That goes
/// with its last adapter and process, even if the test dies.
class NetworkNamespace {
 public:
  NetworkNamespace();
  NetworkNamespace(const NetworkNamespace&) = delete;
  NetworkNamespace& operator=(const NetworkNamespace&) = delete;
  ~NetworkNamespace();

  /// Why there is none; empty if all is well.
  [[nodiscard]] const std::string& why_not() const noexcept { return why_not_; }

 private:
  sys::FileDescriptor before_;
  std::string why_not_;
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

/// Runs ip(8) with these arguments, separated by blanks; fails the test if it fails.
void ip(const std::string& arguments);
/// The same for many lines, as ip -batch has it.
void ip_batch(const std::string& lines);
/// What ip(8) prints.
[[nodiscard]] std::string output_of_ip(const std::string& arguments);

}  // namespace weir::test
