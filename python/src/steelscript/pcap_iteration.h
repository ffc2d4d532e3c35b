// next() of PCAPReader and PCAPSocket.
#pragma once

#include <algorithm>
#include <chrono>

#include "steelscript/pcap_object.h"
#include "steelscript/stop_event.h"

namespace weir::python {

/// How long next() waits for a packet; Duration::max() for ever.
template <class Pcap>
Duration patience_of(PcapObject<Pcap>& self) noexcept {
  if constexpr (requires { self.pcap->patience(); }) {
    const Turn turn{self.turns};
    return self.pcap->patience();
  } else {
    return Duration::max();
  }
}

/// What became of a wait, which had the time of one look at signals at most, and the packet's
/// bytes. False with an exception set.
template <class Pcap>
bool wait_a_while(PcapObject<Pcap>& self, Duration longest, compat::steelscript::PCAPStep& step,
                  compat::steelscript::PCAPItem& item, Ref& pkt) noexcept {
  using compat::steelscript::PCAPStep;
  if (PyErr_CheckSignals() < 0) return false;
  try {
    const Turn turn{self.turns};
    {
      const WithoutGil without;
      step = self.pcap->next_within(item, longest);
    }
    if (step != PCAPStep::packet) return true;
    pkt = Ref::steal(bytes_object(item.pkt));
    return static_cast<bool>(pkt);
  } catch (...) {
    raise_refusal({self.kind, self.name});
    return false;
  }
}

template <class Pcap>
PyObject* wait_for_item(PcapObject<Pcap>& self) noexcept {
  using compat::steelscript::PCAPStep;
  using Clock = std::chrono::steady_clock;
  const Duration patience = patience_of(self);
  const auto start = Clock::now();
  const Duration period = self.has_other_event ? look_at_event_every : Duration{signal_period};
  for (Duration left = patience;;) {
    compat::steelscript::PCAPItem item;
    PCAPStep step{};
    Ref pkt;
    if (!wait_a_while(self, std::min(left, period), step, item, pkt)) return nullptr;
    if (step == PCAPStep::end) return nullptr;
    if (step == PCAPStep::packet) return self.items.make(item, std::move(pkt));
    if (!go_on_beside_event(self)) return nullptr;
    if (patience != Duration::max()) left = patience - (Clock::now() - start);
    if (left <= Duration::zero()) return ItemMaker::nothing();
  }
}

template <class Pcap>
PyObject* next_item(PyObject* object) noexcept {
  auto& self = self_of<Pcap>(object);
  if (self.pcap == nullptr) {
    PyErr_SetString(PyExc_TypeError, "__init__() of this object has not been called");
    return nullptr;
  }
  if (self.has_other_event && !go_on_beside_event(self)) return nullptr;
  compat::steelscript::PCAPItem item;
  Ref pkt;
  {
    const Turn turn{self.turns};
    if (self.pcap->next_at_hand(item)) {
      pkt = Ref::steal(bytes_object(item.pkt));
      if (!pkt) return nullptr;
    }
  }
  return pkt ? self.items.make(item, std::move(pkt)) : wait_for_item(self);
}

}  // namespace weir::python
