// What NetFilter throws, and what errors of weir's are among its codes.
#pragma once

#include <string>

#include "weir/compat/net_filter.h"
#include "weir/error.h"

namespace weir::compat::net_filter {

/// A NetFilterError has its own; 31 for what none of the codes is for.
[[nodiscard]] int win32_code_of(const Error& error) noexcept;

/// Throws NetFilterError.
[[noreturn]] void refuse(int win32_code, const std::string& message);

/// What `work` returns; what it throws of weir's errors, it throws as a NetFilterError.
template <class Work>
decltype(auto) with_codes(Work&& work) {
  try {
    return work();
  } catch (const NetFilterError&) {
    throw;
  } catch (const Error& error) {
    refuse(win32_code_of(error), error.what());
  }
}

}  // namespace weir::compat::net_filter
