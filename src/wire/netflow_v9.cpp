// Keeps NetFlow version 9 templates, and writes flow sets of them.
#include "weir/wire/netflow_v9.h"

#include <algorithm>

namespace weir::wire {

const char* name(NetflowTemplateError error) noexcept {
  switch (error) {
    case NetflowTemplateError::bad_id:
      return "bad_id";
    case NetflowTemplateError::no_fields:
      return "no_fields";
    case NetflowTemplateError::too_many_fields:
      return "too_many_fields";
    case NetflowTemplateError::too_long:
      return "too_long";
    case NetflowTemplateError::table_full:
      return "table_full";
  }
  return "";
}

Written NetflowFlowSet::write(MutableBytes to) const noexcept {
  const std::size_t length = (body.size() + 4 + 3) / 4 * 4;
  if (to.size() < length) return std::unexpected{WriteError::no_room};
  if (length > 0xffff) return std::unexpected{WriteError::too_long};
  store_be(to.data(), id);
  store_be(to.data() + 2, static_cast<std::uint16_t>(length));
  store_bytes(to.data() + 4, body);
  std::ranges::fill(to.first(length).subspan(4 + body.size()), std::uint8_t{0});
  return length;
}

std::expected<void, NetflowTemplateError> NetflowTemplates::add(
    std::uint32_t source_id, const NetflowTemplateRecord& record) noexcept {
  if (record.id < NetflowFlowSet::first_data) return std::unexpected{NetflowTemplateError::bad_id};
  const std::size_t count = record.field_count();
  if (count > NetflowTemplate::max_fields) {
    return std::unexpected{NetflowTemplateError::too_many_fields};
  }
  std::size_t length = 0;
  for (std::size_t i = 0; i < count; ++i) length += record.field(i).length;
  if (length == 0) return std::unexpected{NetflowTemplateError::no_fields};
  if (length > 0xffff - 4) return std::unexpected{NetflowTemplateError::too_long};
  NetflowTemplate* const end = templates_.data() + size_;
  NetflowTemplate* const place =
      std::find_if(templates_.data(), end, [&](const NetflowTemplate& kept) noexcept {
        return kept.source_id == source_id && kept.id == record.id;
      });
  if (place == end) {
    if (size_ == max_templates) return std::unexpected{NetflowTemplateError::table_full};
    ++size_;
  }
  place->source_id = source_id;
  place->id = record.id;
  place->record_length = static_cast<std::uint16_t>(length);
  place->field_count = static_cast<std::uint16_t>(count);
  place->scope_count = static_cast<std::uint16_t>(record.scope_length / 4);
  for (std::size_t i = 0; i < count; ++i) place->all_fields[i] = record.field(i);
  return {};
}

const NetflowTemplate* NetflowTemplates::find(std::uint32_t source_id,
                                              std::uint16_t id) const noexcept {
  for (std::size_t i = 0; i < size_; ++i) {
    if (templates_[i].id == id && templates_[i].source_id == source_id) return &templates_[i];
  }
  return nullptr;
}

NetflowTemplates::Added NetflowTemplates::add_all(std::uint32_t source_id,
                                                  const NetflowFlowSet& set) noexcept {
  Added added;
  const auto each = [&](const auto& list) noexcept {
    auto at = list.begin();
    for (; at != list.end(); ++at) ++(add(source_id, *at) ? added.kept : added.refused);
    const auto is_zero = [](std::uint8_t octet) noexcept { return octet == 0; };
    if (!std::ranges::all_of(at.rest(), is_zero)) ++added.refused;
  };
  if (set.id == NetflowFlowSet::templates) each(NetflowTemplateList{set.body});
  if (set.id == NetflowFlowSet::options_templates) each(NetflowOptionsTemplateList{set.body});
  return added;
}

std::optional<std::size_t> netflow_v9_record_count(Bytes flow_sets) noexcept {
  NetflowTemplates templates;
  std::size_t count = 0;
  for (const NetflowFlowSet& set : NetflowFlowSetList{flow_sets}) {
    if (set.id < NetflowFlowSet::first_data) {
      const auto added = templates.add_all(0, set);
      count += added.kept + added.refused;
    } else if (const NetflowTemplate* const by = templates.find(0, set.id)) {
      count += NetflowRecords{*by, set}.size();
    } else {
      return std::nullopt;
    }
  }
  return count;
}

Written write_netflow_template(MutableBytes to, std::uint16_t id,
                               std::span<const NetflowTemplateField> fields,
                               std::optional<std::size_t> scope_count) noexcept {
  const std::size_t header = scope_count ? 6 : 4;
  const std::size_t length = header + fields.size() * 4;
  if (to.size() < length) return std::unexpected{WriteError::no_room};
  if (fields.size() > 0x3fff) return std::unexpected{WriteError::too_long};
  if (scope_count.value_or(0) > fields.size()) return std::unexpected{WriteError::bad_value};
  std::uint8_t* at = to.data();
  store_be(at, id);
  if (scope_count) {
    store_be(at + 2, static_cast<std::uint16_t>(*scope_count * 4));
    store_be(at + 4, static_cast<std::uint16_t>((fields.size() - *scope_count) * 4));
  } else {
    store_be(at + 2, static_cast<std::uint16_t>(fields.size()));
  }
  at += header;
  for (const NetflowTemplateField& field : fields) {
    store_be(at, field.type);
    store_be(at + 2, field.length);
    at += 4;
  }
  return length;
}

}  // namespace weir::wire
