// Reads the attributes of RTM_NEWLINK and RTM_NEWADDR (rtnetlink(7), linux/if_link.h).
#include "capture/adapter/link_facts.h"

#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>

#include <algorithm>

#include "capture/adapter/adapter_types.h"
#include "sys/netlink_message.h"

namespace weir::capture {
namespace {

using sys::take_attribute;

struct Flag {
  std::uint32_t bit;
  AdapterFlags flag;
};
constexpr Flag flag_table[] = {
    {IFF_UP, AdapterFlags::up},
    {IFF_LOOPBACK, AdapterFlags::loopback},
    {IFF_RUNNING, AdapterFlags::running},
    {IFF_BROADCAST, AdapterFlags::broadcast},
    {IFF_MULTICAST, AdapterFlags::multicast},
    {IFF_POINTOPOINT, AdapterFlags::point_to_point},
    {IFF_PROMISC, AdapterFlags::promiscuous},
};

AdapterFlags flags_of(std::uint32_t bits) noexcept {
  AdapterFlags flags = AdapterFlags::none;
  for (const Flag& entry : flag_table) {
    if ((bits & entry.bit) != 0) flags = flags | entry.flag;
  }
  return flags;
}

/// With hyphens; nothing for an address of zeros, which a loopback has.
std::string mac_of(Bytes address) {
  constexpr const char* digits = "0123456789ABCDEF";
  if (std::ranges::all_of(address, [](std::uint8_t octet) { return octet == 0; })) return {};
  std::string text;
  for (const std::uint8_t octet : address) {
    if (!text.empty()) text += '-';
    text += digits[octet >> 4];
    text += digits[octet & 15];
  }
  return text;
}

std::string kind_in(Bytes link_info) {
  while (const auto attribute = take_attribute(link_info)) {
    if (attribute->type == IFLA_INFO_KIND) return attribute->text();
  }
  return {};
}

std::vector<std::string> names_in(Bytes properties) {
  std::vector<std::string> names;
  while (const auto attribute = take_attribute(properties)) {
    if (attribute->type == IFLA_ALT_IFNAME) names.push_back(attribute->text());
  }
  return names;
}

void take_link_attribute(const sys::NetlinkAttribute& attribute, LinkFacts& facts) {
  Adapter& adapter = facts.adapter;
  switch (attribute.type) {
    case IFLA_IFNAME:
      adapter.name = attribute.text();
      break;
    case IFLA_IFALIAS:
      adapter.friendly_name = attribute.text();
      break;
    case IFLA_PROP_LIST:
      adapter.alternative_names = names_in(attribute.value);
      break;
    case IFLA_ADDRESS:
      adapter.mac = mac_of(attribute.value);
      break;
    case IFLA_MTU:
      adapter.mtu = attribute.as<std::uint32_t>().value_or(0);
      break;
    case IFLA_CARRIER:
      if (const auto carrier = attribute.as<std::uint8_t>()) adapter.carrier = *carrier != 0;
      break;
    case IFLA_NUM_RX_QUEUES:
      adapter.receive_queues = attribute.as<std::uint32_t>().value_or(0);
      break;
    case IFLA_NUM_TX_QUEUES:
      adapter.transmit_queues = attribute.as<std::uint32_t>().value_or(0);
      break;
    case IFLA_PROMISCUITY:
      if (attribute.as<std::uint32_t>().value_or(0) != 0) {
        adapter.flags = adapter.flags | AdapterFlags::promiscuous;
      }
      break;
    case IFLA_LINKINFO:
      facts.kind = kind_in(attribute.value);
      break;
    case IFLA_PARENT_DEV_NAME:
      facts.parent = attribute.text();
      break;
    default:
      break;
  }
}

/// An address of the size its family has.
std::optional<IpAddress> ip_address(Bytes value, std::uint8_t family) noexcept {
  if (family == AF_INET && value.size() == Ipv4Address::size) {
    return Ipv4Address::load(value.data());
  }
  if (family == AF_INET6 && value.size() == Ipv6Address::size) {
    return Ipv6Address::load(value.data());
  }
  return std::nullopt;
}

}  // namespace

std::optional<LinkFacts> parse_link(Bytes body) {
  const auto header = sys::take_header<ifinfomsg>(body);
  if (!header || header->ifi_family != AF_UNSPEC || header->ifi_index <= 0) return std::nullopt;
  LinkFacts facts;
  facts.adapter.id = static_cast<std::uint32_t>(header->ifi_index);
  facts.adapter.flags = flags_of(header->ifi_flags);
  while (const auto attribute = take_attribute(body)) {
    if (attribute->type == IFLA_WIRELESS) return std::nullopt;
    take_link_attribute(*attribute, facts);
  }
  Adapter& adapter = facts.adapter;
  if (adapter.name.empty()) return std::nullopt;
  const AdapterType type = adapter_type(header->ifi_type, facts.kind);
  adapter.type = type.number;
  adapter.link_type = type.link_type;
  // What tunnels have there is the address of their end.
  if (type.number == if_type::tunnel) adapter.mac.clear();
  if (adapter.friendly_name.empty() && !adapter.alternative_names.empty()) {
    adapter.friendly_name = adapter.alternative_names.front();
  }
  return facts;
}

std::optional<AddressFacts> parse_address(Bytes body) {
  const auto header = sys::take_header<ifaddrmsg>(body);
  if (!header || header->ifa_index == 0) return std::nullopt;
  std::optional<IpAddress> address;
  std::optional<IpAddress> local;
  std::optional<IpAddress> broadcast;
  while (const auto attribute = take_attribute(body)) {
    const auto value = ip_address(attribute->value, header->ifa_family);
    if (attribute->type == IFA_ADDRESS) address = value;
    if (attribute->type == IFA_LOCAL) local = value;
    if (attribute->type == IFA_BROADCAST) broadcast = value;
  }
  // IFA_ADDRESS is the other end where there is one; IPv6 says IFA_LOCAL only then.
  const auto own = local ? local : address;
  if (!own || header->ifa_prefixlen > own->bytes().size() * 8) return std::nullopt;
  AddressFacts facts{.adapter_id = header->ifa_index};
  // An optimistic one is in use meanwhile (RFC 4429).
  facts.is_tentative =
      (header->ifa_flags & (IFA_F_TENTATIVE | IFA_F_OPTIMISTIC)) == IFA_F_TENTATIVE;
  facts.address = {.address = *own, .prefix_length = header->ifa_prefixlen, .broadcast = broadcast};
  if (address && *address != *own) facts.address.peer = address;
  return facts;
}

}  // namespace weir::capture
