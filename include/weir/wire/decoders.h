// Decoders: the user's own headers, and numbers for those that decode() knows, as one value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "weir/api.h"
#include "weir/bytes.h"
#include "weir/packet.h"
#include "weir/wire/layers.h"
#include "weir/wire/protocol.h"

namespace weir::wire {

/// Where numbers name what follows.
enum class NumberSpace : std::uint8_t { ether_type, ip_protocol, udp_port, tcp_port };
inline constexpr std::size_t number_space_count = 4;

/// tshark's name: "ethertype", "ip.proto", "udp.port", "tcp.port".
[[nodiscard]] WEIR_API std::string_view name(NumberSpace space) noexcept;
/// The inverse of name().
[[nodiscard]] WEIR_API std::optional<NumberSpace> number_space_by_name(
    std::string_view text) noexcept;

/// What stands behind a header.
class NextHeader {
 public:
  /// Nothing that is read: payload.
  constexpr NextHeader() noexcept = default;
  /// What that number names.
  constexpr NextHeader(NumberSpace space, std::uint16_t number) noexcept
      : by_{By::number}, space_{space}, number_{number} {}
  /// That protocol, of decode() or of the same Decoders.
  constexpr explicit NextHeader(Protocol protocol) noexcept
      : by_{By::protocol}, protocol_{protocol} {}

  enum class By : std::uint8_t { nothing, number, protocol };
  [[nodiscard]] constexpr By by() const noexcept { return by_; }
  /// Of By::number.
  [[nodiscard]] constexpr NumberSpace space() const noexcept { return space_; }
  [[nodiscard]] constexpr std::uint16_t number() const noexcept { return number_; }
  /// Of By::protocol.
  [[nodiscard]] constexpr Protocol protocol() const noexcept { return protocol_; }

 private:
  By by_ = By::nothing;
  NumberSpace space_{};
  std::uint16_t number_ = 0;
  Protocol protocol_{};
};

/// What a user's decoder found.
struct DecodedHeader {
  /// Bytes, options included. More than was on the wire is taken for a refusal; more than was
  /// captured is a snapped header.
  std::size_t header_length = 0;
  NextHeader next{};
};

/// Reads the header that `rest` begins with: what was captured, at least a byte; `wire_rest` is how
/// much of it was on the wire. Nothing: these bytes are not that protocol's. Called by decode(), so
/// it allocates and keeps nothing of `rest`.
using DecodeHeader = std::optional<DecodedHeader>(Bytes rest, std::size_t wire_rest,
                                                  void* context) noexcept;

/// A protocol of the user's own. Where a decoder refuses, what the number otherwise names is read.
struct UserDecoder {
  /// Lower-case letters, digits, '.', '_' and '-', at most 64; no other protocol's.
  std::string name;
  DecodeHeader* decode = nullptr;
  /// Handed to `decode`; lives as long as any Decoders that has this decoder. One that several
  /// threads decode with is theirs to guard.
  std::shared_ptr<void> context{};
  std::vector<std::uint16_t> ether_types{};
  std::vector<std::uint8_t> ip_protocols{};
  std::vector<std::uint16_t> udp_ports{};
  std::vector<std::uint16_t> tcp_ports{};
  /// Asked about all payload of UDP and TCP whose ports name nothing, in the order of add().
  bool content = false;
};

/// What decode() knows beside what is built in. Numbers given here come before built-in ones, the
/// last that was given for a number stands. Of two ports the lower is looked at first. A value:
/// copies share what they hold and are cheap; const calls from several threads at once.
class WEIR_API Decoders {
 public:
  Decoders() noexcept = default;
  /// One assignment, as assign().
  [[nodiscard]] static Decoders parse(std::string_view assignment);

  /// tshark's -d: "udp.port==4790,vxlan", "ethertype==0x9999,vlan", "ip.proto==200,gre", a range of
  /// numbers "tcp.port==8000-8003,dns" or so many of them "tcp.port==8000:4,dns". The protocol is
  /// one of decode()'s names or of an own one that was added before; "none" or "data": the number
  /// names nothing. Throws Error (invalid_argument) naming what is known.
  void assign(std::string_view assignment);
  /// Without a protocol the number names nothing. Throws Error (invalid_argument) for an IP
  /// protocol beyond 255, and for a protocol that neither decode() nor this has.
  void assign(NumberSpace space, std::uint16_t number, std::optional<Protocol> protocol);
  /// The same for all numbers from `first` to `last`; throws where `last` is before `first`.
  void assign(NumberSpace space, std::uint16_t first, std::uint16_t last,
              std::optional<Protocol> protocol);
  /// What decode() records its header as. Throws Error (invalid_argument) for a name that cannot be
  /// used, without a function, and beyond max_user_protocols.
  Protocol add(UserDecoder decoder);

  /// Nothing was assigned or added.
  [[nodiscard]] bool is_empty() const noexcept { return tables_ == nullptr; }
  /// How many were added: user_protocol(0), user_protocol(1), ... in that order.
  [[nodiscard]] std::size_t user_count() const noexcept;
  /// Of an own protocol and of all others; empty for one that it does not have. Valid for as long
  /// as this value, unchanged, or a copy.
  [[nodiscard]] std::string_view name(Protocol protocol) const noexcept;
  /// The inverse of name().
  [[nodiscard]] std::optional<Protocol> protocol_by_name(std::string_view text) const noexcept;
  /// Whether the number was given a meaning, or none.
  [[nodiscard]] bool holds(NumberSpace space, std::uint16_t number) const noexcept;
  /// Whether no number is assigned by which IP on Ethernet, or TCP or UDP on IP, is named: what
  /// carries ports is where it would be without this.
  [[nodiscard]] bool keeps_plain_datagrams() const noexcept;

  struct WEIR_PRIVATE Tables;
  /// Null if it is empty.
  [[nodiscard]] const Tables* tables() const noexcept { return tables_.get(); }

 private:
  WEIR_PRIVATE Tables& changed();
  std::shared_ptr<const Tables> tables_{};
};

/// decode() that asks `decoders` first. Its layers may be user_protocol()s, whose names are
/// decoders.name(). Where no own number is met it is as fast as without.
[[nodiscard]] WEIR_API Layers decode(const Packet& packet, const Decoders& decoders,
                                     Depth depth = Depth::all) noexcept;

}  // namespace weir::wire
