// What the walk of decode() takes from Decoders: numbers with other meanings, headers of the
// user's.
#include <algorithm>
#include <array>

#include "decoder_tables.h"
#include "walk.h"

namespace weir::wire {

bool Walk::ask(std::uint8_t user) noexcept {
  const UserDecoder& decoder = decoders_->users[user];
  const auto wire = static_cast<std::size_t>(wire_rest());
  const auto header = decoder.decode(rest(), wire, decoder.context.get());
  if (!header || header->header_length > wire) return false;
  found_ = {user, *header};
  return true;
}

std::optional<Step> Walk::step_to(const Assigned& assigned) noexcept {
  if (assigned.step != Step::user) return assigned.step;
  // Of bytes that are not there nobody can be asked.
  if (rest().empty()) return stop_before(user_protocol(assigned.user));
  if (ask(assigned.user)) return Step::user;
  return std::nullopt;
}

std::optional<Step> Walk::assigned(NumberSpace space, std::uint16_t number) noexcept {
  const Assigned* const found = decoders_->of(space).find(number);
  if (found == nullptr) return std::nullopt;
  if (found->step == Step::stop) return stop(StopReason::unknown_protocol);
  const auto step = step_to(*found);
  if (step && space == NumberSpace::ether_type) leave_datagram();
  return step;
}

Step Walk::by_assigned_ports(PortSpace space, std::uint16_t source,
                             std::uint16_t destination) noexcept {
  leave_datagram();
  const Assignments& assignments =
      decoders_->of(space == tcp_space ? NumberSpace::tcp_port : NumberSpace::udp_port);
  // The lower is more often the service's.
  const std::array ports{std::min(source, destination), std::max(source, destination)};
  for (const std::uint16_t port : ports) {
    const Assigned* const found = assignments.find(port);
    if (found == nullptr || found->step == Step::stop) continue;
    if (const auto step = step_to(*found)) return *step;
  }
  for (const std::uint16_t port : {destination, source}) {
    const Assigned* const found = assignments.find(port);
    if (found != nullptr && found->step == Step::stop) continue;
    const Step step = port_tables[space].find(port);
    if (step != Step::stop) return step;
  }
  if (!rest().empty()) {
    for (const std::uint8_t user : decoders_->content) {
      if (ask(user)) return Step::user;
    }
  }
  return stop(StopReason::payload);
}

Step Walk::by_next(const NextHeader& next) noexcept {
  switch (next.by()) {
    case NextHeader::By::nothing:
      return stop(StopReason::payload);
    case NextHeader::By::protocol:
      return by_protocol(next.protocol());
    case NextHeader::By::number:
      break;
  }
  if (next.space() == NumberSpace::ip_protocol) {
    if (next.number() > 0xff) return stop(StopReason::unknown_protocol);
    return by_ip_protocol(static_cast<std::uint8_t>(next.number()));
  }
  leave_datagram();
  if (is_deep_enough()) return stop(StopReason::payload);
  if (next.space() == NumberSpace::ether_type) return by_ether_type(next.number());
  if (wire_rest() == 0) return stop(StopReason::payload);
  return by_assigned_ports(next.space() == NumberSpace::tcp_port ? tcp_space : udp_space,
                           next.number(), next.number());
}

Step Walk::by_protocol(Protocol protocol) noexcept {
  if (is_user_protocol(protocol)) {
    const std::size_t user = user_index(protocol);
    if (user >= decoders_->users.size()) return stop(StopReason::unknown_protocol);
    if (wire_rest() == 0) return stop(StopReason::payload);
    const auto step = step_to({0, Step::user, static_cast<std::uint8_t>(user)});
    return step ? *step : stop(StopReason::payload);
  }
  const Step step = step_of(protocol);
  if (step == Step::stop) return stop(StopReason::unknown_protocol);
  if (is_deep_enough() && !reading_of(step).stays_in_datagram) return stop(StopReason::payload);
  return step;
}

Step steps::user(Walk& walk, Protocol /*as*/) noexcept { return walk.read_user(); }

Step Walk::read_user() noexcept {
  const FoundHeader header = found_;
  const std::size_t captured = std::min(rest().size(), header.decoded.header_length);
  if (!push(user_protocol(header.user), captured)) return Step::stop;
  // As behind AH: what the datagram carries begins behind it.
  continue_datagram();
  if (captured < header.decoded.header_length) return stop(StopReason::snapped);
  return by_next(header.decoded.next);
}

}  // namespace weir::wire
