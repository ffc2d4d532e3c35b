// What the packet classes of steelscript.packets are made of: tables of attributes, and how a layer
// is read and written. For C++ and Python alike; users of either need none of it.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <expected>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "weir/address.h"
#include "weir/api.h"
#include "weir/bytes.h"
#include "weir/wire/checksum.h"
#include "weir/wire/fields.h"
#include "weir/wire/parse_error.h"

namespace weir::compat::steelscript {

using Octets = std::vector<std::uint8_t>;
using Addresses = std::vector<Ipv4Address>;

/// Of an attribute; bytes and addresses borrow from the layer they are of.
using Value = std::variant<std::monostate, std::uint32_t, MacAddress, Ipv4Address, Bytes,
                           std::span<const Ipv4Address>, std::string>;

/// What an attribute holds, as Python shows it.
enum class FieldKind : std::uint8_t {
  number,
  mac,               ///< "02:00:00:00:00:01"
  ipv4,              ///< "192.0.2.1"
  octets,            ///< bytes
  hardware_address,  ///< pairs of hexadecimal digits, colons between them
  protocol_address,  ///< of four bytes as IPv4, of others pairs of hexadecimal digits
  addresses,         ///< a list of IPv4 addresses
  text,              ///< a string; only read
};

/// An attribute of a layer. Functions take the layer's own struct: UdpHeader, ...
struct Field {
  std::string_view name;
  FieldKind kind = FieldKind::number;
  /// Of numbers: what they may be. Of octets `most` is how many; 0: any.
  std::uint32_t least = 0;
  std::uint32_t most = 0;
  Value (*get)(const void* header) noexcept = nullptr;
  /// Precondition: the value is of the kind, numbers are in range. Null: it is only read.
  void (*set)(void* header, const Value& value) = nullptr;
  /// Tells how long the payload is: as it stands, not as it was read.
  bool is_payload_length = false;
};

/// A name that get_field_val() knows, in Wireshark's style, and the attribute it stands for.
struct Query {
  std::string_view name;
  std::string_view attribute;
};

/// A pseudo-header of IPv4, for the checksums of UDP and TCP.
struct Ip4Ph {
  Ipv4Address src{};
  Ipv4Address dst{};
  std::uint8_t reserved = 0;
  std::uint8_t proto = 0;
  /// 0: the length of what is summed up.
  std::uint16_t payload_len = 0;

  [[nodiscard]] wire::WordSum sum(std::size_t length) const noexcept {
    const std::size_t stated = payload_len != 0 ? payload_len : length;
    return wire::pseudo_header_sum(src, dst, proto, stated) +
           wire::WordSum::of(static_cast<std::uint16_t>(reserved << 8));
  }
};

/// What pkt2net() is told.
struct Pkt2Net {
  /// Checksums are computed anew, and kept.
  bool csum = false;
  /// Lengths and counts are, and kept.
  bool update = false;
  /// The checksum of UDP is, and kept.
  bool udp_csum = false;
  /// Ethernet puts its frame check sequence behind the frame.
  bool eth_crc = false;
  /// DNS names are compressed.
  bool compress = true;
  /// What is written is quoted by an ICMP error: nothing is computed anew.
  bool for_icmp = false;
  /// It lies within another layer: frames are neither padded nor summed up.
  bool within = false;
  /// Instead of the one of the IP header around it, for tests of what goes wrong.
  std::optional<Ip4Ph> ipv4_pheader{};
  /// That of the IP header around it.
  std::optional<Ip4Ph> enclosing{};

