// In the order in which things need each other; taken down the other way round.
#include "gate/running.h"

#include <algorithm>
#include <bit>
#include <exception>
#include <random>
#include <utility>

#include "gate/attach/dispatchers.h"
#include "gate/hook_counters.h"
#include "gate/kernel/dispatcher.h"
#include "gate/kernel/hold.h"
#include "weir/error.h"

namespace weir::gate {
namespace {

/// Of the sign of life, and of looking after deadlines.
constexpr int clock_period = 5;
/// Of looking after adapters, milliseconds.
constexpr int follow_period = 20;

std::uint32_t ring_size(std::size_t wanted) noexcept {
  constexpr std::size_t least = 1 << 16;
  return static_cast<std::uint32_t>(std::bit_ceil(std::max(wanted, least)));
}

Maps::Sizes sizes_of(const GateOptions& options) noexcept {
  return {.ring = ring_size(options.ring_size),
          .notice_ring = ring_size(options.notice_ring_size),
          .flows = options.flow_verdicts};
}

flow::HashKey random_key() {
  std::random_device random;
  flow::HashKey key{};
  for (auto& word : key.words) word = std::uint64_t{random()} << 32 | random();
  return key;
}

std::span<const std::byte> bytes_of_code(const bpf::EbpfProgram& code) noexcept {
  return std::as_bytes(std::span{code});
}

}  // namespace

Running::Running(const GateOptions& options, const Handlers& handlers, RuleList rules,
                 std::map<std::string, AdapterSettings> settings)
    : options_{options},
      changes_{random_key()},
      handling_{.handlers = handlers, .changes = changes_},
      maps_{sizes_of(options)},
      claim_{options.altitude},
      flows_{maps_},
      sets_{maps_, claim_.rank().place(), options.counts_only},
      rules_{std::move(rules)},
      stations_{maps_, options.snapshot_length, std::move(settings)} {
  // The descriptor that a dying process closes first.
  maps_.programs.lift();
  watch_owner();
  load_programs();
  table_ = std::make_shared<HoldTable>(
      HoldOptions{.policies = options.policies,
                  .deadline = options.deadline,
                  .most_held = options.most_held,
                  .tcp_growth = options.tcp_growth,
                  .place = claim_.rank().place()},
      helper_->port(), &flows_);
  reader_.emplace(options_.workers, handling_, maps_, *table_);
  clock_.emplace(clock_period, [this] { tick(); });
  put_in_force(rules_);
  adapters_.emplace(/* see below */);
  follower_.emplace(follow_period, [this] { follow(); });
}

}  // namespace weir::gate
