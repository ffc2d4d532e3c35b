// The options of TCP with their meaning (RFC 9293 3.1, 7323, 2018, 2385, 5482, 5925, 7413, 8684).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "weir/wire/option_list.h"

namespace weir::wire {

/// IANA's numbers; any other value is legal and merely not known here.
enum class TcpOptionKind : std::uint8_t {
  end_of_list = 0,
  no_operation = 1,
  maximum_segment_size = 2,
  window_scale = 3,
  sack_permitted = 4,
  sack = 5,
  timestamps = 8,
  md5_signature = 19,
  user_timeout = 28,
  authentication = 29,
  multipath = 30,
  fast_open = 34,
  experiment_1 = 253,
  experiment_2 = 254,
};

/// RFC 7323 3.2.
struct TcpTimestamps {
  std::uint32_t value = 0;
  std::uint32_t echo_reply = 0;
  bool operator==(const TcpTimestamps&) const noexcept = default;
};

/// RFC 2018 3: sequence numbers, `right` is the first one not received.
struct TcpSackBlock {
  std::uint32_t left = 0;
  std::uint32_t right = 0;
  bool operator==(const TcpSackBlock&) const noexcept = default;
};

/// One option. Each typed reader gives nothing if the kind or the length is another.
class TcpOption {
 public:
  TcpOption() noexcept = default;

  /// See Tlv.
  [[nodiscard]] static std::size_t read(Bytes rest, TcpOption& option) noexcept {
    return HeaderOption::read(rest, option.option_);
  }
  [[nodiscard]] bool ends_list() const noexcept { return option_.ends_list(); }

  [[nodiscard]] TcpOptionKind kind() const noexcept {
    return static_cast<TcpOptionKind>(option_.kind);
  }
  /// What follows kind and length.
  [[nodiscard]] Bytes data() const noexcept { return option_.data; }

  [[nodiscard]] std::optional<std::uint16_t> maximum_segment_size() const noexcept {
    if (!is(TcpOptionKind::maximum_segment_size, 2)) return std::nullopt;
    return load_be<std::uint16_t>(option_.data.data());
  }
  /// The shift count as sent; RFC 7323 2.3 has receivers use at most 14.
  [[nodiscard]] std::optional<std::uint8_t> window_scale() const noexcept {
    if (!is(TcpOptionKind::window_scale, 1)) return std::nullopt;
    return option_.data[0];
  }
  [[nodiscard]] bool sack_permitted() const noexcept {
    return is(TcpOptionKind::sack_permitted, 0);
  }
  /// Whole blocks of a SACK option; 0 for any other.
  [[nodiscard]] std::size_t sack_block_count() const noexcept {
    return kind() == TcpOptionKind::sack ? option_.data.size() / 8 : 0;
  }
  /// Precondition: index < sack_block_count().
  [[nodiscard]] TcpSackBlock sack_block(std::size_t index) const noexcept {
    const std::uint8_t* at = option_.data.data() + index * 8;
    return {.left = load_be<std::uint32_t>(at), .right = load_be<std::uint32_t>(at + 4)};
  }
  [[nodiscard]] std::optional<TcpTimestamps> timestamps() const noexcept {
    if (!is(TcpOptionKind::timestamps, 8)) return std::nullopt;
    return TcpTimestamps{.value = load_be<std::uint32_t>(option_.data.data()),
                         .echo_reply = load_be<std::uint32_t>(option_.data.data() + 4)};
  }
  /// The digest of RFC 2385, 16 bytes.
  [[nodiscard]] std::optional<Bytes> md5_signature() const noexcept {
    if (!is(TcpOptionKind::md5_signature, 16)) return std::nullopt;
    return option_.data;
  }
  /// In seconds (RFC 5482).
  [[nodiscard]] std::optional<std::uint32_t> user_timeout() const noexcept {
    if (!is(TcpOptionKind::user_timeout, 2)) return std::nullopt;
    const auto value = load_be<std::uint16_t>(option_.data.data());
    return (value & 0x7fffU) * ((value & 0x8000U) != 0 ? 60U : 1U);
  }
  /// The cookie of RFC 7413, empty in a request for one.
  [[nodiscard]] std::optional<Bytes> fast_open_cookie() const noexcept {
    if (kind() != TcpOptionKind::fast_open) return std::nullopt;
    return option_.data;
  }

 private:
  [[nodiscard]] bool is(TcpOptionKind wanted, std::size_t size) const noexcept {
    return kind() == wanted && option_.data.size() == size;
  }

  HeaderOption option_{};
};

using TcpOptionList = TlvList<TcpOption>;

}  // namespace weir::wire
