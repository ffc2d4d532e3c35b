// HeldCounts as HeldCounters has them.
#include "gate/held/fate.h"

namespace weir::gate {
namespace {

Tally& tally_of(HeldCounters& counters, Fate fate) noexcept {
  switch (fate) {
    case Fate::accepted:
      return counters.accepted;
    case Fate::modified:
      return counters.modified;
    case Fate::dropped:
      return counters.dropped;
    case Fate::expired_passed:
      return counters.expired_passed;
    case Fate::expired_dropped:
      return counters.expired_dropped;
    case Fate::undecided_passed:
      return counters.undecided_passed;
    case Fate::undecided_dropped:
      return counters.undecided_dropped;
    case Fate::exception_passed:
      return counters.exception_passed;
    case Fate::exception_dropped:
      return counters.exception_dropped;
    case Fate::full_passed:
      return counters.full_passed;
    case Fate::full_dropped:
      return counters.full_dropped;
    case Fate::too_long_passed:
      return counters.too_long_passed;
    case Fate::too_long_dropped:
      return counters.too_long_dropped;
    case Fate::ruled_passed:
      break;
  }
  return counters.ruled_passed;
}

}  // namespace

void HeldCounts::add_fates_to(HeldCounters& sum) const noexcept {
  for (std::size_t i = 0; i < fates_.size(); ++i) {
    tally_of(sum, static_cast<Fate>(i)) += fates_[i].tally();
  }
  sum.sent += sent_.tally();
  sum.send_failed += send_failed_.tally();
  sum.late_verdicts += late_verdicts_.load(std::memory_order_acquire);
}

void HeldCounts::add_arrivals_to(HeldCounters& sum) const noexcept {
  sum.arrived += arrived_.tally();
}

}  // namespace weir::gate
