// What an object of pycap's drives, by one thread at a time.
#pragma once

#include <memory>
#include <utility>

#include "object.h"
#include "turns.h"

namespace weir::python::pycap {

/// Threads take turns, and nobody waits for his turn with the GIL.
template <class Driven>
struct Driver {
  explicit Driver(Driven&& made) noexcept : driven{std::move(made)} {}

  Driven driven;
  Turns turns{};
};

/// Of what `open` makes, without the GIL.
template <class Driven, class Open>
std::unique_ptr<Driver<Driven>> opened(Open open) {
  const WithoutGil without;
  return std::make_unique<Driver<Driven>>(open());
}

/// Somebody's turn. Needs the GIL, which it gives up where another one has his.
class Turn {
 public:
  explicit Turn(Turns& turns) noexcept : turns_{turns} {
    if (turns_.try_lock()) return;
    const WithoutGil without;
    turns_.lock();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() { turns_.unlock(); }

 private:
  Turns& turns_;
};

}  // namespace weir::python::pycap
