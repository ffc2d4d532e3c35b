// Editor: an outer tunnel, or any headers, put in front of the packet.
#include <algorithm>
#include <array>
#include <variant>

#include "weir/wire/edit.h"
#include "weir/wire/frame_writer.h"

namespace weir::wire {
namespace {

/// Bytes, options and all: of the longest header that names what follows, IPv6's extension headers.
constexpr std::size_t max_naming_header = 2048;

/// Whether a header tells what follows, which has the numbers `next`: if those leave a field open,
/// other numbers would fill it in.
template <HeaderFields Fields>
bool tells(Fields fields, const HeaderNumbers& next) noexcept {
  if constexpr (NamingFields<Fields>) {
    std::array<std::uint8_t, max_naming_header> named;
    std::array<std::uint8_t, max_naming_header> other;
    fields.name_next(next);
    const Written written = fields.write(named, {});
    if (!written) return true;  // what is wrong, writing it will say
    fields.name_next({.ether_type = ether_type::ipv4,
                      .ip_protocol = std::uint8_t{4},
                      .port = std::uint16_t{1},
                      .service_access_point = std::uint8_t{6}});
    return fields.write(other, {}) == written &&
           std::equal(named.begin(), named.begin() + *written, other.begin());
  }
  return true;
}

/// What packets are whose first header is this one.
std::optional<LinkType> link_type_of(const AnyFields& first) noexcept {
  if (std::holds_alternative<EthernetFields>(first)) return LinkType::ethernet;
  if (std::holds_alternative<Ipv4Fields>(first)) return LinkType::ipv4;
  if (std::holds_alternative<Ipv6Fields>(first)) return LinkType::ipv6;
  return std::nullopt;
}

}  // namespace

Edited Editor::push(std::span<const AnyFields> headers) noexcept {
  if (headers.empty()) return {};
  if (packet_.wire_length > data_.size()) return std::unexpected{EditError::not_captured};
  const std::optional<LinkType> link_type = link_type_of(headers.front());
  const auto* const ethernet = std::get_if<EthernetFields>(&headers.front());
  if (!link_type || (ethernet != nullptr && ethernet->trailer.has_frame_check_sequence)) {
    return std::unexpected{EditError::bad_value};
  }
  const HeaderNumbers behind = numbers_of_packet();
  if (!std::visit([&](const auto& header) { return tells(header, behind); }, headers.back())) {
    return std::unexpected{EditError::no_such_header};
  }
  const std::size_t size = without_frame_check_sequence();
  const auto write = [&]() noexcept -> Written {
    FrameWriter writer{room_.first(start() + size)};
    if (const Written kept = writer.add(data_.first(size), behind); !kept) return kept;
    for (std::size_t i = headers.size(); i-- > 0;) {
      if (const Written added = add(writer, headers[i]); !added) return added;
    }
    return writer.frame().size();
  };
  Written written = write();
  if (written && has(packet_.flags, PacketFlags::checksum_not_ready)) {
    if (const Edited complete = complete_checksums(); !complete) return complete;
    written = write();
  }
  if (!written) {
    return std::unexpected{written.error() == WriteError::no_room ? EditError::no_room
                                                                  : EditError::bad_value};
  }
  drop_frame_check_sequence();
  packet_.link_type = *link_type;
  move_start(start() + size - *written);
  return {};
}

}  // namespace weir::wire
