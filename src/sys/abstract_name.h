// Names that processes of one network namespace take and see, freed by the kernel at their death:
// UNIX sockets bound to abstract addresses (unix(7)).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sys/file_descriptor.h"

namespace weir::sys {

/// A name that is taken as long as this lives. Any process may take one, without rights: what a
/// name says is to be believed only as far as a lie does no harm.
class AbstractName {
 public:
  static constexpr std::size_t longest = 107;

  /// Nothing if somebody has it. Throws SystemError. Precondition: not longer than the longest.
  [[nodiscard]] static std::optional<AbstractName> take(std::string_view name);

 private:
  explicit AbstractName(FileDescriptor socket) noexcept : socket_{std::move(socket)} {}

  FileDescriptor socket_;
};

/// Those taken in the network namespace of the calling thread that begin so. Throws SystemError.
[[nodiscard]] std::vector<std::string> abstract_names(std::string_view prefix);

}  // namespace weir::sys
