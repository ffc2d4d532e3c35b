// Addresses: MAC, IPv4, IPv6; parse and print (IPv6 as RFC 5952 says).
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "weir/api.h"
#include "weir/bytes.h"

namespace weir {

/// A 48-bit MAC address in wire order.
struct MacAddress {
  static constexpr std::size_t size = 6;
  std::array<std::uint8_t, size> octets{};

  /// Precondition: `from` has six readable bytes.
  [[nodiscard]] static MacAddress load(const std::uint8_t* from) noexcept {
    MacAddress address;
    std::memcpy(address.octets.data(), from, size);
    return address;
  }
  [[nodiscard]] constexpr bool is_group() const noexcept { return (octets[0] & 1) != 0; }
  auto operator<=>(const MacAddress&) const = default;
};

/// An IPv4 address in wire order.
struct Ipv4Address {
  static constexpr std::size_t size = 4;
  std::array<std::uint8_t, size> octets{};

  [[nodiscard]] static Ipv4Address load(const std::uint8_t* from) noexcept {
    Ipv4Address address;
    std::memcpy(address.octets.data(), from, size);
    return address;
  }
  auto operator<=>(const Ipv4Address&) const = default;
};

/// An IPv6 address in wire order, without a zone.
struct Ipv6Address {
  static constexpr std::size_t size = 16;
  std::array<std::uint8_t, size> octets{};

  [[nodiscard]] static Ipv6Address load(const std::uint8_t* from) noexcept {
    Ipv6Address address;
    std::memcpy(address.octets.data(), from, size);
    return address;
  }
  auto operator<=>(const Ipv6Address&) const = default;
};

/// An IPv4 or IPv6 address. IPv4 sorts before IPv6; an IPv4-mapped IPv6 address stays IPv6. A
/// value: const calls from several threads at once.
class IpAddress {
 public:
  constexpr IpAddress() noexcept = default;
  IpAddress(const Ipv4Address& address) noexcept  // NOLINT(google-explicit-constructor)
      : version_{4} {
    std::memcpy(octets_.data(), address.octets.data(), Ipv4Address::size);
  }
  IpAddress(const Ipv6Address& address) noexcept  // NOLINT(google-explicit-constructor)
      : version_{6}, octets_{address.octets} {}

  /// 4, 6, or 0 for no address.
  [[nodiscard]] constexpr int version() const noexcept { return version_; }
  /// 4 or 16 bytes in wire order (none for no address); borrows from this object.
  [[nodiscard]] Bytes bytes() const noexcept {
    return {octets_.data(), version_ == 4   ? Ipv4Address::size
                            : version_ == 6 ? Ipv6Address::size
                                            : std::size_t{0}};
  }
  [[nodiscard]] Ipv4Address v4() const noexcept { return Ipv4Address::load(octets_.data()); }
  [[nodiscard]] Ipv6Address v6() const noexcept { return Ipv6Address{octets_}; }
  auto operator<=>(const IpAddress&) const = default;

 private:
  std::uint8_t version_ = 0;
  std::array<std::uint8_t, Ipv6Address::size> octets_{};
};

/// Room for the text of any address (INET6_ADDRSTRLEN without its NUL).
inline constexpr std::size_t max_address_text = 45;

/// Writes the text at `to` and returns its end; nothing is terminated. Precondition: room for
/// max_address_text characters (MAC: 17). IPv6 follows RFC 5952, with the dotted form for
/// IPv4-mapped and IPv4-compatible addresses as inet_ntop prints them.
WEIR_API char* write_text(char* to, const MacAddress& address) noexcept;
WEIR_API char* write_text(char* to, const Ipv4Address& address) noexcept;
WEIR_API char* write_text(char* to, const Ipv6Address& address) noexcept;
WEIR_API char* write_text(char* to, const IpAddress& address) noexcept;

/// The same text as a string.
[[nodiscard]] WEIR_API std::string to_string(const MacAddress& address);
[[nodiscard]] WEIR_API std::string to_string(const Ipv4Address& address);
[[nodiscard]] WEIR_API std::string to_string(const Ipv6Address& address);
[[nodiscard]] WEIR_API std::string to_string(const IpAddress& address);

/// Colons or hyphens, two hex digits each: "02:00:5e:10:00:00". Nothing on any other text.
[[nodiscard]] WEIR_API std::optional<MacAddress> parse_mac(std::string_view text) noexcept;
/// Four decimal numbers, no leading zeros (RFC 6943 3.1.1).
[[nodiscard]] WEIR_API std::optional<Ipv4Address> parse_ipv4(std::string_view text) noexcept;
/// RFC 4291 2.2, all three forms; no zone.
[[nodiscard]] WEIR_API std::optional<Ipv6Address> parse_ipv6(std::string_view text) noexcept;
/// Either version.
[[nodiscard]] WEIR_API std::optional<IpAddress> parse_ip(std::string_view text) noexcept;

}  // namespace weir
