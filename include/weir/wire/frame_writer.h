// Puts headers together around a payload, in memory of the caller's: build(buffer,
// EthernetFields{}, Ipv4Fields{}, UdpFields{}, payload).
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <type_traits>

#include "weir/api.h"
#include "weir/bytes.h"
#include "weir/wire/checksum.h"
#include "weir/wire/ethernet.h"
#include "weir/wire/fields.h"
#include "weir/wire/ipv6.h"
#include "weir/wire/ipv6_extension.h"

namespace weir::wire {

/// Writes a frame from its payload outwards, so that every length and checksum is known when its
/// header is written. The frame ends where the buffer ends. Allocates nothing; one thread at a
/// time.
///
/// What a header's Fields leave open is filled in: what follows, ports of tunnels, lengths. The
/// checksum of TCP and kin is written once the IP header around it is; where none is, it stays 0.
/// Bytes between them count as an extension header does. What fails leaves the frame as it was.
class FrameWriter {
 public:
  /// Borrows `buffer`, which need not be zero.
  explicit FrameWriter(MutableBytes buffer) noexcept : buffer_{buffer}, start_{buffer.size()} {}

  /// Puts bytes as they are in front of what is there; they may lie in the buffer's own free part.
  /// `numbers`: by which a header in front of them names them.
  Written add(Bytes bytes, const HeaderNumbers& numbers = {}) noexcept {
    if (bytes.size() > start_) return std::unexpected{WriteError::no_room};
    start_ -= bytes.size();
    std::uint8_t* const to = buffer_.data() + start_;
    if (!bytes.empty() && to != bytes.data()) std::memmove(to, bytes.data(), bytes.size());
    next_ = numbers;
    return bytes.size();
  }

  /// Puts a header in front of what is there.
  template <HeaderFields F>
  Written add(const F& fields) noexcept {
    return add(fields, HeaderNumbers{next_});
  }
  /// The same, where what is there has the numbers `next`.
  template <HeaderFields F>
  [[gnu::always_inline]] Written add(F fields, const HeaderNumbers& next) noexcept {
    if constexpr (NamingFields<F>) fields.name_next(next);
    const std::size_t length = fields.header_length();
    if (length > start_) return std::unexpected{WriteError::no_room};
    const std::size_t start = start_ - length;
    const Written written = fields.write(buffer_.subspan(start, length), frame());
    if (!written) return written;
    start_ = start;
    if constexpr (NetworkFields<F>) seal(fields);
    next_ = {};
    if constexpr (NamedFields<F>) next_ = fields.numbers();
    note(fields);
    return written;
  }

  /// What has been written; in the buffer.
  [[nodiscard]] MutableBytes frame() const noexcept { return buffer_.subspan(start_); }

 private:
  /// A message whose checksum the IP header around it may change.
  struct Unsealed {
    void (*seal)(MutableBytes message, WordSum pseudo_header) noexcept = nullptr;
    std::size_t start = 0;
    std::size_t length = 0;
    std::size_t header_length = 0;
    std::uint8_t protocol = 0;
    /// Its sum has a pseudo-header.
    bool waits = false;
  };

  // The bytes that `stated` covers of a message: all where it says nothing, or what is not there.
  [[nodiscard]] static std::size_t covered(std::size_t length, std::size_t header_length,
                                           std::size_t stated) noexcept {
    return stated < header_length ? length : std::min(stated, length);
  }

  // Seals the message that waits, now that the IP header is known, or once more where that one
  // cuts it. Inlined, as what follows: where lengths are left open is known when it is compiled.
  template <NetworkFields F>
  [[gnu::always_inline]] void seal(const F& fields) noexcept {
    if (unsealed_.seal != nullptr) {
      const std::size_t before = unsealed_.start - start_;
      const std::size_t stated = fields.stated_length();
      const std::size_t length =
          covered(unsealed_.length, unsealed_.header_length, stated < before ? 0 : stated - before);
      if (unsealed_.waits) {
        unsealed_.seal(buffer_.subspan(unsealed_.start, length), pseudo_header(fields, length));
      } else if (length != unsealed_.length) {
        unsealed_.seal(buffer_.subspan(unsealed_.start, length), {});
      }
    }
    unsealed_ = {};
    routing_ = 0;
    home_address_ = 0;
  }

  template <NetworkFields F>
  [[nodiscard, gnu::always_inline]] WordSum pseudo_header(const F& fields,
                                                          std::size_t length) const noexcept {
    if constexpr (std::is_same_v<F, Ipv6Fields>) {
      if ((routing_ | home_address_) != 0) {
        Ipv6Ends ends{.source = fields.source, .destination = fields.destination};
        ends.pass(Protocol::ipv6_routing, buffer_.last(routing_));
        ends.pass(Protocol::ipv6_destination, buffer_.last(home_address_));
        return pseudo_header_sum(ends.source, ends.destination, unsealed_.protocol, length);
      }
    }
    return fields.pseudo_header(unsealed_.protocol, length);
  }

