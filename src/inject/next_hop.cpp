// RTM_GETROUTE, then RTM_GETNEIGH; a datagram of no bytes where nobody has asked for the neighbour.
#include "inject/next_hop.h"

#include <arpa/inet.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <cstring>

#include "weir/capture/adapter.h"
#include "weir/error.h"

namespace weir::inject {
namespace {

constexpr Duration patience = std::chrono::seconds{1};
constexpr Duration known_for = std::chrono::seconds{30};
constexpr std::size_t cache_rows = 1024;
constexpr std::size_t longest_question = 64;
constexpr std::uint16_t discard = 9;  // RFC 863
constexpr unsigned usable =
    NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT | NUD_NOARP;

Duration clock() noexcept { return std::chrono::steady_clock::now().time_since_epoch(); }

std::uint8_t family_of(const IpAddress& address) noexcept {
  return address.version() == 4 ? AF_INET : AF_INET6;
}

/// RFC 1112 6.4, RFC 2464 section 7.
std::optional<MacAddress> group_mac(const IpAddress& address) noexcept {
  const Bytes octets = address.bytes();
  if (address.version() == 4) {
    if (octets[0] == 255) return MacAddress{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};
    if (octets[0] >> 4 != 14) return std::nullopt;
    return MacAddress{
        {0x01, 0x00, 0x5e, static_cast<std::uint8_t>(octets[1] & 0x7f), octets[2], octets[3]}};
  }
  if (octets[0] != 0xff) return std::nullopt;
  return MacAddress{{0x33, 0x33, octets[12], octets[13], octets[14], octets[15]}};
}

/// What it sends leaves through the adapter; not open where the kernel has no such protocol.
sys::FileDescriptor asking_socket(int family, const std::string& adapter) {
  sys::FileDescriptor socket{::socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (!socket.is_open()) return socket;
  if (::setsockopt(socket.number(), SOL_SOCKET, SO_BINDTODEVICE, adapter.data(),
                   static_cast<socklen_t>(adapter.size())) != 0) {
    throw SystemError{errno, adapter + ": bind a socket to it"};
  }
  return socket;
}

template <class T>
Bytes bytes_of(const T& value) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(&value), sizeof value};
}

IpAddress address_in(Bytes value) noexcept {
  if (value.size() == Ipv4Address::size) return Ipv4Address::load(value.data());
  if (value.size() == Ipv6Address::size) return Ipv6Address::load(value.data());
  return {};
}

}  // namespace

NextHops::NextHops(const std::string& adapter, bool asks)
    : asks_{asks}, netlink_{NETLINK_ROUTE}, routes_{cache_rows}, neighbors_{cache_rows} {
  const capture::Adapter facts = capture::adapter(adapter);
  adapter_ = facts.id;
  own_ = parse_mac(facts.mac);
  ipv4_ = asking_socket(AF_INET, facts.name);
  ipv6_ = asking_socket(AF_INET6, facts.name);
  question_.reserve(longest_question);
}

NextHops::NextHop NextHops::find(const IpAddress& destination) noexcept {
  if (destination.version() == 0) return {};
  if (const auto group = group_mac(destination)) return {.mac = group};
  const Duration now = clock();
  const Route& way = route(destination, now);
  if (way.is_broadcast) return {.mac = MacAddress{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}}};
  if (way.hop.version() == 0) return {};
  Neighbor* neighbor = neighbors_.find(way.hop);
  if (neighbor == nullptr) neighbor = &neighbors_.put(way.hop, {});
  using enum Neighbor::State;
  if (neighbor->state == asked || now >= neighbor->until) look(way.hop, *neighbor, now);
  if (neighbor->state == found) return {.mac = neighbor->mac};
  return {.is_asked = neighbor->state == asked};
}

void NextHops::look(const IpAddress& hop, Neighbor& neighbor, Duration now) noexcept {
  using enum Neighbor::State;
  if (const auto mac = ask_neighbor(hop)) {
    neighbor = {.state = found, .mac = *mac, .until = now + known_for};
    return;
  }
  if (!asks_) {
    neighbor = {.state = silent, .until = now + known_for};
    return;
  }
  switch (neighbor.state) {
    case asked:
      if (now >= neighbor.until) neighbor = {.state = silent, .until = now + known_for};
      break;
    case silent:
      have_asked(hop);
      neighbor.until = now + known_for;
      break;
    case unknown:
    case found:
      have_asked(hop);
      neighbor = {.state = asked, .until = now + patience};
      break;
  }
}

