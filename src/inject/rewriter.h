// Changes frames as a Rewriting says, each in a room of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>

#include "inject/next_hop.h"
#include "weir/inject/rewriting.h"
#include "weir/inject/sent.h"
#include "weir/packet.h"
#include "weir/wire/edit.h"

namespace weir::inject {

/// For frames that leave through one adapter. Allocates nothing; one thread at a time.
class Rewriter {
 public:
  /// Room in front of a frame for what may be put in.
  static constexpr std::size_t headroom = 16;

  /// Throws SystemError where it needs neighbours and the adapter has none to be asked for, Error
  /// (invalid_argument) for its own address where it has none. `asks`: as NextHops has it.
  Rewriter(const Rewriting& rewriting, const std::string& adapter, bool asks = true);

  [[nodiscard]] bool is_nothing() const noexcept { return rewriting_.is_nothing(); }
  /// The next packets are of this loop, from 0.
  void begin_loop(std::uint64_t number) noexcept;

  /// Whether the last frame was refused only as its next hop is being asked for: soon it may be
  /// told, and within a second it is known that nobody answers.
  [[nodiscard]] bool is_asking() const noexcept { return is_asking_; }

  /// The packet changed, its bytes in `room`, which has as many bytes as it and `headroom` more.
  /// A change that a packet has no header for is left out; where one cannot be made, nothing is
  /// sent.
  [[nodiscard]] std::expected<Packet, Refusal> rewritten(const Packet& packet,
                                                         MutableBytes room) noexcept;

 private:
  [[nodiscard]] wire::Edited map_ports(wire::Editor& editor) const noexcept;
  [[nodiscard]] wire::Edited change_vlan(wire::Editor& editor) const noexcept;
  [[nodiscard]] Refusal change_macs(wire::Editor& editor) noexcept;

  Rewriting rewriting_;
  std::unique_ptr<NextHops> next_hops_;
  bool is_asking_ = false;
};

}  // namespace weir::inject
