// The comments people and programs left on packets of a pcapng.
#pragma once

#include <optional>
#include <string_view>

#include "weir/api.h"
#include "weir/packet.h"

namespace weir::savefile {

/// Walks the comments (opt_comment) among a packet's options.
class WEIR_API PacketComments {
 public:
  explicit PacketComments(const PacketMeta& meta) noexcept
      : rest_{meta.options}, big_endian_{meta.options_big_endian} {}

  /// Should be UTF-8, but may be anything; borrowed from the packet. None behind the last.
  std::optional<std::string_view> next() noexcept;

 private:
  Bytes rest_;
  bool big_endian_;
};

}  // namespace weir::savefile
