// Fuzzes the engines of classic BPF: any valid program and any packet, on the interpreter, the JIT
// and libpcap. Input: an octet of options (bit 0: every cell of M[] is written first; bit 1: BPF_JA
// may go back), one with the number of instructions, the instructions as
// tests/support/bpf_program.h reads them, then the packet.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "support/bpf_program.h"
#include "support/guarded_bytes.h"
#include "support/libpcap_bpf.h"
#include "weir/bpf/disassemble.h"
#include "weir/bpf/interpreter.h"
#include "weir/bpf/jit.h"
#include "weir/bpf/verify.h"

namespace {

namespace bpf = weir::bpf;

// Loops are cut off soon: what matters is that all engines do so at the same place.
constexpr std::uint64_t limit = 256;
constexpr std::size_t max_packet = 128;

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const weir::Bytes input{data + 2, size - 2};
  const std::size_t code = std::min<std::size_t>(std::size_t{8} * data[1], input.size());
  const bpf::Program program =
      weir::test::program_from(input.first(code), {(data[0] & 1) != 0, (data[0] & 2) != 0});
  const weir::Bytes packet = input.subspan(code, std::min(input.size() - code, max_packet));

  const auto verified = bpf::verify(program);
  require(verified.has_value() && weir::test::libpcap::validate(program));
  require(!bpf::disassemble(program).empty());
  const auto jit = bpf::Jit::compile(program, limit);
  require(jit.has_value() == bpf::Jit::supported());
  // libpcap neither clears M[] nor bounds loops.
  const bool libpcap_too = (data[0] & 1) != 0 && !verified->goes_back;
  static const weir::test::GuardedBytes guarded;
  for (std::size_t captured = 0; captured <= packet.size(); ++captured) {
    const weir::Bytes cut = guarded.hold(packet.first(captured));
    const auto wire_length = static_cast<std::uint32_t>(packet.size());
    const std::uint32_t answer = bpf::run(program, cut, wire_length, limit);
    require(!jit || jit->run(cut, wire_length) == answer);
    require(!libpcap_too || weir::test::libpcap::run(program, cut, wire_length) == answer);
  }
  return 0;
}
