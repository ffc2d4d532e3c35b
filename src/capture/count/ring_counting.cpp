// Walks the blocks of the ring and adds up.
#include "capture/count/ring_counting.h"

#include <utility>

#include "capture/live_limits.h"
#include "capture/sieve.h"
#include "sys/grace_period.h"

namespace weir::capture {
namespace {

using std::chrono::steady_clock;

sys::PacketRing made_ring(const CountedAdapter& adapter, std::size_t size) {
  const sys::RingShape shape = ring_shape({.ring_size = size}, headroom(adapter.is_cooked()));
  try {
    return sys::PacketRing{adapter.socket(), shape};
  } catch (const SystemError& error) {
    if (error.system_code() == std::errc::not_enough_memory) refuse_ring_size(size);
    throw;
  }
}

}  // namespace

RingCounting::RingCounting(const CountedAdapter& adapter, const CounterOptions& options)
    : adapter_{adapter},
      filter_{options.filter},
      ring_{made_ring(adapter, options.ring_size)},
      packets_(Batch::max_packets) {
  attach(filter_, options.traffic);
}

void RingCounting::attach(const filter::Filter& filter, Traffic traffic) const {
  const bpf::ProgramView program = filter.program(adapter_.link_type());
  SieveOptions options{.traffic = traffic, .snapshot_length = 1, .loopback = adapter_.loopback()};
  if (!program.empty() && !adapter_.is_cooked()) {
    const auto sieve = sieve_with(program, options);
    if (sieve && adapter_.socket().attach(std::as_bytes(std::span{*sieve})) == 0) return;
  }
  if (!program.empty()) options.snapshot_length = longest_snapshot;
  const bpf::Program sieve = sieve_without_program(options);
  if (const int error = adapter_.socket().attach(std::as_bytes(std::span{sieve}))) {
    throw adapter_.failure(error);
  }
}

Counts RingCounting::read(bool adapter_here) {
  count_blocks();
  *counts_.dropped += adapter_.socket().take_counters().dropped;
  if (!adapter_here) counts_.gone = drained();
  return counts_;
}

// The kernel alone decides on directions: what waits has come by the one that held then.
void RingCounting::count_blocks() noexcept {
  const WalkOptions options{.link_type = adapter_.link_type(),
                            .snapshot_length = longest_snapshot,
                            .cooked = adapter_.is_cooked(),
                            .decide_whole = true,
                            .filter = &filter_};
  while (ring_.ready()) {
    for (BlockWalk walk{ring_.front()}; !walk.at_end();) {
      const std::size_t kept = walk.next(packets_, options).kept;
      counts_.packets += kept;
      for (std::size_t i = 0; i < kept; ++i) counts_.bytes += packets_[i].wire_length;
    }
    ring_.give_back();
  }
}

bool RingCounting::drained() noexcept {
  if (!leaving_since_) {
    leaving_since_ = steady_clock::now();
    // A processor may still be putting a packet into the ring.
    static_cast<void>(sys::wait_for_grace_period());
  }
  if (!ring_.ready() && !ring_.filling()) return true;
  return steady_clock::now() - *leaving_since_ > std::chrono::seconds{1};
}

void RingCounting::change(const filter::Filter& filter, Traffic traffic) {
  attach(filter, traffic);
  static_cast<void>(sys::wait_for_grace_period());
  filter_ = filter;
}

}  // namespace weir::capture
