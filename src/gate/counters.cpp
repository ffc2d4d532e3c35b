// The sums of what the gate counts.
#include "weir/gate/counters.h"

namespace weir::gate {

Tally AdapterCounters::fates() const noexcept {
  Tally sum;
  for (const Tally* fate :
       {&unmatched, &passed, &dropped, &notified, &not_notified, &held, &segmented, &flow_passed,
        &flow_dropped, &full_passed, &full_dropped, &hang_passed, &hang_dropped, &unreadable}) {
    sum += *fate;
  }
  return sum;
}

Tally HeldCounters::decided() const noexcept {
  Tally sum;
  for (const Tally* end :
       {&accepted, &modified, &dropped, &expired_passed, &expired_dropped, &undecided_passed,
        &undecided_dropped, &exception_passed, &exception_dropped, &full_passed, &full_dropped,
        &too_long_passed, &too_long_dropped, &ruled_passed}) {
    sum += *end;
  }
  return sum;
}

}  // namespace weir::gate
