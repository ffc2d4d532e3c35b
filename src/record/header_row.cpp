// Reads one header by the table of its protocol.
#include "weir/record/header_row.h"

#include <vector>

#include "record/layer_fields.h"

namespace weir::record {

wire::Protocol HeaderFormat::protocol() const noexcept { return fields_->protocol; }
std::string_view HeaderFormat::name() const noexcept { return wire::name(fields_->protocol); }
std::string_view HeaderFormat::title() const noexcept { return fields_->title; }
std::span<const FieldDescription> HeaderFormat::fields() const noexcept { return fields_->fields; }

std::span<const HeaderFormat> header_formats() {
  static const std::vector<HeaderFormat> all = [] {
    std::vector<HeaderFormat> formats;
    for (const ProtocolFields& fields : packet_fields()) formats.push_back(HeaderFormat{fields});
    formats.push_back(HeaderFormat{sll2_fields()});
    formats.push_back(HeaderFormat{avs_fields()});
    return formats;
  }();
  return all;
}

HeaderFormat user_header_format() noexcept { return HeaderFormat{user_fields()}; }

HeaderRow::HeaderRow(const Packet& packet, const wire::Layers& layers, const wire::Layer& layer)
    : format_{packet_fields().front()}, header_{header_bytes(packet, layers, layer)} {
  format_ = HeaderFormat{fields_of(layer, header_)};
}

Value HeaderRow::value(std::size_t index) const {
  const auto read = format_.fields_->read;
  return read == nullptr || header_.empty() ? Value{} : read(header_, index);
}

void HeaderRow::visit(std::size_t index, ValueVisitor& to) const {
  const auto visit = format_.fields_->visit;
  if (visit != nullptr && !header_.empty()) visit(to, header_, index);
}

}  // namespace weir::record
