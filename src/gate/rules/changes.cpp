// Changes packets by rule, remembers what their destination was, and puts it back in answers.
#include "gate/rules/changes.h"

#include <algorithm>
#include <new>
#include <optional>
#include <variant>

#include "weir/wire/checksum.h"
#include "weir/wire/edit.h"
#include "weir/wire/ip_protocol.h"
#include "weir/wire/quoted_packet.h"
#include "weir/wire/tcp.h"

namespace weir::gate {
namespace {

using flow::PacketFacts;
using wire::Edited;
using wire::Editor;

struct Making {
  Editor& editor;

  Edited operator()(const SetTtl& change) const noexcept { return editor.set_ttl(change.ttl); }
  Edited operator()(const SetDestinationPort& change) const noexcept {
    return editor.set_destination_port(change.port);
  }
  Edited operator()(const SetDestination& change) const noexcept {
    return editor.set_destination(change.address);
  }
};

bool is_redirection(const Change& change) noexcept {
  return !std::holds_alternative<SetTtl>(change);
}

/// An ICMP error's packet, quoted from `start` on.
struct Quote {
  Packet packet{};
  std::size_t start = 0;
};

/// Puts the original destination into the packet that an error quotes; the checksum of the error
/// follows.
void restore_quoted(const Editor& error, const Quote& quote, const Translation& original) noexcept {
  const MutableBytes bytes = error.bytes().subspan(quote.start, quote.packet.data.size());
  const wire::WordSum before = wire::word_sum(bytes);
  Editor editor{bytes, quote.packet};
  static_cast<void>(editor.set_destination(original.address));
  if (original.port != 0) static_cast<void>(editor.set_destination_port(original.port));
  // RFC 792, RFC 4443 2.3: behind type and code.
  constexpr std::size_t checksum_offset = 2;
  const wire::Layer& message = error.layers()[error.layers().size() - 1];
  std::uint8_t* const checksum = error.bytes().data() + message.offset + checksum_offset;
  store_be(checksum, wire::updated_checksum(load_be<std::uint16_t>(checksum), before.folded(),
                                            wire::word_sum(bytes).folded()));
}

}  // namespace

/// What a packet that comes back belongs to.
struct Changes::Answer {
  std::optional<Translation> original{};
  /// Of an error about the flow.
  std::optional<Quote> quote{};
  /// Its sender is to be the original destination: not so of errors from on the way.
  bool is_from_destination = true;
};

Changes::Changes(const flow::HashKey& key) noexcept
    : reader_{{.hash_key = key}}, flows_{key, most_flows} {}

bool Changes::make(std::span<const Change> changes, MutableBytes bytes, const Packet& packet,
                   std::uint64_t now) noexcept {
  const std::scoped_lock lock{mutex_};
  bool is_changed = false;
  try {
    is_changed = make_unchecked(changes, bytes, packet, now);
  } catch (const std::bad_alloc&) {
    // Fragments cannot be followed.
  }
  ++(is_changed ? counters_.changed : counters_.unchanged);
  return is_changed;
}

bool Changes::make_unchecked(std::span<const Change> changes, MutableBytes bytes,
                             const Packet& packet, std::uint64_t now) {
  PacketFacts before;
  const bool is_redirected =
      std::ranges::any_of(changes, is_redirection) && reader_.read(packet, now, before);
  Editor editor{bytes, packet};
  bool is_changed = false;
  for (const Change& change : changes) {
    is_changed |= std::visit(Making{editor}, change).has_value();
  }
  if (is_changed && is_redirected) follow(before, editor.packet(), now);
  return is_changed;
}

void Changes::follow(const PacketFacts& before, const Packet& packet, std::uint64_t now) {
  PacketFacts facts;
  if (!reader_.read(packet, now, facts)) return;
  if (facts.key == before.key) {
    // What goes there anyway shares its endpoints with what was sent there before.
    flows_.forget(facts.key);
    return;
  }
  const std::size_t old_side = 1U - before.side;
  const Translation* const known = flows_.find(facts.key, now);
  const bool ends = facts.has(wire::tcp_flags::fin) || facts.has(wire::tcp_flags::rst);
  const bool begins = facts.has(wire::tcp_flags::syn);
  flows_.remember(facts.key,
                  {.address = before.key.address(old_side),
                   .port = before.key.ports[old_side],
                   .side = static_cast<std::uint8_t>(1U - facts.side),
                   .is_closing = ends || (known != nullptr && known->is_closing && !begins),
                   .is_tcp = facts.key.protocol == wire::ip_protocol::tcp},
                  now);
}

Changes::Answer Changes::answer_in(const Packet& packet, std::uint64_t now) {
  PacketFacts facts;
  if (!reader_.read(packet, now, facts)) return {};
  if (Translation* const known = flows_.find(facts.key, now)) {
    if (known->side != facts.side) return {};
    known->is_closing |= facts.has(wire::tcp_flags::fin) || facts.has(wire::tcp_flags::rst);
    return {.original = *known};
  }
  const bool is_icmp = facts.key.protocol == wire::ip_protocol::icmp ||
                       facts.key.protocol == wire::ip_protocol::icmpv6;
  const auto quoted =
      is_icmp ? wire::quoted_packet(packet, wire::decode(packet)) : std::optional<Packet>{};
  const IpAddress sender = facts.key.address(facts.side);
  if (!quoted || !reader_.read(*quoted, now, facts)) return {};
  const Translation* const known = flows_.find(facts.key, now);
  if (known == nullptr || known->side == facts.side) return {};
  const auto start = static_cast<std::size_t>(quoted->data.data() - packet.data.data());
  return {.original = *known,
          .quote = Quote{*quoted, start},
          .is_from_destination = sender == facts.key.address(known->side)};
}

bool Changes::is_answer(const Packet& packet, std::uint64_t now) noexcept {
  const std::scoped_lock lock{mutex_};
  try {
    return answer_in(packet, now).original.has_value();
  } catch (const std::bad_alloc&) {
    return false;
  }
}

bool Changes::restore(MutableBytes bytes, const Packet& packet, std::uint64_t now) noexcept {
  const std::scoped_lock lock{mutex_};
  Answer answer;
  try {
    answer = answer_in(packet, now);
  } catch (const std::bad_alloc&) {
    return false;
  }
  if (!answer.original) return false;
  Editor editor{bytes, packet};
  if (answer.quote) {
    restore_quoted(editor, *answer.quote, *answer.original);
  } else if (answer.original->port != 0) {
    static_cast<void>(editor.set_source_port(answer.original->port));
  }
  if (answer.is_from_destination) {
    static_cast<void>(editor.set_source(answer.original->address));
  }
  ++counters_.restored;
  return true;
}

ChangeCounters Changes::counters() const noexcept {
  const std::scoped_lock lock{mutex_};
  ChangeCounters counters = counters_;
  counters.flows_evicted = flows_.evicted();
  return counters;
}

}  // namespace weir::gate
