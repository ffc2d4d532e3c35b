// IGMP of steelscript.packets.
#include <array>

#include "weir/compat/steelscript/igmp.h"
#include "weir/wire/igmp.h"
#include "weir/wire/igmp_version_3.h"

namespace weir::compat::steelscript {
namespace {

constexpr std::array record_fields{
    number<&IgmpRecordHeader::type>("type"),
    attribute<&IgmpRecordHeader::group_address>("group_address", FieldKind::ipv4),
    computed<&IgmpRecordHeader::get_source_addresses, &IgmpRecordHeader::set_source_addresses>(
        "source_addresses", FieldKind::addresses),
    computed<&IgmpRecordHeader::get_aux_data, &IgmpRecordHeader::set_aux_data>(
        "aux_data", FieldKind::octets, 1020),
    // Behind what sets them too: given both, these stand.
    number<&IgmpRecordHeader::num_src>("num_src"),
    number<&IgmpRecordHeader::aux_data_len>("aux_data_len"),
    computed<&IgmpRecordHeader::get_byte_len>("byte_len", FieldKind::number),
};
constexpr Query record_queries[] = {
    {"igmpv3grouprecord.type", "type"},
    {"igmpv3grouprecord.aux_data_len", "aux_data_len"},
    {"igmpv3grouprecord.num_src", "num_src"},
    {"igmpv3grouprecord.group_address", "group_address"},
    {"igmpv3grouprecord.source_addresses", "source_addresses"},
    {"igmpv3grouprecord.aux_data", "aux_data"},
};

constexpr std::array igmp_fields{
    number<&IgmpHeader::version>("version", 3),
    number<&IgmpHeader::type>("type"),
    number<&IgmpHeader::max_resp>("max_resp"),
    number<&IgmpHeader::reserved1>("reserved1"),
    number<&IgmpHeader::checksum>("checksum"),
    attribute<&IgmpHeader::group_address>("group_address", FieldKind::ipv4),
    number<&IgmpHeader::s>("s", 1),
    number<&IgmpHeader::qrv>("qrv", 7),
    number<&IgmpHeader::qqic>("qqic"),
    number<&IgmpHeader::reserved2>("reserved2"),
    computed<&IgmpHeader::get_source_addresses, &IgmpHeader::set_source_addresses>(
        "source_addresses", FieldKind::addresses),
    // Behind the sources, which set it too: given both, this one stands.
    number<&IgmpHeader::num_records>("num_records"),
    computed<&IgmpHeader::get_saddr>("saddr", FieldKind::text),
};
constexpr Query igmp_queries[] = {
    {"igmp.version", "version"},
    {"igmp.type", "type"},
    {"igmp.saddr", "saddr"},
    {"igmp.s", "s"},
    {"igmp.qrv", "qrv"},
    {"igmp.num_src", "num_records"},
    {"igmp.num_grp_recs", "num_records"},
    {"igmp.max_resp", "max_resp"},
    {"igmp.maddr", "group_address"},
    {"igmp.checksum", "checksum"},
    {"igmp.obj.saddr", "source_addresses"},
    {"igmp.obj.grecs", "group_records"},
};

Addresses addresses_of(Bytes bytes) {
  Addresses addresses;
  for (; bytes.size() >= Ipv4Address::size; bytes = bytes.subspan(Ipv4Address::size)) {
    addresses.push_back(Ipv4Address::load(bytes.data()));
  }
  return addresses;
}

}  // namespace

std::string joined(const Addresses& addresses) {
  std::string text;
  for (const Ipv4Address& address : addresses) {
    if (!text.empty()) text += ',';
    text += to_string(address);
  }
  return text;
}

constinit const LayerClass IgmpRecordHeader::layer =
    layer_class<IgmpRecordHeader>({.name = "IGMPGroupRecord",
                                   .pq_type = 5,
                                   .fields = record_fields,
                                   .queries = record_queries,
                                   .length_name = "num_src"});

std::expected<Rest, wire::ParseError> IgmpRecordHeader::read(Bytes bytes) {
  wire::IgmpGroupRecord record;
  const std::size_t length = wire::IgmpGroupRecord::read(bytes, record);
  if (length == 0) return std::unexpected{wire::ParseError::truncated};
  type = static_cast<std::uint8_t>(record.type);
  group_address = record.multicast_address;
  set_source_addresses(addresses_of(record.sources));
  set_aux_data({record.auxiliary_data.begin(), record.auxiliary_data.end()});
  return Rest{.trailer = bytes.subspan(length)};
}

wire::Written IgmpRecordHeader::write(MutableBytes message, const Pkt2Net& /*told*/) {
  Octets padded = aux_data_;
  padded.resize((padded.size() + 3) / 4 * 4);
  const wire::IgmpGroupRecordFields fields{.type = static_cast<wire::IgmpRecordType>(type),
                                           .multicast_address = group_address,
                                           .sources = sources_,
                                           .auxiliary_data = padded};
  const wire::Written written = fields.write(message);
  if (!written) return written;
  message[1] = aux_data_len;  // as it was set, right or wrong
  store_be(message.data() + 2, num_src);
  return written;
}

constinit const LayerClass IgmpHeader::layer =
    layer_class<IgmpHeader>({.name = "IGMP",
                             .pq_type = 4,
                             .fields = igmp_fields,
                             .queries = igmp_queries,
                             .payload_name = "group_records",
                             .length_name = "num_records"});

std::expected<Rest, wire::ParseError> IgmpHeader::read(Bytes bytes) {
  const auto message = wire::IgmpView::parse(bytes);
  if (!message) return std::unexpected{message.error()};
  version = message->version().value_or(0);
  type = static_cast<std::uint8_t>(message->type());
  (version == 1 || is_report_v3() ? reserved1 : max_resp) = message->max_response_code();
  checksum = message->checksum();
  if (is_report_v3()) {
    reserved2 = load_be<std::uint16_t>(bytes.data() + 4);
    num_records = message->group_record_count();
    std::size_t whole = 0;
    for (const wire::IgmpGroupRecord& record : message->group_records()) {
      whole +=
          wire::IgmpGroupRecord::min_length + record.sources.size() + record.auxiliary_data.size();
    }
    const Bytes records = message->payload();
    return Rest{.payload = records.first(whole), .trailer = records.subspan(whole)};
  }
  group_address = message->group();
  if (is_query_v3()) {
    s = message->suppress_router_processing() ? 1 : 0;
    qrv = message->querier_robustness();
    reserved_ = message->reserved();
    qqic = message->querier_query_interval_code();
    set_source_addresses(addresses_of(message->sources()));
    num_records = message->source_count();
  }
  return Rest{.trailer = bytes.subspan(header_length())};
}

wire::Written IgmpHeader::write(MutableBytes message, const Pkt2Net& told) noexcept {
  if (told.updates() && (is_query_v3() || is_report_v3())) {
    const std::size_t count = is_query_v3() ? sources_.size() : written_records;
    if (count > 0xffff) return std::unexpected{wire::WriteError::too_long};
    num_records = static_cast<std::uint16_t>(count);
  }
  wire::Written written = 0;
  if (is_query_v3()) {
    written = wire::IgmpQueryFields{.max_response_code = max_resp,
                                    .checksum = checksum,
                                    .group = group_address,
                                    .reserved = reserved_,
                                    .suppress_router_processing = s != 0,
                                    .querier_robustness = qrv,
                                    .querier_query_interval_code = qqic,
                                    .source_count = num_records,
                                    .sources = sources_}
                  .write(message, {});
  } else {
    Ipv4Address counts;
    store_be(counts.octets.data(), reserved2);
    store_be(counts.octets.data() + 2, num_records);
    written =
        wire::IgmpFields{.type = static_cast<wire::IgmpType>(type),
                         .max_response_code = version == 1 || is_report_v3() ? reserved1 : max_resp,
                         .checksum = checksum,
                         .group = is_report_v3() ? counts : group_address}
            .write(message, {});
  }
  if (written && told.sums()) {
    wire::IgmpFields::seal(message, {});
    checksum = load_be<std::uint16_t>(message.data() + 2);
  }
  return written;
}

bool IgmpHeader::answers(std::string_view query) const noexcept {
  if (query == "igmp.s" || query == "igmp.qrv" || query == "igmp.num_src" ||
      query == "igmp.obj.saddr") {
    return is_query_v3();
  }
  if (query == "igmp.num_grp_recs" || query == "igmp.obj.grecs") return is_report_v3();
  if (query == "igmp.saddr") return is_query_v3() || is_report_v3();
  if (query == "igmp.max_resp") return version != 1 && !is_report_v3();
  return true;
}

std::optional<Value> IGMP::get_field_val(std::string_view field) {
  const bool is_saddr = field == "igmp.saddr";
  if (!is_report_v3() || (!is_saddr && field != "igmp.maddr")) {
    return Layer<IgmpHeader>::get_field_val(field);
  }
  Addresses addresses;
  for (const auto& record : group_records) {
    if (!record) continue;
    if (!is_saddr) addresses.push_back(record->group_address);
    if (!is_saddr) continue;
    const Addresses& sources = record->get_source_addresses();
    addresses.insert(addresses.end(), sources.begin(), sources.end());
  }
  return joined(addresses);
}

void IGMP::take_payload(Bytes payload, std::size_t /*depth*/) {
  group_records.clear();
  for (Bytes rest = payload; !rest.empty();) {
    auto record = std::make_shared<IGMPGroupRecord>();
    if (!record->read(rest)) return;
    rest = rest.subspan(record->header_length());
    group_records.push_back(std::move(record));
  }
}

void IGMP::append_payload(Octets& out, const Pkt2Net& told) {
  written_records = 0;
  if (!is_report_v3()) return;
  for (const auto& record : group_records) {
    if (!record) continue;
    record->append(out, told);
    ++written_records;
  }
}

}  // namespace weir::compat::steelscript
