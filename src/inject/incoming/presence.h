// Whether an adapter is there and up, asked before each frame: the ways in would lose it silently.
#pragma once

#include <cstdint>

#include "inject/incoming/link_header.h"
#include "sys/file_descriptor.h"
#include "weir/inject/sent.h"

namespace weir::inject {

class Presence {
 public:
  /// Of an adapter of this network namespace, by its ifindex. Throws SystemError.
  explicit Presence(std::uint32_t adapter);

  /// none, adapter_down or adapter_gone.
  [[nodiscard]] Refusal look() const noexcept;
  /// The first bytes of its address; zeros if it has none or is gone.
  [[nodiscard]] LinkHeader::Address address() const noexcept;

 private:
  sys::FileDescriptor socket_;
  std::uint32_t adapter_;
};

}  // namespace weir::inject
