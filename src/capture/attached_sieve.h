// The kernel's part of the filter of a socket, and on which packets user space decides.
#pragma once

#include <cstdint>

#include "sys/link_state.h"
#include "sys/packet_socket.h"
#include "weir/bpf/instruction.h"
#include "weir/capture/live.h"

namespace weir::capture {

/// Blocks are counted from 0 in the order in which they are walked.
class AttachedSieve {
 public:
  /// Borrows both. `counts_all`: no packet may be refused by the kernel uncounted; `cooked`: what
  /// the program is for has a header the kernel does not know.
  AttachedSieve(sys::PacketSocket& socket, const sys::LinkState& adapter, bool counts_all,
                bool cooked) noexcept
      : socket_{socket},
        adapter_{adapter},
        counts_all_{counts_all},
        user_space_only_{counts_all || cooked} {}

  /// Whether packets are cut by the kernel, or come whole until user space need not decide.
  enum class Cut : std::uint8_t { now, later };
  /// Gives the kernel its part. Returns an errno; all is then as before.
  [[nodiscard]] int attach(bpf::ProgramView program, Traffic traffic, std::uint32_t snapshot_length,
                           Cut cut);
  /// Nothing comes in. Returns an errno.
  [[nodiscard]] int refuse_everything();

  /// Blocks before this one may hold what the part before let through.
  void decide_until(std::uint64_t block) noexcept { decide_until_ = block; }
  /// Whether user space decides on every packet of the block, not only on those with a tag.
  [[nodiscard]] bool decides_all(std::uint64_t block) const noexcept {
    return !is_enough_ || block < decide_until_;
  }
  /// Whether the kernel's part refuses what the filter does, packets with a tag aside.
  [[nodiscard]] bool is_enough() const noexcept { return is_enough_; }
  /// This block is the next to be walked.
  void go_on_to(std::uint64_t block) noexcept {
    if (!cutting_.empty() && !decides_all(block)) cut_in_kernel();
  }

  /// Whether the kernel's part has ever been one that refuses packets.
  [[nodiscard]] bool has_refused() const noexcept { return has_refused_; }

 private:
  void cut_in_kernel() noexcept;

  sys::PacketSocket& socket_;
  const sys::LinkState& adapter_;
  bool counts_all_;
  bool user_space_only_;
  bool is_enough_ = false;
  /// What is to take the kernel's part once decide_until_ is reached; empty if nothing.
  bpf::Program cutting_{};
  bool has_refused_ = false;
  std::uint64_t decide_until_ = 0;
};

}  // namespace weir::capture
