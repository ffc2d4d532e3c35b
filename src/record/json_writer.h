// Appends JSON to a string: commas where they belong, values of every kind the records have.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "rfc3339.h"
#include "weir/address.h"
#include "weir/bytes.h"

namespace weir::record {

class JsonWriter {
 public:
  /// Appends to `out`, which must outlive the writer.
  explicit JsonWriter(std::string& out) noexcept : out_{out}, start_{out.size()} {}

  void begin_object() { open('{'); }
  void end_object() { out_ += '}'; }
  void begin_array() { open('['); }
  void end_array() { out_ += ']'; }

  /// Names are our own words: nothing to escape.
  void key(std::string_view name);
  void value(bool truth);
  void value(std::uint64_t number);
  void value(std::int64_t number);
  /// With as many digits as make it the same number again. Precondition: it is finite.
  void value(double number);
  /// Characters from anywhere, escaped.
  void value(std::string_view text);
  void value(const char* text) { value(std::string_view{text}); }
  void value(const MacAddress& address);
  void value(const Ipv4Address& address) { value(IpAddress{address}); }
  void value(const Ipv6Address& address) { value(IpAddress{address}); }
  void value(const IpAddress& address);
  /// As lower-case hex digits in a string.
  void value(Bytes bytes);
  void value(Timestamp time, Rfc3339& times);

  template <class T>
  void member(std::string_view name, const T& content) {
    key(name);
    value(content);
  }

  /// The same at once: what most members are.
  void member(std::string_view name, std::uint64_t number);

  /// Where the next character goes.
  [[nodiscard]] std::size_t position() const noexcept { return out_.size(); }
  /// Takes back everything from `position` on.
  void take_back(std::size_t position) { out_.resize(position); }
  void end_line() { out_ += '\n'; }

 private:
  /// The last character tells whether something stands before this value: strings end with a
  /// quote, so an open bracket or a colon is never part of one.
  [[nodiscard]] bool needs_comma() const noexcept;
  /// Appends what `write(to)` puts at `to`, where there is room for `most` characters; it returns
  /// the end. In front of that the comma that it needs.
  template <class Write>
  void append(std::size_t most, Write write);
  template <class Write>
  void append_quoted(std::size_t most, Write write);
  void separate();
  void open(char bracket);

  std::string& out_;
  std::size_t start_;
};

}  // namespace weir::record
