// Rules one behind the other; what each does when it matches stands once, at the end.
#include "gate/kernel/rule_chunk.h"

#include <algorithm>
#include <array>

#include "gate/kernel/writer.h"

namespace weir::gate {

using namespace bpf::ebpf;
using enum bpf::ebpf::Register;
namespace code = bpf::code;

namespace {

/// What rules end with: their action, and one more.
constexpr std::size_t shown_drop = static_cast<std::size_t>(Action::notify) + 1;
using Endings = std::array<Writer::Label, shown_drop + 1>;

std::size_t ending_of(const RuleCode& rule) noexcept {
  const bool is_shown_drop = rule.shown && rule.action == Action::drop;
  return is_shown_drop ? shown_drop : static_cast<std::size_t>(rule.action);
}

/// To the label of its ending, with its number in r7, or on behind its end. False if it matches
/// everything: the kernel takes no program with steps that nothing comes to.
bool ask(Writer& write, const RuleCode& rule, const Endings& endings) {
  Assembler& to = write.to;
  const auto no_match = to.new_label();
  if (rule.direction != Direction::unknown) {
    to.load(code::w, r1, frame, scratch::outgoing);
    to.jump_if(jne, r1, rule.direction == Direction::out ? 1 : 0, no_match);
  }
  if (rule.adapter) {
    to.load(code::w, r1, frame, scratch::adapter);
    to.jump_if32(jne, r1, *rule.adapter, no_match);
  }
  if (rule.min_length > 0 || rule.max_length < UINT32_MAX) {
    to.load(code::w, r1, frame, scratch::length);
    if (rule.min_length > 0) to.jump_if32(jlt, r1, rule.min_length, no_match);
    if (rule.max_length < UINT32_MAX) to.jump_if32(code::jgt, r1, rule.max_length, no_match);
  }
  if (!rule.neighbors.arp || !rule.neighbors.discovery) {
    to.load(code::w, r1, frame, scratch::neighbor);
    if (!rule.neighbors.arp) to.jump_if(code::jeq, r1, scratch::neighbor_arp, no_match);
    if (!rule.neighbors.discovery) to.jump_if(code::jeq, r1, scratch::neighbor_discovery, no_match);
  }
  if (!rule.filter.empty()) {
    write.begin_filter();
    to.append(rule.filter);
    to.jump_if(code::jeq, r0, 0, no_match);
  }
  to.move(r7, static_cast<std::int32_t>(rule.number));
  to.jump(endings[ending_of(rule)]);
  to.bind(no_match);
  return to.is_used(no_match);
}

/// For what no rule has matched.
void go_further(Writer& write, const ChunkOptions& options) {
  if (options.next) {
    write.continue_at(*options.next);
  } else {
    write.count(HookFate::unmatched);
  }
  write.go_on();
}

/// Of the rule in r7.
void count_hit(Writer& write) {
  Assembler& to = write.to;
  const auto counted = to.new_label();
  write.look_up(write.maps().rule_hits, r7, counted);
  to.load(dw, r8, frame, scratch::frame_length);
  write.add_to_tally(0, r8);
  to.bind(counted);
}

HookFate fate_of(Action action) noexcept {
  switch (action) {
    case Action::pass:
    case Action::accept:
      return HookFate::passed;
    case Action::drop:
      return HookFate::dropped;
    case Action::notify:
      return HookFate::notified;
    case Action::hold:
      break;
  }
  return HookFate::held;
}

void act(Writer& write, Action action, bool is_shown, bool counts_only) {
  count_hit(write);
  if (!counts_only && (action == Action::hold || action == Action::notify || is_shown)) {
    write.to.store(code::w, frame, scratch::rule, r7);
    write.continue_at(is_shown                 ? slot::shown_drop
                      : action == Action::hold ? slot::hold
                                               : slot::notice);
    // Only where the programs are being taken away.
    return write.end(!is_shown);
  }
  write.count(fate_of(action));
  write.end(counts_only || action != Action::drop);
}

}  // namespace

bpf::EbpfProgram chunk_program(const Maps& maps, std::span<const RuleCode> rules,
                               const ChunkOptions& options) {
  Writer write{maps};
  Assembler& to = write.to;
  Endings endings{};
  for (auto& label : endings) label = to.new_label();
  write.resume();
  const bool all_missed =
      std::ranges::all_of(rules, [&](const RuleCode& rule) { return ask(write, rule, endings); });
  if (all_missed) go_further(write, options);
  for (std::size_t ending = 0; ending < endings.size(); ++ending) {
    if (!to.is_used(endings[ending])) continue;
    to.bind(endings[ending]);
    const bool is_shown = ending == shown_drop;
    act(write, is_shown ? Action::drop : static_cast<Action>(ending), is_shown,
        options.counts_only);
  }
  return write.take();
}

}  // namespace weir::gate