  [[nodiscard]] bool sums() const noexcept { return csum && !for_icmp; }
  [[nodiscard]] bool updates() const noexcept { return update && !for_icmp; }
  /// Of the two pseudo-headers the one that holds.
  [[nodiscard]] Ip4Ph pseudo_header() const noexcept {
    return ipv4_pheader ? *ipv4_pheader : enclosing.value_or(Ip4Ph{});
  }
};

/// The ones' complement of the ones' complement sum of 16-bit words; an odd last byte is padded.
[[nodiscard]] inline std::uint16_t checksum(Bytes data) noexcept {
  return wire::internet_checksum(data);
}

/// Which class a payload is of.
enum class Next : std::uint8_t { nothing, ethernet, arp, ip, udp, tcp, icmp, igmp, mpls, port };

/// What a layer leaves of its bytes.
struct Rest {
  Bytes payload{};
  /// Behind all that the layer's lengths cover, as padding is.
  Bytes trailer{};
};

/// Deepest nesting that is read: what lies deeper is a NullPkt.
inline constexpr std::size_t max_depth = 32;

/// How one kind of layer is read and written. Functions take the layer's own struct.
struct LayerClass {
  std::string_view name;
  std::uint16_t pq_type = 0;
  std::span<const Field> fields{};
  std::span<const Query> queries{};
  /// Of default_ports().
  std::span<const std::uint16_t> ports{};
  /// The attribute for what follows the header: "payload", "hdr_pkt"; empty: it has none.
  std::string_view payload_name{};
  /// The attribute that tells how much follows, in 16 bits; empty: none does.
  std::string_view length_name{};
  /// What attributes have to be together for write(); empty: anything.
  std::string_view rule{};
  /// Of UDP and TCP, "udp" or "tcp": what queries of the payload's bytes begin with.
  std::string_view payload_query{};
  /// Sets the layer's own attributes. What is not its header leaves them as they are.
  std::expected<Rest, wire::ParseError> (*read)(void* header, Bytes bytes) = nullptr;
  /// What that is which follows the header.
  Next (*next)(const void* header, Bytes payload) noexcept = nullptr;
  /// Bytes that write() fills in front of the payload.
  std::size_t (*header_length)(const void* header) noexcept = nullptr;
  /// Writes into the beginning of `message`, whose payload is there; keeps what it computed.
  wire::Written (*write)(void* header, MutableBytes message, const Pkt2Net& told) = nullptr;
  /// What the payload is told; nothing: none is written.
  std::optional<Pkt2Net> (*inner)(const void* header, const Pkt2Net& told) noexcept = nullptr;
  /// Whether a query of the class has a value in this layer; null: each has.
  bool (*answers)(const void* header, std::string_view query) noexcept = nullptr;
  /// Pads, and adds what stands behind a frame that begins at `start`, where it is the outermost
  /// layer; null: nothing does.
  void (*finish)(Octets& out, std::size_t start, const Pkt2Net& told) = nullptr;

  /// Null for a name that the class does not have.
  [[nodiscard]] WEIR_API const Field* field(std::string_view attribute) const noexcept;
  [[nodiscard]] WEIR_API const Query* query(std::string_view asked) const noexcept;
  /// Why such a header cannot be written: the attribute and its limit.
  [[nodiscard]] WEIR_API std::string refusal(const void* header, wire::WriteError error) const;
};

/// Some bytes of a payload, as Python counts them.
struct Slice {
  std::size_t from = 0;
  std::size_t to = 0;

