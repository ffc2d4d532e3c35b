// Writes eBPF instructions in the notation of the kernel's verifier and bpftool.
#include <fmt/format.h>

#include <array>
#include <string_view>

#include "bpf/ebpf_code.h"

namespace weir::bpf {

namespace {

using namespace ebpf;

// Indexed by the high four bits of the opcode.
constexpr std::array<std::string_view, 16> operators{
    "+=", "-=", "*=", "/=", "|=", "&=", "<<=", ">>=", "neg", "%=", "^=", "=", "s>>=", "end"};
constexpr std::array<std::string_view, 16> comparisons{
    "goto", "==", ">", ">=", "&", "!=", "s>", "s>=", "call", "exit", "<", "<=", "s<", "s<="};
// Indexed by two bits of the opcode.
constexpr std::array<std::string_view, 4> sizes{"u32", "u16", "u8", "u64"};

std::string arithmetic(const EbpfInstruction& it) {
  const char kind = (it.opcode & 7) == alu64 ? 'r' : 'w';
  const unsigned to = it.destination;
  if ((it.opcode & 0xf0) == end) {
    const bool big = (it.opcode & code::x) != 0;
    return fmt::format("r{} = {}{} r{}", to, big ? "be" : "le", it.immediate, to);
  }
  if ((it.opcode & 0xf0) == code::neg) return fmt::format("{0}{1} = -{0}{1}", kind, to);
  const std::string_view operation = operators[it.opcode >> 4];
  if ((it.opcode & code::x) != 0) {
    return fmt::format("{0}{1} {2} {0}{3}", kind, to, operation, unsigned{it.source});
  }
  return fmt::format("{}{} {} {}", kind, to, operation, it.immediate);
}

std::string called(std::int32_t number) {
  switch (number) {
    case function::map_lookup_elem:
      return fmt::format("call bpf_map_lookup_elem#{}", number);
    case function::skb_load_bytes:
      return fmt::format("call bpf_skb_load_bytes#{}", number);
    default:
      return fmt::format("call unknown#{}", number);
  }
}

std::string jump(const EbpfInstruction& it) {
  if (it.opcode == ebpf::exit) return "exit";
  if (it.opcode == call) return called(it.immediate);
  if (it.opcode == may_goto) return fmt::format("may_goto pc{:+}", it.offset);
  if (it.opcode == (code::jmp | code::ja)) return fmt::format("goto pc{:+}", it.offset);
  const char kind = (it.opcode & 7) == jmp32 ? 'w' : 'r';
  const std::string_view comparison = comparisons[it.opcode >> 4];
  const unsigned left = it.destination;
  if ((it.opcode & code::x) != 0) {
    return fmt::format("if {0}{1} {2} {0}{3} goto pc{4:+}", kind, left, comparison,
                       unsigned{it.source}, it.offset);
  }
  return fmt::format("if {}{} {} {:#x} goto pc{:+}", kind, left, comparison,
                     static_cast<std::uint32_t>(it.immediate), it.offset);
}

std::string memory(const EbpfInstruction& it) {
  const std::string_view size = sizes[it.opcode >> 3 & 3];
  const unsigned to = it.destination;
  const unsigned from = it.source;
  switch (it.opcode & 7) {
    case code::ldx:
      return fmt::format("r{} = *({} *)(r{} {:+})", to, size, from, it.offset);
    case code::st:
      return fmt::format("*({} *)(r{} {:+}) = {}", size, to, it.offset, it.immediate);
    default:
      return fmt::format("*({} *)(r{} {:+}) = r{}", size, to, it.offset, from);
  }
}

/// Of the two instructions that load 64 bits, `high` is the second.
std::string wide_load(const EbpfInstruction& low, const EbpfInstruction& high) {
  const unsigned to = low.destination;
  if (low.source == pseudo_map_fd) return fmt::format("r{} = map[fd:{}]", to, low.immediate);
  const auto value = std::uint64_t{static_cast<std::uint32_t>(high.immediate)} << 32 |
                     static_cast<std::uint32_t>(low.immediate);
  return fmt::format("r{} = {:#x}", to, value);
}

std::string text_of(const EbpfInstruction& it) {
  switch (it.opcode & 7) {
    case code::alu:
    case alu64:
      return arithmetic(it);
    case code::jmp:
    case jmp32:
      return jump(it);
    case code::ld:
      return "unknown";
    default:
      return (it.opcode & 0xe0) == mem ? memory(it) : "unknown";
  }
}

}  // namespace

std::string listing(EbpfProgramView program) {
  std::string text;
  for (std::size_t i = 0; i < program.size(); ++i) {
    const EbpfInstruction& it = program[i];
    const std::size_t index = i;
    const bool is_wide = it.opcode == load_immediate64 && i + 1 < program.size();
    const std::string words = is_wide ? wide_load(it, program[++i]) : text_of(it);
    fmt::format_to(std::back_inserter(text), "{:4}: ({:02x}) {}\n", index, it.opcode, words);
  }
  return text;
}

}  // namespace weir::bpf
