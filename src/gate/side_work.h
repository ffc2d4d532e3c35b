// What workers do beside held packets: they show copies, and call what they were handed.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>

#include "gate/handling.h"
#include "gate/held/hold_table.h"
#include "gate/intake.h"
#include "gate/kernel/maps.h"
#include "gate/worker_hooks.h"
#include "weir/packet.h"

namespace weir::gate {

/// By any thread but for work().
class SideWork {
 public:
  /// All of these outlive it.
  SideWork(Handling& handling, Maps& maps, const HoldTable& table);

  /// Has it called behind what was handed over before. False, and it never is, once it is closed,
  /// and while too many wait.
  bool call(std::function<void()> call);
  void close() noexcept;
  /// Has a copy of a packet shown that no program has copied. Left out where there is no room.
  void show(const Packet& packet, const RuleName& rule) noexcept;
  void show(const TakenRecord& taken, const RuleName& rule) noexcept {
    show(as_shown(taken), rule);
  }

  [[nodiscard]] bool has_more() noexcept;
  /// Whether no copy is left that has not been through the handler.
  [[nodiscard]] bool has_shown_all() noexcept;
  /// The same of calls.
  [[nodiscard]] bool has_called_all() noexcept;

  /// Some of what there is. A worker's: one thread at a time.
  void work(const WorkerHooks& hooks) noexcept;

 private:
  struct Copy {
    OwnedPacket packet;
    RuleName rule;
  };
  /// Bytes of copies that wait in the process, at most.
  static constexpr std::size_t most_copied = std::size_t{4} << 20;
  static constexpr std::size_t most_calls = 4'096;

  [[nodiscard]] Packet as_shown(const TakenRecord& taken) const noexcept;
  void show_first() noexcept;
  void make_first() noexcept;

  Handling& handling_;
  const HoldTable& table_;
  /// Of what programs have copied.
  Intake notices_;
  std::mutex mutex_{};
  std::deque<Copy> copies_{};
  std::size_t copied_ = 0;
  /// The first is an empty one while it is made.
  std::deque<std::function<void()>> calls_{};
  bool is_closed_ = false;
};

}  // namespace weir::gate
