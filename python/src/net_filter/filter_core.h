// What pcapfilter.NetFilter is made of: the C++ face, whose handlers are Python's.
#pragma once

#include <pybind11/pybind11.h>

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "gates/forks.h"
#include "gates/gate_stop.h"
#include "net_filter/filter_handlers.h"
#include "object.h"
#include "weir/compat/net_filter.h"

namespace weir::python {

/// All calls by several threads at once, with the GIL, which those that may wait give up.
class FilterCore {
 public:
  using NetFilter = compat::NetFilter;

  FilterCore();
  FilterCore(const FilterCore&) = delete;
  FilterCore& operator=(const FilterCore&) = delete;
  ~FilterCore();

  /// What `call` returns, which gets the NetFilter, without the GIL. Throws NetFilterError where
  /// there is none.
  template <class Call>
  auto ask(Call call) const {
    auto filter = at_hand();
    const WithoutGil without;
    const auto owned = std::move(filter);
    return call(*owned);
  }
  /// The same for what waits for the end of a stop_filter() that Ctrl-C has left alone.
  template <class Call>
  auto ask_at_rest(Call call) {
    settle();
    return ask(std::move(call));
  }

  void initialize(const std::string& product_guid);
  void stop();
  [[nodiscard]] bool is_active() const;

  /// Has the handler called, which is in its place already.
  template <auto event, auto call>
  void listen(bool is_there) {
    auto& place = at_hand().get()->*event;
    if (!is_there) {
      place = nullptr;
    } else {
      place = [handlers = handlers_.get()](auto& params) { (handlers->*call)(params); };
    }
  }
  [[nodiscard]] FilterHandlers& handlers() const noexcept { return *handlers_; }
  /// Which of the process's it is, from 1 on.
  [[nodiscard]] std::uint64_t number() const noexcept { return number_; }

  /// Lets the NetFilter go, which stops; does not wait where that would be for ever.
  void end() noexcept;
  /// A stop_filter() that is under way then; null where there is nothing to stop. Throws
  /// SystemError.
  [[nodiscard]] std::shared_ptr<GateStop> begin_stop();

  template <class Visit>
  void visit_references(Visit visit) {
    handlers_->visit_references(visit);
  }

 private:
  [[nodiscard]] bool is_elsewhere() const noexcept { return forks_ != forks(); }
  /// Throws NetFilterError.
  [[nodiscard]] std::shared_ptr<NetFilter> at_hand() const;
  /// What is waited for until the NetFilter is gone. Throws SystemError.
  [[nodiscard]] std::vector<std::shared_ptr<GateStop>> begin_end();
  /// Throws what signals do.
  static void wait(GateStop& stop);
  void settle();

  std::shared_ptr<FilterHandlers> handlers_;
  /// Null once it was let go.
  std::shared_ptr<NetFilter> filter_;
  std::shared_ptr<GateStop> stop_{};
  bool has_threads_ = false;
  std::uint64_t number_;
  unsigned forks_ = forks();
};

/// At the end of the interpreter they stop, as long as it is there. Once.
void end_filters_at_exit();

}  // namespace weir::python