  [[nodiscard]] Bytes of(Bytes payload) const noexcept {
    const std::size_t end = std::min(to, payload.size());
    return from < end ? payload.subspan(from, end - from) : Bytes{};
  }
};
/// Which bytes "udp.payload.offset[x:y]" asks for; nothing for any other query, and where x is not
/// less than y.
[[nodiscard]] WEIR_API std::optional<Slice> payload_slice(std::string_view query,
                                                          std::string_view protocol) noexcept;

/// The keys of l7_ports for the payload of UDP or TCP, the first that is there wins: the port it is
/// sent to, the one it comes from, 0.
[[nodiscard]] WEIR_API std::array<std::uint16_t, 3> l7_candidates(const LayerClass& layer,
                                                                  const void* header) noexcept;

/// Appends a layer to `out`: the header, what `append_payload(told)` appends, and the trailer where
/// that is as long as `payload_length`, as it was read. Answers what could not be written.
template <class AppendPayload>
[[nodiscard]] wire::Written write_layer(const LayerClass& layer, void* header, Octets& out,
                                        const Pkt2Net& told, Bytes trailer,
                                        std::size_t payload_length, AppendPayload append_payload) {
  const std::size_t start = out.size();
  const std::size_t header_length = layer.header_length(header);
  out.resize(start + header_length);
  std::optional<Pkt2Net> inner = layer.inner == nullptr ? told : layer.inner(header, told);
  if (inner) {
    inner->within = true;
    append_payload(*inner);
  }
  const wire::Written written = layer.write(header, MutableBytes{out}.subspan(start), told);
  if (!written) return written;
  if (out.size() - start - header_length == payload_length) {
    out.insert(out.end(), trailer.begin(), trailer.end());
  }
  if (layer.finish != nullptr && !told.within) layer.finish(out, start, told);
  return out.size() - start;
}

namespace detail {

template <class Member>
struct MemberOf;
template <class Type, class Class>
struct MemberOf<Type Class::*> {
  using type = Type;
  using of = Class;
};
template <class Result, class Class>
struct MemberOf<Result (Class::*)() const noexcept> {
  using type = Result;
  using of = Class;
};

template <class Type>
[[nodiscard]] Value as_value(const Type& held) noexcept {
  if constexpr (std::integral<Type>) {
    return static_cast<std::uint32_t>(held);
  } else if constexpr (std::same_as<Type, Octets>) {
    return Bytes{held};
  } else if constexpr (std::same_as<Type, Addresses>) {
    return std::span<const Ipv4Address>{held};
  } else if constexpr (requires { held.has_value(); }) {
    return held ? as_value(*held) : Value{};
  } else {
    return held;
  }
}

template <class Type>
[[nodiscard]] Type from_value(const Value& value) {
  if constexpr (std::integral<Type>) {
    return static_cast<Type>(std::get<std::uint32_t>(value));
  } else if constexpr (std::same_as<Type, Octets>) {
    const auto bytes = std::get<Bytes>(value);
    return Octets(bytes.begin(), bytes.end());
  } else if constexpr (std::same_as<Type, Addresses>) {
    const auto given = std::get<std::span<const Ipv4Address>>(value);
    return Addresses(given.begin(), given.end());
  } else {
    return std::get<Type>(value);
  }
}

}  // namespace detail

/// The attribute that is this member.
template <auto member>
[[nodiscard]] constexpr Field attribute(std::string_view name, FieldKind kind,
                                        std::uint32_t least = 0, std::uint32_t most = 0) noexcept {
  using Of = typename detail::MemberOf<decltype(member)>::of;
  using Type = typename detail::MemberOf<decltype(member)>::type;
  return {.name = name,
          .kind = kind,
          .least = least,
          .most = most,
          .get = [](const void* header) noexcept -> Value {
            return detail::as_value(static_cast<const Of*>(header)->*member);
          },
          .set =
              [](void* header, const Value& value) {
                static_cast<Of*>(header)->*member = detail::from_value<Type>(value);
              }};
}

/// The same of a number, by default as large as its type can hold.
template <auto member>
[[nodiscard]] constexpr Field number(
    std::string_view name,
    std::uint32_t most =
        std::numeric_limits<typename detail::MemberOf<decltype(member)>::type>::max(),
    std::uint32_t least = 0) noexcept {
  return attribute<member>(name, FieldKind::number, least, most);
}

/// The same of a number that tells how long the payload is.
template <auto member>
[[nodiscard]] constexpr Field payload_length(std::string_view name) noexcept {
  Field field = number<member>(name);
  field.is_payload_length = true;
  return field;
}

/// An attribute that is computed: `get` is a const member function.
template <auto getter>
[[nodiscard]] constexpr Field computed(std::string_view name, FieldKind kind) noexcept {
  using Of = typename detail::MemberOf<decltype(getter)>::of;
  return {.name = name, .kind = kind, .get = [](const void* header) noexcept -> Value {
            return detail::as_value((static_cast<const Of*>(header)->*getter)());
          }};
}

/// The same, that can be set by a member function.
template <auto getter, auto setter>
[[nodiscard]] constexpr Field computed(std::string_view name, FieldKind kind,
                                       std::uint32_t most = 0) noexcept {
  using Of = typename detail::MemberOf<decltype(getter)>::of;
  using Type = std::remove_cvref_t<typename detail::MemberOf<decltype(getter)>::type>;
  Field field = computed<getter>(name, kind);
  field.most = most;
  field.set = [](void* header, const Value& value) {
    (static_cast<Of*>(header)->*setter)(detail::from_value<Type>(value));
  };
  return field;
}

/// How a layer of that struct is read and written.
template <class Header>
[[nodiscard]] constexpr LayerClass layer_class(LayerClass layer) noexcept {
  layer.read = [](void* header, Bytes bytes) { return static_cast<Header*>(header)->read(bytes); };
  layer.header_length = [](const void* header) noexcept -> std::size_t {
    return static_cast<const Header*>(header)->header_length();
  };
  layer.write = [](void* header, MutableBytes message, const Pkt2Net& told) {
    return static_cast<Header*>(header)->write(message, told);
  };
  if constexpr (requires(const Header header) { header.next(Bytes{}); }) {
    layer.next = [](const void* header, Bytes payload) noexcept {
      return static_cast<const Header*>(header)->next(payload);
    };
  }
  if constexpr (requires(const Header header) { header.inner(Pkt2Net{}); }) {
    layer.inner = [](const void* header, const Pkt2Net& told) noexcept -> std::optional<Pkt2Net> {
      return static_cast<const Header*>(header)->inner(told);
    };
  }
  if constexpr (requires(const Header header) { header.answers(std::string_view{}); }) {
    layer.answers = [](const void* header, std::string_view query) noexcept {
      return static_cast<const Header*>(header)->answers(query);
    };
  }
  return layer;
}

}  // namespace weir::compat::steelscript
