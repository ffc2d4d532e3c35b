// How the rows of tables of settable fields are made of the members of Fields.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <type_traits>
#include <utility>

#include "record/record_field.h"
#include "weir/record/header_fields.h"

namespace weir::record {

using SetResult = std::optional<FieldError>;

/// An unsigned integer of a value; wrong_kind for other kinds, out_of_range below 0.
[[nodiscard]] inline std::expected<std::uint64_t, FieldError> whole(const Value& value) noexcept {
  if (const auto* number = std::get_if<std::uint64_t>(&value.content())) return *number;
  if (const auto* number = std::get_if<std::int64_t>(&value.content())) {
    if (*number < 0) return std::unexpected{FieldError::out_of_range};
    return static_cast<std::uint64_t>(*number);
  }
  return std::unexpected{FieldError::wrong_kind};
}

/// What of a value's content is a T; integers up to `max`.
template <class T>
[[nodiscard]] std::expected<T, FieldError> content(const Value& value, std::uint64_t max) noexcept {
  const auto as = [&value]<class Content>(std::type_identity<Content>) {
    return std::get_if<Content>(&value.content());
  };
  constexpr std::unexpected wrong{FieldError::wrong_kind};
  if constexpr (std::same_as<T, bool> || std::same_as<T, MacAddress>) {
    const T* const held = as(std::type_identity<T>{});
    if (held == nullptr) return wrong;
    return *held;
  } else if constexpr (std::same_as<T, Bytes>) {
    const Bytes* const octets = as(std::type_identity<Bytes>{});
    if (octets == nullptr) return wrong;
    if (octets->size() > max) return std::unexpected{FieldError::out_of_range};
    return *octets;
  } else if constexpr (std::same_as<T, Ipv4Address> || std::same_as<T, Ipv6Address>) {
    const IpAddress* const address = as(std::type_identity<IpAddress>{});
    if (address == nullptr || address->bytes().size() != T::size) return wrong;
    return T::load(address->bytes().data());
  } else if constexpr (std::signed_integral<T>) {
    const auto* const below = as(std::type_identity<std::int64_t>{});
    if (below != nullptr && *below < 0) {
      if (!std::in_range<T>(*below)) return std::unexpected{FieldError::out_of_range};
      return static_cast<T>(*below);
    }
    const auto number = whole(value);
    if (!number) return std::unexpected{number.error()};
    if (*number > max) return std::unexpected{FieldError::out_of_range};
    return static_cast<T>(*number);
  } else {
    const auto number = whole(value);
    if (!number) return std::unexpected{number.error()};
    if (*number > max) return std::unexpected{FieldError::out_of_range};
    if constexpr (std::same_as<T, wire::WordSum>) {
      return wire::WordSum::of(static_cast<std::uint16_t>(*number));
    } else {
      return static_cast<T>(*number);
    }
  }
}

/// The largest value of a type; the most octets of a hex field.
template <class T>
constexpr std::uint64_t largest() noexcept {
  if constexpr (detail::is_optional<T>) {
    return largest<typename T::value_type>();
  } else if constexpr (std::is_enum_v<T>) {
    return largest<std::underlying_type_t<T>>();
  } else if constexpr (std::same_as<T, bool>) {
    return 1;
  } else if constexpr (std::integral<T>) {
    return std::numeric_limits<T>::max();
  } else if constexpr (std::same_as<T, wire::WordSum>) {
    return 0xffff;
  } else {
    return 0;
  }
}

/// The least value of a type.
template <class T>
constexpr std::int64_t least() noexcept {
  if constexpr (std::signed_integral<T>) {
    return std::numeric_limits<T>::min();
  } else {
    return 0;
  }
}

template <class F, auto access>
using Member = std::remove_cvref_t<decltype(std::invoke(access, std::declval<F&>()))>;

template <class T>
constexpr Value value_of_member(const T& member) noexcept {
  if constexpr (std::same_as<T, std::optional<wire::WordSum>>) {
    return member ? Value{member->folded()} : Value{};
  } else if constexpr (std::signed_integral<T>) {
    return member < 0 ? Value{member} : Value{static_cast<std::make_unsigned_t<T>>(member)};
  } else {
    return member;
  }
}

template <class T>
constexpr FieldKind settable_kind() noexcept {
  if constexpr (std::same_as<T, std::optional<wire::WordSum>>) {
    return FieldKind::integer;
  } else {
    return kind_of<T>();
  }
}

template <class T>
constexpr FieldRange settable_range() noexcept {
  if constexpr (std::same_as<T, std::optional<wire::WordSum>>) {
    return FieldRange::bits16;
  } else {
    return range_of<T>();
  }
}

/// What a member holds where it is not left open.
template <class T>
struct HeldBy {
  using Type = T;
};
template <class T>
struct HeldBy<std::optional<T>> {
  using Type = T;
};

/// A field that is a member of F, or what a function of F refers to. `max`: of integers the
/// largest, of octets the most; 0 is what the type holds. Integers are multiples of `step` from
/// `min` on.
template <class F, auto access, std::uint64_t max = 0, std::uint64_t step = 1,
          std::uint64_t min = 0>
constexpr SettableField field(std::string_view name, std::string_view meaning) {
  using T = Member<F, access>;
  using Held = HeldBy<T>::Type;
  constexpr bool is_open = detail::is_optional<T>;
  constexpr std::uint64_t most = max != 0 ? max : largest<T>();
  return {.description = {name, settable_kind<T>(), meaning, FieldUnit::none, settable_range<T>()},
          .may_be_open = is_open,
          .max = most,
          .min = min != 0 ? static_cast<std::int64_t>(min) : least<T>(),
          .step = step,
          .read = [](const wire::AnyFields& header) noexcept -> Value {
            return value_of_member(std::invoke(access, std::get<F>(header)));
          },
          .set = [](wire::AnyFields& header, const Value& value) noexcept -> SetResult {
            T& member = std::invoke(access, std::get<F>(header));
            if (!value.has_value()) {
              if constexpr (is_open) {
                member = std::nullopt;
                return {};
              } else {
                return FieldError::not_left_open;
              }
            }
            const auto held = content<Held>(value, most);
            if (!held) return held.error();
            if constexpr (step != 1 || min != 0) {
              if (*held % step != 0 || *held < min) return FieldError::out_of_range;
            }
            member = *held;
            return {};
          }};
}

/// Some bits of an unsigned member: `width` of them, `shift` above the lowest.
template <class F, auto access, unsigned shift, unsigned width>
constexpr SettableField bits(std::string_view name, std::string_view meaning) {
  using T = Member<F, access>;
  constexpr std::uint64_t most = (std::uint64_t{1} << width) - 1;
  constexpr FieldRange range = width <= 8    ? FieldRange::bits8
                               : width <= 16 ? FieldRange::bits16
                                             : FieldRange::bits32;
  return {.description = {name, FieldKind::integer, meaning, FieldUnit::none, range},
          .max = most,
          .is_part = true,
          .read = [](const wire::AnyFields& header) noexcept -> Value {
            return std::uint64_t{std::invoke(access, std::get<F>(header))} >> shift & most;
          },
          .set = [](wire::AnyFields& header, const Value& value) noexcept -> SetResult {
            if (!value.has_value()) return FieldError::not_left_open;
            const auto number = content<std::uint64_t>(value, most);
            if (!number) return number.error();
            T& member = std::invoke(access, std::get<F>(header));
            member = static_cast<T>((member & ~(most << shift)) | *number << shift);
            return {};
          }};
}

/// Bytes of a header whose length field counts units of `unit` bytes, `bias` of them left out.
template <class F, auto access, std::uint64_t unit, std::uint64_t bias, std::uint64_t max_units>
constexpr SettableField length_in_bytes(std::string_view name, std::string_view meaning) {
  return {.description = {name, FieldKind::integer, meaning, FieldUnit::none, FieldRange::any},
          .may_be_open = true,
          .max = (max_units + bias) * unit,
          .min = static_cast<std::int64_t>(bias * unit),
          .step = unit,
          .read = [](const wire::AnyFields& header) noexcept -> Value {
            const auto& units = std::invoke(access, std::get<F>(header));
            return units ? Value{(*units + bias) * unit} : Value{};
          },
          .set = [](wire::AnyFields& header, const Value& value) noexcept -> SetResult {
            auto& units = std::invoke(access, std::get<F>(header));
            if (!value.has_value()) {
              units = std::nullopt;
              return {};
            }
            const auto bytes = content<std::uint64_t>(value, (max_units + bias) * unit);
            if (!bytes) return bytes.error();
            if (*bytes % unit != 0 || *bytes / unit < bias) return FieldError::out_of_range;
            units = static_cast<std::uint8_t>(*bytes / unit - bias);
            return {};
          }};
}

/// Octets of an address of any protocol.
template <class F, auto access>
constexpr SettableField address_octets(std::string_view name, std::string_view meaning) {
  SettableField row = field<F, access, 0xff>(name, meaning);
  row.is_address = true;
  return row;
}

/// Octets with room for `max`, which zeros fill up; read without those, but for as many as
/// `length` of F counts, if it is given.
template <class F, auto access, std::size_t max, auto length = nullptr>
constexpr SettableField filled_octets(std::string_view name, std::string_view meaning) {
  using T = Member<F, access>;
  return {.description = {name, FieldKind::hex, meaning},
          .max = max,
          .is_address = !std::is_null_pointer_v<decltype(length)>,
          .read = [](const wire::AnyFields& header) noexcept -> Value {
            const F& fields = std::get<F>(header);
            const Bytes octets{std::invoke(access, fields)};
            std::size_t used = octets.size();
            while (used > 0 && octets[used - 1] == 0) --used;
            if constexpr (!std::is_null_pointer_v<decltype(length)>) {
              const std::size_t counted = std::invoke(length, fields);
              used = std::max(used, std::min(counted, octets.size()));
            }
            return octets.first(used);
          },
          .set = [](wire::AnyFields& header, const Value& value) noexcept -> SetResult {
            if (!value.has_value()) return FieldError::not_left_open;
            const auto octets = content<Bytes>(value, max);
            if (!octets) return octets.error();
            T& member = std::invoke(access, std::get<F>(header));
            if constexpr (std::same_as<T, Bytes>) {
              member = *octets;
            } else {
              T filled{};  // first, as the octets may be borrowed from the member
              std::ranges::copy(*octets, filled.begin());
              member = filled;
            }
            return {};
          }};
}

/// The tables, by where their headers stand in a packet.
[[nodiscard]] std::span<const FieldsFormat> link_formats() noexcept;
[[nodiscard]] std::span<const FieldsFormat> tag_formats() noexcept;
[[nodiscard]] std::span<const FieldsFormat> capture_formats() noexcept;
[[nodiscard]] std::span<const FieldsFormat> network_formats() noexcept;
[[nodiscard]] std::span<const FieldsFormat> transport_formats() noexcept;
[[nodiscard]] std::span<const FieldsFormat> tunnel_formats() noexcept;
[[nodiscard]] std::span<const FieldsFormat> application_formats() noexcept;

}  // namespace weir::record
