// Classic BPF programs as machine code of this processor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>

#include "weir/api.h"
#include "weir/bpf/instruction.h"
#include "weir/bpf/interpreter.h"
#include "weir/bytes.h"
#include "weir/packet.h"

namespace weir::bpf {

/// Why there is no machine code; the interpreter can always be used instead.
enum class JitRefusal : std::uint8_t {
  unsupported,  ///< not an x86-64 processor, or built without xbyak
  too_long,     ///< over Jit::max_instructions
  no_memory,    ///< the kernel gives no executable memory
};

/// One program as a function. Its memory is written first and executable afterwards, never both.
/// Immutable; may be shared between threads. Answers are those of run() for every packet, backward
/// jumps included.
class WEIR_API Jit {
 public:
  static constexpr std::size_t max_instructions = std::size_t{1} << 16;

  /// Whether this build on this processor can compile at all.
  [[nodiscard]] static bool supported() noexcept;

  /// `limit` as for run(). Precondition: verify(program) succeeded.
  [[nodiscard]] static std::expected<Jit, JitRefusal> compile(ProgramView program,
                                                              std::uint64_t limit = go_back_limit);

  Jit(Jit&&) noexcept;
  Jit& operator=(Jit&&) noexcept;
  ~Jit();

  /// As bpf::run().
  [[nodiscard]] std::uint32_t run(Bytes data, std::uint32_t wire_length) const noexcept;

  /// Writes the indices of the packets the program does not refuse to the front of `matching`, in
  /// order, and returns how many. Precondition: matching.size() >= packets.size().
  std::size_t select(std::span<const Packet> packets,
                     std::span<std::uint32_t> matching) const noexcept;

  /// The machine code; valid as long as this object.
  [[nodiscard]] Bytes code() const noexcept;

 private:
  struct WEIR_PRIVATE State;
  WEIR_PRIVATE explicit Jit(std::unique_ptr<State> state) noexcept;

  std::unique_ptr<State> state_;
};

/// What Jit::compile() makes of the program as assembly text, Intel syntax, a line per instruction
/// or label; empty for unsupported and too_long.
[[nodiscard]] WEIR_API std::string assembly(ProgramView program);

}  // namespace weir::bpf
