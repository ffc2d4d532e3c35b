// An adapter whose other end is the test: it can be made to drop packets, and go.
#pragma once

#include <string>

#include "sys/file_descriptor.h"

namespace weir::test {

/// A tun adapter, up, which is removed with this.
class Tunnel {
 public:
  /// Whether there is a device to make one with.
  [[nodiscard]] static bool is_offered();

  /// Throws std::runtime_error.
  explicit Tunnel(const std::string& name);

  /// Hands it packets of no protocol, each of which it drops as it arrives.
  void drop(int count) const;

 private:
  sys::FileDescriptor device_;
};

}  // namespace weir::test
