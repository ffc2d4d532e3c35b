// Verifies and compiles.
#include "capture/user_filter.h"

#include <utility>

#include "weir/bpf/verify.h"
#include "weir/error.h"

namespace weir::capture {

UserFilter::UserFilter(bpf::Program program) : program_{std::move(program)} {
  if (empty()) return;
  if (const auto verified = bpf::verify(program_); !verified) {
    throw Error{ErrorCode::invalid_argument,
                "the filter program is not valid: " + bpf::describe(verified.error())};
  }
  if (auto compiled = bpf::Jit::compile(program_)) machine_code_.emplace(std::move(*compiled));
}

}  // namespace weir::capture
