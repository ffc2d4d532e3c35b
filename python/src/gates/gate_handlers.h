// Python's functions as the handlers of a gate.
#pragma once

#include <pybind11/pybind11.h>

#include <functional>
#include <map>
#include <string>

#include "weir/gate/options.h"

namespace weir::python {

/// Outlives the gate that calls them. Made, destroyed and visited with the GIL.
class GateHandlers {
 public:
  /// Names of adapters by their index.
  using AdapterNames = std::function<std::map<std::uint32_t, std::string>()>;

  /// By the names of weir.Gate; those that are None are not called. Throws TypeError for what
  /// cannot be called.
  explicit GateHandlers(const pybind11::dict& functions);
  GateHandlers(const GateHandlers&) = delete;
  GateHandlers& operator=(const GateHandlers&) = delete;
  ~GateHandlers() = default;

  /// What the gate is given.
  [[nodiscard]] gate::Handlers handlers();
  /// Sets the hooks of threads: they take the GIL once a batch.
  void hook(gate::Workers& workers);
  /// Asked without the GIL for adapters that are new.
  void name_adapters(AdapterNames names) { names_of_ = std::move(names); }

  /// For the garbage collector: functions often refer to what has them.
  template <class Visit>
  void visit_references(Visit visit) {
    for (auto* const function :
         {&on_held_, &on_notified_, &on_error_, &on_adapter_, &on_worker_start_, &on_worker_end_}) {
      visit(*function);
    }
  }

 private:
  void held(gate::HeldPacket& packet) const;
  void notified(const Packet& packet, const std::string& rule);
  void error(const gate::GateError& error) const;
  void adapter(const std::string& name, bool came) const;
  [[nodiscard]] bool worker_starts() const;
  void worker_ends() const;
  [[nodiscard]] const std::string& adapter_name(std::uint32_t index);

  pybind11::object on_held_;
  pybind11::object on_notified_;
  pybind11::object on_error_;
  pybind11::object on_adapter_;
  pybind11::object on_worker_start_;
  pybind11::object on_worker_end_;
  AdapterNames names_of_{};
  std::map<std::uint32_t, std::string> names_{};
};

/// weir.GateError.
void bind_gate_error(pybind11::module_& module);

}  // namespace weir::python
