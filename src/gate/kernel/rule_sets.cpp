// Chunks from the last to the first, then the entry, then the switch.
#include "gate/kernel/rule_sets.h"

#include <algorithm>
#include <string>
#include <utility>

#include "gate/kernel/entry.h"
#include "gate/kernel/writer.h"
#include "sys/grace_period.h"
#include "weir/error.h"

namespace weir::gate {
namespace {

bpf::EbpfProgram passing_program() {
  bpf::ebpf::Assembler to;
  to.move(bpf::ebpf::Register::r0, go_on_code);
  to.exit();
  return to.take();
}

/// How many rules from the front one program takes.
std::size_t chunk_size(std::span<const RuleCode> rules) noexcept {
  std::size_t count = 0;
  std::size_t instructions = 0;
  for (const RuleCode& rule : rules) {
    instructions += rule.filter.size() + 16;
    if (count == RuleSets::most_rules_of_chunk) break;
    if (count > 0 && instructions > RuleSets::most_instructions_of_chunk) break;
    ++count;
  }
  return count;
}

std::vector<std::span<const RuleCode>> in_chunks(std::span<const RuleCode> rules) {
  std::vector<std::span<const RuleCode>> chunks;
  while (!rules.empty()) {
    const std::size_t size = chunk_size(rules);
    chunks.push_back(rules.first(size));
    rules = rules.subspan(size);
  }
  if (chunks.size() > RuleSets::most_chunks) {
    throw Error{ErrorCode::invalid_argument,
                "too many rules: they need " + std::to_string(chunks.size()) +
                    " programs of at most " + std::to_string(RuleSets::most_rules_of_chunk) +
                    " rules, and the kernel follows " + std::to_string(RuleSets::most_chunks)};
  }
  return chunks;
}

}  // namespace

RuleSets::RuleSets(Maps& maps, std::uint64_t place, bool counts_only,
                   std::shared_ptr<Rights> rights)
    : maps_{maps},
      place_{place},
      counts_only_{counts_only},
      rights_{std::move(rights)},
      nothing_{rights_->load(passing_program(), "weir_gate_none")},
      resting_{rights_->load(entry_program(maps, {.place = place}), "weir_gate_entry")} {}

void RuleSets::put(std::uint32_t slot, const sys::TrafficControlProgram& program) {
  if (const int error = maps_.programs.set(slot, program.descriptor())) {
    throw SystemError{error, "put rules in force"};
  }
}

void RuleSets::install(const std::array<std::span<const RuleCode>, 2>& rules) {
  const std::uint32_t range = take_range();
  std::array<bool, 2> has_rules{};
  try {
    for (std::size_t link = 0; link < rules.size(); ++link) {
      has_rules[link] = !rules[link].empty();
      load(rules[link], range, link);
    }
    put(slot::entry, entry(range, has_rules));
  } catch (...) {
    empty(range);
    throw;
  }
  retire();
  ranges_[range].state = Range::State::in_force;
}

std::uint32_t RuleSets::begin(std::uint32_t range, std::size_t link) noexcept {
  constexpr std::uint32_t half = slot::range_size / 2;
  static_assert(half >= most_chunks);
  return slot::first_range + range * slot::range_size + static_cast<std::uint32_t>(link) * half;
}

void RuleSets::load(std::span<const RuleCode> rules, std::uint32_t range, std::size_t link) {
  const auto chunks = in_chunks(rules);
  ranges_[range].used[link] = static_cast<std::uint32_t>(chunks.size());
  std::optional<std::uint32_t> next;
  std::uint32_t slot = begin(range, link) + ranges_[range].used[link];
  for (auto chunk = chunks.rbegin(); chunk != chunks.rend(); ++chunk) {
    --slot;
    put(slot,
        rights_->load(chunk_program(maps_, *chunk, {.next = next, .counts_only = counts_only_}),
                      "weir_gate_rules"));
    next = slot;
  }
}

const sys::TrafficControlProgram& RuleSets::entry(std::uint32_t range,
                                                  std::array<bool, 2> has_rules) {
  auto& entry = ranges_[range].entries[(has_rules[0] ? 1U : 0U) + (has_rules[1] ? 2U : 0U)];
  if (!entry) {
    EntryOptions options{.place = place_};
    for (std::size_t link = 0; link < has_rules.size(); ++link) {
      if (has_rules[link]) options.rules[link] = begin(range, link);
    }
    entry.emplace(rights_->load(entry_program(maps_, options), "weir_gate_entry"));
  }
  return *entry;
}

void RuleSets::rest() {
  put(slot::entry, resting_);
  retire();
}

void RuleSets::remove() {
  static_cast<void>(maps_.programs.clear(slot::entry));
  retire();
  sweep();
}

void RuleSets::retire() noexcept {
  for (Range& range : ranges_) {
    if (range.state != Range::State::in_force) continue;
    range.state = Range::State::retired;
    range.retired = ++retired_;
  }
}

void RuleSets::sweep() {
  const auto last = last_retired();
  if (last && sys::wait_for_grace_period()) give_back(*last);
}

std::optional<std::uint64_t> RuleSets::last_retired() const noexcept {
  const bool is_any = std::ranges::any_of(
      ranges_, [](const Range& range) { return range.state == Range::State::retired; });
  return is_any ? std::optional{retired_} : std::nullopt;
}

void RuleSets::give_back(std::uint64_t last_retired) {
  for (std::uint32_t i = 0; i < ranges_.size(); ++i) {
    const Range& range = ranges_[i];
    if (range.state == Range::State::retired && range.retired <= last_retired) empty(i);
  }
}

std::uint32_t RuleSets::take_range() {
  const auto is_free = [](const Range& range) { return range.state == Range::State::free; };
  auto found = std::ranges::find_if(ranges_, is_free);
  if (found == ranges_.end()) {
    sweep();
    found = std::ranges::find_if(ranges_, is_free);
  }
  if (found == ranges_.end()) {
    throw Error{ErrorCode::system_call,
                "put rules in force: the kernel does not say when no packet "
                "is in the rules before (membarrier)"};
  }
  return static_cast<std::uint32_t>(found - ranges_.begin());
}

void RuleSets::empty(std::uint32_t range) {
  for (std::size_t link = 0; link < ranges_[range].used.size(); ++link) {
    for (std::uint32_t i = 0; i < ranges_[range].used[link]; ++i) {
      static_cast<void>(maps_.programs.set(begin(range, link) + i, nothing_.descriptor()));
    }
  }
  ranges_[range].state = Range::State::free;
  ranges_[range].used = {};
}

}  // namespace weir::gate
