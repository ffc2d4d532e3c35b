// The adapters a gate is at: those it is told to be at, as they come and go.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "gate/attach/dispatchers.h"
#include "gate/attach/hooks.h"
#include "gate/attach/port.h"
#include "gate/attach/rank.h"
#include "gate/rights/rights.h"
#include "weir/capture/adapter_watch.h"
#include "weir/gate/options.h"

namespace weir::gate {

/// Of the network namespace it was made in. One thread at a time, but ports() and port_of()
/// from anywhere.
class AdapterTable {
 public:
  struct Options {
    /// As GateOptions::adapters. One that is renamed later stays.
    std::vector<std::string> adapters{};
    Dispatchers dispatchers{};
    /// Its Claim has published the dispatchers.
    Rank rank{};
    /// Not best.
    Attachment how = Attachment::tcx;
    std::shared_ptr<Rights> rights = own_rights();
  };
  struct Callbacks {
    /// Packets may come of it soon. What it throws keeps the gate away from it.
    std::function<void(const std::shared_ptr<const Port>&, const capture::Adapter&)> coming{};
    /// The programs are attached.
    std::function<void(const Port&)> came{};
    /// No more packets come of it; or, if it never came, it could not be attached to.
    std::function<void(const Port&, bool came)> gone{};
    /// An adapter that came later could not be attached to: "attach to adapter eth1: Operation not
    /// permitted".
    std::function<void(const std::string&)> failed{};
  };

  /// Attaches nothing yet. Throws SystemError.
  AdapterTable(Options options, Callbacks callbacks);

  /// Attaches to all there are, or to none: throws SystemError (not_found) for a name nobody has,
  /// Error (invalid_argument) for what no gate can be at.
  void start();
  /// Leaves all.
  void stop() noexcept;

  /// Takes one step after what has happened to the adapters: goes to one or leaves one, which takes
  /// the kernel some 20 ms. False if nothing is left to be done. Reports of Port::report_gone()
  /// count too. Throws SystemError.
  bool step();
  /// Has a look at one adapter in each call: where others have taken the programs off, step() takes
  /// it as gone and come again. Throws SystemError.
  void look_after();
  /// Readable when there may be something for step(), for event loops.
  [[nodiscard]] int file_descriptor() const noexcept { return watch_.file_descriptor(); }

  [[nodiscard]] std::vector<std::shared_ptr<const Port>> ports() const;
  /// Of an adapter that is known by that name; null where the gate is at none.
  [[nodiscard]] std::shared_ptr<const Port> port_of(const std::string& name) const;

 private:
  struct Entry {
    std::shared_ptr<Port> port;
    std::unique_ptr<Hooks> hooks{};
    bool is_gone = false;
  };
  using Position = std::list<Entry>::iterator;

  [[nodiscard]] bool wants(const capture::Adapter& adapter) const;
  [[nodiscard]] Position find(std::uint32_t index) noexcept;
  [[nodiscard]] std::shared_ptr<Port> port_at(const capture::Adapter& adapter);
  void attach(const capture::Adapter& adapter);
  void leave(Position entry) noexcept;
  void take_news();
  bool leave_one() noexcept;
  bool attach_one();

  Options options_;
  Callbacks callbacks_;
  capture::AdapterWatch watch_{};
  /// Changed under the mutex, by the one thread.
  mutable std::mutex mutex_{};
  std::list<Entry> entries_{};
  /// Those that could not be attached to: not tried again before something happens to them.
  std::unordered_set<std::uint32_t> failed_{};
  std::uint32_t looked_at_ = 0;
};

}  // namespace weir::gate
