// The programs of one filter by link type, each made at its first packet.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "filter/compilation.h"
#include "filter/link_program.h"
#include "weir/filter/filter.h"

namespace weir::filter {

/// What stands for one link type; nothing of it but the count ever changes.
struct ProgramEntry {
  LinkType link_type;
  /// What the program is made of; never null.
  std::shared_ptr<const Compilation> compilation;
  std::expected<LinkProgram, FilterError> program;
  /// Packets, where there is no program.
  std::atomic<std::uint64_t> refused{0};

  void refuse(std::size_t packets) noexcept {
    refused.fetch_add(packets, std::memory_order_relaxed);
  }
};

/// Several threads at once: those that meet a link type at the same time each compile for it, and
/// the first to publish wins.
class ProgramTable {
 public:
  /// Throws FilterError for what is wrong for every link type, by what the first says, and Error
  /// for an engine that cannot run it.
  ProgramTable(std::string text, const FilterOptions& options);
  ProgramTable(bpf::Program program, LinkType link_type, const FilterOptions& options);
  /// Takes what `origin` compiles.
  ProgramTable(std::shared_ptr<ProgramTable> origin, const FilterOptions& options);
  ProgramTable(const ProgramTable&) = delete;
  ProgramTable& operator=(const ProgramTable&) = delete;
  ~ProgramTable();

  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  [[nodiscard]] const FilterOptions& options() const noexcept { return options_; }

  /// Compiles where there is none yet.
  ProgramEntry& of(LinkType link_type) noexcept {
    for (std::size_t i = 0, at = slot_of(link_type); i < max_link_types; ++i) {
      ProgramEntry* const entry = entries_[at].load(std::memory_order_acquire);
      if (entry == nullptr) return publish(made_late(link_type));
      if (entry->link_type == link_type) return *entry;
      at = (at + 1) % max_link_types;
    }
    return beyond_;
  }
  /// Throws FilterError where it is refused.
  [[nodiscard]] const LinkProgram& program(LinkType link_type);

  /// Calls see(entry) for each; what stands for all beyond max_link_types is beyond().
  template <class See>
  void for_entries(See see) const {
    for (const auto& slot : entries_) {
      const ProgramEntry* const entry = slot.load(std::memory_order_acquire);
      if (entry != nullptr) see(*entry);
    }
  }
  [[nodiscard]] const ProgramEntry& beyond() const noexcept { return beyond_; }

  /// Filter::compile_elsewhere().
  void take_from(std::function<std::string(LinkType)> ask);

 private:
  static std::size_t slot_of(LinkType link_type) noexcept {
    return static_cast<std::size_t>(link_type) % max_link_types;
  }
  using Compiled = std::shared_ptr<const Compilation>;
  void begin(Compiled compiled);
  [[nodiscard]] FilterError refusal(const std::string& words) const;
  [[nodiscard]] Compiled refused(const std::string& words) const;
  [[nodiscard]] Compiled compiled(LinkType link_type) const;
  [[nodiscard]] std::unique_ptr<ProgramEntry> made(LinkType link_type, Compiled from,
                                                   Engine engine) const;
  [[nodiscard]] std::unique_ptr<ProgramEntry> made_late(LinkType link_type) const noexcept;
  ProgramEntry& publish(std::unique_ptr<ProgramEntry> entry) noexcept;

  /// Empty for a program from elsewhere, which is for first_ alone.
  std::string text_;
  FilterOptions options_;
  LinkType first_ = LinkType::ethernet;
  std::shared_ptr<ProgramTable> origin_{};
  std::function<std::string(LinkType)> ask_{};
  /// Linear probing by link type; what is there stays.
  std::array<std::atomic<ProgramEntry*>, max_link_types> entries_{};
  ProgramEntry beyond_;
};

}  // namespace weir::filter
