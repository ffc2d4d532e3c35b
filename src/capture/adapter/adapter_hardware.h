// What an adapter's driver says of it (ethtool's ioctl).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sys/file_descriptor.h"

namespace weir::capture {

struct HardwareFacts {
  /// Empty where it does not say.
  std::string driver{};
  /// Megabits per second, where it is known.
  std::optional<std::uint32_t> speed{};
};

/// Asks by name, in the network namespace it was made in: what sysfs shows may be another's.
class AdapterHardware {
 public:
  /// Throws SystemError.
  AdapterHardware();

  /// Nothing if no adapter has that name (any more).
  [[nodiscard]] std::optional<HardwareFacts> ask(const std::string& name) const;

 private:
  [[nodiscard]] std::optional<std::uint32_t> speed(const std::string& name) const;

  sys::FileDescriptor descriptor_;
};

}  // namespace weir::capture
