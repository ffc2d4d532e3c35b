// The options of DHCP (RFC 2132): read, and written.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "weir/address.h"
#include "weir/api.h"
#include "weir/wire/fields.h"
#include "weir/wire/tlv_list.h"

namespace weir::wire {

/// RFC 2132 9.6; RFC 4388 and later have others, which are legal and merely not known here.
enum class DhcpMessageType : std::uint8_t {
  discover = 1,
  offer = 2,
  request = 3,
  decline = 4,
  ack = 5,
  nak = 6,
  release = 7,
  inform = 8,
};

/// "Discover", "ACK", ...; empty when the number has no name here.
[[nodiscard]] constexpr std::string_view name(DhcpMessageType type) noexcept {
  constexpr std::string_view names[] = {"",    "Discover", "Offer",   "Request", "Decline",
                                        "ACK", "NAK",      "Release", "Inform"};
  const auto index = static_cast<std::size_t>(type);
  return index < std::size(names) ? names[index] : std::string_view{};
}

/// IANA's codes, those met most.
namespace dhcp_option {
inline constexpr std::uint8_t pad = 0;
inline constexpr std::uint8_t subnet_mask = 1;
inline constexpr std::uint8_t router = 3;
inline constexpr std::uint8_t domain_name_server = 6;
inline constexpr std::uint8_t host_name = 12;
inline constexpr std::uint8_t domain_name = 15;
inline constexpr std::uint8_t interface_mtu = 26;
inline constexpr std::uint8_t broadcast_address = 28;
inline constexpr std::uint8_t network_time_server = 42;
inline constexpr std::uint8_t vendor_specific = 43;
inline constexpr std::uint8_t requested_address = 50;
inline constexpr std::uint8_t lease_time = 51;
inline constexpr std::uint8_t overload = 52;
inline constexpr std::uint8_t message_type = 53;
inline constexpr std::uint8_t server_identifier = 54;
inline constexpr std::uint8_t parameter_request_list = 55;
inline constexpr std::uint8_t message = 56;
inline constexpr std::uint8_t maximum_message_size = 57;
inline constexpr std::uint8_t renewal_time = 58;
inline constexpr std::uint8_t rebinding_time = 59;
inline constexpr std::uint8_t vendor_class_identifier = 60;
inline constexpr std::uint8_t client_identifier = 61;
inline constexpr std::uint8_t tftp_server_name = 66;
inline constexpr std::uint8_t bootfile_name = 67;
inline constexpr std::uint8_t client_fqdn = 81;
inline constexpr std::uint8_t relay_agent_information = 82;
inline constexpr std::uint8_t domain_search = 119;
inline constexpr std::uint8_t classless_static_route = 121;
inline constexpr std::uint8_t end = 255;
}  // namespace dhcp_option

/// One option. `data` is what follows code and length; pad and end have none.
struct DhcpOption {
  std::uint8_t code = dhcp_option::pad;
  Bytes data{};

  [[nodiscard]] bool ends_list() const noexcept { return code == dhcp_option::end; }

  /// See Tlv.
  [[nodiscard]] static std::size_t read(Bytes rest, DhcpOption& option) noexcept {
    option = {.code = rest[0], .data = {}};
    if (rest[0] == dhcp_option::pad || rest[0] == dhcp_option::end) return 1;
    if (rest.size() < 2 || rest.size() - 2 < rest[1]) return 0;
    option.data = rest.subspan(2, rest[1]);
    return std::size_t{2} + rest[1];
  }

  /// Nothing where the data is not exactly an address; a number of 1, 2 or 4 bytes.
  [[nodiscard]] std::optional<Ipv4Address> address() const noexcept {
    if (data.size() != Ipv4Address::size) return std::nullopt;
    return Ipv4Address::load(data.data());
  }
  [[nodiscard]] std::optional<std::uint32_t> number() const noexcept {
    if (data.size() == 1) return data[0];
    if (data.size() == 2) return load_be<std::uint16_t>(data.data());
    if (data.size() == 4) return load_be<std::uint32_t>(data.data());
    return std::nullopt;
  }
};

/// Pad and end options are handed out.
using DhcpOptionList = TlvList<DhcpOption>;

/// Writes the magic cookie, the options and the end option, for DhcpFields::vendor. An option of
/// more than 255 bytes becomes several (RFC 3396); pad and end are written as they are. Returns the
/// bytes written.
[[nodiscard]] WEIR_API Written write_dhcp_options(MutableBytes to,
                                                  std::span<const DhcpOption> options) noexcept;

}  // namespace weir::wire
