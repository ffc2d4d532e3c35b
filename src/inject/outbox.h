// Frames that are due, changed as they have to be, until they leave together.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "inject/rewriter.h"
#include "sys/link_state.h"
#include "weir/inject/replay.h"

namespace weir::inject {

/// The adapter a replay sends on, with the changes made for it.
class Exit {
 public:
  /// Throws as Rewriter.
  Exit(Outlet outlet, const Rewriting& rewriting);

  Sent send(std::span<const Packet> packets) noexcept;
  [[nodiscard]] SendCounts counts() const noexcept;
  [[nodiscard]] const std::string& adapter() const noexcept;
  /// Whether an adapter that is down is on its way out: the kernel takes it down first.
  [[nodiscard]] bool is_gone() noexcept;
  /// Whether nothing leaves.
  [[nodiscard]] bool is_dry_run() const noexcept;
  [[nodiscard]] Rewriter& rewriter() noexcept { return rewriter_; }

 private:
  Outlet outlet_;
  Rewriter rewriter_;
  sys::LinkStates links_;
  /// Of whoever had the outlet before.
  SendCounts before_;
};

/// Packets for one exit at a time, in order. Allocates nothing once it is made.
class Outbox {
 public:
  static constexpr std::size_t max_packets = 256;

  Outbox();

  [[nodiscard]] bool is_empty() const noexcept { return size_ == 0; }
  /// Whether another packet of this length has to wait until these have left.
  [[nodiscard]] bool is_full(std::size_t length) const noexcept;
  [[nodiscard]] std::span<const Packet> packets() const noexcept {
    return {packets_.data(), size_};
  }
  [[nodiscard]] std::span<const Duration> due() const noexcept { return {due_.data(), size_}; }

  /// Makes of a packet what leaves: borrows its bytes, or has them changed in a place of its own;
  /// the reason then why they cannot be. Precondition: not is_full() for it.
  [[nodiscard]] Refusal prepare(const Packet& packet, Rewriter& rewriter) noexcept;
  /// The one that was prepared; clear() may have come in between.
  [[nodiscard]] const Packet& prepared() const noexcept { return prepared_; }
  void add_prepared(Duration due) noexcept;
  void clear() noexcept;

 private:
  std::array<Packet, max_packets> packets_;
  std::array<Duration, max_packets> due_{};
  std::size_t size_ = 0;
  Packet prepared_{};
  std::vector<std::uint8_t> memory_;
  std::size_t used_ = 0;
};

}  // namespace weir::inject
