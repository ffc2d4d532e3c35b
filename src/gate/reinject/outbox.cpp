// Outbox: makes of packets what the kernel is to be given, and sorts them by adapter.
#include "gate/reinject/outbox.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

#include "gate/held/slot.h"
#include "gate/kernel/layout.h"
#include "gate/reinject/longest.h"
#include "gate/reinject/mss.h"
#include "gate/reinject/split.h"
#include "weir/wire/checksum.h"
#include "weir/wire/ether_type.h"
#include "weir/wire/tcp.h"

namespace weir::gate {
namespace {

using wire::Protocol;

constexpr std::size_t ethernet_header = 14;
/// Adapters come and go.
constexpr std::size_t most_exits = 256;
constexpr std::size_t longest_headers = 65'535;

std::uint16_t ether_type(Bytes ip) noexcept {
  return !ip.empty() && ip[0] >> 4 == 6 ? wire::ether_type::ipv6 : wire::ether_type::ipv4;
}

/// For the kernel to finish the checksum.
sys::Offload checksum_offload(const Transport& transport) noexcept {
  return {.header_length = static_cast<std::uint16_t>(transport.payload),
          .checksum_start = static_cast<std::uint16_t>(transport.header),
          .checksum_offset = static_cast<std::uint16_t>(transport.checksum - transport.header),
          .pseudo_header = transport.pseudo_header};
}

/// The kernel sums up to the end of the frame, with the Internet checksum.
bool can_be_offloaded(Bytes frame, const Transport& transport) noexcept {
  return transport.protocol != Protocol::sctp && transport.end == frame.size() &&
         transport.payload <= longest_headers;
}

/// Whether the kernel would give it the checksum it has, or was to have.
bool is_right(Bytes frame, const Transport& transport) noexcept {
  if (!can_be_offloaded(frame, transport)) return false;
  if (transport.is_unfinished(frame)) return true;
  const wire::WordSum sum =
      wire::word_sum(frame.subspan(transport.header, transport.end - transport.header)) +
      wire::WordSum::of(transport.pseudo_header);
  return sum.folded() == 0xffff;
}

sys::Offload::Segments segments_of(const Transport& transport) noexcept {
  using Segments = sys::Offload::Segments;
  if (transport.protocol == Protocol::udp) return Segments::udp_fragments;
  return transport.is_ipv4 ? Segments::tcp_ipv4 : Segments::tcp_ipv6;
}

}  // namespace

Outbox::Outbox(const Options& options, std::shared_ptr<const Port> inward, BufferPool& buffers,
               HeldCounts& counts)
    : options_{options},
      inward_{std::move(inward)},
      buffers_{&buffers},
      counts_{&counts},
      train_{buffers} {}

void Outbox::add(const Leaving& leaving, Slot* slot) noexcept {
  const LinkType link_type = leaving.port->link_type();
  const Outline found = outline(leaving.frame, link_type, leaving.is_finished);
  Parcel parcel{.frame = leaving.frame, .slot = slot};
  if (leaving.is_segment && add_to_train(leaving, parcel, found)) return;
  send_train();
  if (const auto size = lower_mss(leaving.frame, found, options_.tcp_growth)) {
    const MutableBytes lowered = copy(parcel);
    if (lowered.empty()) return lose(parcel);
    write_mss(lowered, link_type, found, *size);
  }
  if (leaving.segment_size != 0 && found.transport && found.transport->protocol == Protocol::tcp &&
      found.transport->payload <= longest_headers) {
    add_segments(leaving, std::move(parcel), *found.transport);
  } else {
    add_single(leaving, std::move(parcel), found);
  }
}

bool Outbox::add_to_train(const Leaving& leaving, const Parcel& parcel,
                          const Outline& outline) noexcept {
  if (!outline.transport || !can_be_coupled(parcel.frame, *outline.transport)) return false;
  const bool same_way =
      leaving.port == train_leaving_.port && leaving.outgoing == train_leaving_.outgoing &&
      leaving.mark == train_leaving_.mark && leaving.priority == train_leaving_.priority;
  if (train_.is_empty() || !same_way || !train_.couple(parcel.frame, *outline.transport)) {
    send_train();
    if (!train_.begin(parcel.frame, *outline.transport)) return false;
    train_leaving_ = leaving;
  }
  // The train has its bytes.
  if (parcel.slot != nullptr) parcel.slot->leave();
  return true;
}

void Outbox::send_train() noexcept {
  if (train_.is_empty()) return;
  Parcel parcel{};
  train_leaving_.segment_size = train_.segment_size();
  parcel.frame = train_.finish(parcel.memory);
  const Outline found = outline(parcel.frame, train_leaving_.port->link_type(), true);
  if (found.transport) {
    add_segments(train_leaving_, std::move(parcel), *found.transport);
  } else {
    lose(parcel);
  }
}

void Outbox::add_single(const Leaving& leaving, Parcel&& parcel, const Outline& outline) noexcept {
  if (outline.transport && leaving.outgoing &&
      is_too_long(parcel.frame, leaving.port->link_type(), leaving.port->mtu()) &&
      is_right(parcel.frame, *outline.transport)) {
    // The kernel takes longer frames where it is told to cut them; it need not.
    parcel.is_offloaded = true;
    parcel.offload = checksum_offload(*outline.transport);
    parcel.offload.segments = segments_of(*outline.transport);
    parcel.offload.segment_size = UINT16_MAX - 1;
    return put(leaving, std::move(parcel));
  }
  if (outline.unfinished && can_be_offloaded(parcel.frame, *outline.unfinished)) {
    parcel.is_offloaded = true;
    parcel.offload = checksum_offload(*outline.unfinished);
  } else if (outline.unfinished) {
    const MutableBytes finished = copy(parcel);
    if (finished.empty()) return lose(parcel);
    outline.unfinished->finish(finished);
  }
  put(leaving, std::move(parcel));
}

void Outbox::add_segments(const Leaving& leaving, Parcel&& parcel, const Transport& tcp) noexcept {
  if (needs_split(tcp)) return add_split(leaving, std::move(parcel), tcp);
  parcel.frame = parcel.frame.first(tcp.end);
  parcel.is_offloaded = true;
  parcel.offload = checksum_offload(tcp);
  if (tcp.end - tcp.payload > leaving.segment_size) {
    parcel.offload.segments = segments_of(tcp);
    parcel.offload.segment_size = static_cast<std::uint16_t>(leaving.segment_size);
    const auto flags = load_be<std::uint16_t>(parcel.frame.data() + tcp.header + 12);
    parcel.offload.congestion = (flags & wire::tcp_flags::cwr) != 0;
  }
  put(leaving, std::move(parcel));
}

void Outbox::add_split(const Leaving& leaving, Parcel&& parcel, const Transport& tcp) noexcept {
  const std::size_t size = part_size(tcp, leaving.segment_size);
  if (size == 0) return lose(parcel);
  const std::size_t payload = tcp.end - tcp.payload;
  for (std::size_t at = 0; at < payload; at += size) {
    const Part part{.offset = at, .size = std::min(size, payload - at)};
    const bool is_last = at + part.size == payload;
    Parcel piece{.memory = buffers_->take(part_room(tcp, part.size)),
                 .slot = is_last ? parcel.slot : nullptr};
    if (piece.memory.is_empty()) {
      lose(piece);
      continue;
    }
    piece.frame = write_part(parcel.frame, tcp, leaving.segment_size, part, piece.memory.bytes());
    const Outline found = outline(piece.frame, leaving.port->link_type(), true);
    if (found.transport) {
      add_segments(leaving, std::move(piece), *found.transport);
    } else {
      lose(piece);
    }
  }
}

void Outbox::put(const Leaving& leaving, Parcel&& parcel) noexcept {
  parcel.size = parcel.frame.size();
  const bool has_header = leaving.port->link_type() == LinkType::ethernet;
  if (!has_header && leaving.outgoing) parcel.protocol = ether_type(parcel.frame);
  if (!has_header && !leaving.outgoing) {
    // The adapter it goes to takes the header off again.
    const MutableBytes frame = copy(parcel, ethernet_header);
    if (frame.empty()) return lose(parcel);
    const MutableBytes header = frame.first(ethernet_header);
    std::ranges::fill(header, std::uint8_t{0});
    store_be(header.data() + 12, ether_type(frame.subspan(ethernet_header)));
    parcel.offload.header_length += ethernet_header;
    parcel.offload.checksum_start += ethernet_header;
  }
  const bool turns = !leaving.outgoing && leaving.port->is_loopback();
  const Port& port = leaving.outgoing || turns ? *leaving.port : *inward_;
  parcel.departure = {.time = leaving.outgoing ? tag::going_on(options_.place)
                              : turns          ? tag::turning(options_.place)
                                               : tag::going_in(leaving.port->index()),
                      .mark = leaving.mark,
                      .priority = leaving.priority};
  Exit* const exit = exit_by(port, sender_for(port, leaving));
  if (exit == nullptr) return lose(parcel);
  if (exit->queue.is_full()) exit->queue.flush(*exit->port, *counts_);
  exit->port = &port;
  exit->queue.add(std::move(parcel));
}

MutableBytes Outbox::copy(Parcel& parcel, std::size_t headroom) noexcept {
  Buffer memory = buffers_->take(headroom + parcel.frame.size());
  if (memory.is_empty()) return {};
  const MutableBytes frame = memory.bytes().first(headroom + parcel.frame.size());
  std::memcpy(frame.data() + headroom, parcel.frame.data(), parcel.frame.size());
  parcel.frame = frame;
  parcel.memory = std::move(memory);
  return frame;
}

void Outbox::lose(const Parcel& parcel) noexcept {
  counts_->fail_to_send(parcel.frame.size());
  if (parcel.slot != nullptr) parcel.slot->leave();
}

SenderOf Outbox::sender_for(const Port& port, const Leaving& leaving) const noexcept {
  const sys::DepartureLimits& limits = options_.limits;
  return {.adapter = port.index(),
          .mark = limits.marks ? 0 : leaving.mark,
          .priority = leaving.priority > limits.highest_priority ? leaving.priority : 0};
}

Outbox::Exit* Outbox::exit_by(const Port& port, const SenderOf& sender) noexcept {
  const auto leads_there = [&](const Exit& exit) { return exit.queue.sender() == sender; };
  if (last_ < exits_.size() && leads_there(exits_[last_])) return &exits_[last_];
  auto found = std::ranges::find_if(exits_, leads_there);
  if (found == exits_.end()) {
    try {
      if (exits_.size() == most_exits) {
        flush();
        exits_.clear();
      }
      exits_.push_back({.queue = DepartureQueue{sender, options_.limits}, .port = &port});
    } catch (const std::bad_alloc&) {
      return nullptr;
    }
    found = exits_.end() - 1;
  }
  last_ = static_cast<std::size_t>(found - exits_.begin());
  return &*found;
}

void Outbox::flush() noexcept {
  send_train();
  for (Exit& exit : exits_) {
    if (!exit.queue.is_empty()) exit.queue.flush(*exit.port, *counts_);
  }
}

}  // namespace weir::gate
