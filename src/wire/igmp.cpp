// Reads and writes what IGMP version 3 has behind the common header.
#include <cstring>

#include "weir/wire/igmp_version_3.h"

namespace weir::wire {

IgmpGroupRecordList IgmpView::group_records() const noexcept {
  if (type() != IgmpType::membership_report_v3) return IgmpGroupRecordList{Bytes{}};
  const IgmpGroupRecordList all{payload()};
  std::size_t left = group_record_count();
  auto at = all.begin();
  while (at != all.end() && left > 0) {
    ++at;
    --left;
  }
  // What is behind the last record is none; what is damaged shows that the list
  // is.
  return left > 0 ? all : IgmpGroupRecordList{payload().first(payload().size() - at.rest().size())};
}

Written IgmpQueryFields::write(MutableBytes to, Bytes /*payload*/) const noexcept {
  const std::size_t length = header_length();
  if (to.size() < length) return std::unexpected{WriteError::no_room};
  if (!source_count && sources.size() > 0xffff) return std::unexpected{WriteError::too_long};
  if (reserved > 15 || querier_robustness > 7) return std::unexpected{WriteError::bad_value};
  std::uint8_t* at = to.data();
  at[0] = static_cast<std::uint8_t>(IgmpType::membership_query);
  at[1] = max_response_code;
  store_be(at + 2, checksum.value_or(0));
  store_bytes(at + 4, group.octets);
  at[8] = static_cast<std::uint8_t>(reserved << 4 | (suppress_router_processing ? 8 : 0) |
                                    querier_robustness);
  at[9] = querier_query_interval_code;
  store_be(at + 10, source_count.value_or(static_cast<std::uint16_t>(sources.size())));
  at += IgmpView::query_v3_length;
  for (const Ipv4Address& source : sources) {
    store_bytes(at, source.octets);
    at += Ipv4Address::size;
  }
  return length;
}

std::size_t IgmpReportFields::header_length() const noexcept {
  std::size_t length = IgmpView::min_header_length;
  for (const IgmpGroupRecordFields& record : records) length += record.length();
  return length;
}

Written IgmpReportFields::write(MutableBytes to, Bytes /*payload*/) const noexcept {
  const std::size_t length = header_length();
  if (to.size() < length) return std::unexpected{WriteError::no_room};
  if (!group_record_count && records.size() > 0xffff) {
    return std::unexpected{WriteError::too_long};
  }
  for (const IgmpGroupRecordFields& record : records) {
    if (const auto error = record.refused()) return std::unexpected{*error};
  }
  std::uint8_t* const at = to.data();
  at[0] = static_cast<std::uint8_t>(IgmpType::membership_report_v3);
  at[1] = reserved;
  store_be(at + 2, checksum.value_or(0));
  store_be(at + 4, reserved_flags);
  store_be(at + 6, group_record_count.value_or(static_cast<std::uint16_t>(records.size())));
  MutableBytes rest = to.first(length).subspan(IgmpView::min_header_length);
  for (const IgmpGroupRecordFields& record : records) {
    rest = rest.subspan(record.write(rest).value_or(0));
  }
  return length;
}

}  // namespace weir::wire
