// Walks an option list for comments.
#include "weir/savefile/packet_comments.h"

#include "savefile/pcapng_blocks.h"
#include "savefile/pcapng_options.h"

namespace weir::savefile {

std::optional<std::string_view> PacketComments::next() noexcept {
  PcapngOptions options{rest_, big_endian_ ? ByteOrder::big : ByteOrder::little};
  PcapngOption option;
  bool found = false;
  while (!found && options.next(option)) found = option.code == opt_comment;
  rest_ = options.rest();
  if (!found) return std::nullopt;
  return text_of(option.value);
}

}  // namespace weir::savefile
