// A gate's programs at one adapter by clsact, where they outlive a process that is killed.
#pragma once

#include <cstdint>
#include <optional>

#include "gate/attach/dispatchers.h"
#include "gate/attach/rank.h"
#include "sys/abstract_name.h"
#include "sys/clsact.h"

namespace weir::gate {

class ClsactHooks {
 public:
  /// What gates have left there that do not live any more goes first. Borrows `clsact`. Throws
  /// SystemError; Error (invalid_argument) where no priority is left between two others.
  ClsactHooks(std::uint32_t adapter, const Dispatchers& dispatchers, Rank rank,
              sys::Clsact& clsact);
  ClsactHooks(const ClsactHooks&) = delete;
  ClsactHooks& operator=(const ClsactHooks&) = delete;
  ~ClsactHooks();

  /// Throws SystemError.
  [[nodiscard]] bool is_attached() const;

 private:
  /// One gate at a time changes what is at an adapter, from the discipline to its filters; a name
  /// tells whose turn it is.
  class Turn {
   public:
    explicit Turn(std::uint32_t adapter);

   private:
    std::optional<sys::AbstractName> name_{};
  };

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
    ~Filter() { clsact_->remove(place_); }

    [[nodiscard]] bool is_attached() const;

   private:
    std::uint32_t program_id_;
    sys::Clsact* clsact_;
    sys::Clsact::Place place_;
  };

  std::uint32_t adapter_;
  /// While it is made, and while it ends: last of all.
  std::optional<Turn> turn_;
  Discipline discipline_;
  Filter egress_;
  Filter ingress_;
};

}  // namespace weir::gate
