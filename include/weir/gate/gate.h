// The gate: holds, changes, drops and tells of packets on their way through this machine.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "weir/api.h"
#include "weir/capture/adapter.h"
#include "weir/gate/counters.h"
#include "weir/gate/options.h"
#include "weir/gate/rule.h"

namespace weir::gate {

/// What may be set for one adapter, while the gate runs too.
struct AdapterSettings {
  /// As GateOptions::snapshot_length.
  std::uint32_t snapshot_length = 0;
  bool promiscuous = false;
  /// Whether its packets are counted (AdapterCounters).
  bool statistics = true;
};

/// Needs CAP_NET_ADMIN, CAP_NET_RAW and CAP_BPF in start(), and for rules and adapters that come
/// later, where no Broker keeps them; CAP_PERFMON to watch its own process, and for speed;
/// CAP_SYS_NICE not to be taken for one that hangs while it waits for a processor. Works in the
/// network namespace it was started in. All calls from several threads at once; from handlers all
/// but stop() and the destructor (Workers::on_start less).
class WEIR_API Gate {
 public:
  /// Nothing happens yet. Throws Error (invalid_argument).
  explicit Gate(GateOptions options = {}, Handlers handlers = {});
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;
  /// Stops.
  ~Gate();

  /// Behind the rules of its kind; returns its id. In force when it returns: no packet sees half a
  /// change, and none passes between the old rules and the new. Throws Error (invalid_argument) for
  /// an id that is there, an unknown adapter, what cannot be; FilterError; SystemError. The rules
  /// in force stay then.
  std::string add(Rule rule);
  /// False if there is none of that id.
  bool remove(const std::string& id);
  void clear();
  /// These instead of all, in one step. Counts of rules that are the same go on. Throws as add().
  void replace(std::vector<Rule> rules);
  /// Those that pass first, in the order they are asked.
  [[nodiscard]] std::vector<RuleStatus> rules() const;

  /// Attaches to the adapters and begins. All or nothing: throws SystemError, which names the
  /// capabilities that are missing, if any are; Error.
  void start();
  /// Lets nothing more in, waits until no packet is held, and takes all out of the kernel. Packets
  /// held for ever are waited for.
  void stop();
  [[nodiscard]] bool is_running() const noexcept;

  /// Throws Error (not_found) for an adapter the gate is not at.
  void set(const std::string& adapter, const AdapterSettings& settings);
  /// Adapters the gate is at.
  [[nodiscard]] std::vector<std::string> adapters() const;

  /// Policies::deadline from now on.
  void set_deadline_policy(Policy policy);

  /// Sends a frame on an adapter, or has the adapter receive it, as if this gate had held it and
  /// let it go: gates further on see it, this one does not. It begins with the adapter's link-layer
  /// header and leaves byte by byte. False if the kernel has not taken it, it is longer than the
  /// adapter takes, or the gate does not run there. Counted in GateCounters::injected. Throws Error
  /// (invalid_argument) for a direction that is neither in nor out.
  bool inject(const std::string& adapter, Direction direction, Bytes frame);
  /// Has a worker call it, behind the packets it is at; what is handed over is called one after
  /// another, in this order, in the one worker where there is but one. All that was is called
  /// before stop() returns. False, and it is never called, while the gate does not run, and while
  /// 4,096 of them wait. What it throws goes to Handlers::on_error.
  bool call_in_worker(std::function<void()> call);

  [[nodiscard]] GateCounters counters() const;
  /// Of the flows that verdicts hold for.
  [[nodiscard]] std::vector<FlowVerdict> flow_verdicts() const;

 private:
  class WEIR_PRIVATE Machine;
  std::unique_ptr<Machine> machine_;
};

/// Whether it is the helper of a gate or an entrance for what is inserted as received, of whatever
/// process: no gate is at those, and people are not told of them.
[[nodiscard]] WEIR_API bool is_of_weir(const capture::Adapter& adapter) noexcept;

/// What the calling thread lacks for start(): "needs CAP_NET_ADMIN and CAP_BPF"; empty if nothing.
[[nodiscard]] WEIR_API std::string missing_capabilities();

/// What the kernel offers a gate here.
struct Support {
  bool tcx = false;
  bool clsact = false;
  /// The gate can watch its own process from within the kernel.
  bool owner_watch = false;
  /// Why there can be no gate at all: "needs CAP_BPF"; empty if there can. Without the rights for
  /// one nothing else is found out.
  std::string why_not{};
};
/// Tries it, on an adapter of its own that is there for a moment.
[[nodiscard]] WEIR_API Support support();

/// What gates have left in the kernel in this network namespace, one line each: clsact filters of
/// killed processes. Empty where nothing is. The next gate at the adapter takes them away. Needs no
/// rights. Throws SystemError.
[[nodiscard]] WEIR_API std::vector<std::string> remains();

}  // namespace weir::gate
