// A filter program in user space, on the fastest engine there is.
#pragma once

#include <cstdint>
#include <optional>

#include "weir/bpf/instruction.h"
#include "weir/bpf/interpreter.h"
#include "weir/bpf/jit.h"
#include "weir/bytes.h"

namespace weir::capture {

class UserFilter {
 public:
  /// An empty program lets everything through. Throws Error (invalid_argument) for one that
  /// bpf::verify() refuses.
  explicit UserFilter(bpf::Program program = {});

  [[nodiscard]] bpf::ProgramView program() const noexcept { return program_; }
  [[nodiscard]] bool empty() const noexcept { return program_.empty(); }

  [[nodiscard]] bool matches(Bytes data, std::uint32_t wire_length) const noexcept {
    if (machine_code_) return machine_code_->run(data, wire_length) != 0;
    return empty() || bpf::run(program_, data, wire_length) != 0;
  }

 private:
  bpf::Program program_;
  std::optional<bpf::Jit> machine_code_{};
};

}  // namespace weir::capture
