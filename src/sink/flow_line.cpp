// One flow row as a line of JSON or CSV. The table is known to the compiler, so that each field
// becomes straight code.
#include "sink/flow_line.h"

#include <cstring>
#include <utility>

#include "decimal.h"
#include "record/flow_fields.h"

namespace weir::sink {
namespace {

using record::flow_fields;
using record::FlowField;
using record::FlowRow;
using record::FlowValue;

enum class Quotes : bool { none, json };

char* write_string(char* to, std::string_view text) noexcept {
  std::memcpy(to, text.data(), text.size());
  return to + text.size();
}

// The list of one field: [10,20] in JSON, 10.20 in CSV.
template <Quotes quotes>
char* write_numbers(char* to, std::span<const std::uint16_t> numbers) noexcept {
  if (quotes == Quotes::json) *to++ = '[';
  for (const std::uint16_t& number : numbers) {
    if (&number != numbers.data()) *to++ = quotes == Quotes::json ? ',' : '.';
    to = write_decimal(to, number);
  }
  if (quotes == Quotes::json) *to++ = ']';
  return to;
}

template <record::FieldKind kind, Quotes quotes>
inline char* write_value(char* to, const FlowValue& value, Rfc3339& times) noexcept {
  if constexpr (kind == record::FieldKind::integer) {
    return write_decimal(to, value.number);
  } else if constexpr (kind == record::FieldKind::boolean) {
    return write_string(to, value.number != 0 ? "true" : "false");
  } else if constexpr (kind == record::FieldKind::nanoseconds) {
    return write_signed_decimal(to, static_cast<std::int64_t>(value.number));
  } else if constexpr (kind == record::FieldKind::integers) {
    return write_numbers<quotes>(to, value.numbers);
  } else {
    if constexpr (quotes == Quotes::json) *to++ = '"';
    if constexpr (kind == record::FieldKind::time) {
      to = times.write(to, Timestamp{Duration{static_cast<std::int64_t>(value.number)}});
    } else if constexpr (kind == record::FieldKind::ip_address) {
      to = write_text(to, *value.address);
    } else {
      static_assert(kind == record::FieldKind::word);
      to = write_string(to, value.word);
    }
    if constexpr (quotes == Quotes::json) *to++ = '"';
    return to;
  }
}

template <std::size_t index>
inline char* write_csv_field(char* to, const FlowRow& row, Rfc3339& times) noexcept {
  constexpr const FlowField& field = flow_fields[index];
  if constexpr (index != 0) *to++ = ',';
  const FlowValue value = field.value(row);
  return value.present ? write_value<field.kind, Quotes::none>(to, value, times) : to;
}

template <std::size_t index>
inline char* write_json_field(char* to, const FlowRow& row, Rfc3339& times) noexcept {
  constexpr const FlowField& field = flow_fields[index];
  const FlowValue value = field.value(row);
  if (!value.present) return to;
  *to++ = index == 0 ? '{' : ',';
  *to++ = '"';
  to = write_string(to, field.name);
  *to++ = '"';
  *to++ = ':';
  return write_value<field.kind, Quotes::json>(to, value, times);
}

template <class Function>
constexpr void for_each_field(const Function& function) {
  [&]<std::size_t... index>(std::index_sequence<index...>) {
    (function(std::integral_constant<std::size_t, index>{}), ...);
  }(std::make_index_sequence<flow_fields.size()>{});
}

}  // namespace

char* write_csv_header(char* to) noexcept {
  for (const FlowField& field : flow_fields) {
    if (&field != flow_fields.data()) *to++ = ',';
    to = write_string(to, field.name);
  }
  return write_string(to, "\r\n");
}

char* write_csv_line(char* to, const FlowRow& row, Rfc3339& times) noexcept {
  for_each_field([&](auto index) { to = write_csv_field<index()>(to, row, times); });
  return write_string(to, "\r\n");
}

char* write_json_line(char* to, const FlowRow& row, Rfc3339& times) noexcept {
  for_each_field([&](auto index) { to = write_json_field<index()>(to, row, times); });
  return write_string(to, "}\n");
}

char* write_flow_value(char* to, std::size_t field, const FlowRow& row, Rfc3339& times) noexcept {
  for_each_field([&](auto index) {
    if (index() != field) return;
    constexpr const FlowField& known = flow_fields[index()];
    const FlowValue value = known.value(row);
    if (value.present) to = write_value<known.kind, Quotes::none>(to, value, times);
  });
  return to;
}

}  // namespace weir::sink
