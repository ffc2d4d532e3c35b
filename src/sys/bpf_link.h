// Programs at an adapter's tcx hooks (Linux 6.6): attached for as long as a descriptor is open.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sys/bpf_program.h"

namespace weir::sys {

enum class Hook : std::uint8_t {
  ingress,  ///< what the adapter has received, behind captures and before the stack
  egress,   ///< what it is about to send, before captures
};

/// A place among the programs of a hook.
struct HookPlace {
  enum class Where : std::uint8_t { last, first, before, after };
  Where where = Where::last;
  /// Of the program it goes before or after.
  std::uint32_t program_id = 0;
  /// Attached only if the hook is as it was seen (HookPrograms::revision): otherwise ESTALE. 0 for
  /// however it is.
  std::uint64_t revision = 0;
};

/// A program at a hook. It is detached when this goes, and by the kernel when the process does and
/// all it has forked, which share the descriptor.
class TcxLink {
 public:
  /// Throws SystemError: EINVAL where the kernel has no tcx, ENODEV for no such adapter (its
  /// ifindex), ENOENT where the program it goes before or after is not there.
  TcxLink(const TrafficControlProgram& program, std::uint32_t adapter, Hook hook,
          const HookPlace& place = {});
  /// One that another process has made.
  explicit TcxLink(FileDescriptor made) noexcept : descriptor_{std::move(made)} {}
  TcxLink(TcxLink&&) noexcept = default;
  TcxLink& operator=(TcxLink&&) = delete;
  ~TcxLink();

  [[nodiscard]] const FileDescriptor& descriptor() const noexcept { return descriptor_; }

  /// Gives the descriptor away, for whoever has it to be attached.
  [[nodiscard]] FileDescriptor release() noexcept { return std::move(descriptor_); }

  /// The ifindex; 0 once the adapter has been deleted. It goes along into other network namespaces.
  [[nodiscard]] std::uint32_t adapter() const noexcept;

 private:
  FileDescriptor descriptor_;
};

/// What is attached to a hook, in the order it runs.
struct HookPrograms {
  std::vector<std::uint32_t> program_ids{};
  /// Changes whenever anything at the hook does.
  std::uint64_t revision = 0;
};

/// Nothing where the kernel has no tcx. Throws SystemError.
[[nodiscard]] std::optional<HookPrograms> programs_at(std::uint32_t adapter, Hook hook);

/// The number the whole machine knows a program by. Throws SystemError.
[[nodiscard]] std::uint32_t program_id(const FileDescriptor& program);

}  // namespace weir::sys
