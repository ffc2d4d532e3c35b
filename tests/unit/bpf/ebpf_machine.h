// A machine for the eBPF that translations are made of, with a frame to run it on.
#pragma once

#include <array>
#include <cstdint>

#include "weir/bpf/ebpf.h"
#include "weir/bytes.h"

namespace weir::test {

/// A tag the kernel keeps beside the frame.
struct TagBeside {
  std::uint16_t protocol = 0;
  std::uint16_t tci = 0;
};

class EbpfMachine {
 public:
  /// The frame is borrowed; no tag if its protocol is 0.
  explicit EbpfMachine(Bytes frame, TagBeside tag = {});

  /// r0 at the end. Throws std::runtime_error where the kernel's verifier would have refused:
  /// access outside the stack, the context or the scratch value, a jump out of the program or no
  /// end. may_goto jumps at its thousandth time.
  [[nodiscard]] std::int32_t run(bpf::EbpfProgramView program);

 private:
  void step(const bpf::EbpfInstruction& it);
  void arithmetic(const bpf::EbpfInstruction& it);
  void jump(const bpf::EbpfInstruction& it);
  void call(std::int32_t function);
  [[nodiscard]] std::uint8_t* memory(std::uint64_t address, std::size_t size);
  [[nodiscard]] std::uint64_t operand(const bpf::EbpfInstruction& it) const;

  Bytes frame_;
  std::array<std::uint64_t, 11> registers_{};
  std::array<std::uint8_t, 512> stack_{};
  std::array<std::uint8_t, 192> context_{};
  std::array<std::uint8_t, bpf::ebpf_scratch_size> scratch_{};
  std::size_t next_ = 0;
  int rounds_ = 0;
};

}  // namespace weir::test
