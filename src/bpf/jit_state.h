// What the JIT knows of packet and registers at one point of a program, on every path to it.
#pragma once

#include <algorithm>
#include <cstdint>

namespace weir::bpf::jit {

/// A part of the packet that a register holds, so that it need not be loaded again.
struct Content {
  enum class Kind : std::uint8_t { unknown, absolute, indirect, header };
  Kind kind = Kind::unknown;
  std::uint8_t bytes = 0;
  std::uint32_t k = 0;
  std::uint32_t mask = 0xffff'ffff;
  bool operator==(const Content&) const = default;
};

struct Known {
  /// Octets surely captured.
  std::uint64_t captured = 0;
  /// Octets surely captured from X on.
  std::uint64_t behind_x = 0;
  Content a;
  Content x;
  /// The low 16 or all 32 bits of A's register are in the order of the packet; 0: A is a number.
  std::uint8_t swapped = 0;

  void a_changes() noexcept {
    a = {};
    swapped = 0;
  }
  void x_changes() noexcept {
    x = {};
    behind_x = 0;
    if (a.kind == Content::Kind::indirect) a = {};
  }
  /// What holds on both paths. Where the orders differ nobody reads A: see needs_after().
  void meet(const Known& other) noexcept {
    captured = std::min(captured, other.captured);
    behind_x = std::min(behind_x, other.behind_x);
    if (a != other.a || swapped != other.swapped) a_changes();
    if (x != other.x) {
      const std::uint64_t both = behind_x;
      x_changes();
      behind_x = both;
    }
  }
};

}  // namespace weir::bpf::jit
