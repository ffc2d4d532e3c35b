// Two processes that send each other bytes and descriptors.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "sys/bytes_of.h"
#include "sys/file_descriptor.h"
#include "weir/bytes.h"

namespace weir::gate {

/// One end of a stream socket (unix(7)). One thread at a time, but is_closed().
class Channel {
 public:
  static constexpr std::size_t most_descriptors = 16;

  explicit Channel(sys::FileDescriptor socket) noexcept : socket_{std::move(socket)} {}

  [[nodiscard]] const sys::FileDescriptor& descriptor() const noexcept { return socket_; }

  /// Goes on when signals come. False where nobody is left who could read, or takes it in time.
  [[nodiscard]] bool send(Bytes bytes, std::span<const int> descriptors = {}) noexcept;
  /// Fills `bytes`; what descriptors came with them go behind those in `descriptors`. False where
  /// nobody is left who could send, or does in time, or for more descriptors than there may be.
  [[nodiscard]] bool receive(MutableBytes bytes, std::vector<sys::FileDescriptor>& descriptors);
  [[nodiscard]] bool receive(MutableBytes bytes) {
    std::vector<sys::FileDescriptor> none;
    return receive(bytes, none) && none.empty();
  }
  template <class T>
  [[nodiscard]] bool receive(T& value, std::vector<sys::FileDescriptor>& descriptors) {
    return receive(sys::writable_bytes_of(value), descriptors);
  }

  /// How long send() and receive() wait for the other side at most.
  void set_patience(int seconds) const noexcept;
  /// The other end is closed.
  [[nodiscard]] bool is_closed() const noexcept;
  /// Nothing goes either way any more.
  void shut_down() const noexcept;

 private:
  sys::FileDescriptor socket_;
};

}  // namespace weir::gate
