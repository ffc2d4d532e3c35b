// Every field a packet may have, found by name: behind rows and columns.
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "record/packet_fields.h"
#include "record/packet_record.h"

namespace weir::record {

/// Where a field stands in the table of a header's format.
struct FieldEntry {
  const ProtocolFields* table = nullptr;
  std::size_t index = 0;
};

/// One field: of the packet, or of a header.
struct FieldPlace {
  FieldDescription description{};
  /// Null for the field of a header.
  const RecordField<PacketRecord>* of_packet = nullptr;
  wire::Protocol protocol{};
  /// One a format: two protocols have two.
  std::array<FieldEntry, 2> entries{};
};

/// All there are, in the order of the record, and the text of their names.
class PacketCatalogue {
 public:
  /// Valid for ever.
  [[nodiscard]] static const PacketCatalogue& all();

  [[nodiscard]] std::span<const FieldDescription> descriptions() const noexcept {
    return descriptions_;
  }
  /// Of a name, or with the short_name() of a header's field. Throws Error (invalid_argument) that
  /// tells the name near to one that is not there.
  [[nodiscard]] const FieldPlace& find(std::string_view name) const;

 private:
  PacketCatalogue();
  void add(const ProtocolFields& fields);
  [[nodiscard]] std::string near(std::string_view name) const;

  std::vector<FieldPlace> places_;
  std::vector<FieldDescription> descriptions_;
  std::map<std::string, std::size_t, std::less<>> by_name_;
};

}  // namespace weir::record
