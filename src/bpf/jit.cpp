// Jit: a translation in executable memory.
#include "weir/bpf/jit.h"

#include <bit>
#include <utility>

#include "bpf/jit_translation.h"
#include "sys/executable_memory.h"
#include "weir/error.h"

namespace weir::bpf {
namespace {

using Function = std::uint32_t (*)(const std::uint8_t* data, std::size_t captured,
                                   std::uint32_t wire_length);

}  // namespace

struct Jit::State {
  explicit State(Bytes code)
      : memory{code},
        // The one place where bytes become code.
        function{std::bit_cast<Function>(memory.code().data())} {}

  sys::ExecutableMemory memory;
  Function function;
};

bool Jit::supported() noexcept { return true; }

std::expected<Jit, JitRefusal> Jit::compile(ProgramView program, std::uint64_t limit) {
  if (program.size() > max_instructions) return std::unexpected{JitRefusal::too_long};
  jit::Translation translation{program, limit, false};
  const Bytes code = translation.code();
  if (code.empty()) return std::unexpected{JitRefusal::too_long};
  try {
    return Jit{std::make_unique<State>(code)};
  } catch (const SystemError&) {
    return std::unexpected{JitRefusal::no_memory};
  }
}

Jit::Jit(std::unique_ptr<State> state) noexcept : state_{std::move(state)} {}
Jit::Jit(Jit&&) noexcept = default;
Jit& Jit::operator=(Jit&&) noexcept = default;
Jit::~Jit() = default;

#if defined(__clang__)
// -fsanitize=function looks for type information in front of every function that is called through
// a pointer; generated code has none.
#define WEIR_GENERATED_CODE __attribute__((no_sanitize("function")))
#else
#define WEIR_GENERATED_CODE
#endif

WEIR_GENERATED_CODE std::uint32_t Jit::run(Bytes data, std::uint32_t wire_length) const noexcept {
  return state_->function(data.data(), data.size(), wire_length);
}

WEIR_GENERATED_CODE std::size_t Jit::select(std::span<const Packet> packets,
                                            std::span<std::uint32_t> matching) const noexcept {
  const Function function = state_->function;
  std::uint32_t* next = matching.data();
  for (std::uint32_t i = 0; i < packets.size(); ++i) {
    const Packet& packet = packets[i];
    // Written always and kept if it matches: no branch that could be mispredicted.
    *next = i;
    next += function(packet.data.data(), packet.data.size(), packet.wire_length) != 0 ? 1 : 0;
  }
  return static_cast<std::size_t>(next - matching.data());
}

Bytes Jit::code() const noexcept { return state_->memory.code(); }

std::string assembly(ProgramView program) {
  if (program.size() > Jit::max_instructions) return {};
  return jit::Translation{program, go_back_limit, true}.listing();
}

}  // namespace weir::bpf
