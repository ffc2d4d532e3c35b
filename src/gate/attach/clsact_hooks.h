// A gate's programs at one adapter by clsact, where they outlive a process that is killed.
#pragma once

#include <cstdint>

#include "gate/attach/dispatchers.h"
#include "gate/attach/rank.h"
#include "sys/clsact.h"

namespace weir::gate {

class ClsactHooks {
 public:
  /// What gates have left there that do not live any more goes first. Borrows `clsact`. Throws
  /// SystemError; Error (invalid_argument) where no priority is left between two others.
  ClsactHooks(std::uint32_t adapter, const Dispatchers& dispatchers, Rank rank,
              sys::Clsact& clsact);

  /// Throws SystemError.
  [[nodiscard]] bool is_attached() const;

 private:
  /// The adapter's queueing discipline; goes with the last filter if it came with a gate's first.
  class Discipline {
   public:
    Discipline(std::uint32_t adapter, sys::Clsact& clsact);
    Discipline(const Discipline&) = delete;
    Discipline& operator=(const Discipline&) = delete;
    ~Discipline();

   private:
    std::uint32_t adapter_;
    sys::Clsact* clsact_;
    bool is_of_gates_;
  };

  class Filter {
   public:
    Filter(std::uint32_t adapter, sys::Hook hook, const Dispatchers& dispatchers, Rank rank,
           sys::Clsact& clsact);
    Filter(const Filter&) = delete;
    Filter& operator=(const Filter&) = delete;
    ~Filter() { clsact_->remove(adapter_, hook_, priority_); }

    [[nodiscard]] bool is_attached() const;

   private:
    std::uint32_t adapter_;
    sys::Hook hook_;
    std::uint32_t program_id_;
    sys::Clsact* clsact_;
    sys::Clsact::Priority priority_;
  };

  /// Keeps the discipline there between its making and the filters.
  class Turn;

  ClsactHooks(const Turn& turn, std::uint32_t adapter, const Dispatchers& dispatchers, Rank rank,
              sys::Clsact& clsact);

  Discipline discipline_;
  Filter egress_;
  Filter ingress_;
};

}  // namespace weir::gate
