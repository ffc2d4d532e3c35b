// The Dynamic Host Configuration Protocol (RFC 2131) and BOOTP (RFC 951), with the options of RFC
// 2132 and RFC 3396.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <expected>
#include <optional>

#include "weir/address.h"
#include "weir/api.h"
#include "weir/wire/dhcp_option.h"
#include "weir/wire/fields.h"
#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// The port a server listens on, and a client.
inline constexpr std::uint16_t dhcp_server_port = 67;
inline constexpr std::uint16_t dhcp_client_port = 68;

/// A checked view of a message; its options go to the end of the datagram, so nothing follows it.
class DhcpView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::dhcp};
  static constexpr std::size_t min_header_length = 236;
  /// RFC 2131 3: what options begin with.
  static constexpr std::uint32_t magic_cookie = 0x63825363;

  /// Refuses an `op` but 1 and 2, and a hardware address longer than its room (RFC 2131 2).
  [[nodiscard]] static std::expected<DhcpView, ParseError> parse(Bytes bytes) noexcept {
    const DhcpView message{bytes};
    if (!bytes.empty() && message.op() != 1 && message.op() != 2) {
      return std::unexpected{ParseError::bad_field};
    }
    if (bytes.size() > 2 && message.hlen() > 16) return std::unexpected{ParseError::bad_length};
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    return message;
  }

  /// 1 request, 2 reply.
  [[nodiscard]] std::uint8_t op() const noexcept { return field<std::uint8_t>(0); }
  /// IANA's ARP hardware type; 1 is Ethernet.
  [[nodiscard]] std::uint8_t htype() const noexcept { return field<std::uint8_t>(1); }
  /// Bytes of the hardware address; at most 16.
  [[nodiscard]] std::uint8_t hlen() const noexcept { return field<std::uint8_t>(2); }
  [[nodiscard]] std::uint8_t hops() const noexcept { return field<std::uint8_t>(3); }
  [[nodiscard]] std::uint32_t xid() const noexcept { return field<std::uint32_t>(4); }
  /// Seconds since the client began.
  [[nodiscard]] std::uint16_t secs() const noexcept { return field<std::uint16_t>(8); }
  [[nodiscard]] std::uint16_t flags() const noexcept { return field<std::uint16_t>(10); }
  /// The one flag there is: the client wants its answer broadcast.
  [[nodiscard]] bool broadcast() const noexcept { return (flags() & 0x8000) != 0; }
  /// Of the client, which has it already.
  [[nodiscard]] Ipv4Address ciaddr() const noexcept { return address(12); }
  /// "Your" address: the one given to the client.
  [[nodiscard]] Ipv4Address yiaddr() const noexcept { return address(16); }
  /// Of the server to boot from next.
  [[nodiscard]] Ipv4Address siaddr() const noexcept { return address(20); }
  /// Of the relay agent (gateway).
  [[nodiscard]] Ipv4Address giaddr() const noexcept { return address(24); }
  /// All 16 bytes of the client's hardware address: hlen() of them count.
  [[nodiscard]] Bytes chaddr() const noexcept { return bytes_.subspan(28, 16); }
  /// All 64 bytes: a name that ends with a zero, or options (see overload()).
  [[nodiscard]] Bytes sname() const noexcept { return bytes_.subspan(44, 64); }
  /// All 128 bytes: the same for the boot file.
  [[nodiscard]] Bytes file() const noexcept { return bytes_.subspan(108, 128); }
  /// What is behind the fixed fields: the magic cookie and options, or what BOOTP has there.
  [[nodiscard]] Bytes vendor() const noexcept { return bytes_.subspan(min_header_length); }
  /// Whether the magic cookie is there, and options behind it.
  [[nodiscard]] bool has_options() const noexcept {
    return vendor().size() >= 4 && field<std::uint32_t>(min_header_length) == magic_cookie;
  }

  /// Those behind the magic cookie; none without it.
  [[nodiscard]] DhcpOptionList options() const noexcept {
    return DhcpOptionList{has_options() ? vendor().subspan(4) : Bytes{}};
  }
  /// RFC 2132 9.3: bit 0 says that options go on in `file`, bit 1 in `sname`. Only options() can
  /// say so, so nothing goes round in circles; 0 where they do not.
  [[nodiscard]] WEIR_API std::uint8_t overload() const noexcept;
  /// The options in `file`, and in `sname`; none where overload() does not say so.
  [[nodiscard]] DhcpOptionList file_options() const noexcept {
    return DhcpOptionList{(overload() & 1) != 0 ? file() : Bytes{}};
  }
  [[nodiscard]] DhcpOptionList sname_options() const noexcept {
    return DhcpOptionList{(overload() & 2) != 0 ? sname() : Bytes{}};
  }
  /// The data of the first option with that code, looked for in options, file, sname.
  [[nodiscard]] WEIR_API std::optional<Bytes> option(std::uint8_t code) const noexcept;
  /// RFC 3396: the data of all options with that code, in the order above, put together in `to` as
  /// far as it reaches. How many bytes there are; nothing without such an option.
  [[nodiscard]] WEIR_API std::optional<std::size_t> whole_option(std::uint8_t code,
                                                                 MutableBytes to) const noexcept;
  /// Nothing where it is BOOTP.
  [[nodiscard]] std::optional<DhcpMessageType> message_type() const noexcept {
    const auto data = option(dhcp_option::message_type);
    if (!data || data->size() != 1) return std::nullopt;
    return static_cast<DhcpMessageType>((*data)[0]);
  }

  [[nodiscard]] std::size_t header_length() const noexcept { return bytes_.size(); }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(bytes_.size()); }

 private:
  using View::View;

  [[nodiscard]] Ipv4Address address(std::size_t offset) const noexcept {
    return Ipv4Address::load(bytes_.data() + offset);
  }
};