  // Remembers what the headers in front of this one will need of it.
  template <HeaderFields F>
  [[gnu::always_inline]] void note(const F& fields) noexcept {
    if constexpr (SealedFields<F>) {
      if (!fields.checksum) note_unsealed(fields);
    } else if constexpr (std::is_same_v<F, Ipv6ExtensionFields>) {
      const std::size_t behind = buffer_.size() - start_;
      if (fields.protocol == ip_protocol::ipv6_routing) routing_ = behind;
      if (fields.protocol == ip_protocol::ipv6_destination && has_home_address()) {
        home_address_ = behind;
      }
    }
  }

  // Seals what no IP header has to be known for, and remembers the rest.
  template <SealedFields F>
  [[gnu::always_inline]] void note_unsealed(const F& fields) noexcept {
    const std::size_t header_length = fields.header_length();
    std::size_t length = frame().size();
    if constexpr (StatedFields<F>) length = covered(length, header_length, fields.stated_length());
    unsealed_ = {
        .seal = &F::seal, .start = start_, .length = length, .header_length = header_length};
    if constexpr (requires { fields.pseudo_header; }) {
      if (fields.pseudo_header) {
        unsealed_ = {};
        return F::seal(frame().first(length), *fields.pseudo_header);
      }
      unsealed_.protocol = *fields.numbers().ip_protocol;
      unsealed_.waits = true;
    } else {
      F::seal(frame().first(length), {});
    }
  }

  [[nodiscard]] bool has_home_address() const noexcept {
    const auto options = Ipv6OptionsView::parse(frame());
    return options && options->home_address();
  }

  MutableBytes buffer_;
  std::size_t start_;
  HeaderNumbers next_{};
  Unsealed unsealed_{};
  /// Bytes from a routing header, and from one that holds a home address, to the end of the frame;
  /// 0 where there is none.
  std::size_t routing_ = 0;
  std::size_t home_address_ = 0;
};

/// Pads the first `length` bytes of `frame` to all of it but the frame check sequence, which is
/// put behind.
WEIR_API void write_trailer(MutableBytes frame, std::size_t length,
                            const FrameTrailer& trailer) noexcept;

namespace detail {

template <class Layer>
[[nodiscard]] std::size_t length_of(const Layer& layer) noexcept {
  if constexpr (HeaderFields<Layer>) {
    return layer.header_length();
  } else {
    return Bytes{layer}.size();
  }
}

[[nodiscard]] constexpr HeaderNumbers numbers_of() noexcept { return {}; }

template <class First, class... More>
[[nodiscard]] constexpr HeaderNumbers numbers_of(const First& first, const More&...) noexcept {
  if constexpr (NamedFields<First>) return first.numbers();
  return {};
}

inline Written add_layers(FrameWriter&) noexcept { return 0; }

/// Puts the layers in front of what is there. Inlined, so that the compiler knows what each header
/// is named by.
template <class First, class... More>
[[gnu::always_inline]] inline Written add_layers(FrameWriter& writer, const First& first,
                                                 const More&... more) noexcept {
  if (const Written done = add_layers(writer, more...); !done) return done;
  if constexpr (HeaderFields<First>) {
    return writer.add(first, numbers_of(more...));
  } else {
    return writer.add(Bytes{first});
  }
}

template <class First, class... More>
[[nodiscard]] FrameTrailer trailer_of(const First& first, const More&...) noexcept {
  if constexpr (std::is_same_v<First, EthernetFields>) return first.trailer;
  return {.padded_to = 0};
}

}  // namespace detail

/// Writes a frame to the beginning of `buffer` and returns it. `layers`: Fields, and bytes as they
/// are, from the outermost on. Ethernet frames are padded to 60 bytes unless told otherwise, where
/// Ethernet is the outermost layer: see FrameTrailer. Allocates nothing.
template <class... Layers>
[[nodiscard]] std::expected<MutableBytes, WriteError> build(MutableBytes buffer,
                                                            const Layers&... layers) noexcept
  requires(sizeof...(Layers) > 0 &&
           ((HeaderFields<Layers> || std::is_convertible_v<const Layers&, Bytes>) && ...))
{
  const FrameTrailer trailer = detail::trailer_of(layers...);
  const std::size_t length = (detail::length_of(layers) + ...);
  const std::size_t whole = trailer.frame_length(length);
  if (buffer.size() < whole) return std::unexpected{WriteError::no_room};
  FrameWriter writer{buffer.first(length)};
  if (const Written written = detail::add_layers(writer, layers...); !written) {
    return std::unexpected{written.error()};
  }
  if (whole != length) write_trailer(buffer.first(whole), length, trailer);
  return buffer.first(whole);
}

}  // namespace weir::wire
