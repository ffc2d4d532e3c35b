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

}  // namespace weir::python::pycap
