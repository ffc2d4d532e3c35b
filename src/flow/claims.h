// Connections that ask for the ports of another which is not known to be over.
#pragma once

#include <array>
#include <cstdint>

#include "flow_record.h"

namespace weir::flow {

/// A SYN (or SYN-ACK) with another initial sequence number has come: either its sender has given
/// the old connection up, or it is a stranger's. What both ends send next decides; until then what
/// came is counted in a record of its own, which is in no table.
struct Claim {
  static constexpr std::uint32_t none = 0xffffffff;

  /// Record indexes.
  std::uint32_t owner = none;
  std::uint32_t claimant = none;
  /// Which side has claimed.
  std::uint8_t side = 0;
  /// The other side has spoken since, without taking it up.
  bool is_refused = false;
};

/// What a segment says about a claim.
enum class Verdict : std::uint8_t {
  open,      ///< nothing
  again,     ///< it is the claim once more
  owner,     ///< the old connection goes on
  claimant,  ///< the new one does
};

[[nodiscard]] Verdict judge(const Claim& claim, const FlowRecord& owner, const FlowRecord& claimant,
                            const PacketFacts& segment, Ticks now) noexcept;

/// A fixed array, by the owner's index. A claim that finds its place taken displaces that.
class Claims {
 public:
  static constexpr std::size_t max_claims = 1024;

  /// Where the owner's claim is, or would be.
  [[nodiscard]] Claim& place(std::uint32_t owner) noexcept { return claims_[owner % max_claims]; }
  [[nodiscard]] std::array<Claim, max_claims>& all() noexcept { return claims_; }

 private:
  std::array<Claim, max_claims> claims_{};
};

}  // namespace weir::flow
