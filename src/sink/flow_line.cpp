// One flow row as a line of JSON or CSV. The table is known to the compiler, so that each field
// becomes straight code.
#include "sink/flow_line.h"

#include <array>
#include <cstring>
#include <utility>

#include "decimal.h"
#include "record/flow_fields.h"
#include "sink/list_writer.h"

namespace weir::sink {
namespace {

using record::FieldKind;
using record::flow_fields;
using record::FlowField;
using record::FlowRow;
using record::Value;

char* write_string(char* to, std::string_view text) noexcept {
  std::memcpy(to, text.data(), text.size());
  return to + text.size();
}

template <FieldKind kind, Quotes quotes>
inline char* write_value(char* to, const Value& value, Rfc3339& times) noexcept {
  const Value::Content& content = value.content();
  if constexpr (kind == FieldKind::integer) {
    return write_decimal(to, std::get<std::uint64_t>(content));
  } else if constexpr (kind == FieldKind::boolean) {
    return write_string(to, std::get<bool>(content) ? "true" : "false");
  } else if constexpr (kind == FieldKind::nanoseconds) {
    return write_signed_decimal(to, std::get<std::int64_t>(content));
  } else {
    if constexpr (quotes == Quotes::json) *to++ = '"';
    if constexpr (kind == FieldKind::time) {
      to = times.write(to, std::get<Timestamp>(content));
    } else if constexpr (kind == FieldKind::ip_address) {
      to = write_text(to, std::get<IpAddress>(content));
    } else {
      static_assert(kind == FieldKind::word);
      to = write_string(to, std::get<std::string_view>(content));
    }
    if constexpr (quotes == Quotes::json) *to++ = '"';
    return to;
  }
}

// Writes the value of a field behind its prefix; nothing where it does not apply.
template <std::size_t index, Quotes quotes, class Prefix>
inline char* write_field(char* to, const FlowRow& row, Rfc3339& times, Prefix prefix) noexcept {
  constexpr const FlowField& field = flow_fields[index];
  if constexpr (field.kind == FieldKind::integers) {
    ListWriter<quotes, Prefix> list{to, prefix};
    field.visit(list, row);
    return list.end();
  } else {
    const Value value = field.read(row);
    if (!value.has_value()) return to;
    return write_value<field.kind, quotes>(prefix(to), value, times);
  }
}

template <std::size_t index>
char* write_csv_value(char* to, const FlowRow& row, Rfc3339& times) noexcept {
  return write_field<index, Quotes::none>(to, row, times, [](char* at) { return at; });
}

template <std::size_t index>
inline char* write_json_member(char* to, const FlowRow& row, Rfc3339& times) noexcept {
  return write_field<index, Quotes::json>(to, row, times, [](char* at) {
    *at++ = index == 0 ? '{' : ',';
    *at++ = '"';
    at = write_string(at, flow_fields[index].name);
    *at++ = '"';
    *at++ = ':';
    return at;
  });
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
  for_each_field([&](auto index) {
    if constexpr (index() != 0) *to++ = ',';
    to = write_csv_value<index()>(to, row, times);
  });
  return write_string(to, "\r\n");
}

char* write_json_line(char* to, const FlowRow& row, Rfc3339& times) noexcept {
  for_each_field([&](auto index) { to = write_json_member<index()>(to, row, times); });
  return write_string(to, "}\n");
}

char* write_flow_value(char* to, std::size_t field, const FlowRow& row, Rfc3339& times) noexcept {
  using Write = char* (*)(char*, const FlowRow&, Rfc3339&) noexcept;
  static constexpr auto writers = []<std::size_t... index>(std::index_sequence<index...>) {
    return std::array<Write, sizeof...(index)>{&write_csv_value<index>...};
  }(std::make_index_sequence<flow_fields.size()>{});
  return writers[field](to, row, times);
}

}  // namespace weir::sink
