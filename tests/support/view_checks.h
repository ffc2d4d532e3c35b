// The checks every protocol's view must pass, so that each test is one line on real header bytes.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "support/allocations.h"
#include "weir/address.h"
#include "weir/bytes.h"
#include "weir/wire/parse_error.h"

namespace weir::test {

/// A documentation address (RFC 7042 2.1.2): 00:00:5e:00:53 and `last`.
constexpr MacAddress mac(std::uint8_t last) noexcept {
  return MacAddress{{0x00, 0x00, 0x5e, 0x00, 0x53, last}};
}

/// Copies into memory of exactly that size, so that AddressSanitizer sees any read past its end.
inline std::vector<std::uint8_t> exactly(Bytes bytes) { return {bytes.begin(), bytes.end()}; }

/// `header` must be whole: the view takes all of it as its header, and no shorter prefix of it.
template <class View, class... Options>
void expect_refuses_every_shorter_prefix(Bytes header, Options... options) {
  const auto whole = View::parse(header, options...);
  ASSERT_TRUE(whole) << name(whole.error());
  ASSERT_EQ(whole->header_length(), header.size());
  for (std::size_t size = 0; size < header.size(); ++size) {
    const auto prefix = exactly(header.first(size));
    const auto view = View::parse(prefix, options...);
    ASSERT_FALSE(view) << size;
    EXPECT_EQ(view.error(), wire::ParseError::truncated) << size;
  }
}

/// `header` with the byte at `offset` replaced must be refused for that reason.
template <class View>
void expect_refuses(Bytes header, std::size_t offset, std::uint8_t value, wire::ParseError reason) {
  auto bytes = exactly(header);
  bytes.at(offset) = value;
  const auto view = View::parse(bytes);
  ASSERT_FALSE(view);
  EXPECT_STREQ(name(view.error()), name(reason));
}

/// The payload begins right behind `header` and ends `payload_length` bytes later, whatever the
/// frame has behind it.
template <class View>
void expect_stops_after(Bytes header, std::size_t payload_length) {
  auto frame = exactly(header);
  frame.resize(header.size() + payload_length, 0x5a);
  frame.resize(frame.size() + 7, 0xee);
  const auto view = View::parse(frame);
  ASSERT_TRUE(view) << name(view.error());
  EXPECT_EQ(view->header_length(), header.size());
  EXPECT_EQ(view->payload().data(), frame.data() + header.size());
  EXPECT_EQ(view->payload().size(), payload_length);
}

/// The view has no length of its own: its payload begins right behind `header` and goes on to the
/// end of what it was given.
template <class View, class... Options>
void expect_payload_is_the_rest(Bytes header, Options... options) {
  auto frame = exactly(header);
  frame.resize(header.size() + 7, 0x66);
  const auto view = View::parse(frame, options...);
  ASSERT_TRUE(view) << name(view.error());
  EXPECT_EQ(view->header_length(), header.size());
  EXPECT_EQ(view->payload().data(), frame.data() + header.size());
  EXPECT_EQ(view->payload().size(), 7U);
}

/// Writes a header with nothing behind it; the bytes written, 0 where it is not written.
template <class Fields>
std::size_t write_alone(const Fields& fields, MutableBytes to) noexcept {
  return fields.write(to, Bytes{}).value_or(0);
}

/// Writing `fields` gives `header`, byte for byte, whatever the memory held; the view takes it
/// back, and Fields made of the view write it again; and nothing is written where there is no room.
template <class View, class Fields>
void expect_writes(const Fields& fields, Bytes header) {
  for (const std::uint8_t before : {std::uint8_t{0x00}, std::uint8_t{0xff}}) {
    std::vector<std::uint8_t> to(header.size(), before);
    ASSERT_EQ(write_alone(fields, to), header.size());
    EXPECT_EQ(to, exactly(header));
    const auto view = View::parse(to);
    ASSERT_TRUE(view) << name(view.error());
    EXPECT_EQ(view->header_length(), header.size());
    if constexpr (requires { Fields::of(*view); }) {
      std::vector<std::uint8_t> again(header.size(), before);
      ASSERT_EQ(write_alone(Fields::of(*view), again), header.size());
      EXPECT_EQ(again, exactly(header));
    }
  }
  for (std::size_t size = 0; size < header.size(); ++size) {
    std::vector<std::uint8_t> small(size, 0xa5);
    EXPECT_EQ(write_alone(fields, small), 0U) << size;
    EXPECT_EQ(small, std::vector<std::uint8_t>(size, 0xa5)) << size;
  }
}

/// Every header that differs from `header` in one byte and that the view takes is written again
/// from its own fields, byte for byte: no bit is lost.
template <class View, class Fields, class... Options>
void expect_rewrites(Bytes header, Options... options) {
  auto bytes = exactly(header);
  int taken = 0;
  for (std::uint8_t& byte : bytes) {
    const std::uint8_t before = byte;
    for (int value = 0; value < 256; ++value) {
      byte = static_cast<std::uint8_t>(value);
      const auto view = View::parse(bytes, options...);
      if (!view) continue;
      ++taken;
      const Bytes expected = Bytes{bytes}.first(view->header_length());
      std::vector<std::uint8_t> again(expected.size(), 0xa5);
      const auto written = Fields::of(*view).write(again, view->payload());
      ASSERT_TRUE(written) << name(written.error()) << ": " << value;
      ASSERT_EQ(again, exactly(expected)) << value << " at " << &byte - bytes.data();
    }
    byte = before;
  }
  EXPECT_GT(taken, 0);
}

/// Neither reading `header` nor writing `fields` touches the heap.
template <class View, class Fields>
void expect_allocates_nothing(const Fields& fields, Bytes header) {
  std::vector<std::uint8_t> to(header.size());
  const std::size_t before = allocation_count();
  const auto view = View::parse(header);
  const std::size_t payload = view ? view->payload().size() : 1;
  const std::size_t written = write_alone(fields, to);
  EXPECT_EQ(allocation_count(), before);
  EXPECT_EQ(payload, 0U);
  EXPECT_EQ(written, header.size());
}

}  // namespace weir::test
