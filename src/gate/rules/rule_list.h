// The rules of a gate, in the order they are asked, and what they are for the kernel.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "gate/held/slot.h"
#include "gate/kernel/rule_chunk.h"
#include "gate/rules/neighbors.h"
#include "weir/filter/filter.h"
#include "weir/gate/rule.h"

namespace weir::gate {

/// A rule that is in a list. Never changes, but for what is counted.
struct RuleEntry {
  Rule rule{};
  RuleName id{};
  filter::Filter filter{};
  Neighbors neighbors{};
  /// Of its hits, and in the records of packets it has held.
  std::uint32_t number = 0;
  /// Its filter has a loop, which the kernel does not run.
  bool in_user_space = false;
  /// It holds what answers the flows whose destination another rule changes.
  bool is_answers = false;
  /// Hits that the process has found out: none of the kernel's are in them.
  mutable std::atomic<std::uint64_t> packets{0};
  mutable std::atomic<std::uint64_t> bytes{0};

  void hit(std::size_t size) const noexcept {
    packets.fetch_add(1, std::memory_order_relaxed);
    bytes.fetch_add(size, std::memory_order_relaxed);
  }
  /// What it holds needs no handler.
  [[nodiscard]] bool is_ours() const noexcept {
    return is_answers || !rule.changes.empty() || rule.delay > Duration::zero();
  }
};
using RuleEntries = std::vector<std::shared_ptr<const RuleEntry>>;

/// An adapter that rules may be about.
struct RuleAdapter {
  std::uint32_t index = 0;
  /// Its name, and others it is known by.
  std::vector<std::string> names{};
  /// 0 Ethernet, 1 IP without a link header.
  std::uint32_t link = 0;
  bool is_loopback = false;
};

/// A value: what fails leaves a copy behind that nobody uses.
class RuleList {
 public:
  /// Returns its id. Throws Error (invalid_argument), FilterError.
  std::string add(Rule rule);
  bool remove(const std::string& id);
  void clear() noexcept;
  /// Entries of rules that were there stay. Throws as add().
  void replace(std::vector<Rule> rules);

  [[nodiscard]] const RuleEntries& entries() const noexcept { return entries_; }
  /// In the order they are asked: in front of those that change a destination their companions
  /// (companions.h), each once.
  [[nodiscard]] RuleEntries asked() const;
  /// Of these adapters: for those with an Ethernet header, and for those without.
  [[nodiscard]] std::array<std::vector<RuleCode>, 2> code(
      std::span<const RuleAdapter> adapters) const;
  /// The ifindex of the adapter that the rule names: 0 where it names none, Evaluator::no_adapter
  /// where it is not among these.
  [[nodiscard]] static std::uint32_t index_of(const Rule& rule,
                                              std::span<const RuleAdapter> adapters);
  /// Whether packets may be held at this adapter.
  [[nodiscard]] bool holds_at(const RuleAdapter& adapter) const;
  /// RuleStatus::cannot_match.
  [[nodiscard]] static std::vector<std::string> cannot_match(const RuleEntry& entry,
                                                             std::span<const RuleAdapter> adapters);

 private:
  void insert(std::shared_ptr<const RuleEntry> entry);
  void renew_companions();
  [[nodiscard]] std::uint32_t unused_number();
  [[nodiscard]] std::string unused_id();
  [[nodiscard]] bool is_used(const std::string& id) const;

  RuleEntries entries_{};
  RuleEntries companions_{};
  /// While others are replaced: entries that are still to be put in. What is new takes neither
  /// their numbers nor their ids.
  std::deque<std::shared_ptr<const RuleEntry>> staying_{};
  std::uint32_t next_number_ = 0;
  std::uint64_t next_id_ = 1;
};

}  // namespace weir::gate
