// Loads rules into the kernel, one set instead of another in a single step.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gate/kernel/maps.h"
#include "gate/kernel/rule_chunk.h"
#include "gate/rights/rights.h"
#include "sys/bpf_program.h"

namespace weir::gate {

/// Every set has a range of slots of its own in the program array, and an entry program that knows
/// where its rules begin: always at the same places of a range, so that the entries, which take the
/// kernel longest to load, are used again. The slot of the entry is all that is switched. One
/// thread at a time.
class RuleSets {
 public:
  /// Of one program, for the verifier's sake.
  static constexpr std::size_t most_rules_of_chunk = 128;
  static constexpr std::size_t most_instructions_of_chunk = 16'000;
  /// The kernel follows 33 tail calls: to the entry, to each chunk, to hold.
  static constexpr std::size_t most_chunks = 30;

  /// `place`: of the gate (layout.h). Throws SystemError.
  RuleSets(Maps& maps, std::uint64_t place, bool counts_only,
           std::shared_ptr<Rights> rights = own_rights());

  /// Rules for adapters with an Ethernet header, and without. When it returns no packet sees any
  /// other. Throws SystemError, Error (invalid_argument) for more than fit; what was before stays.
  void install(const std::array<std::span<const RuleCode>, 2>& rules);
  /// No rules instead of all; what this gate sends on still passes, and loses its tag. Needs no
  /// rights. Throws SystemError.
  void rest();
  /// Takes the entry away: all packets pass. Sets that are not in force are forgotten.
  void remove();
  /// Gives back what sets before the one in force hold on to. Waits for the kernel, some
  /// milliseconds, if there is something to give back.
  void sweep();

  // The same for those who do not wait amid calls of others: once the kernel has been waited for
  // (sys::wait_for_grace_period()), all that was retired before may be given back.

  /// Nothing if there is nothing to give back.
  [[nodiscard]] std::optional<std::uint64_t> last_retired() const noexcept;
  void give_back(std::uint64_t last_retired);

 private:
  struct Range {
    enum class State : std::uint8_t { free, in_force, retired };
    State state = State::free;
    /// Slots, from where the rules of each link type begin.
    std::array<std::uint32_t, 2> used{};
    /// Counts those that were.
    std::uint64_t retired = 0;
    /// By which link types there are rules for, a bit each.
    std::array<std::optional<sys::TrafficControlProgram>, 4> entries{};
  };

  void put(std::uint32_t slot, const sys::TrafficControlProgram& program);
  [[nodiscard]] std::uint32_t take_range();
  /// Where the rules of a link type begin.
  [[nodiscard]] static std::uint32_t begin(std::uint32_t range, std::size_t link) noexcept;
  void load(std::span<const RuleCode> rules, std::uint32_t range, std::size_t link);
  [[nodiscard]] const sys::TrafficControlProgram& entry(std::uint32_t range,
                                                        std::array<bool, 2> has_rules);
  void retire() noexcept;
  void empty(std::uint32_t range);

  Maps& maps_;
  std::uint64_t place_;
  bool counts_only_;
  std::shared_ptr<Rights> rights_;
  std::array<Range, slot::ranges> ranges_{};
  std::uint64_t retired_ = 0;
  /// In slots of ranges that are free. Taking a program out of the array instead takes the kernel
  /// a grace period for each (bpf_arch_poke_desc_update() of arch/x86/net/bpf_jit_comp.c).
  sys::TrafficControlProgram nothing_;
  /// An entry without rules.
  sys::TrafficControlProgram resting_;
};

}  // namespace weir::gate
