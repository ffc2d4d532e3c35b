// Appends JSON to a string.
#include "record/json_writer.h"

#include <charconv>
#include <cstring>

#include "decimal.h"
#include "record/json_string.h"

namespace weir::record {

namespace {

/// What a key takes beside its name.
constexpr std::size_t around_key = 3;

char* write_key(char* to, std::string_view name) noexcept {
  *to++ = '"';
  std::memcpy(to, name.data(), name.size());
  to += name.size();
  *to++ = '"';
  *to++ = ':';
  return to;
}

}  // namespace

bool JsonWriter::needs_comma() const noexcept {
  if (out_.size() == start_) return false;
  const char last = out_.back();
  return last != '{' && last != '[' && last != ':';
}

template <class Write>
void JsonWriter::append(std::size_t most, Write write) {
  const bool comma = needs_comma();
  const std::size_t before = out_.size();
  if (out_.capacity() < before + most + 1) out_.reserve(2 * before + most + 1);
  out_.resize_and_overwrite(before + most + 1, [&](char* text, std::size_t) noexcept {
    char* to = text + before;
    *to = ',';
    return static_cast<std::size_t>(write(to + (comma ? 1 : 0)) - text);
  });
}

template <class Write>
void JsonWriter::append_quoted(std::size_t most, Write write) {
  append(most + 2, [&](char* to) noexcept {
    *to++ = '"';
    to = write(to);
    *to++ = '"';
    return to;
  });
}

void JsonWriter::separate() {
  if (needs_comma()) out_ += ',';
}

void JsonWriter::open(char bracket) {
  separate();
  out_ += bracket;
}

void JsonWriter::key(std::string_view name) {
  append(name.size() + around_key, [&](char* to) noexcept { return write_key(to, name); });
}

void JsonWriter::member(std::string_view name, std::uint64_t number) {
  append(name.size() + around_key + max_decimal,
         [&](char* to) noexcept { return write_decimal(write_key(to, name), number); });
}

void JsonWriter::value(bool truth) {
  separate();
  out_ += truth ? "true" : "false";
}

void JsonWriter::value(std::uint64_t number) {
  append(max_decimal, [&](char* to) noexcept { return write_decimal(to, number); });
}

void JsonWriter::value(std::int64_t number) {
  append(max_decimal, [&](char* to) noexcept { return write_signed_decimal(to, number); });
}

void JsonWriter::value(double number) {
  char text[32];  // a double takes at most 24
  separate();
  out_.append(text, std::to_chars(text, text + sizeof text, number).ptr);
}

void JsonWriter::value(std::string_view text) {
  separate();
  append_json_string(out_, text);
}

void JsonWriter::value(const MacAddress& address) {
  append_quoted(max_address_text, [&](char* to) noexcept { return write_text(to, address); });
}

void JsonWriter::value(const IpAddress& address) {
  append_quoted(max_address_text, [&](char* to) noexcept { return write_text(to, address); });
}

void JsonWriter::value(Bytes bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  separate();
  out_ += '"';
  for (const std::uint8_t byte : bytes) {
    out_ += digits[byte >> 4];
    out_ += digits[byte & 0xf];
  }
  out_ += '"';
}

void JsonWriter::value(Timestamp time, Rfc3339& times) {
  append_quoted(Rfc3339::size, [&](char* to) noexcept { return times.write(to, time); });
}

}  // namespace weir::record
