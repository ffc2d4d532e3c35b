// Whose a segment is, of two connections on the same ports.
#include "claims.h"

#include <chrono>

#include "weir/wire/tcp.h"

namespace weir::flow {

namespace tcp_flags = wire::tcp_flags;
using namespace std::chrono_literals;

Verdict judge(const Claim& claim, const FlowRecord& owner, const FlowRecord& claimant,
              const PacketFacts& segment, Ticks now) noexcept {
  if (!segment.numbered) return Verdict::open;
  const std::size_t side = claim.side;
  if (segment.side != side) {
    // A challenge to the claim, and all else on the old connection, acknowledges that one's
    // numbers.
    const bool takes_up =
        segment.has(tcp_flags::ack) && claimant.has_sent(side, segment.acknowledgment);
    if (!takes_up) return Verdict::open;
    const bool decides = segment.has(tcp_flags::syn | tcp_flags::rst);
    return decides || segment.acknowledgment != owner.next(side) ? Verdict::claimant
                                                                 : Verdict::open;
  }
  if (segment.has(tcp_flags::syn)) {
    if (claimant.has_initial(side, segment.sequence)) return Verdict::again;
    if (owner.has_initial(side, segment.sequence)) return Verdict::open;
    // One more attempt. They are strangers' if the old connection still answers; and if that was
    // open, and the attempt before had no time to be answered (RFC 6298 2: a second).
    const bool is_hasty = !owner.is_opening() && now - claimant.last_use() < to_ticks(Duration{1s});
    return claim.is_refused || is_hasty ? Verdict::owner : Verdict::claimant;
  }
  const std::uint32_t reach = owner.reach_of(side);
  const bool fits_owner = owner.is_near(segment, reach);
  const bool fits_claimant = claimant.is_near(segment, reach);
  if (segment.has(tcp_flags::rst)) {
    return fits_owner || !fits_claimant ? Verdict::open : Verdict::claimant;
  }
  if (owner.expects(segment)) return Verdict::owner;
  if (claimant.expects(segment)) return Verdict::claimant;
  if (fits_owner) return Verdict::owner;
  return fits_claimant ? Verdict::claimant : Verdict::open;
}

}  // namespace weir::flow
