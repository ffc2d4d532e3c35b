// Compiles, and publishes what came of it with one atomic.
#include "filter/program_table.h"

#include <exception>
#include <utility>

namespace weir::filter {
namespace {

constexpr const char* too_many = "more link types than a filter is compiled for";

}  // namespace

ProgramTable::ProgramTable(std::string text, const FilterOptions& options)
    : text_{std::move(text)},
      options_{options},
      beyond_{{}, refused(too_many), std::unexpected{refusal(too_many)}} {
  begin(compiled(first_));
}

ProgramTable::ProgramTable(bpf::Program program, LinkType link_type, const FilterOptions& options)
    : options_{options},
      first_{link_type},
      beyond_{{}, refused(too_many), std::unexpected{refusal(too_many)}} {
  begin(std::make_shared<const Compilation>(filter::Compiled{std::move(program)}));
}

ProgramTable::ProgramTable(std::shared_ptr<ProgramTable> origin, const FilterOptions& options)
    : text_{origin->text_},
      options_{options},
      first_{origin->first_},
      origin_{origin->origin_ ? origin->origin_ : std::move(origin)},
      beyond_{{}, refused(too_many), std::unexpected{refusal(too_many)}} {
  begin(compiled(first_));
}

ProgramTable::~ProgramTable() {
  for (const auto& slot : entries_) delete slot.load(std::memory_order_relaxed);
}

const LinkProgram& ProgramTable::program(LinkType link_type) {
  const auto& found = of(link_type).program;
  if (!found) throw FilterError{found.error()};
  return *found;
}

void ProgramTable::take_from(std::function<std::string(LinkType)> ask) {
  (origin_ ? *origin_ : *this).ask_ = std::move(ask);
}

/// The first link type tells whether the expression is right at all, and the engine.
void ProgramTable::begin(Compiled compiled) {
  auto entry = made(first_, std::move(compiled), options_.engine);
  // What is right for some link type is filter_link_type.
  const bool is_wrong =
      !entry->program && entry->program.error().code() == ErrorCode::filter_syntax;
  if (is_wrong) throw FilterError{entry->program.error()};
  publish(std::move(entry));
}

FilterError ProgramTable::refusal(const std::string& words) const {
  return {ErrorCode::filter_link_type, text_, words};
}

ProgramTable::Compiled ProgramTable::refused(const std::string& words) const {
  return std::make_shared<const Compilation>(std::unexpected{refusal(words)});
}

ProgramTable::Compiled ProgramTable::compiled(LinkType link_type) const {
  if (origin_) return origin_->of(link_type).compilation;
  if (text_.empty()) {
    return refused("the filter program is for packets of " + std::string{name(first_)});
  }
  if (ask_) return std::make_shared<const Compilation>(from_octets(ask_(link_type), text_));
  return std::make_shared<const Compilation>(
      compilation(text_, link_type, {.allow_names = options_.allow_names}));
}

std::unique_ptr<ProgramEntry> ProgramTable::made(LinkType link_type, Compiled from,
                                                 Engine engine) const {
  const auto without = [&](FilterError why) {
    return std::make_unique<ProgramEntry>(link_type, from, std::unexpected{std::move(why)});
  };
  if (!*from) return without(from->error());
  if ((*from)->rejects_all && !options_.may_reject_all) {
    return without({ErrorCode::filter_rejects_all, text_, "the filter can never match"});
  }
  LinkProgram program{(*from)->program, engine, options_.interpreter};
  return std::make_unique<ProgramEntry>(link_type, from, std::move(program));
}

/// At a first packet nothing is thrown, and any engine will do.
std::unique_ptr<ProgramEntry> ProgramTable::made_late(LinkType link_type) const noexcept {
  try {
    const Engine engine = options_.engine == Engine::jit ? Engine::best : options_.engine;
    return made(link_type, compiled(link_type), engine);
  } catch (const std::exception& error) {
    return std::make_unique<ProgramEntry>(link_type, refused(error.what()),
                                          std::unexpected{refusal(error.what())});
  } catch (...) {
    constexpr const char* words = "compiling the filter failed";
    return std::make_unique<ProgramEntry>(link_type, refused(words),
                                          std::unexpected{refusal(words)});
  }
}

/// The entry, or what another thread has published for its link type meanwhile.
ProgramEntry& ProgramTable::publish(std::unique_ptr<ProgramEntry> entry) noexcept {
  for (std::size_t i = 0, at = slot_of(entry->link_type); i < max_link_types; ++i) {
    ProgramEntry* other = nullptr;
    if (entries_[at].compare_exchange_strong(other, entry.get(), std::memory_order_acq_rel)) {
      return *entry.release();
    }
    if (other->link_type == entry->link_type) return *other;
    at = (at + 1) % max_link_types;
  }
  return beyond_;
}

}  // namespace weir::filter
