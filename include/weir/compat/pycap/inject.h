// pycap.inject: sends packets that are put together from headers.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "weir/api.h"
#include "weir/bytes.h"
#include "weir/compat/pycap/error.h"
#include "weir/compat/pycap/protocol.h"

namespace weir::compat::pycap::inject {

/// The frame that such headers make, from lowest to highest, with the payload behind them.
///
/// Lengths and checksums are filled in, whatever the headers say of them; all else stands as it is
/// given. Options of headers that were captured go along. Checksums of fragments stay, and that of
/// UDP that was captured without one, 0. Zeros behind what an ARP header, or the length of an IP
/// header, covers of a frame of at most 60 bytes are padding and stay that. Throws error
/// (invalid_argument) for headers in another order, a payload that does not follow TCP, UDP or
/// ICMP, TCP whose options the capture has cut, what is too long, and values that do not fit.
[[nodiscard]] WEIR_API std::vector<std::uint8_t> frame_of(
    std::span<const protocol::any_header> headers, Bytes payload = {});

/// pycap.inject.inject, by another name: C++ has no member function named as its class. Movable;
/// one thread at a time.
class WEIR_API injector {
 public:
  /// `device`: name of an adapter; empty: weir::capture::default_adapter(). Throws SystemError
  /// (not_found, permission_denied), Error (invalid_argument).
  explicit injector(const std::string& device = {});
  injector(injector&& other) noexcept;
  injector& operator=(injector&& other) noexcept;
  ~injector();

  /// Sends frame_of() the headers and the payload. Throws what that throws, and then nothing was
  /// sent; error (invalid_argument) for a packet that begins with another header than the adapter's
  /// do; SystemError where the adapter does not take it: down, gone, or longer than its MTU.
  void inject(std::span<const protocol::any_header> headers, Bytes payload = {});

  /// Not published: the adapter.
  [[nodiscard]] const std::string& device() const noexcept;

 private:
  struct WEIR_PRIVATE State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::compat::pycap::inject
