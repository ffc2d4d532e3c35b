// Filter expressions: pcap-filter(7) text to something that decides on packets of any link type.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "weir/api.h"
#include "weir/bpf/instruction.h"
#include "weir/bytes.h"
#include "weir/error.h"
#include "weir/filter/compile.h"
#include "weir/filter/explain.h"
#include "weir/link_type.h"
#include "weir/packet.h"

namespace weir::filter {

/// What runs a filter's programs. All give the same answers.
enum class Engine : std::uint8_t {
  best,         ///< the fastest of these that this machine and program allow
  jit,          ///< machine code of this processor
  interpreter,  ///< weir's own
};
/// All but best, which stands for one of them.
inline constexpr std::array engines{Engine::jit, Engine::interpreter};
/// "best", "jit", ...
[[nodiscard]] WEIR_API const char* name(Engine engine) noexcept;

/// Runs one program on one packet; 0 refuses it. Must not throw.
using Interpreter = std::uint32_t (*)(bpf::ProgramView program, Bytes data,
                                      std::uint32_t wire_length);

struct FilterOptions {
  /// As CompileOptions.
  bool allow_names = false;
  /// What can never match is a program that refuses all; if false it is refused, link type by link
  /// type, as filter_rejects_all.
  bool may_reject_all = true;
  Engine engine = Engine::best;
  /// Runs programs in place of Engine::interpreter's own, to compare the two.
  Interpreter interpreter = nullptr;
};

/// Link types libpcap finds network headers in, those met most first: what a filter can be about.
[[nodiscard]] WEIR_API std::span<const LinkType> usual_link_types() noexcept;

/// Of further link types all packets are refused.
inline constexpr std::size_t max_link_types = 256;

/// Packets that were left out because the filter makes no sense for their link type.
struct Refusal {
  /// Absent for all those beyond max_link_types.
  std::optional<LinkType> link_type{};
  FilterError error;
  std::uint64_t packets = 0;
};

/// One expression for packets of every link type: each packet is judged by the program for its own,
/// compiled at the first such packet. Copies share programs and counts. Const calls from several
/// threads at once.
class WEIR_API Filter {
 public:
  /// Lets everything through.
  Filter() = default;
  /// Blank text lets everything through. Throws FilterError (filter_syntax) for what is wrong for
  /// every link type, as compile(); what is right for some is refused packet by packet and counted.
  /// Throws Error (invalid_argument) if the engine cannot run its program for Ethernet; where it
  /// cannot for a link type that comes later, another engine does.
  explicit Filter(const std::string& text, const FilterOptions& options = {});
  /// A program from elsewhere, for packets of one link type; all others are refused. Throws Error
  /// (invalid_argument) for one that bpf::verify() refuses, and for an engine that cannot run it.
  Filter(bpf::Program program, LinkType link_type, const FilterOptions& options = {});

  /// Empty for a program from elsewhere.
  [[nodiscard]] const std::string& text() const noexcept;
  /// Whether it lets everything through without looking.
  [[nodiscard]] bool is_everything() const noexcept { return state_ == nullptr; }

  [[nodiscard]] bool matches(const Packet& packet) const noexcept;
  /// Appends the descriptors (never the bytes) of the packets that match to `out`.
  void select(std::span<const Packet> packets, std::vector<Packet>& out) const;
  /// How many match.
  [[nodiscard]] std::size_t count(std::span<const Packet> packets) const noexcept;
  /// Which term decided about the packet: explain(). Throws what that throws, and Error
  /// (invalid_argument) where there is no text.
  [[nodiscard]] Explanation why(const Packet& packet) const;

  /// Packets refused so far, of every link type the filter makes no sense for.
  [[nodiscard]] std::uint64_t refused() const noexcept;
  /// The same link type by link type, in their order.
  [[nodiscard]] std::vector<Refusal> refusals() const;

  /// The program for a link type, for whoever runs it elsewhere; empty if everything is let
  /// through. Valid as long as the filter or a copy. Throws FilterError where it is refused.
  [[nodiscard]] bpf::ProgramView program(LinkType link_type) const;
  /// What runs it; never best. Throws as program().
  [[nodiscard]] Engine engine(LinkType link_type) const;

  /// Compiles for a link type before its first packet: where machine code cannot be made later
  /// (sandbox::enter), or a first packet is not to wait. A refusal is kept until packets come.
  void prepare(LinkType link_type) const noexcept;
  /// The same expression on another engine, with counts of its own; both share what is compiled.
  /// Throws as the constructor.
  [[nodiscard]] Filter on_engine(Engine engine, Interpreter interpreter = nullptr) const;

  /// For a process that may look no names up: has another one compile from now on. `ask` returns
  /// what compiled_octets() says in that one, where a copy of this filter has stayed; it is called
  /// at first packets, in their thread, and where it throws packets of that link type are refused.
  /// Holds for copies and other engines too. Before any other thread uses the filter.
  void compile_elsewhere(std::function<std::string(LinkType)> ask);
  /// What the expression compiles to, or why not, for compile_elsewhere().
  [[nodiscard]] std::string compiled_octets(LinkType link_type) const;

 private:
  struct WEIR_PRIVATE State;
  WEIR_PRIVATE explicit Filter(std::shared_ptr<State> state) noexcept;

  std::shared_ptr<State> state_{};
};

}  // namespace weir::filter
