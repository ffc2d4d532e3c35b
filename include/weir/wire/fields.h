// What every protocol's Fields keep to: how headers are written, and how they name each other.
#pragma once

#include <concepts>
#include <cstdint>
#include <expected>
#include <optional>

#include "weir/bytes.h"
#include "weir/wire/checksum.h"
#include "weir/wire/ether_type.h"

namespace weir::wire {

/// Why a header was not written. Nothing of the buffer has changed then.
enum class WriteError : std::uint8_t {
  no_room,    ///< the buffer is shorter than the header, or than the frame
  too_long,   ///< more behind the header than its length field can tell, or options beyond its own
  bad_value,  ///< a value that does not fit its field, or contradicts another
};

/// "no_room", "too_long", "bad_value".
[[nodiscard]] constexpr const char* name(WriteError error) noexcept {
  switch (error) {
    case WriteError::no_room:
      return "no_room";
    case WriteError::too_long:
      return "too_long";
    case WriteError::bad_value:
      return "bad_value";
  }
  return "";
}

/// The bytes written.
using Written = std::expected<std::size_t, WriteError>;

/// A number that a header may have. Used as std::optional is, which it becomes where one is wanted;
/// without one it holds 0, so that copying it in a frame's hot path copies nothing unwritten.
template <std::unsigned_integral T>
class HeaderNumber {
 public:
  constexpr HeaderNumber() noexcept = default;
  constexpr HeaderNumber(T number) noexcept : number_{number}, has_{true} {}  // NOLINT: as optional
  constexpr operator std::optional<T>() const noexcept {                      // NOLINT: as above
    return has_ ? std::optional<T>{number_} : std::nullopt;
  }
  constexpr explicit operator bool() const noexcept { return has_; }
  /// Precondition: there is one.
  constexpr T operator*() const noexcept { return number_; }
  [[nodiscard]] constexpr T value_or(T otherwise) const noexcept {
    return has_ ? number_ : otherwise;
  }
  friend constexpr bool operator==(const HeaderNumber& number, T other) noexcept {
    return number.has_ && number.number_ == other;
  }

 private:
  T number_ = 0;
  bool has_ = false;
};

/// The numbers by which the header before it may name a header; those it has.
struct HeaderNumbers {
  /// IEEE 802 Numbers: ether_type.h.
  HeaderNumber<std::uint16_t> ether_type{};
  /// IANA's protocol number: ip_protocol.h.
  HeaderNumber<std::uint8_t> ip_protocol{};
  /// The port of UDP or TCP it is sent to.
  HeaderNumber<std::uint16_t> port{};
  /// The service access point of LLC (IEEE 802.2): llc.h.
  HeaderNumber<std::uint8_t> service_access_point{};
  /// LINKTYPE_ number, of those that no EtherType names.
  HeaderNumber<std::uint16_t> link_type{};
  /// It is an LLC header: before it stands the length of what follows, not an EtherType.
  bool is_llc = false;
};

/// One header to be written. Members have the names and units of the view's accessors. An optional
/// left open is filled in: lengths by write(), what follows by name_next(), checksums by seal().
/// One that is given stands, right or wrong.
///
/// write(to, payload) writes header_length() bytes to the beginning of `to`; `payload` is all that
/// will stand behind them. Fields::of(view) is what writes the view's header again, all given.
template <class F>
concept HeaderFields = requires(const F fields, MutableBytes to, Bytes payload) {
  { fields.header_length() } noexcept -> std::same_as<std::size_t>;
  { fields.write(to, payload) } noexcept -> std::same_as<Written>;
};

/// Fields that know by which numbers they are named.
template <class F>
concept NamedFields = HeaderFields<F> && requires(const F fields) {
  { fields.numbers() } noexcept -> std::same_as<HeaderNumbers>;
};

/// Fields that name what follows: name_next() fills in what was left open.
template <class F>
concept NamingFields = HeaderFields<F> && requires(F fields, const HeaderNumbers& next) {
  { fields.name_next(next) } noexcept;
};

/// Fields with a checksum over header and payload. seal() puts the right one into a message that
/// has been written. The pseudo-header is that of the IP header around it, with the message's
/// length; those that have none in their sum leave it out.
template <class F>
concept SealedFields = HeaderFields<F> && requires(F fields, MutableBytes message, WordSum pseudo) {
  { F::seal(message, pseudo) } noexcept;
  { fields.checksum.has_value() };
};

/// Fields that may be told a length of header and payload: stated_length() is that, or 0 where it
/// was left open. Checksums cover what it tells, where that is there.
template <class F>
concept StatedFields = HeaderFields<F> && requires(const F fields) {
  { fields.stated_length() } noexcept -> std::same_as<std::size_t>;
};

/// Fields of an IP header: what they add to checksums of the messages within. `length`: bytes of
/// the message.
template <class F>
concept NetworkFields =
    StatedFields<F> && requires(const F fields, std::uint8_t protocol, std::size_t length) {
      { fields.pseudo_header(protocol, length) } noexcept -> std::same_as<WordSum>;
    };

/// The number that Ethernet and the tags behind it end with: what was given, or the payload's
/// length where LLC follows, or 0.
[[nodiscard]] constexpr std::expected<std::uint16_t, WriteError> written_type_or_length(
    std::optional<std::uint16_t> given, bool is_length, std::size_t payload_length) noexcept {
  if (given || !is_length) return given.value_or(0);
  if (payload_length > ether_type::max_length) return std::unexpected{WriteError::too_long};
  return static_cast<std::uint16_t>(payload_length);
}

}  // namespace weir::wire
