// Writes every field of a header at its smallest values and at its largest, reads it back, and
// tries what is too large.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "weir/bytes.h"
#include "weir/wire/fields.h"
#include "weir/wire/parse_error.h"

namespace weir::test {

/// A field: the member it is written from, how the view reads it, and the values it can have.
template <class Fields, class Member, class Read>
struct Value {
  Member Fields::* member;
  Read read;
  /// Of Bytes: their number.
  std::uint64_t largest;
  /// Below, the view takes it for something else, or refuses the header.
  std::uint64_t smallest = 0;
  /// What values are multiples of.
  std::uint64_t unit = 1;
};

namespace detail {

template <class T>
struct Given {
  using type = T;
};
template <class T>
struct Given<std::optional<T>> {
  using type = T;
};
/// What a member holds when it is given.
template <class Member>
using GivenType = Given<Member>::type;

template <class T>
constexpr std::uint64_t largest_of() noexcept {
  if constexpr (std::is_enum_v<T>) {
    return std::numeric_limits<std::underlying_type_t<T>>::max();
  } else if constexpr (std::integral<T>) {
    return std::numeric_limits<T>::max();
  } else {
    return ~std::uint64_t{0};
  }
}

/// `number` as the member's type: Bytes of that many, an address that ends in it or is all ones.
template <class T>
T value_of(std::uint64_t number) {
  if constexpr (std::same_as<T, Bytes>) {
    static const std::vector<std::uint8_t> pattern(4096, 0x5a);
    return Bytes{pattern}.first(number);
  } else if constexpr (requires(T address) { address.octets; }) {
    T address{};
    if (number == largest_of<T>()) {
      address.octets.fill(0xff);
    } else {
      address.octets.back() = static_cast<std::uint8_t>(number);
    }
    return address;
  } else {
    return static_cast<T>(number);
  }
}

template <class Read, class View, class T>
bool reads(const Read& read, const View& view, const T& expected) {
  if constexpr (std::same_as<T, Bytes>) {
    return std::ranges::equal(Bytes{std::invoke(read, view)}, expected);
  } else {
    return std::invoke(read, view) == expected;
  }
}

/// Writes values into one header: all of `background`, but for the one at `index`.
template <class Fields, class Parse, class... Values>
class ValueWriter {
 public:
  ValueWriter(const Fields& fields, Bytes behind, Parse parse, const Values&... values)
      : fields_{fields}, behind_{behind}, parse_{std::move(parse)}, values_{values...} {}

  template <std::size_t index>
  void expect_all() {
    const auto& value = std::get<index>(values_);
    SCOPED_TRACE("value " + std::to_string(index) + " of the list");
    for (const bool others_largest : {false, true}) {
      for (const std::uint64_t number :
           {value.smallest, value.smallest + value.unit, value.largest}) {
        expect_read<index>(number, others_largest);
      }
      using T = GivenOf<index>;
      if constexpr (std::same_as<T, Bytes>) {
        expect_refused<index>(value.largest + value.unit, others_largest);
      } else if (value.largest < largest_of<T>()) {
        expect_refused<index>(value.largest + 1, others_largest);
        if (value.unit > 1) expect_refused<index>(value.smallest + 1, others_largest);
      }
    }
  }

 private:
  template <std::size_t index>
  using GivenOf = GivenType<std::remove_cvref_t<
      decltype(std::declval<Fields>().*
               (std::get<index>(std::declval<std::tuple<Values...>>()).member))>>;

  template <std::size_t index>
  [[nodiscard]] std::uint64_t background(bool largest) const {
    const auto& value = std::get<index>(values_);
    return largest ? value.largest : value.smallest;
  }

  template <std::size_t changed>
  [[nodiscard]] Fields with(std::uint64_t number, bool others_largest) const {
    Fields fields = fields_;
    const auto set = [&]<std::size_t index>(std::integral_constant<std::size_t, index>) {
      fields.*(std::get<index>(values_).member) =
          value_of<GivenOf<index>>(index == changed ? number : background<index>(others_largest));
    };
    for_each(set);
    return fields;
  }

  template <std::size_t changed>
  void expect_read(std::uint64_t number, bool others_largest) {
    SCOPED_TRACE("as " + std::to_string(number) + (others_largest ? ", others largest" : ""));
    std::vector<std::uint8_t> to(4096, 0xa5);
    const wire::Written written = with<changed>(number, others_largest).write(to, behind_);
    ASSERT_TRUE(written) << name(written.error());
    to.resize(*written);
    to.insert(to.end(), behind_.begin(), behind_.end());
    const auto view = parse_(Bytes{to});
    ASSERT_TRUE(view) << name(view.error());
    const auto check = [&]<std::size_t index>(std::integral_constant<std::size_t, index>) {
      const std::uint64_t expected = index == changed ? number : background<index>(others_largest);
      EXPECT_TRUE(reads(std::get<index>(values_).read, *view, value_of<GivenOf<index>>(expected)))
          << "value " << index << " is not read as " << expected;
    };
    for_each(check);
  }

  template <std::size_t changed>
  void expect_refused(std::uint64_t number, bool others_largest) {
    SCOPED_TRACE("as " + std::to_string(number));
    std::vector<std::uint8_t> to(4096, 0xa5);
    const wire::Written written = with<changed>(number, others_largest).write(to, behind_);
    ASSERT_FALSE(written);
    if constexpr (!std::same_as<GivenOf<changed>, Bytes>) {
      EXPECT_STREQ(name(written.error()), "bad_value");
    }
    EXPECT_EQ(std::ranges::count(to, 0xa5), 4096) << "something was written";
  }

  template <class Action>
  static void for_each(const Action& action) {
    [&]<std::size_t... index>(std::index_sequence<index...>) {
      (action(std::integral_constant<std::size_t, index>{}), ...);
    }(std::index_sequence_for<Values...>{});
  }

  Fields fields_;
  Bytes behind_;
  Parse parse_;
  std::tuple<Values...> values_;
};

}  // namespace detail

/// A field with every value its type can have, or those up to `largest`.
template <class Fields, class Member, class Read>
Value<Fields, Member, Read> value(
    Member Fields::* member, Read read,
    std::uint64_t largest = detail::largest_of<detail::GivenType<Member>>(),
    std::uint64_t smallest = 0, std::uint64_t unit = 1) {
  return {member, read, largest, smallest, unit};
}

/// Each of `values` is written at its smallest, the next and the largest value, the others being
/// at their smallest and then at their largest: what `parse` gives reads all of them back. One
/// more than the largest is bad_value, and nothing is written. `behind` stands behind the header.
template <class Fields, class Parse, class... Values>
void expect_keeps_values_parsed(const Fields& fields, Bytes behind, Parse parse,
                                const Values&... values) {
  detail::ValueWriter<Fields, Parse, Values...> writer{fields, behind, parse, values...};
  [&]<std::size_t... index>(std::index_sequence<index...>) {
    (writer.template expect_all<index>(), ...);
  }(std::index_sequence_for<Values...>{});
}

/// The same with nothing behind, for a view that needs nothing but the bytes.
template <class View, class Fields, class... Values>
void expect_keeps_values(const Fields& fields, const Values&... values) {
  expect_keeps_values_parsed(fields, {}, [](Bytes bytes) { return View::parse(bytes); }, values...);
}

}  // namespace weir::test
