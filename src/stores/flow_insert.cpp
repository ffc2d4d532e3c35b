// Binds the fields of a flow to the parameters of one statement.
#include "stores/flow_insert.h"

#include <algorithm>
#include <functional>
#include <limits>

#include "sink/list_writer.h"
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

}  // namespace

FlowInsert::FlowInsert(Connection& connection) : insert_{connection.prepare(insert_flow())} {}

void FlowInsert::add(std::int64_t run, const record::FlowRow& row) {
  int parameter = 1;
  insert_.bind(parameter++, run);
  for (std::size_t field = 1; field < record::flow_fields.size(); ++field) {
    bind(parameter, field, row);
  }
  insert_.run();
}

void FlowInsert::bind(int& parameter, std::size_t field, const record::FlowRow& row) {
  char* const text = texts_[field].data();
  const auto bind_text = [&](const char* end) {
    if (end == text) {
      insert_.bind_null(parameter++);
    } else {
      insert_.bind(parameter++, std::string_view{text, end});
    }
  };
  const auto bind_value = [&]<class T>(const T& value) {
    if constexpr (std::is_same_v<T, std::monostate>) {
      insert_.bind_null(parameter++);
    } else if constexpr (std::is_same_v<T, std::uint64_t>) {
      insert_.bind(parameter++, stored(value));
    } else if constexpr (std::is_same_v<T, Timestamp>) {
      bind_text(times_.write(text, value));
    } else if constexpr (std::is_same_v<T, IpAddress>) {
      blobs_[field] = sortable(value);
      bind_text(write_text(text, value));
      insert_.bind(parameter++, Bytes{blobs_[field]});
    } else if constexpr (std::is_integral_v<T>) {
      insert_.bind(parameter++, std::int64_t{value});
    } else if constexpr (std::is_same_v<T, std::string_view>) {
      insert_.bind(parameter++, value);
    }
  };
  if (record::flow_fields[field].kind == record::FieldKind::integers) {
    sink::ListWriter<sink::Quotes::none, std::identity> list{text, {}};
    row.visit(field, list);
    bind_text(list.end());
  } else {
    std::visit(bind_value, row.value(field).content());
  }
}

}  // namespace weir::stores
