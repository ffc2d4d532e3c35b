// Programs of the kernel's BPF, loaded from their instructions, and run on frames made up for them.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sys/file_descriptor.h"
#include "weir/bytes.h"

namespace weir::sys {

/// A program that decides which packets a socket gets: PacketSocket::attach().
class SocketFilterProgram {
 public:
  /// As TrafficControlProgram.
  explicit SocketFilterProgram(std::span<const std::byte> instructions);

  [[nodiscard]] const FileDescriptor& descriptor() const noexcept { return descriptor_; }

 private:
  FileDescriptor descriptor_;
};

/// Fields of the struct __sk_buff that a test run begins and ends with; the others are zeros, VLAN
/// tags among them.
struct TestContext {
  std::uint32_t mark = 0;
  std::uint32_t priority = 0;
  std::uint32_t ingress_adapter = 0;
  /// An ifindex of this network namespace; 0 and 1 are its loopback.
  std::uint32_t adapter = 0;
  /// cb[].
  std::array<std::uint32_t, 5> control{};
  /// tstamp, nanoseconds.
  std::uint64_t timestamp = 0;
  /// 0 for the frame's own.
  std::uint32_t wire_length = 0;
  std::uint32_t segments = 0;
  /// Not told at the end.
  std::uint32_t segment_size = 0;
};

struct TestRun {
  Bytes frame{};
  TestContext context{};
  /// How often the program runs, each time on what it left behind.
  std::uint32_t repeat = 1;
};

struct TestResult {
  std::uint32_t returned = 0;
  TestContext context{};
  std::vector<std::uint8_t> frame{};
  /// Nanoseconds of one run, the mean of all.
  std::uint32_t duration = 0;
};

/// A program for packets that come in or go out (tc, tcx): attached by bpf_link.h and clsact.h.
class TrafficControlProgram {
 public:
  /// `instructions` are the bytes of the kernel's struct bpf_insn, 8 each; of `name`, which others
  /// see, the kernel keeps 15 letters, digits, "_" and ".". Throws SystemError, which ends with the
  /// verifier's last words if it refused the program.
  explicit TrafficControlProgram(std::span<const std::byte> instructions,
                                 const std::string& name = "weir");
  /// One that another process has loaded.
  explicit TrafficControlProgram(FileDescriptor loaded) noexcept : descriptor_{std::move(loaded)} {}

  /// Runs once on a copy of `frame`; returns what the program returned. Throws SystemError. Newer
  /// kernels want frames that hold the header their EtherType names: 34 bytes for IPv4, 54 for
  /// IPv6, otherwise 14.
  [[nodiscard]] std::uint32_t test_run(Bytes frame, const TestContext& context = {}) const;
  /// The same, and what has become of it. ENOSPC for a frame that grew by more than 4 KiB.
  [[nodiscard]] TestResult test_run(const TestRun& run) const;

  [[nodiscard]] const FileDescriptor& descriptor() const noexcept { return descriptor_; }
  /// Gives it away.
  [[nodiscard]] FileDescriptor release() noexcept { return std::move(descriptor_); }

 private:
  FileDescriptor descriptor_;
};

/// A program for frames as an adapter receives them (XDP).
class XdpProgram {
 public:
  /// As TrafficControlProgram.
  explicit XdpProgram(std::span<const std::byte> instructions);

  /// Runs once on a copy of `frame`; returns what the program returned. Throws SystemError.
  [[nodiscard]] std::uint32_t test_run(Bytes frame) const;

  /// The most frames of one run_live().
  static constexpr std::uint32_t most_live_frames = 256;
  /// Runs on `count` copies of `frame` as though an adapter of this network namespace (its ifindex)
  /// had received them; those the program passes go to the local stack before this returns, all or
  /// none. Returns an errno: ENODEV where there is no such adapter, EINVAL also for a frame of less
  /// than 14 bytes or beyond some 3 KB, and before Linux 5.18.
  [[nodiscard]] int run_live(std::uint32_t adapter, Bytes frame,
                             std::uint32_t count = 1) const noexcept;

  [[nodiscard]] const FileDescriptor& descriptor() const noexcept { return descriptor_; }

 private:
  FileDescriptor descriptor_;
};

/// What the verifier writes about a tc program, each instruction it visits included; empty where it
/// says nothing.
[[nodiscard]] std::string verifier_log(std::span<const std::byte> instructions);

}  // namespace weir::sys
