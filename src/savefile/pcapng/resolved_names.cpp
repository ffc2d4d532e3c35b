// Name resolution blocks (draft-ietf-opsawg-pcapng 4.5).
#include "weir/savefile/resolved_names.h"

#include <algorithm>

#include "savefile/pcapng/pcapng_blocks.h"
#include "savefile/pcapng/pcapng_options.h"

namespace weir::savefile {
namespace {

constexpr std::uint16_t nrb_record_ipv4 = 1;
constexpr std::uint16_t nrb_record_ipv6 = 2;

// Behind the address, each name ends with a NUL.
std::uint64_t names_behind(Bytes record, std::size_t address_size) noexcept {
  if (record.size() <= address_size) return 0;
  const auto ends = std::ranges::count(record.subspan(address_size), std::uint8_t{0});
  return static_cast<std::uint64_t>(ends);
}

}  // namespace

void add_resolved_names(ResolvedNames& names, const Block& block) noexcept {
  if (block.type != name_resolution) return;
  // Records are built as options are.
  PcapngOptions records{block.body, block.big_endian ? ByteOrder::big : ByteOrder::little};
  for (PcapngOption record; records.next(record);) {
    if (record.code == nrb_record_ipv4) names.ipv4 += names_behind(record.value, 4);
    if (record.code == nrb_record_ipv6) names.ipv6 += names_behind(record.value, 16);
  }
}

}  // namespace weir::savefile
