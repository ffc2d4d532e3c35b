// Filter: what is asked of it, batch by batch, through the table of its programs.
#include "weir/filter/filter.h"

#include <algorithm>
#include <utility>

#include "filter/program_table.h"

namespace weir::filter {

const char* name(Engine engine) noexcept {
  switch (engine) {
    case Engine::best:
      return "best";
    case Engine::jit:
      return "jit";
    case Engine::interpreter:
      return "interpreter";
  }
  return "";
}

struct Filter::State final : ProgramTable {
  using ProgramTable::ProgramTable;

  /// Calls take(program, packets) for each run of packets of one link type; counts those refused.
  template <class Take>
  void for_runs(std::span<const Packet> packets, Take take) {
    while (!packets.empty()) {
      std::size_t same = 1;
      while (same < packets.size() && packets[same].link_type == packets[0].link_type) ++same;
      ProgramEntry& entry = of(packets[0].link_type);
      if (entry.program) {
        take(*entry.program, packets.first(same));
      } else {
        entry.refuse(same);
      }
      packets = packets.subspan(same);
    }
  }
};

Filter::Filter(std::shared_ptr<State> state) noexcept : state_{std::move(state)} {}

Filter::Filter(const std::string& text, const FilterOptions& options) {
  const bool is_blank = text.find_first_not_of(" \t\r\n") == std::string::npos;
  if (is_blank && text.size() <= max_expression) return;
  state_ = std::make_shared<State>(text, options);
}

Filter::Filter(bpf::Program program, LinkType link_type, const FilterOptions& options)
    : state_{std::make_shared<State>(std::move(program), link_type, options)} {}

Filter Filter::on_engine(Engine engine, Interpreter interpreter) const {
  if (is_everything()) return {};
  FilterOptions options = state_->options();
  options.engine = engine;
  options.interpreter = interpreter;
  return Filter{std::make_shared<State>(std::shared_ptr<ProgramTable>{state_}, options)};
}

const std::string& Filter::text() const noexcept {
  static const std::string none;
  return is_everything() ? none : state_->text();
}

bool Filter::matches(const Packet& packet) const noexcept {
  if (is_everything()) return true;
  ProgramEntry& entry = state_->of(packet.link_type);
  if (entry.program) return entry.program->matches(packet);
  entry.refuse(1);
  return false;
}

void Filter::select(std::span<const Packet> packets, std::vector<Packet>& out) const {
  if (is_everything()) {
    out.insert(out.end(), packets.begin(), packets.end());
    return;
  }
  state_->for_runs(packets, [&out](const LinkProgram& program, std::span<const Packet> run) {
    program.select(run, out);
  });
}

std::size_t Filter::count(std::span<const Packet> packets) const noexcept {
  if (is_everything()) return packets.size();
  std::size_t count = 0;
  state_->for_runs(packets, [&count](const LinkProgram& program, std::span<const Packet> run) {
    count += program.count(run);
  });
  return count;
}

Explanation Filter::why(const Packet& packet) const {
  if (text().empty()) {
    throw Error{ErrorCode::invalid_argument, "a filter without text has no terms to explain"};
  }
  return explain(text(), packet, {.allow_names = state_->options().allow_names});
}

std::uint64_t Filter::refused() const noexcept {
  if (is_everything()) return 0;
  std::uint64_t packets = state_->beyond().refused.load(std::memory_order_relaxed);
  state_->for_entries([&packets](const ProgramEntry& entry) {
    packets += entry.refused.load(std::memory_order_relaxed);
  });
  return packets;
}

std::vector<Refusal> Filter::refusals() const {
  std::vector<Refusal> all;
  if (is_everything()) return all;
  const auto add = [&all](const ProgramEntry& entry, std::optional<LinkType> link_type) {
    const std::uint64_t packets = entry.refused.load(std::memory_order_relaxed);
    if (packets != 0) all.push_back({link_type, entry.program.error(), packets});
  };
  state_->for_entries([&add](const ProgramEntry& entry) { add(entry, entry.link_type); });
  std::ranges::sort(all, {}, &Refusal::link_type);
  add(state_->beyond(), std::nullopt);
  return all;
}

bpf::ProgramView Filter::program(LinkType link_type) const {
  return is_everything() ? bpf::ProgramView{} : state_->program(link_type).program();
}

Engine Filter::engine(LinkType link_type) const {
  return is_everything() ? Engine::interpreter : state_->program(link_type).engine();
}

void Filter::prepare(LinkType link_type) const noexcept {
  if (!is_everything()) state_->of(link_type);
}

void Filter::compile_elsewhere(std::function<std::string(LinkType)> ask) {
  if (!is_everything()) state_->take_from(std::move(ask));
}

std::string Filter::compiled_octets(LinkType link_type) const {
  return is_everything() ? std::string{} : octets_of(*state_->of(link_type).compilation);
}

}  // namespace weir::filter
