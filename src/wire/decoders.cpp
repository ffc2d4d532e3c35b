// Decoders: assignments and the user's own decoders, copied where they change.
#include "weir/wire/decoders.h"

#include <limits>
#include <string>
#include <utility>

#include "decoder_tables.h"
#include "weir/error.h"
#include "weir/wire/ether_type.h"
#include "weir/wire/ip_protocol.h"

namespace weir::wire {
namespace {

constexpr std::array<std::string_view, number_space_count> space_names{"ethertype", "ip.proto",
                                                                       "udp.port", "tcp.port"};
constexpr std::size_t max_name_length = 64;

[[noreturn]] void refuse(const std::string& why) { throw Error{ErrorCode::invalid_argument, why}; }

bool is_name(std::string_view text) noexcept {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789._-";
  return !text.empty() && text.size() <= max_name_length &&
         text.find_first_not_of(allowed) == std::string_view::npos;
}

/// Whether it names IP on Ethernet, or TCP or UDP on IP.
bool is_plain(NumberSpace space, std::uint16_t number) noexcept {
  switch (space) {
    case NumberSpace::ether_type:
      return number == ether_type::ipv4 || number == ether_type::ipv6;
    case NumberSpace::ip_protocol:
      return number == ip_protocol::tcp || number == ip_protocol::udp;
    default:
      return false;
  }
}

/// The step that reads a protocol where a number in that space names it.
Step step_of(Protocol protocol, NumberSpace space) noexcept {
  if (protocol == Protocol::dns && space == NumberSpace::tcp_port) return Step::dns_over_tcp;
  if (protocol == Protocol::l2tp && space == NumberSpace::ip_protocol) return Step::l2tp_version_3;
  return step_of(protocol);
}

}  // namespace

Step step_of(Protocol protocol) noexcept {
  for (const Reading& reading : readings) {
    if (reading.as == protocol) return reading.step;
  }
  return Step::stop;
}

std::string_view name(NumberSpace space) noexcept { return space_names[std::to_underlying(space)]; }

std::optional<NumberSpace> number_space_by_name(std::string_view text) noexcept {
  for (std::size_t i = 0; i < space_names.size(); ++i) {
    if (space_names[i] == text) return static_cast<NumberSpace>(i);
  }
  return std::nullopt;
}

void Decoders::Tables::put(NumberSpace space, const Assigned& assigned) {
  spaces[std::to_underlying(space)].put(assigned);
  if (is_plain(space, assigned.number)) keeps_plain_datagrams = false;
}

Decoders::Tables& Decoders::changed() {
  auto copy = is_empty() ? std::make_shared<Tables>() : std::make_shared<Tables>(*tables_);
  Tables& tables = *copy;
  tables_ = std::move(copy);
  return tables;
}

void Decoders::assign(NumberSpace space, std::uint16_t number, std::optional<Protocol> protocol) {
  assign(space, number, number, protocol);
}

void Decoders::assign(NumberSpace space, std::uint16_t first, std::uint16_t last,
                      std::optional<Protocol> protocol) {
  if (space == NumberSpace::ip_protocol && last > std::numeric_limits<std::uint8_t>::max()) {
    refuse("ip.proto " + std::to_string(last) + ": at most 255");
  }
  if (first > last) {
    refuse("no numbers from " + std::to_string(first) + " to " + std::to_string(last));
  }
  Assigned assigned{first, Step::stop, 0};
  if (protocol && is_user_protocol(*protocol)) {
    if (user_index(*protocol) >= user_count()) refuse("a user's protocol that was not added");
    assigned = {first, Step::user, static_cast<std::uint8_t>(user_index(*protocol))};
  } else if (protocol) {
    assigned.step = step_of(*protocol, space);
    if (assigned.step == Step::stop) refuse("a protocol that nothing reads");
  }
  Tables& tables = changed();
  for (unsigned number = first; number <= last; ++number) {
    assigned.number = static_cast<std::uint16_t>(number);
    tables.put(space, assigned);
  }
}

Protocol Decoders::add(UserDecoder decoder) {
  const std::string& name = decoder.name;
  if (!is_name(name)) {
    refuse("\"" + name +
           "\" cannot name a protocol: 1 to 64 of lower-case letters, digits, '.', '_' and '-'");
  }
  if (protocol_by_name(name)) refuse("there is a protocol " + name + " already");
  if (name == "none" || name == "data") refuse("\"" + name + "\" stands for no protocol");
  if (decoder.decode == nullptr) refuse("a decoder without a function: " + name);
  if (user_count() == max_user_protocols) {
    refuse("at most " + std::to_string(max_user_protocols) + " decoders of your own");
  }
  const auto index = static_cast<std::uint8_t>(user_count());
  Tables& tables = changed();
  const auto put = [&](NumberSpace space, const auto& numbers) {
    for (const auto number : numbers) tables.put(space, {number, Step::user, index});
  };
  put(NumberSpace::ether_type, decoder.ether_types);
  put(NumberSpace::ip_protocol, decoder.ip_protocols);
  put(NumberSpace::udp_port, decoder.udp_ports);
  put(NumberSpace::tcp_port, decoder.tcp_ports);
  if (decoder.content) tables.content.push_back(index);
  tables.users.push_back(std::move(decoder));
  return user_protocol(index);
}

std::size_t Decoders::user_count() const noexcept { return is_empty() ? 0 : tables_->users.size(); }

std::string_view Decoders::name(Protocol protocol) const noexcept {
  if (!is_user_protocol(protocol)) return wire::name(protocol);
  const std::size_t index = user_index(protocol);
  return index < user_count() ? std::string_view{tables_->users[index].name} : std::string_view{};
}

std::optional<Protocol> Decoders::protocol_by_name(std::string_view text) const noexcept {
  for (std::size_t i = 0; i < user_count(); ++i) {
    if (tables_->users[i].name == text) return user_protocol(i);
  }
  return wire::protocol_by_name(text);
}

bool Decoders::holds(NumberSpace space, std::uint16_t number) const noexcept {
  return !is_empty() && tables_->of(space).find(number) != nullptr;
}

bool Decoders::keeps_plain_datagrams() const noexcept {
  return is_empty() || tables_->keeps_plain_datagrams;
}

}  // namespace weir::wire
