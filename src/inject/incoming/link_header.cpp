// IEEE 802.3 3.1.1: destination, source, type.
#include "inject/incoming/link_header.h"

#include <algorithm>

namespace weir::inject {

LinkHeader::LinkHeader(const Address& adapter) noexcept {
  std::ranges::copy(adapter, header_.begin());
}

Bytes LinkHeader::of(std::uint16_t ether_type) noexcept {
  if (ether_type == 0) return {};
  store_be(header_.data() + size - sizeof ether_type, ether_type);
  return header_;
}

}  // namespace weir::inject
