// Reads and writes the options of packets.
#include "weir/savefile/packet_options.h"

#include "savefile/pcapng/pcapng_blocks.h"
#include "savefile/pcapng/pcapng_option_list.h"
#include "savefile/pcapng/pcapng_options.h"

namespace weir::savefile {
namespace {

template <class T>
std::optional<T> number(Bytes value, ByteOrder order) noexcept {
  if (value.size() != sizeof(T)) return std::nullopt;
  return load_as<T>(order, value.data());
}

}  // namespace

PacketOptions read_packet_options(const PacketMeta& meta) {
  const ByteOrder order = meta.options_big_endian ? ByteOrder::big : ByteOrder::little;
  PacketOptions read;
  PcapngOptions list{meta.options, order};
  for (PcapngOption option; list.next(option);) {
    const Bytes value = option.value;
    switch (option.code) {
      case opt_comment:
        read.comments.push_back(text_of(value));
        break;
      case epb_flags:
        read.flags = number<std::uint32_t>(value, order);
        break;
      case epb_hash:
        read.hash = value;
        break;
      case epb_dropcount:
        read.drop_count = number<std::uint64_t>(value, order);
        break;
      case epb_packetid:
        read.packet_id = number<std::uint64_t>(value, order);
        break;
      case epb_queue:
        read.queue = number<std::uint32_t>(value, order);
        break;
      default:
        break;
    }
  }
  return read;
}

std::vector<std::uint8_t> write_packet_options(const PacketOptions& options) {
  PcapngOptionList list;
  for (const std::string_view comment : options.comments) list.add(opt_comment, comment);
  if (options.flags) list.add(epb_flags, *options.flags);
  if (!options.hash.empty()) list.add(epb_hash, options.hash);
  if (options.drop_count) list.add(epb_dropcount, *options.drop_count);
  if (options.packet_id) list.add(epb_packetid, *options.packet_id);
  if (options.queue) list.add(epb_queue, *options.queue);
  return std::move(list).finish();
}

}  // namespace weir::savefile
