// What the kernel calls the adapters of its numbers, for packets of "any", which carry the number.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "weir/api.h"
#include "weir/error.h"

namespace weir::capture {

struct AdapterName {
  /// As Linux cooked captures (version 2) have it.
  std::uint32_t index = 0;
  std::string name{};
};

/// Follows the names of this network namespace from its construction on: of adapters that appear
/// and that are renamed too. Needs no descriptor, file or right later on, so it goes on in a
/// sandbox. Movable; one thread at a time.
class WEIR_API AdapterNames {
 public:
  /// Throws SystemError.
  AdapterNames();
  AdapterNames(AdapterNames&&) noexcept;
  AdapterNames& operator=(AdapterNames&&) noexcept;
  ~AdapterNames();

  /// The names that are new since the last call, at first all; without waiting. The kernel tells
  /// of an adapter before it delivers packets of it. Throws SystemError.
  [[nodiscard]] std::vector<AdapterName> next();

 private:
  struct WEIR_PRIVATE State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::capture
