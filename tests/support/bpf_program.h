// Any bytes as a valid classic BPF program: for random bytes as for a fuzzer's.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "weir/bpf/instruction.h"
#include "weir/bytes.h"

namespace weir::test {

/// What the bytes may make of the program.
struct ProgramShape {
  /// All cells of M[] are stored to first: libpcap reads whatever stands in one that was not.
  bool memory_written = false;
  /// BPF_JA may go back.
  bool loops = false;
};

namespace detail {

// The commonest first: an octet below 128 chooses among the first 16, so that programs load, mask
// and compare more often than they multiply.
inline constexpr std::array<std::uint16_t, 52> program_codes{
    0x20, 0x28, 0x30, 0x20, 0x54, 0x54, 0x15, 0x15, 0x15, 0x45, 0x25, 0x35, 0x48,
    0xb1, 0x50, 0x40, 0x20, 0x28, 0x30, 0x40, 0x48, 0x50, 0x80, 0x81, 0xb1, 0x00,
    0x01, 0x60, 0x61, 0x02, 0x03, 0x04, 0x0c, 0x14, 0x1c, 0x24, 0x2c, 0x34, 0x3c,
    0x44, 0x4c, 0x5c, 0x64, 0x6c, 0x74, 0x7c, 0x84, 0x94, 0x9c, 0xa4, 0xac, 0x05};
inline constexpr std::array<std::uint16_t, 10> rare_codes{0x1d, 0x2d, 0x3d, 0x4d, 0x07,
                                                          0x87, 0x06, 0x16, 0x05, 0x54};
inline constexpr std::array<std::uint32_t, 8> program_offsets{0, 1, 2, 12, 14, 23, 26, 60};
inline constexpr std::array<std::uint32_t, 12> program_constants{
    0,      1,          2,           8,           0x0800,      0x0101,
    0x1fff, 0xffffff00, 0x0001'0000, 0x0102'0800, 0xffff'ffff, 0x0000'0201};

inline std::uint16_t program_code(std::uint8_t choice) {
  if (choice < 128) return program_codes[choice % 16];
  if (choice < 208) return program_codes[choice % program_codes.size()];
  return rare_codes[choice % rare_codes.size()];
}

// A number a program may have: `how` chooses among likely ones and `raw` itself.
inline std::uint32_t program_number(std::uint16_t code, std::uint8_t how, std::uint32_t raw) {
  const unsigned mode = code & 0xe0U;
  const bool load = (code & 7U) <= 1;
  if (code == 0x60 || code == 0x61 || (code & 7U) == 2 || (code & 7U) == 3) return raw % 16;
  if (load && mode != 0) {
    if (how >= 250) return raw;
    return how < 200 ? program_offsets[raw % program_offsets.size()] : raw % 80;
  }
  if (code == 0x64 || code == 0x74) return raw % 32;
  if (code == 0x34 || code == 0x94) return how < 128 ? 1U << raw % 32 : std::max(raw, 1U);
  return how < 200 ? program_constants[raw % program_constants.size()] : raw;
}

}  // namespace detail

/// Eight octets an instruction: code, jumps, how to read the number, the number. A return follows.
inline bpf::Program program_from(Bytes bytes, ProgramShape shape) {
  bpf::Program program;
  if (shape.memory_written) {
    for (std::uint32_t cell = 0; cell < bpf::memory_size; ++cell)
      program.push_back({0x02, 0, 0, cell});
  }
  const std::size_t size = program.size() + bytes.size() / 8 + 2;
  for (; bytes.size() >= 8; bytes = bytes.subspan(8)) {
    bpf::Instruction instruction{.code = detail::program_code(bytes[0])};
    const auto raw = load_le<std::uint32_t>(bytes.data() + 4);
    // Two returns stand behind the last of these: each jump has somewhere to go.
    const std::size_t room = size - program.size() - 1;
    const std::size_t near = bytes[3] % 2 == 0 ? std::min<std::size_t>(room, 4) : room;
    if (instruction.code == 0x05) {
      instruction.k = static_cast<std::uint32_t>(raw % near);
      if (shape.loops && bytes[1] % 2 == 0) {
        instruction.k = ~static_cast<std::uint32_t>(raw % (program.size() + 1));
      }
    } else if ((instruction.code & 7U) == bpf::code::jmp) {
      instruction.jump_true = static_cast<std::uint8_t>(bytes[1] % near);
      instruction.jump_false = static_cast<std::uint8_t>(bytes[2] % near);
      instruction.k = detail::program_number(instruction.code, bytes[3], raw);
    } else {
      instruction.k = detail::program_number(instruction.code, bytes[3], raw);
    }
    program.push_back(instruction);
  }
  program.push_back({0x16, 0, 0, 0});
  program.push_back({0x06, 0, 0, 0});
  return program;
}

}  // namespace weir::test
