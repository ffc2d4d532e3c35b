// Fuzzes the readers of DNS, DHCP, NetFlow and IGMP messages, and what writes them: what has been
// read is written again, and reads the same. Input: one byte that says which, then the message.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "weir/bytes.h"
#include "weir/wire/dhcp.h"
#include "weir/wire/dns.h"
#include "weir/wire/dns_writer.h"
#include "weir/wire/igmp_version_3.h"
#include "weir/wire/netflow.h"
#include "weir/wire/netflow_record.h"
#include "weir/wire/netflow_v9.h"

namespace {

using namespace weir;        // NOLINT(google-build-using-namespace)
using namespace weir::wire;  // NOLINT(google-build-using-namespace)

void require(bool condition) {
  if (!condition) std::abort();
}

bool same(Bytes a, Bytes b) { return std::ranges::equal(a, b); }

// Fields made of a view write its header again.
template <class Fields, class View>
void write_again(const View& view) {
  std::vector<std::uint8_t> to(view.header_length(), 0xa5);
  require(Fields::of(view).write(to, {}).has_value());
  require(same(to, view.bytes().first(view.header_length())));
}

// As the record stands, but for its names, which are written anew.
void copy_record(DnsWriter& writer, const DnsReader& reader, const DnsRecord& record,
                 std::vector<std::string>& names) {
  DnsNameBuffer buffer;
  const auto owner = reader.name(record.name_offset, buffer);
  if (!owner) return;
  const std::string name{*owner};
  DnsData data{record.data};
  if (const auto offset = record.name_in_data()) {
    const auto target = reader.name(*offset, buffer);
    if (!target) return;
    data = DnsNameData{*target};
  }
  const Bytes before = writer.message();
  const bool added = writer
                         .add(DnsSection::answer, {.name = name,
                                                   .type = record.type,
                                                   .class_number = record.class_number,
                                                   .time_to_live = record.time_to_live,
                                                   .data = data})
                         .has_value();
  if (added) {
    names.push_back(name);
  } else {
    require(writer.message().size() == before.size());
  }
}

void dns(Bytes bytes, bool compress) {
  const auto message = DnsView::parse(bytes);
  if (!message) return;
  write_again<DnsFields>(*message);
  std::vector<std::uint8_t> buffer(bytes.size() + 512);
  DnsWriter writer{buffer, {.id = message->id()}, {.compress = compress}};
  std::vector<std::string> names;
  DnsReader reader{*message};
  while (const auto record = reader.next_record()) {
    copy_record(writer, reader, *record, names);
    if (const auto extension = DnsExtension::parse(*record)) {
      std::size_t size = 0;
      for (const DnsOption& option : extension->options) size += 4 + option.data.size();
      require(size <= record->data.size());
    }
  }
  if (writer.message().empty()) return;
  DnsReader again{*DnsView::parse(writer.message())};
  DnsNameBuffer text;
  for (const std::string& name : names) {
    const auto record = again.next_record();
    require(record.has_value());
    require(again.name(record->name_offset, text) == std::string_view{name});
  }
  require(!again.next_record());
}

void dhcp(Bytes bytes) {
  const auto message = DhcpView::parse(bytes);
  if (!message) return;
  write_again<DhcpFields>(*message);
  std::vector<DhcpOption> options;
  for (const auto& list : {message->options(), message->file_options(), message->sname_options()}) {
    for (const DhcpOption& option : list) {
      require(option.data.empty() || option.data.data() >= bytes.data());
      if (!option.ends_list()) options.push_back(option);
    }
  }
  require(options.size() <= bytes.size());
  std::vector<std::uint8_t> vendor(bytes.size() + 5);
  const auto length = write_dhcp_options(vendor, options);
  require(length.has_value());
  std::size_t index = 0;
  for (const DhcpOption& option : DhcpOptionList{Bytes{vendor}.first(*length).subspan(4)}) {
    if (option.ends_list()) break;
    require(index < options.size() && option.code == options[index].code);
    require(same(option.data, options[index++].data));
  }
  require(index == options.size());
  std::vector<std::uint8_t> whole(64);
  for (const DhcpOption& option : options) {
    require(message->option(option.code).has_value());
    require(message->whole_option(option.code, whole) >= option.data.size());
    if (options.size() > 32) break;
  }
}

void netflow(Bytes bytes, NetflowTemplates& templates) {
  const auto packet = NetflowView::parse(bytes);
  if (!packet) return;
  write_again<NetflowFields>(*packet);
  for (std::size_t i = 0; i < netflow_record_count(*packet); ++i) {
    const auto record = NetflowRecord::read(*packet, i);
    require(record.has_value());
    std::vector<std::uint8_t> to(netflow_record_length(packet->version()));
    require(record->write(packet->version(), to).has_value());
    require(NetflowRecord::read(packet->version(), to) == *record);
  }
  const auto source = packet->source_id();
  if (!source) return;
  for (const NetflowFlowSet& set : NetflowFlowSetList{packet->payload()}) {
    const auto added = templates.add_all(*source, set);
    require(added.kept + added.refused <= set.body.size());
    require(templates.size() <= NetflowTemplates::max_templates);
    const auto* const by = templates.find(*source, set.id);
    if (by == nullptr) continue;
    require(by->record_length > 0);
    const NetflowRecords records{*by, set};
    require(records.size() * by->record_length <= set.body.size());
    for (std::size_t i = 0; i < std::min<std::size_t>(records.size(), 100); ++i) {
      std::size_t length = 0;
      for (const NetflowTemplateField& field : by->fields()) length += field.length;
      require(length == records.record(i).size());
      (void)records.number(i, by->fields()[0].type);
    }
  }
}

void igmp(Bytes bytes) {
  const auto message = IgmpView::parse(bytes);
  if (!message) return;
  write_again<IgmpFields>(*message);
  require(message->sources().size() <= std::size_t{message->source_count()} * 4);
  std::vector<std::vector<Ipv4Address>> sources;
  std::vector<IgmpGroupRecordFields> records;
  for (const IgmpGroupRecord& record : message->group_records()) {
    auto& list = sources.emplace_back();
    for (std::size_t i = 0; i < record.source_count(); ++i) list.push_back(record.source(i));
    records.push_back({record.type, record.multicast_address, {}, record.auxiliary_data});
  }
  require(records.size() <= message->group_record_count());
  for (std::size_t i = 0; i < records.size(); ++i) records[i].sources = sources[i];
  const IgmpReportFields report{.records = records};
  std::vector<std::uint8_t> to(report.header_length());
  require(report.write(to, {}).has_value());
  if (message->type() != IgmpType::membership_report_v3) return;
  require(same(Bytes{to}.subspan(8), bytes.subspan(8, to.size() - 8)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  // A heap block of exactly the message's size: the sanitizer sees a read one byte past it.
  const auto copy = std::make_unique_for_overwrite<std::uint8_t[]>(size - 1);
  std::copy_n(data + 1, size - 1, copy.get());
  const Bytes bytes{copy.get(), size - 1};
  switch (data[0] % 5) {
    case 0:
      dns(bytes, true);
      break;
    case 1:
      dns(bytes, false);
      break;
    case 2:
      dhcp(bytes);
      break;
    case 3: {
      const auto templates = std::make_unique<NetflowTemplates>();
      netflow(bytes, *templates);
      // Its data once more, now that all templates are known.
      netflow(bytes, *templates);
      break;
    }
    default:
      igmp(bytes);
  }
  return 0;
}