const NextHops::Route& NextHops::route(const IpAddress& destination, Duration now) noexcept {
  Route* known = routes_.find(destination);
  if (known == nullptr) {
    known = &routes_.put(destination, {});
  } else if (now < known->known_until) {
    return *known;
  }
  *known = ask_route(destination);
  known->known_until = now + known_for;
  return *known;
}

template <class Header>
void NextHops::begin_question(const Header& header, std::uint16_t attribute,
                              const IpAddress& address) {
  const Bytes bytes = bytes_of(header);
  question_.assign(bytes.begin(), bytes.end());
  sys::append_attribute(question_, attribute, address.bytes());
}

NextHops::Route NextHops::ask_route(const IpAddress& destination) noexcept {
  rtmsg header{};
  header.rtm_family = family_of(destination);
  header.rtm_dst_len = static_cast<unsigned char>(destination.bytes().size() * 8);
  begin_question(header, RTA_DST, destination);
  sys::append_attribute(question_, RTA_OIF, bytes_of(adapter_));
  Bytes rest;
  if (netlink_.ask_once(RTM_GETROUTE, question_, rest) != 0) return {};
  while (const auto message = sys::take_message(rest)) {
    Bytes attributes = message->body;
    const auto route = sys::take_header<rtmsg>(attributes);
    if (message->type != RTM_NEWROUTE || !route) continue;
    Route found{.hop = destination, .is_broadcast = route->rtm_type == RTN_BROADCAST};
    if (route->rtm_type != RTN_UNICAST && !found.is_broadcast) continue;
    bool leaves_here = false;
    while (const auto attribute = sys::take_attribute(attributes)) {
      if (attribute->type == RTA_GATEWAY) found.hop = address_in(attribute->value);
      // An IPv4 route by an IPv6 gateway: an rtvia, a family and the address.
      if (attribute->type == RTA_VIA && attribute->value.size() > 2) {
        found.hop = address_in(attribute->value.subspan(2));
      }
      if (attribute->type == RTA_OIF) leaves_here = attribute->as<std::uint32_t>() == adapter_;
    }
    if (leaves_here && found.hop.version() != 0) return found;
  }
  return {};
}

std::optional<MacAddress> NextHops::ask_neighbor(const IpAddress& address) noexcept {
  ndmsg header{};
  header.ndm_family = family_of(address);
  header.ndm_ifindex = static_cast<int>(adapter_);
  begin_question(header, NDA_DST, address);
  Bytes rest;
  // ENOENT: nobody has asked for it
  if (netlink_.ask_once(RTM_GETNEIGH, question_, rest) != 0) return std::nullopt;
  while (const auto message = sys::take_message(rest)) {
    Bytes attributes = message->body;
    const auto neighbor = sys::take_header<ndmsg>(attributes);
    if (message->type != RTM_NEWNEIGH || !neighbor || (neighbor->ndm_state & usable) == 0) continue;
    while (const auto attribute = sys::take_attribute(attributes)) {
      if (attribute->type == NDA_LLADDR && attribute->value.size() == MacAddress::size) {
        return MacAddress::load(attribute->value.data());
      }
    }
  }
  return std::nullopt;
}

void NextHops::have_asked(const IpAddress& address) const noexcept {
  sockaddr_storage to{};
  socklen_t size = 0;
  if (address.version() == 4) {
    auto& ipv4 = reinterpret_cast<sockaddr_in&>(to);
    ipv4.sin_family = AF_INET;
    ipv4.sin_port = htons(discard);
    std::memcpy(&ipv4.sin_addr, address.bytes().data(), Ipv4Address::size);
    size = sizeof ipv4;
  } else {
    auto& ipv6 = reinterpret_cast<sockaddr_in6&>(to);
    ipv6.sin6_family = AF_INET6;
    ipv6.sin6_port = htons(discard);
    ipv6.sin6_scope_id = adapter_;
    std::memcpy(&ipv6.sin6_addr, address.bytes().data(), Ipv6Address::size);
    size = sizeof ipv6;
  }
  const auto& through = address.version() == 4 ? ipv4_ : ipv6_;
  ::sendto(through.number(), nullptr, 0, MSG_DONTWAIT, reinterpret_cast<const sockaddr*>(&to),
           size);
}

}  // namespace weir::inject
