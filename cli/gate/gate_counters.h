// The names of what a gate counts: one table for JSON, text and docs/json.md.
#pragma once

#include <array>

#include "weir/gate/counters.h"

namespace weir::cli {

template <class Counters>
struct NamedTally {
  const char* name;
  gate::Tally Counters::* tally;
};

inline constexpr std::array adapter_tallies{
    NamedTally<gate::AdapterCounters>{"seen", &gate::AdapterCounters::seen},
    NamedTally<gate::AdapterCounters>{"unmatched", &gate::AdapterCounters::unmatched},
    NamedTally<gate::AdapterCounters>{"passed", &gate::AdapterCounters::passed},
    NamedTally<gate::AdapterCounters>{"dropped", &gate::AdapterCounters::dropped},
    NamedTally<gate::AdapterCounters>{"notified", &gate::AdapterCounters::notified},
    NamedTally<gate::AdapterCounters>{"not_notified", &gate::AdapterCounters::not_notified},
    NamedTally<gate::AdapterCounters>{"held", &gate::AdapterCounters::held},
    NamedTally<gate::AdapterCounters>{"segmented", &gate::AdapterCounters::segmented},
    NamedTally<gate::AdapterCounters>{"flow_passed", &gate::AdapterCounters::flow_passed},
    NamedTally<gate::AdapterCounters>{"flow_dropped", &gate::AdapterCounters::flow_dropped},
    NamedTally<gate::AdapterCounters>{"full_passed", &gate::AdapterCounters::full_passed},
    NamedTally<gate::AdapterCounters>{"full_dropped", &gate::AdapterCounters::full_dropped},
    NamedTally<gate::AdapterCounters>{"hang_passed", &gate::AdapterCounters::hang_passed},
    NamedTally<gate::AdapterCounters>{"hang_dropped", &gate::AdapterCounters::hang_dropped},
    NamedTally<gate::AdapterCounters>{"unreadable", &gate::AdapterCounters::unreadable},
    NamedTally<gate::AdapterCounters>{"reinjected", &gate::AdapterCounters::reinjected},
    NamedTally<gate::AdapterCounters>{"foreign", &gate::AdapterCounters::foreign},
    NamedTally<gate::AdapterCounters>{"held_dropped", &gate::AdapterCounters::held_dropped},
};

inline constexpr std::array held_tallies{
    NamedTally<gate::HeldCounters>{"arrived", &gate::HeldCounters::arrived},
    NamedTally<gate::HeldCounters>{"accepted", &gate::HeldCounters::accepted},
    NamedTally<gate::HeldCounters>{"modified", &gate::HeldCounters::modified},
    NamedTally<gate::HeldCounters>{"dropped", &gate::HeldCounters::dropped},
    NamedTally<gate::HeldCounters>{"expired_passed", &gate::HeldCounters::expired_passed},
    NamedTally<gate::HeldCounters>{"expired_dropped", &gate::HeldCounters::expired_dropped},
    NamedTally<gate::HeldCounters>{"undecided_passed", &gate::HeldCounters::undecided_passed},
    NamedTally<gate::HeldCounters>{"undecided_dropped", &gate::HeldCounters::undecided_dropped},
    NamedTally<gate::HeldCounters>{"exception_passed", &gate::HeldCounters::exception_passed},
    NamedTally<gate::HeldCounters>{"exception_dropped", &gate::HeldCounters::exception_dropped},
    NamedTally<gate::HeldCounters>{"full_passed", &gate::HeldCounters::full_passed},
    NamedTally<gate::HeldCounters>{"full_dropped", &gate::HeldCounters::full_dropped},
    NamedTally<gate::HeldCounters>{"too_long_passed", &gate::HeldCounters::too_long_passed},
    NamedTally<gate::HeldCounters>{"too_long_dropped", &gate::HeldCounters::too_long_dropped},
    NamedTally<gate::HeldCounters>{"ruled_passed", &gate::HeldCounters::ruled_passed},
    NamedTally<gate::HeldCounters>{"waiting", &gate::HeldCounters::waiting},
    NamedTally<gate::HeldCounters>{"sent", &gate::HeldCounters::sent},
    NamedTally<gate::HeldCounters>{"send_failed", &gate::HeldCounters::send_failed},
};

}  // namespace weir::cli
