// Appends JSON to a string.
#include "sink/json_writer.h"

#include <charconv>

#include "decimal.h"
#include "sink/json_string.h"

namespace weir::sink {

// The last character tells whether something stands before this value: strings end with a quote,
// so an open bracket or a colon is never part of one.
void JsonWriter::separate() {
  if (out_.size() == start_) return;
  const char last = out_.back();
  if (last != '{' && last != '[' && last != ':') out_ += ',';
}

void JsonWriter::open(char bracket) {
  separate();
  out_ += bracket;
}

void JsonWriter::key(std::string_view name) {
  separate();
  out_ += '"';
  out_ += name;
  out_ += "\":";
}

void JsonWriter::value(bool truth) {
  separate();
  out_ += truth ? "true" : "false";
}

void JsonWriter::value(std::uint64_t number) {
  char text[max_decimal];
  separate();
  out_.append(text, write_decimal(text, number));
}

void JsonWriter::value(std::int64_t number) {
  char text[max_decimal];
  separate();
  out_.append(text, write_signed_decimal(text, number));
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
  char text[max_address_text];
  separate();
  out_ += '"';
  out_.append(text, write_text(text, address));
  out_ += '"';
}

void JsonWriter::value(const IpAddress& address) {
  char text[max_address_text];
  separate();
  out_ += '"';
  out_.append(text, write_text(text, address));
  out_ += '"';
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
  char text[Rfc3339::size];
  separate();
  out_ += '"';
  out_.append(text, times.write(text, time));
  out_ += '"';
}

}  // namespace weir::sink
