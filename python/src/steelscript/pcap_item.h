// What an iteration of weir.compat.steelscript.packets.core.pcap yields: (ts, hdr, pkt).
#pragma once

#include "object.h"
#include "weir/compat/steelscript/pcap.h"

namespace weir::python {

/// The header that such a dict stands for; "tv_nsec" may be absent. False with an exception set.
[[nodiscard]] bool take_header(PyObject* given,
                               compat::steelscript::pcap_pkthdr_t& header) noexcept;

/// A dict that stands for a header, and the one of its time in it. Used again where nobody else
/// refers to them.
class HeaderDict {
 public:
  /// A new reference; null with an exception set.
  [[nodiscard]] PyObject* make(const compat::steelscript::pcap_pkthdr_t& header) noexcept;

  int traverse(visitproc visit, void* arg) const noexcept {
    Py_VISIT(time_.get());
    Py_VISIT(dict_.get());
    return 0;
  }
  void clear() noexcept {
    time_ = {};
    dict_ = {};
  }

 private:
  [[nodiscard]] bool is_free() const noexcept;
  [[nodiscard]] bool renew() noexcept;

  Ref time_{};
  Ref dict_{};
};

/// Makes the tuples. A few do for all packets of a loop that keeps none.
class ItemMaker {
 public:
  /// A new reference; null with an exception set.
  [[nodiscard]] PyObject* make(const compat::steelscript::PCAPItem& item, Ref pkt) noexcept;
  /// The item that says that nothing came.
  [[nodiscard]] static PyObject* nothing() noexcept;

  int traverse(visitproc visit, void* arg) const noexcept {
    Py_VISIT(tuple_.get());
    for (const HeaderDict& header : headers_) {
      if (const int result = header.traverse(visit, arg); result != 0) return result;
    }
    return 0;
  }
  void clear() noexcept {
    tuple_ = {};
    for (HeaderDict& header : headers_) header.clear();
  }

 private:
  [[nodiscard]] PyObject* filled(Ref ts, Ref hdr, Ref pkt) noexcept;

  Ref tuple_{};
  /// A loop has one in its hands when it asks for the next.
  HeaderDict headers_[2]{};
  unsigned turn_ = 0;
};

/// Once, before anything else here. False with an exception set.
[[nodiscard]] bool prepare_items() noexcept;

}  // namespace weir::python
