// The program for one link type and the engine that runs it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "weir/bpf/instruction.h"
#include "weir/bpf/jit.h"
#include "weir/filter/filter.h"
#include "weir/packet.h"

namespace weir::filter {

/// Immutable; may be shared between threads.
class LinkProgram {
 public:
  /// The program must outlive it. Throws Error (invalid_argument) for one that bpf::verify()
  /// refuses, and for an engine that cannot run it.
  LinkProgram(bpf::ProgramView program, Engine engine, Interpreter interpreter);

  [[nodiscard]] bpf::ProgramView program() const noexcept { return program_; }
  /// Never best.
  [[nodiscard]] Engine engine() const noexcept {
    return machine_code_ ? Engine::jit : Engine::interpreter;
  }

  [[nodiscard]] bool matches(const Packet& packet) const noexcept;
  void select(std::span<const Packet> packets, std::vector<Packet>& out) const;
  [[nodiscard]] std::size_t count(std::span<const Packet> packets) const noexcept;

 private:
  /// Calls `take` with the indexes of matching packets, some at a time, in order.
  template <class Take>
  void for_matches(std::span<const Packet> packets, Take take) const;

  bpf::ProgramView program_;
  Interpreter interpreter_;
  std::optional<bpf::Jit> machine_code_{};
};

}  // namespace weir::filter
