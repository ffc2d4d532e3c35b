// Jit where there is no assembler for the processor: it refuses, and callers interpret.
#include "weir/bpf/jit.h"

namespace weir::bpf {

struct Jit::State {};

bool Jit::supported() noexcept { return false; }

std::expected<Jit, JitRefusal> Jit::compile(ProgramView /*program*/, std::uint64_t /*limit*/) {
  return std::unexpected{JitRefusal::unsupported};
}

Jit::Jit(std::unique_ptr<State> state) noexcept : state_{std::move(state)} {}
Jit::Jit(Jit&&) noexcept = default;
Jit& Jit::operator=(Jit&&) noexcept = default;
Jit::~Jit() = default;

// Never called: there is no object.
std::uint32_t Jit::run(Bytes /*data*/, std::uint32_t /*wire_length*/) const noexcept { return 0; }
std::size_t Jit::select(std::span<const Packet> /*packets*/,
                        std::span<std::uint32_t> /*matching*/) const noexcept {
  return 0;
}
Bytes Jit::code() const noexcept { return {}; }

std::string assembly(ProgramView /*program*/) { return {}; }

}  // namespace weir::bpf
