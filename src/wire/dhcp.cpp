// Looks options of DHCP up across the places they may stand in, and writes them.
#include "weir/wire/dhcp.h"

namespace weir::wire {
namespace {

/// RFC 3396 5: options, then file, then sname.
template <class F>
void for_each_option(const DhcpView& message, F&& each) noexcept {
  for (const DhcpOptionList& list :
       {message.options(), message.file_options(), message.sname_options()}) {
    for (const DhcpOption& option : list) {
      if (!each(option)) return;
    }
  }
}

/// RFC 3396 2: one of no data is written too.
constexpr std::size_t parts_of(std::size_t length) noexcept {
  return length == 0 ? 1 : (length + 254) / 255;
}

constexpr bool stands_alone(std::uint8_t code) noexcept {
  return code == dhcp_option::pad || code == dhcp_option::end;
}

}  // namespace

std::uint8_t DhcpView::overload() const noexcept {
  for (const DhcpOption& option : options()) {
    if (option.code == dhcp_option::overload && option.data.size() == 1) return option.data[0] & 3;
  }
  return 0;
}

std::optional<Bytes> DhcpView::option(std::uint8_t code) const noexcept {
  std::optional<Bytes> found;
  for_each_option(*this, [&](const DhcpOption& option) noexcept {
    if (option.code == code) found = option.data;
    return !found;
  });
  return found;
}

std::optional<std::size_t> DhcpView::whole_option(std::uint8_t code,
                                                  MutableBytes to) const noexcept {
  std::optional<std::size_t> length;
  for_each_option(*this, [&](const DhcpOption& option) noexcept {
    if (option.code != code) return true;
    const std::size_t start = std::min(length.value_or(0), to.size());
    store_bytes(to.data() + start, up_to(option.data, to.size() - start));
    length = length.value_or(0) + option.data.size();
    return true;
  });
  return length;
}

Written write_dhcp_options(MutableBytes to, std::span<const DhcpOption> options) noexcept {
  std::size_t length = 4 + 1;  // the cookie, and the end
  for (const DhcpOption& option : options) {
    length += stands_alone(option.code) ? 1 : parts_of(option.data.size()) * 2 + option.data.size();
  }
  if (to.size() < length) return std::unexpected{WriteError::no_room};
  std::uint8_t* at = to.data();
  store_be(at, DhcpView::magic_cookie);
  at += 4;
  for (const DhcpOption& option : options) {
    if (stands_alone(option.code)) {
      *at++ = option.code;
      continue;
    }
    Bytes rest = option.data;
    do {
      const Bytes part = up_to(rest, 255);
      *at++ = option.code;
      *at++ = static_cast<std::uint8_t>(part.size());
      store_bytes(at, part);
      at += part.size();
      rest = rest.subspan(part.size());
    } while (!rest.empty());
  }
  *at = dhcp_option::end;
  return length;
}

}  // namespace weir::wire
