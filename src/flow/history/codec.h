// How a packet of a history is coded: what differs from what the packets before it let expect.
#pragma once

#include <cstddef>
#include <cstdint>

#include "weir/flow/history.h"

namespace weir::flow {

using detail::HistoryState;
using detail::HistoryWalk;

/// No code is longer.
inline constexpr std::size_t max_history_code = 48;

/// Codes the packet, which `side` of the key has sent, and moves the state on. Returns the size.
/// `begins`: it is the first of a stretch, which is decoded without those before; the state is a
/// fresh one but for its time, the base. Fields that are not in packet.fields are 0; window and
/// icmp are not both in it. Precondition: room for max_history_code octets.
[[nodiscard]] std::size_t encode(HistoryState& state, const HistoryPacket& packet, unsigned side,
                                 bool begins, std::uint8_t* out) noexcept;

/// The other way, but for is_from_originator. Returns where the next code begins.
/// Precondition: a code that encode() made, and not that of a run.
[[nodiscard]] const std::uint8_t* decode(HistoryState& state, std::int64_t base,
                                         const std::uint8_t* code, HistoryPacket& packet,
                                         unsigned& side) noexcept;

// A run: the code before it so many times more. Codes, not packets, are what repeats, so that equal
// steps of time and of numbers make a run.

inline constexpr std::size_t history_run_size = 3;
inline constexpr unsigned max_history_run = 255;
/// Precondition: room for history_run_size octets, 1 <= count <= max_history_run.
void encode_run(unsigned count, std::uint8_t* out) noexcept;
/// The count; 0 if the code is none of a run.
[[nodiscard]] unsigned decode_run(const std::uint8_t* code) noexcept;

/// Decodes the next packet, runs included. Precondition: there is one.
void decode_next(HistoryWalk& walk, HistoryPacket& packet, unsigned& side) noexcept;

}  // namespace weir::flow
