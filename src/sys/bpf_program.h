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

/// How many numbers processors may have here, those that are not there yet included: from 0 on.
[[nodiscard]] std::uint32_t processor_numbers() noexcept;

/// A map with 32-bit keys from 0 on whose values are memory shared with the kernel: they are read
/// without asking it.
class MappedArray {
 public:
  /// Values of `value_words` times 8 bytes, one after the other from the start of a page, all
  /// zeros. Throws SystemError.
  MappedArray(std::uint32_t value_words, std::uint32_t entries);
  MappedArray(const MappedArray&) = delete;
  MappedArray& operator=(const MappedArray&) = delete;
  ~MappedArray();

  [[nodiscard]] const FileDescriptor& descriptor() const noexcept { return descriptor_; }

  /// All values; programs of the kernel may change them at any time.
  [[nodiscard]] std::span<const std::uint64_t> words() const noexcept { return words_; }

 private:
  FileDescriptor descriptor_;
  std::span<const std::uint64_t> words_{};
};

/// A program that decides which packets a socket gets: PacketSocket::attach().
class SocketFilterProgram {
 public:
  /// As TrafficControlProgram.
  explicit SocketFilterProgram(std::span<const std::byte> instructions);

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

/// What the verifier writes about a tc program, each instruction it visits included; empty where it
/// says nothing.
[[nodiscard]] std::string verifier_log(std::span<const std::byte> instructions);

}  // namespace weir::sys
