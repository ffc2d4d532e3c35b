// IP and its extension headers: steps of decode().
#include <array>

#include "jumbogram.h"
#include "walk.h"
#include "weir/wire/ah.h"
#include "weir/wire/esp.h"
#include "weir/wire/ip_protocol.h"
#include "weir/wire/ipv4.h"
#include "weir/wire/ipv6.h"
#include "weir/wire/ipv6_extension.h"

namespace weir::wire {
namespace {

constexpr auto steps_of_ip_protocols = [] {
  std::array<Step, 256> steps{};
  for (const Number& number : ip_protocols) steps[number.number] = number.step;
  return steps;
}();
static_assert([] {
  for (const Number& number : ip_protocols) {
    const auto protocol = static_cast<std::uint8_t>(number.number);
    const Reading& reading = reading_of(number.step);
    if (ip_protocol::has_ports(protocol) != has_ports(reading.as)) return false;
    if (ip_protocol::is_extension(protocol) && !reading.stays_in_datagram) return false;
  }
  return true;
}());

}  // namespace

Step Walk::by_ip_protocol(std::uint8_t protocol) noexcept {
  if (protocol == ip_protocol::no_next_header) return stop(StopReason::payload);
  Step step = steps_of_ip_protocols[protocol];
  if (decoders_ != nullptr) [[unlikely]] {
    if (const auto own = assigned(NumberSpace::ip_protocol, protocol)) {
      if (*own == Step::stop) return Step::stop;
      step = *own;
    }
  }
  if (step == Step::stop) return stop(StopReason::unknown_protocol);
  if (is_deep_enough() && !reading_of(step).stays_in_datagram) return stop(StopReason::payload);
  return step;
}

void Walk::begin_datagram(std::uint32_t start, std::size_t stated_length, std::uint8_t protocol,
                          Fragment fragment) noexcept {
  if (stated_length != 0) limit(start, stated_length);
  layers_.inner = {.network = static_cast<std::uint8_t>(layers_.size() - 1),
                   .protocol = protocol,
                   .fragment = fragment,
                   .payload_offset = offset_,
                   .length = static_cast<std::uint32_t>(wire_end_ - start)};
  if (!layers_.outer.present()) layers_.outer = layers_.inner;
  in_datagram_ = true;
}

void Walk::continue_datagram(std::uint8_t protocol) noexcept {
  if (!in_datagram_) return;
  layers_.inner.protocol = protocol;
  layers_.inner.payload_offset = offset_;
  keep_outer();
}

void Walk::mark_fragment(Fragment fragment) noexcept {
  if (!in_datagram_) return;
  layers_.inner.fragment = fragment;
  keep_outer();
}

void Walk::mark_transport(std::uint8_t protocol) noexcept {
  if (!in_datagram_) return;
  layers_.inner.protocol = protocol;
  layers_.inner.transport = static_cast<std::uint8_t>(layers_.size() - 1);
  keep_outer();
}

/// While there is one datagram, outer and inner are the same.
void Walk::keep_outer() noexcept {
  if (layers_.outer.network == layers_.inner.network) layers_.outer = layers_.inner;
}

namespace steps {
namespace {

/// What there was of it is no payload.
Step cut_extension(Walk& walk) noexcept {
  walk.continue_datagram();
  return Step::stop;
}

/// A header that names the next one and changes nothing else.
template <class V>
Step extension(Walk& walk, Protocol as) noexcept {
  const auto header = walk.read<V>(as);
  if (!header) return cut_extension(walk);
  walk.continue_datagram(header->next_header());
  return walk.by_ip_protocol(header->next_header());
}

}  // namespace

Step ipv6_options(Walk& walk, Protocol as) noexcept { return extension<Ipv6OptionsView>(walk, as); }
Step ipv6_routing(Walk& walk, Protocol as) noexcept { return extension<Ipv6RoutingView>(walk, as); }
Step ipv6_shim6(Walk& walk, Protocol as) noexcept { return extension<Ipv6Shim6View>(walk, as); }

Step ip_by_version(Walk& walk, Protocol /*as*/) noexcept {
  if (walk.rest().empty()) return walk.stop(ParseError::truncated);
  switch (walk.rest()[0] >> 4) {
    case 4:
      return Step::ipv4;
    case 6:
      return Step::ipv6;
    default:
      return walk.stop(ParseError::bad_version);
  }
}

Step ipv4(Walk& walk, Protocol as) noexcept {
  const std::uint32_t start = walk.offset();
  const auto ip = walk.read<Ipv4View>(as);
  if (!ip) return Step::stop;
  const bool later = ip->fragment_offset() != 0;
  walk.begin_datagram(start, ip->stated_length(), ip->protocol(),
                      later                  ? Fragment::later
                      : ip->more_fragments() ? Fragment::first
                                             : Fragment::none);
  return later ? walk.stop(StopReason::later_fragment) : walk.by_ip_protocol(ip->protocol());
}

Step ipv6(Walk& walk, Protocol as) noexcept {
  const std::uint32_t start = walk.offset();
  const auto ip = walk.read<Ipv6View>(as);
  if (!ip) return Step::stop;
  walk.begin_datagram(start, stated_length(*ip), ip->next_header(), Fragment::none);
  return walk.by_ip_protocol(ip->next_header());
}

Step ipv6_fragment(Walk& walk, Protocol as) noexcept {
  const auto header = walk.read<Ipv6FragmentView>(as);
  if (!header) return cut_extension(walk);
  const Fragment fragment = header->fragment_offset() != 0 ? Fragment::later
                            : header->more_fragments()     ? Fragment::first
                                                           : Fragment::none;
  walk.mark_fragment(fragment);
  walk.continue_datagram(header->next_header());
  if (fragment == Fragment::later) return walk.stop(StopReason::later_fragment);
  return walk.by_ip_protocol(header->next_header());
}

Step ipv6_mobility(Walk& walk, Protocol as) noexcept {
  const auto header = walk.read<Ipv6MobilityView>(as);
  if (!header) return Step::stop;
  // RFC 6275 6.1.1: nothing follows; the datagram carries mobility itself.
  if (header->next_header() != ip_protocol::no_next_header)
    walk.continue_datagram(header->next_header());
  return walk.by_ip_protocol(header->next_header());
}

/// What AH protects is the datagram's protocol only once its header could be read (mark_transport):
/// of a tunnel, or of what is encrypted, AH is.
Step ah(Walk& walk, Protocol as) noexcept {
  const auto header = walk.read<AhView>(as);
  walk.continue_datagram();
  return header ? walk.by_ip_protocol(header->next_header()) : Step::stop;
}

Step esp(Walk& walk, Protocol as) noexcept {
  return walk.read<EspView>(as) ? walk.stop(StopReason::encrypted) : Step::stop;
}

Step ipcomp(Walk& walk, Protocol as) noexcept {
  constexpr std::size_t header_length = 4;  // RFC 3173 3
  const std::size_t length = std::min(walk.rest().size(), header_length);
  if (length == 0) return walk.stop_before(as);
  if (!walk.push(as, length)) return Step::stop;
  return length == header_length ? walk.stop(StopReason::encrypted)
                                 : walk.stop(ParseError::truncated);
}

}  // namespace steps
}  // namespace weir::wire
