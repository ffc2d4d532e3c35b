// The options of IPv4 (RFC 791 3.1) and TCP (RFC 9293 3.1): kind, length, data; two kinds alone.
#pragma once

#include <cstddef>
#include <cstdint>

#include "weir/bytes.h"
#include "weir/wire/tlv_list.h"

namespace weir::wire {

/// One option. `data` is what follows kind and length.
struct HeaderOption {
  static constexpr std::uint8_t end_of_list = 0;
  static constexpr std::uint8_t no_operation = 1;

  std::uint8_t kind = end_of_list;
  Bytes data{};

  [[nodiscard]] bool ends_list() const noexcept { return kind == end_of_list; }

  /// See Tlv; damaged with a length below 2.
  [[nodiscard]] static std::size_t read(Bytes rest, HeaderOption& option) noexcept {
    if (rest[0] <= no_operation) {
      option = {.kind = rest[0], .data = {}};
      return 1;
    }
    if (rest.size() < 2 || rest[1] < 2 || rest[1] > rest.size()) return 0;
    option = {.kind = rest[0], .data = rest.subspan(2, rest[1] - std::size_t{2})};
    return rest[1];
  }
};

/// The end of list option is handed out.
using OptionList = TlvList<HeaderOption>;

}  // namespace weir::wire