/// What write() makes a message of.
struct DhcpFields {
  std::uint8_t op = 1;
  std::uint8_t htype = 1;
  std::uint8_t hlen = 6;
  std::uint8_t hops = 0;
  std::uint32_t xid = 0;
  std::uint16_t secs = 0;
  std::uint16_t flags = 0;
  Ipv4Address ciaddr{};
  Ipv4Address yiaddr{};
  Ipv4Address siaddr{};
  Ipv4Address giaddr{};
  /// Borrowed, as all below; at most 16 bytes, zeros fill up.
  Bytes chaddr{};
  /// At most 64 bytes: a name, or options where option 52 says so.
  Bytes sname{};
  /// At most 128 bytes: the same.
  Bytes file{};
  /// Behind the fixed fields, as it stands: the magic cookie and options. See
  /// write_dhcp_options(). Empty: BOOTP without any.
  Bytes vendor{};

  [[nodiscard]] static DhcpFields of(const DhcpView& message) noexcept {
    return {.op = message.op(),
            .htype = message.htype(),
            .hlen = message.hlen(),
            .hops = message.hops(),
            .xid = message.xid(),
            .secs = message.secs(),
            .flags = message.flags(),
            .ciaddr = message.ciaddr(),
            .yiaddr = message.yiaddr(),
            .siaddr = message.siaddr(),
            .giaddr = message.giaddr(),
            .chaddr = message.chaddr(),
            .sname = message.sname(),
            .file = message.file(),
            .vendor = message.vendor()};
  }
  /// A request goes to the server's port, a reply to the client's.
  [[nodiscard]] constexpr HeaderNumbers numbers() const noexcept {
    return {.port = op == 2 ? dhcp_client_port : dhcp_server_port};
  }
  [[nodiscard]] std::size_t header_length() const noexcept {
    return DhcpView::min_header_length + vendor.size();
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes /*payload*/) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    if (chaddr.size() > 16 || sname.size() > 64 || file.size() > 128) {
      return std::unexpected{WriteError::too_long};
    }
    std::uint8_t* const at = to.data();
    std::memset(at, 0, DhcpView::min_header_length);
    at[0] = op;
    at[1] = htype;
    at[2] = hlen;
    at[3] = hops;
    store_be(at + 4, xid);
    store_be(at + 8, secs);
    store_be(at + 10, flags);
    store_bytes(at + 12, ciaddr.octets);
    store_bytes(at + 16, yiaddr.octets);
    store_bytes(at + 20, siaddr.octets);
    store_bytes(at + 24, giaddr.octets);
    store_bytes(at + 28, chaddr);
    store_bytes(at + 44, sname);
    store_bytes(at + 108, file);
    store_bytes(at + DhcpView::min_header_length, vendor);
    return header_length();
  }
};

}  // namespace weir::wire
