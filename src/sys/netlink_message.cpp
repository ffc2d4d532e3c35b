// Walks over netlink messages and attributes (linux/netlink.h).
#include "sys/netlink_message.h"

#include <linux/netlink.h>

#include <algorithm>

namespace weir::sys {
namespace {

constexpr std::size_t aligned(std::size_t length) noexcept {
  return (length + 3) & ~std::size_t{3};
}

/// Drops `length` bytes and the padding behind them, which the last one may lack.
void drop(Bytes& rest, std::size_t length) noexcept {
  rest = rest.subspan(std::min(aligned(length), rest.size()));
}

}  // namespace

std::optional<NetlinkMessage> take_message(Bytes& rest) noexcept {
  nlmsghdr header{};
  if (rest.size() >= sizeof header) std::memcpy(&header, rest.data(), sizeof header);
  if (header.nlmsg_len < sizeof header || header.nlmsg_len > rest.size()) {
    rest = {};
    return std::nullopt;
  }
  const NetlinkMessage message{
      .type = header.nlmsg_type,
      .flags = header.nlmsg_flags,
      .sequence = header.nlmsg_seq,
      .body = rest.subspan(sizeof header, header.nlmsg_len - sizeof header)};
  drop(rest, header.nlmsg_len);
  return message;
}

std::optional<NetlinkAttribute> take_attribute(Bytes& rest) noexcept {
  nlattr header{};
  if (rest.size() >= sizeof header) std::memcpy(&header, rest.data(), sizeof header);
  if (header.nla_len < sizeof header || header.nla_len > rest.size()) {
    rest = {};
    return std::nullopt;
  }
  const NetlinkAttribute attribute{
      .type = static_cast<std::uint16_t>(header.nla_type & NLA_TYPE_MASK),
      .value = rest.subspan(sizeof header, header.nla_len - sizeof header)};
  drop(rest, header.nla_len);
  return attribute;
}

std::string NetlinkAttribute::text() const {
  return {value.begin(), std::find(value.begin(), value.end(), std::uint8_t{0})};
}

void append_attribute(std::vector<std::uint8_t>& body, std::uint16_t type, Bytes value) {
  const nlattr header{.nla_len = static_cast<std::uint16_t>(sizeof(nlattr) + value.size()),
                      .nla_type = type};
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(&header);
  body.insert(body.end(), bytes, bytes + sizeof header);
  body.insert(body.end(), value.begin(), value.end());
  body.resize(aligned(body.size()));
}

}  // namespace weir::sys
