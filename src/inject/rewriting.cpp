// Maps ports, and reads what options say is to be changed.
#include "weir/inject/rewriting.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace weir::inject {
namespace {

constexpr std::uint16_t largest_vlan = 4095;

[[noreturn]] void refuse(std::string_view text, const char* why) {
  throw Error{ErrorCode::invalid_argument, fmt::format("'{}' is {}", text, why)};
}

std::optional<std::uint16_t> number(std::string_view text) noexcept {
  std::uint16_t value = 0;
  const auto [rest, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc{} || rest != text.data() + text.size()) return std::nullopt;
  return value;
}

/// "A=B".
std::optional<std::pair<std::string_view, std::string_view>> sides(std::string_view text) noexcept {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  return std::pair{text.substr(0, equals), text.substr(equals + 1)};
}

struct Prefix {
  IpAddress address{};
  std::uint16_t length = 0;
};

std::optional<Prefix> prefix(std::string_view text) noexcept {
  const std::size_t slash = text.find('/');
  const auto address = parse_ip(text.substr(0, slash));
  if (!address) return std::nullopt;
  const auto bits = static_cast<std::uint16_t>(address->bytes().size() * 8);
  if (slash == std::string_view::npos) return Prefix{*address, bits};
  const auto length = number(text.substr(slash + 1));
  if (!length || *length > bits) return std::nullopt;
  return Prefix{*address, *length};
}

}  // namespace

void PortMap::add(std::uint16_t from, std::uint16_t to) {
  const auto place =
      std::ranges::lower_bound(ports_, from, {}, [](const auto& p) { return p.first; });
  if (place != ports_.end() && place->first == from) {
    place->second = to;
  } else {
    ports_.insert(place, {from, to});
  }
}

std::uint16_t PortMap::map(std::uint16_t port) const noexcept {
  const auto place =
      std::ranges::lower_bound(ports_, port, {}, [](const auto& p) { return p.first; });
  return place != ports_.end() && place->first == port ? place->second : port;
}

MacChange parse_mac_change(std::string_view text) {
  if (text == "keep") return {};
  if (text == "auto") return {.kind = MacChange::Kind::automatic};
  const auto address = parse_mac(text);
  if (!address) refuse(text, "neither auto nor a MAC address such as 02:00:5e:10:00:01");
  return {.kind = MacChange::Kind::set, .address = *address};
}

VlanChange parse_vlan_change(std::string_view text) {
  if (text == "pop") return {.kind = VlanChange::Kind::pop};
  constexpr std::string_view push = "push:";
  const bool pushes = text.starts_with(push);
  const auto identifier = number(pushes ? text.substr(push.size()) : text);
  if (!identifier || *identifier > largest_vlan) {
    refuse(text, "none of N, push:N and pop, with a VLAN identifier N of 0 to 4095");
  }
  return {.kind = pushes ? VlanChange::Kind::push : VlanChange::Kind::put,
          .identifier = *identifier};
}

void add_address_mapping(wire::AddressMap& map, std::string_view text) {
  const auto both = sides(text);
  const auto from = both ? prefix(both->first) : std::nullopt;
  const auto to = both ? prefix(both->second) : std::nullopt;
  if (!from || !to) refuse(text, "no mapping such as 10.1.0.0/16=192.0.2.0/16");
  if (from->length != to->length ||
      !map.add(from->address, to->address, static_cast<std::uint8_t>(from->length))) {
    refuse(text, "no mapping: prefixes of one length and one IP version are");
  }
}

void add_port_mapping(PortMap& map, std::string_view text) {
  const auto both = sides(text);
  const auto from = both ? number(both->first) : std::nullopt;
  const auto to = both ? number(both->second) : std::nullopt;
  if (!from || !to) refuse(text, "no mapping of ports such as 80=8080");
  map.add(*from, *to);
}

}  // namespace weir::inject
