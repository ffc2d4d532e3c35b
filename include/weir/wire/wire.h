// What every protocol's header in this folder keeps to.
//
// A view reads one header (Ipv4View, TcpView, ...):
// - V::parse(bytes) takes what begins with the header, and checks all lengths and how they relate,
//   once. It gives a view or a ParseError, never throws, and reads nothing beyond `bytes`.
// - Accessors cannot fail. They stand in the order of the header, named with the words of its
//   standard, in the host's order of octets; times and lengths are in the units they document,
//   lengths in bytes unless it says otherwise. A field that is there only sometimes is an optional,
//   or says what it is where it is not there.
// - header_length() is the header's own, options included; payload() is what follows it, as far as
//   the header's lengths reach: padding behind them is left out. A length beyond the bytes is no
//   error but a snapped packet: it is believed for counting (payload_length()) and cut for reading
//   (payload()).
// - V::protocols says what decode() records such a header as, V::min_header_length how short it may
//   be. A view of something within a header (a message, an option) has no `protocols`.
// - A view is a span: copy it. It borrows the packet's bytes and is good for as long as they are.
//   Reading from several threads is fine.
//
// A protocol with a length only around it (TCP) reads to the end of the bytes it is given. Take it
// from decode(), which knows where its datagram ends: view<TcpView>(packet, layers), layers.h.
//
// Fields write one (Ipv4Fields, ...), by the rules in fields.h: members with the same names, each
// with a default; what is left open is filled in, what is given stands. build() and FrameWriter
// (frame_writer.h) put several together.
//
// Numbers that name what follows are in ether_type.h and ip_protocol.h, or in the header's own
// file.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstring>

#include "weir/bytes.h"
#include "weir/wire/protocol.h"

namespace weir::wire {

/// Base of the checked views: a span whose lengths have been checked.
class View {
 public:
  /// From the first byte of the header to the end of what the header covers.
  [[nodiscard]] Bytes bytes() const noexcept { return bytes_; }

 protected:
  explicit View(Bytes bytes) noexcept : bytes_{bytes} {}

  /// Precondition: sizeof(T) bytes at `offset`, which the derived view's parse() has checked.
  template <std::unsigned_integral T>
  [[nodiscard]] T field(std::size_t offset) const noexcept {
    return load_be<T>(bytes_.data() + offset);
  }
  /// The same for the few headers written in little-endian order.
  template <std::unsigned_integral T>
  [[nodiscard]] T field_le(std::size_t offset) const noexcept {
    return load_le<T>(bytes_.data() + offset);
  }

  Bytes bytes_;
};

/// `bytes` up to `length`; all of them when fewer were captured.
[[nodiscard]] inline Bytes up_to(Bytes bytes, std::size_t length) noexcept {
  return length < bytes.size() ? bytes.first(length) : bytes;
}

/// Copies `from`. Precondition: `to` has room for it.
inline void store_bytes(std::uint8_t* to, Bytes from) noexcept {
  if (!from.empty()) std::memcpy(to, from.data(), from.size());
}

}  // namespace weir::wire
