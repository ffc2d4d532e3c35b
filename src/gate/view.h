// What the threads that handle packets know of rules and adapters: replaced, never changed.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "gate/attach/port.h"
#include "gate/kernel/layout.h"
#include "gate/rules/evaluator.h"
#include "gate/rules/rule_list.h"

namespace weir::gate {

struct View {
  /// By RuleEntry::number; null where there was none. Those of rules that are gone stay until their
  /// number is used again: packets they have held may still be on their way.
  RuleEntries by_number{};
  /// In the order they are asked, those of the evaluator. Empty unless a rule is in user space.
  RuleEntries asked{};
  Evaluator evaluator{};
  struct Adapter {
    std::shared_ptr<const Port> port{};
    std::uint32_t snapshot_length = 0;
  };
  /// By ifindex, those that are gone too.
  std::unordered_map<std::uint32_t, Adapter> adapters{};

  /// Null where nobody knows it any more.
  [[nodiscard]] const std::shared_ptr<const RuleEntry>* rule_of(
      const Record& record) const noexcept {
    if (record.rule >= by_number.size()) return nullptr;
    const auto& rule = by_number[record.rule];
    return rule == nullptr ? nullptr : &rule;
  }
};

/// By any thread.
class CurrentView {
 public:
  [[nodiscard]] std::shared_ptr<const View> now() const {
    const std::lock_guard lock{mutex_};
    return view_;
  }
  void set(std::shared_ptr<const View> view) {
    const std::lock_guard lock{mutex_};
    view_ = std::move(view);
  }

 private:
  mutable std::mutex mutex_{};
  std::shared_ptr<const View> view_ = std::make_shared<const View>();
};

}  // namespace weir::gate
