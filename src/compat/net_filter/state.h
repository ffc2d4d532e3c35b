// What a NetFilter holds, and what happens to it from initialize() to stop_filter().
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "compat/net_filter/adapter_list.h"
#include "compat/net_filter/events.h"
#include "compat/net_filter/idle_worker.h"
#include "compat/net_filter/packet_events.h"
#include "compat/net_filter/product.h"
#include "compat/net_filter/rule_book.h"
#include "compat/net_filter/sending.h"
#include "compat/net_filter/statistics.h"
#include "compat/net_filter/watch.h"
#include "compat/settings.h"
#include "weir/compat/net_filter.h"
#include "weir/gate/gate.h"

namespace weir::compat {

/// All by any thread. Locks are taken in the order lifecycle, rule_changes, mutex; handlers are
/// called with none of them.
struct NetFilter::State {
  enum class Stage : std::uint8_t { fresh, initialized, starting, active, stopping };

  explicit State(NetFilter& of);
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  /// Stops.
  ~State();

  void initialize(const std::string& guid);
  void start(int timeout);
  void stop();

  // Each throws NetFilterError: 21, 1230.
  void expect_initialized() const;
  void expect_inactive(const char* call) const;
  /// Those two in this order.
  void expect_initialized_and_inactive(const char* call) const;
  /// 1230 while the filter of that product is active.
  void expect_not_in_use(const char* call, const std::string& guid) const;
  [[nodiscard]] bool is_active() const noexcept;

  /// What add_filter_rule() and its kin do; false, and why, for one that cannot be.
  bool add_rule(net_filter::RuleKind kind, net_filter::NetFilterRule rule) noexcept(false);
  bool remove_rule(net_filter::RuleKind kind, int rule_id);
  bool clear_rules(net_filter::RuleKind kind);
  void set_mode(int value);

  std::string config(const std::string& text);
  /// Of the installation.
  [[nodiscard]] gate::DriverSettings installed_settings() const;
  void change_installed(const std::function<void(gate::DriverSettings&)>& change);

  void ask_statistics(int adapter_id);
  /// Of all adapters that statistics are collected for, if the mode is omStat and the filter runs.
  void tell_statistics() noexcept;
  void tell_adapter(std::uint32_t adapter, bool came) noexcept;
  /// The gate that packets of the application's own go by; null if none runs.
  [[nodiscard]] std::shared_ptr<gate::Gate> gate_at_hand() const;

  /// Which of the process's it is, from 1 on.
  const std::uint64_t number;

  std::mutex lifecycle{};
  std::mutex rule_changes{};
  mutable std::mutex mutex{};

  // Guarded by mutex.
  Stage stage = Stage::fresh;
  std::shared_ptr<const net_filter::Product> product{};
  net_filter::RuleBook rules{};
  /// They were changed while the filter was starting, with the rules before.
  bool are_rules_stale = false;
  /// ForceAppPermissionCheck.
  bool checks_rights = false;
  net_filter::AdapterList adapters{};
  int mode = omCapture;
  int serialize = seOnMultipleThreads;
  std::int64_t tag = 0;
  bool denies_expired = false;
  std::int64_t initial_send_buffer = 262'144;
  std::int64_t most_workers = 0;
  std::int64_t least_workers = 0;
  std::int64_t stack_size = 0;
  std::vector<Setting> settings{};
  std::function<std::shared_ptr<void>()> around{};
  Duration timeout{};
  std::shared_ptr<gate::Gate> gate{};
  std::shared_ptr<void> running{};

  net_filter::Events events;
  net_filter::PacketEvents packets{events};
  net_filter::Statistics statistics{};
  net_filter::Sending sending{};
  net_filter::IdleWorker idle{events};
  /// Statistics of the mode omStat wait for their handler, or are with it.
  std::atomic<bool> is_telling{false};
  /// From initialize() on.
  std::unique_ptr<net_filter::Watch> watch{};

 private:
  void make_settings();
  [[nodiscard]] Setting installed_setting(const char* name, bool gate::DriverSettings::* of);
  [[nodiscard]] gate::GateOptions gate_options(const net_filter::Product::Run& run);
  [[nodiscard]] gate::Handlers gate_handlers();
  [[nodiscard]] gate::Workers workers();
  /// DenyExpiredRequests; with mutex.
  [[nodiscard]] gate::Policy deadline_policy() const noexcept {
    return denies_expired ? gate::Policy::closed : gate::Policy::open;
  }
  void run_gate(gate::Gate& made);
  void apply_adapter_settings(gate::Gate& made) const;
  /// A change of rules; false, and why is kept, where it is refused.
  template <class Work>
  bool attempt(Work work);
  template <class InBook, class InGate>
  void change_rules(InBook in_book, InGate in_gate);
  void expect_rights_for_rules() const;
  /// Null before initialize().
  [[nodiscard]] std::shared_ptr<const net_filter::Product> product_at_hand() const;
  /// Has the worker of events call it; false if too many wait.
  bool post(std::function<void()> work);
  /// Has it tell of an error, which came up in a thread that is none of its own.
  void post_error(int code, const std::string& description) noexcept;
  void tell_statistics(std::uint32_t adapter) noexcept;
};

}  // namespace weir::compat
