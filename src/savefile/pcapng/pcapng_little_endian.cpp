// Which parts of options and blocks are integers (draft-ietf-opsawg-pcapng 3.5 and 4).
#include "savefile/pcapng/pcapng_little_endian.h"

#include <algorithm>
#include <array>

#include "savefile/pcapng/pcapng_blocks.h"
#include "savefile/pcapng/pcapng_options.h"

namespace weir::savefile {
namespace {

using Output = std::vector<std::uint8_t>;

/// How a value is laid out, as far as the order of its bytes matters.
enum class Layout : std::uint8_t { bytes, u32, u64, two_u32, number_then_bytes };

struct Known {
  OptionsOf kind;
  std::uint16_t code;
  Layout layout;
};
constexpr std::array known_options{
    Known{OptionsOf::interface, if_speed, Layout::u64},
    Known{OptionsOf::interface, if_tzone, Layout::u32},
    Known{OptionsOf::interface, if_tsoffset, Layout::u64},
    Known{OptionsOf::interface, if_txspeed, Layout::u64},
    Known{OptionsOf::interface, if_rxspeed, Layout::u64},
    Known{OptionsOf::interface_statistics, isb_starttime, Layout::two_u32},
    Known{OptionsOf::interface_statistics, isb_endtime, Layout::two_u32},
    Known{OptionsOf::interface_statistics, isb_ifrecv, Layout::u64},
    Known{OptionsOf::interface_statistics, isb_ifdrop, Layout::u64},
    Known{OptionsOf::interface_statistics, isb_filteraccept, Layout::u64},
    Known{OptionsOf::interface_statistics, isb_osdrop, Layout::u64},
    Known{OptionsOf::interface_statistics, isb_usrdeliv, Layout::u64},
    Known{OptionsOf::packet, epb_flags, Layout::u32},
    Known{OptionsOf::packet, epb_dropcount, Layout::u64},
    Known{OptionsOf::packet, epb_packetid, Layout::u64},
    Known{OptionsOf::packet, epb_queue, Layout::u32},
};

constexpr bool is_custom(std::uint16_t code) noexcept {
  return code == opt_custom_text || code == opt_custom_bytes ||
         code == opt_custom_text_not_copied || code == opt_custom_bytes_not_copied;
}

Layout layout_of(OptionsOf kind, std::uint16_t code) noexcept {
  if (is_custom(code)) return Layout::number_then_bytes;
  for (const Known& known : known_options) {
    if (known.kind == kind && known.code == code) return known.layout;
  }
  return Layout::bytes;
}

template <std::unsigned_integral T>
void append(Output& out, T value) {
  out.resize(out.size() + sizeof(T));
  store_le(out.data() + out.size() - sizeof(T), value);
}

void append_bytes(Output& out, Bytes bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }

void pad(Output& out, std::size_t size) { out.resize(out.size() + padded(size) - size); }

// A value of another size than its layout is nobody's integer.
void append_value(Output& out, Bytes value, ByteOrder order, Layout layout) {
  const auto word = [&](std::size_t at) {
    return load_as<std::uint32_t>(order, value.data() + at);
  };
  if (layout == Layout::u32 && value.size() == 4) return append(out, word(0));
  if (layout == Layout::u64 && value.size() == 8) {
    return append(out, load_as<std::uint64_t>(order, value.data()));
  }
  if (layout == Layout::two_u32 && value.size() == 8) {
    append(out, word(0));
    return append(out, word(4));
  }
  if (layout == Layout::number_then_bytes && value.size() >= 4) {
    append(out, word(0));
    value = value.subspan(4);
  }
  append_bytes(out, value);
}

// Records of a type, a length and that many bytes, up to the one of type 0; options.
void append_names(Output& out, Bytes body) {
  PcapngOptions records{body, ByteOrder::big};
  for (PcapngOption record; records.next(record);) {
    append(out, record.code);
    append(out, static_cast<std::uint16_t>(record.value.size()));
    append_bytes(out, record.value);
    pad(out, record.value.size());
  }
  if (!records.at_end_mark()) return;
  append(out, std::uint32_t{0});
  append_little_endian(out, records.rest().subspan(4), ByteOrder::big, OptionsOf::name_resolution);
}

// The secrets' type, their length, the secrets; options.
void append_secrets(Output& out, Bytes body) {
  constexpr std::size_t fixed = 8;
  if (body.size() < fixed) return append_bytes(out, body);
  const auto length = load_be<std::uint32_t>(body.data() + 4);
  append(out, load_be<std::uint32_t>(body.data()));
  append(out, length);
  const Bytes secrets = body.subspan(fixed);
  if (length > secrets.size()) return append_bytes(out, secrets);
  const std::size_t size = std::min(padded(length), secrets.size());
  append_bytes(out, secrets.first(size));
  append_little_endian(out, secrets.subspan(size), ByteOrder::big, OptionsOf::decryption_secrets);
}

}  // namespace

void append_little_endian(std::vector<std::uint8_t>& out, Bytes options, ByteOrder order,
                          OptionsOf kind) {
  PcapngOptions list{options, order};
  if (order == ByteOrder::little) {
    PcapngOption option;
    while (list.next(option)) {
    }
    const std::size_t size = options.size() - list.rest().size();
    append_bytes(out, options.first(size));
    pad(out, size);
  } else {
    for (PcapngOption option; list.next(option);) {
      append(out, option.code);
      append(out, static_cast<std::uint16_t>(option.value.size()));
      append_value(out, option.value, order, layout_of(kind, option.code));
      pad(out, option.value.size());
    }
  }
  if (list.at_end_mark()) append(out, std::uint32_t{0});
}

void append_little_endian_body(std::vector<std::uint8_t>& out, const Block& block) {
  if (!block.big_endian) return append_bytes(out, block.body);
  switch (block.type) {
    case name_resolution:
      return append_names(out, block.body);
    case decryption_secrets:
      return append_secrets(out, block.body);
    case custom:
      return append_value(out, block.body, ByteOrder::big, Layout::number_then_bytes);
    default:
      return append_bytes(out, block.body);
  }
}

}  // namespace weir::savefile
