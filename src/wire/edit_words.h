// The innermost of Editor: a word put into the packet, and into a checksum, a flag taken off.
// Inline, for speed.
#pragma once

#include "edit_checksums.h"
#include "weir/wire/edit.h"

namespace weir::wire {

namespace edit {

constexpr PacketFlags without(PacketFlags flags, PacketFlags flag) noexcept {
  return static_cast<PacketFlags>(static_cast<unsigned>(flags) & ~static_cast<unsigned>(flag));
}

}  // namespace edit

inline Editor::Delta Editor::put(std::size_t offset, std::uint16_t word) noexcept {
  std::uint8_t* const to = data_.data() + offset;
  const auto before = load_be<std::uint16_t>(to);
  store_be(to, word);
  return edit::at_offset(edit::plus(edit::negated(before), word), offset);
}

inline void Editor::add_to(std::size_t field, Delta change) noexcept {
  if (edit::is_zero(change)) return;
  edit::add(data_.data() + field, edit::at_offset(change, field));
}

}  // namespace weir::wire
