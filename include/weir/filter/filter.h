// Filter expressions: pcap-filter(7) text to something that decides on packets.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "weir/api.h"
#include "weir/bpf/instruction.h"
#include "weir/error.h"
#include "weir/filter/compile.h"
#include "weir/packet.h"

namespace weir::filter {

/// What runs a filter's program. All give the same answers, but libpcap's has no bound on loops.
enum class Engine : std::uint8_t {
  best,         ///< the fastest of these that this machine and program allow
  jit,          ///< machine code of this processor
  interpreter,  ///< weir's own
  libpcap,      ///< bpf_filter, for comparison
};
/// All but best, which stands for one of them.
inline constexpr std::array engines{Engine::jit, Engine::interpreter, Engine::libpcap};
/// "best", "jit", ...
[[nodiscard]] WEIR_API const char* name(Engine engine) noexcept;

struct FilterOptions {
  /// As CompileOptions.
  bool allow_names = false;
  Engine engine = Engine::best;
};

/// One program for one link type. Immutable; may be shared between threads.
class WEIR_API Filter {
 public:
  /// As compile(); also throws Error (invalid_argument) if the engine cannot run the program.
  Filter(const std::string& expression, LinkType link_type, FilterOptions options = {});
  /// What compile() returned, for the same link type; several engines can run one compilation.
  Filter(Compiled compiled, LinkType link_type, Engine engine = Engine::best);
  /// A program from elsewhere, by weir's engines only: Error (invalid_argument) for libpcap's, and
  /// for a program that bpf::verify() refuses.
  Filter(bpf::Program program, LinkType link_type, Engine engine = Engine::best);
  Filter(Filter&&) noexcept;
  Filter& operator=(Filter&&) noexcept;
  ~Filter();

  [[nodiscard]] LinkType link_type() const noexcept;
  /// Whether the compiler has found that the expression can never match.
  [[nodiscard]] bool rejects_all() const noexcept;
  /// Valid as long as the filter.
  [[nodiscard]] bpf::ProgramView program() const noexcept;
  /// What runs it; never best.
  [[nodiscard]] Engine engine() const noexcept;

  [[nodiscard]] bool matches(const Packet& packet) const noexcept;
  /// Appends the descriptors (never the bytes) of the packets that match to `out`.
  void select(std::span<const Packet> packets, std::vector<Packet>& out) const;
  /// How many match.
  [[nodiscard]] std::size_t count(std::span<const Packet> packets) const noexcept;

 private:
  struct WEIR_PRIVATE State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::filter
