// Programs and maps of the kernel's BPF, behind bpf(2).
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "sys/file_descriptor.h"
#include "weir/bytes.h"

namespace weir::sys {

/// Why bpf(2) may not be used here at all, or nothing if it may: "bpf: Operation not permitted".
[[nodiscard]] std::string why_no_bpf();

/// A map with 32-bit keys from 0 on and one value per key and CPU.
class PerCpuArray {
 public:
  /// Values start as zeros. Throws SystemError.
  PerCpuArray(std::uint32_t value_size, std::uint32_t entries);

  [[nodiscard]] const FileDescriptor& descriptor() const noexcept { return descriptor_; }

 private:
  FileDescriptor descriptor_;
};

/// Fields of the struct __sk_buff a test run begins with.
struct TestContext {
  std::uint32_t mark = 0;
  std::uint32_t priority = 0;
};

/// Loads a program, has it run on frames made up for it, and unloads it.
class TrafficControlProgram {
 public:
  /// `instructions` are the bytes of the kernel's struct bpf_insn, 8 each. Throws SystemError,
  /// which ends with the verifier's last words if it refused the program.
  explicit TrafficControlProgram(std::span<const std::byte> instructions);

  /// Runs once on a copy of `frame`; returns what the program returned. Throws SystemError. Newer
  /// kernels want frames that hold the header their EtherType names: 34 bytes for IPv4, 54 for
  /// IPv6, otherwise 14.
  [[nodiscard]] std::uint32_t test_run(Bytes frame, const TestContext& context = {}) const;

  [[nodiscard]] const FileDescriptor& descriptor() const noexcept { return descriptor_; }

 private:
  FileDescriptor descriptor_;
};

/// What the verifier writes about a program, each instruction it visits included; empty where it
/// says nothing.
[[nodiscard]] std::string verifier_log(std::span<const std::byte> instructions);

}  // namespace weir::sys
