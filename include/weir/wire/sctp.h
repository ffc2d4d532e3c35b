// The Stream Control Transmission Protocol (RFC 9260): common header and chunks.
#pragma once

#include <cstdint>
#include <expected>
#include <iterator>

#include "weir/wire/parse_error.h"
#include "weir/wire/view.h"

namespace weir::wire {

/// One chunk (RFC 9260 3.2). `value` is what follows type, flags and length, padding left out.
struct SctpChunk {
  static constexpr std::uint8_t data = 0;
  static constexpr std::uint8_t init = 1;
  static constexpr std::uint8_t init_ack = 2;
  static constexpr std::uint8_t sack = 3;
  static constexpr std::uint8_t heartbeat = 4;
  static constexpr std::uint8_t heartbeat_ack = 5;
  static constexpr std::uint8_t abort = 6;
  static constexpr std::uint8_t shutdown = 7;
  static constexpr std::uint8_t shutdown_ack = 8;
  static constexpr std::uint8_t error = 9;
  static constexpr std::uint8_t cookie_echo = 10;
  static constexpr std::uint8_t cookie_ack = 11;
  static constexpr std::uint8_t shutdown_complete = 14;

  std::uint8_t type = data;
  std::uint8_t flags = 0;
  Bytes value{};
};

/// The chunks of one packet, in order. The walk always makes progress and ends before a chunk whose
/// length is below 4 or beyond the bytes.
class SctpChunkList {
 public:
  class Iterator {
   public:
    using value_type = SctpChunk;
    using difference_type = std::ptrdiff_t;

    Iterator() noexcept = default;
    explicit Iterator(Bytes rest) noexcept : rest_{rest} { read(); }

    const SctpChunk& operator*() const noexcept { return chunk_; }
    const SctpChunk* operator->() const noexcept { return &chunk_; }
    Iterator& operator++() noexcept {
      rest_ = rest_.subspan(size_);
      read();
      return *this;
    }
    Iterator operator++(int) noexcept {
      const Iterator before = *this;
      ++*this;
      return before;
    }
    bool operator==(std::default_sentinel_t) const noexcept { return size_ == 0; }

   private:
    void read() noexcept {
      size_ = 0;
      if (rest_.size() < 4) return;
      const std::size_t length = load_be<std::uint16_t>(rest_.data() + 2);
      if (length < 4 || length > rest_.size()) return;
      // Padded to a multiple of four; the last chunk's padding may be missing.
      const std::size_t padded = (length + 3) / 4 * 4;
      size_ = padded < rest_.size() ? padded : rest_.size();
      chunk_ = {.type = rest_[0], .flags = rest_[1], .value = rest_.subspan(4, length - 4)};
    }

    Bytes rest_{};
    SctpChunk chunk_{};
    std::size_t size_ = 0;
  };

  explicit SctpChunkList(Bytes bytes) noexcept : bytes_{bytes} {}

  [[nodiscard]] Iterator begin() const noexcept { return Iterator{bytes_}; }
  [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

 private:
  Bytes bytes_;
};

/// A checked view of an SCTP packet.
class SctpView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::sctp};
  static constexpr std::size_t min_header_length = 12;

  [[nodiscard]] static std::expected<SctpView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    return SctpView{bytes};
  }

  [[nodiscard]] std::uint16_t source_port() const noexcept { return field<std::uint16_t>(0); }
  [[nodiscard]] std::uint16_t destination_port() const noexcept { return field<std::uint16_t>(2); }
  [[nodiscard]] std::uint32_t verification_tag() const noexcept { return field<std::uint32_t>(4); }
  /// CRC32c, as it stands on the wire.
  [[nodiscard]] std::uint32_t checksum() const noexcept { return field<std::uint32_t>(8); }
  [[nodiscard]] SctpChunkList chunks() const noexcept { return SctpChunkList{payload()}; }

  [[nodiscard]] static constexpr std::size_t header_length() noexcept { return min_header_length; }
  /// The chunks.
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(min_header_length); }

 private:
  using View::View;
};

/// What write() makes an SCTP common header of.
struct SctpFields {
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  std::uint32_t verification_tag = 0;
  std::uint32_t checksum = 0;

  /// Returns the bytes written; 0 if `to` is too small.
  [[nodiscard]] std::size_t write(MutableBytes to) const noexcept {
    if (to.size() < SctpView::min_header_length) return 0;
    store_be(to.data(), source_port);
    store_be(to.data() + 2, destination_port);
    store_be(to.data() + 4, verification_tag);
    store_be(to.data() + 8, checksum);
    return SctpView::min_header_length;
  }
};

}  // namespace weir::wire
