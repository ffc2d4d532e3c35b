// What an iteration of weir.compat.steelscript.packets.core.pcap yields: (ts, hdr, pkt).
#pragma once

#include "object.h"
#include "weir/compat/steelscript/pcap.h"

namespace weir::python {

/// The dict that stands for a packet's header: a new reference, or null with an exception set.
[[nodiscard]] PyObject* header_object(const compat::steelscript::pcap_pkthdr_t& header) noexcept;

/// The header that such a dict stands for; "tv_nsec" may be absent. False with an exception set.
[[nodiscard]] bool take_header(PyObject* given,
                               compat::steelscript::pcap_pkthdr_t& header) noexcept;

/// Makes the tuples. One does for all packets of a loop that keeps none.
class ItemMaker {
 public:
  /// A new reference; null with an exception set.
  [[nodiscard]] PyObject* make(const compat::steelscript::PCAPItem& item, Ref pkt) noexcept;
  /// The item that says that nothing came.
  [[nodiscard]] static PyObject* nothing() noexcept;

  int traverse(visitproc visit, void* arg) const noexcept {
    Py_VISIT(tuple_.get());
    return 0;
  }
  void clear() noexcept { tuple_ = {}; }

 private:
  [[nodiscard]] PyObject* filled(Ref ts, Ref hdr, Ref pkt) noexcept;

  Ref tuple_{};
};

/// Once, before anything else here. False with an exception set.
[[nodiscard]] bool prepare_items() noexcept;

}  // namespace weir::python
