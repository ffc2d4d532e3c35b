// Binds the fields of a flow to the parameters of one statement.
#include "stores/flow_insert.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <span>

#include "stores/schema.h"

namespace weir::stores {
namespace {

// SQLite's integers are signed.
std::int64_t stored(std::uint64_t number) {
  constexpr auto largest = std::uint64_t{std::numeric_limits<std::int64_t>::max()};
  return static_cast<std::int64_t>(number < largest ? number : largest);
}

// 16 bytes that sort: IPv4 as an IPv4-mapped address (RFC 4291 2.5.5.2).
std::array<std::uint8_t, Ipv6Address::size> sortable(const IpAddress& address) {
  std::array<std::uint8_t, Ipv6Address::size> octets{};
  const Bytes bytes = address.bytes();
  if (address.version() == 4) octets[10] = octets[11] = 0xff;
  std::copy(bytes.begin(), bytes.end(), octets.end() - static_cast<std::ptrdiff_t>(bytes.size()));
  return octets;
}

std::string dotted(std::span<const std::uint16_t> numbers) {
  std::string text;
  for (const std::uint16_t number : numbers) {
    if (!text.empty()) text += '.';
    text += std::to_string(number);
  }
  return text;
}

}  // namespace

FlowInsert::FlowInsert(Connection& connection) : insert_{connection.prepare(insert_flow())} {}

void FlowInsert::add(std::int64_t run, const record::FlowRow& row) {
  int parameter = 1;
  insert_.bind(parameter++, run);
  for (const record::FlowField& field : std::span{record::flow_fields}.subspan(1)) {
    bind(parameter, field, field.value(row));
  }
  insert_.run();
}

void FlowInsert::bind(int& parameter, const record::FlowField& field,
                      const record::FlowValue& value) {
  const auto index = static_cast<std::size_t>(&field - record::flow_fields.data());
  char* const text = texts_[index].data();
  if (!value.present) {
    insert_.bind_null(parameter++);
    return;
  }
  switch (field.kind) {
    case record::FieldKind::integer:
    case record::FieldKind::boolean:
      insert_.bind(parameter++, stored(value.number));
      break;
    case record::FieldKind::nanoseconds:
      insert_.bind(parameter++, static_cast<std::int64_t>(value.number));
      break;
    case record::FieldKind::time: {
      const Timestamp time{Duration{static_cast<std::int64_t>(value.number)}};
      insert_.bind(parameter++, std::string_view{text, times_.write(text, time)});
      break;
    }
    case record::FieldKind::ip_address:
      blobs_[index] = sortable(*value.address);
      insert_.bind(parameter++, std::string_view{text, write_text(text, *value.address)});
      insert_.bind(parameter++, Bytes{blobs_[index]});
      break;
    case record::FieldKind::integers:
      vlans_ = dotted(value.numbers);
      insert_.bind(parameter++, std::string_view{vlans_});
      break;
    default:
      assert(field.kind == record::FieldKind::word);
      insert_.bind(parameter++, value.word);
  }
}

}  // namespace weir::stores
