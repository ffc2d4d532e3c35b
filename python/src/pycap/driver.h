// What an object of pycap's drives, by one thread at a time.
#pragma once

#include <memory>
#include <utility>

#include "object.h"
#include "pycap/pycap.h"
#include "turns.h"

namespace weir::python::pycap {

/// Threads take turns, and nobody waits for his turn with the GIL.
template <class Driven>
struct Driver {
  explicit Driver(Driven&& made) noexcept : driven{std::move(made)} {}

  Driven driven;
  Turns turns{};
};

/// What drives an object. Null with TypeError set where __init__() has not made it.
template <class Driven>
[[nodiscard]] Driver<Driven>* driver_in(const std::unique_ptr<Driver<Driven>>& driver) noexcept {
  if (driver == nullptr) set_uninitialised();
  return driver.get();
}

/// Of what `open` makes, without the GIL.
template <class Driven, class Open>
std::unique_ptr<Driver<Driven>> opened(Open open) {
  const WithoutGil without;
  return std::make_unique<Driver<Driven>>(open());
}

}  // namespace weir::python::pycap
