// Registers hold addresses in this process; every access is checked against the three areas.
#include "unit/bpf/ebpf_machine.h"

#include <cstring>
#include <span>
#include <stdexcept>

#include "bpf/ebpf_code.h"

namespace weir::test {

using namespace bpf;
using namespace bpf::ebpf;

namespace {

constexpr int too_many_rounds = 1000;
constexpr std::size_t too_many_steps = 1'000'000;

std::uint64_t address_of(const std::uint8_t* byte) {
  return reinterpret_cast<std::uintptr_t>(byte);
}

void set32(std::span<std::uint8_t> area, int offset, std::uint32_t value) {
  std::memcpy(area.data() + offset, &value, sizeof value);
}

template <class Integer>
Integer computed(unsigned operation, Integer left, Integer right) {
  switch (operation) {
    case code::add:
      return left + right;
    case code::sub:
      return left - right;
    case code::mul:
      return left * right;
    case code::div:
      return right == 0 ? 0 : left / right;
    case code::mod:
      return right == 0 ? left : left % right;
    case code::or_:
      return left | right;
    case code::and_:
      return left & right;
    case code::xor_:
      return left ^ right;
    case code::lsh:
      return left << (right % (8 * sizeof(Integer)));
    case code::rsh:
      return left >> (right % (8 * sizeof(Integer)));
    case code::neg:
      return Integer{0} - left;
    case mov:
      return right;
    default:
      throw std::runtime_error{"unknown operation"};
  }
}

template <class Integer>
bool holds(unsigned comparison, Integer left, Integer right) {
  switch (comparison) {
    case code::jeq:
      return left == right;
    case jne:
      return left != right;
    case code::jgt:
      return left > right;
    case code::jge:
      return left >= right;
    case jlt:
      return left < right;
    case jle:
      return left <= right;
    case code::jset:
      return (left & right) != 0;
    default:
      throw std::runtime_error{"unknown comparison"};
  }
}

std::size_t bytes_of(unsigned opcode) {
  constexpr std::array<std::size_t, 4> bytes{4, 2, 1, 8};
  return bytes[opcode >> 3 & 3];
}

}  // namespace

EbpfMachine::EbpfMachine(Bytes frame, TagBeside tag) : frame_{frame} {
  // Whatever was there before must not matter.
  registers_.fill(0xdead'beef'dead'beef);
  stack_.fill(0xa5);
  scratch_.fill(0x5a);
  set32(context_, skb::len, static_cast<std::uint32_t>(frame.size()));
  set32(context_, skb::vlan_present, tag.protocol != 0 ? 1 : 0);
  set32(context_, skb::vlan_tci, tag.tci);
  std::uint8_t protocol[4]{};
  store_be(protocol, tag.protocol);
  std::memcpy(context_.data() + skb::vlan_proto, protocol, sizeof protocol);
  registers_[1] = address_of(context_.data());
  registers_[10] = address_of(stack_.data()) + stack_.size();
}

std::uint8_t* EbpfMachine::memory(std::uint64_t address, std::size_t size) {
  for (const std::span<std::uint8_t> area :
       {std::span<std::uint8_t>{stack_}, std::span<std::uint8_t>{context_},
        std::span<std::uint8_t>{scratch_}}) {
    const std::uint64_t offset = address - address_of(area.data());
    if (offset < area.size() && area.size() - offset >= size) return area.data() + offset;
  }
  throw std::runtime_error{"memory access outside"};
}

std::uint64_t EbpfMachine::operand(const EbpfInstruction& it) const {
  if ((it.opcode & code::x) != 0) return registers_[it.source];
  return static_cast<std::uint64_t>(std::int64_t{it.immediate});
}

void EbpfMachine::arithmetic(const EbpfInstruction& it) {
  std::uint64_t& to = registers_[it.destination];
  const unsigned operation = it.opcode & 0xf0;
  if (operation == ebpf::end) {
    if ((it.opcode & code::x) == 0) throw std::runtime_error{"not to big endian"};
    to = it.immediate == 16 ? detail::swap_bytes(static_cast<std::uint16_t>(to))
                            : detail::swap_bytes(static_cast<std::uint32_t>(to));
  } else if ((it.opcode & 7) == alu64) {
    to = computed(operation, to, operand(it));
  } else {
    to = computed(operation, static_cast<std::uint32_t>(to),
                  static_cast<std::uint32_t>(operand(it)));
  }
}

void EbpfMachine::jump(const EbpfInstruction& it) {
  const unsigned comparison = it.opcode & 0xf0;
  const std::uint64_t left = registers_[it.destination];
  bool taken = false;
  if (it.opcode == may_goto) {
    taken = ++rounds_ >= too_many_rounds;
  } else if (it.opcode == (code::jmp | code::ja)) {
    taken = true;
  } else if ((it.opcode & 7) == jmp32) {
    taken = holds(comparison, static_cast<std::uint32_t>(left),
                  static_cast<std::uint32_t>(operand(it)));
  } else {
    taken = holds(comparison, left, operand(it));
  }
  if (taken) next_ += static_cast<std::size_t>(std::ptrdiff_t{it.offset});
}

void EbpfMachine::call(std::int32_t function) {
  if (function == function::map_lookup_elem) {
    std::uint32_t key = 1;
    std::memcpy(&key, memory(registers_[2], sizeof key), sizeof key);
    registers_[0] = key == 0 ? address_of(scratch_.data()) : 0;
  } else if (function == function::skb_load_bytes) {
    const auto offset = static_cast<std::uint32_t>(registers_[2]);
    const std::uint64_t size = registers_[4];
    if (size == 0) throw std::runtime_error{"the kernel takes no size of 0"};
    if (registers_[1] != address_of(context_.data())) throw std::runtime_error{"not the context"};
    std::uint8_t* to = memory(registers_[3], size);
    const bool inside = offset <= frame_.size() && frame_.size() - offset >= size;
    if (inside) std::memcpy(to, frame_.data() + offset, size);
    registers_[0] = inside ? 0 : static_cast<std::uint64_t>(-14);
  } else {
    throw std::runtime_error{"unknown function"};
  }
  for (std::size_t i = 1; i <= 5; ++i) registers_[i] = 0xdead'beef'dead'beef;
}

void EbpfMachine::step(const EbpfInstruction& it) {
  const auto offset = static_cast<std::uint64_t>(std::int64_t{it.offset});
  const std::size_t size = bytes_of(it.opcode);
  switch (it.opcode & 7) {
    case code::alu:
    case alu64:
      return arithmetic(it);
    case code::jmp:
    case jmp32:
      return it.opcode == ebpf::call ? call(it.immediate) : jump(it);
    case code::ldx: {
      // Little-endian, as the machines the tests run on.
      std::uint64_t loaded = 0;
      std::memcpy(&loaded, memory(registers_[it.source] + offset, size), size);
      registers_[it.destination] = loaded;
      return;
    }
    case code::st:
    case code::stx: {
      const std::uint64_t value = (it.opcode & 7) == code::stx
                                      ? registers_[it.source]
                                      : static_cast<std::uint64_t>(std::int64_t{it.immediate});
      std::memcpy(memory(registers_[it.destination] + offset, size), &value, size);
      return;
    }
    default:
      if (it.opcode != load_immediate64) throw std::runtime_error{"unknown instruction"};
      registers_[it.destination] = static_cast<std::uint32_t>(it.immediate);
      ++next_;
  }
}

std::int32_t EbpfMachine::run(EbpfProgramView program) {
  for (std::size_t steps = 0; steps < too_many_steps; ++steps) {
    if (next_ >= program.size()) throw std::runtime_error{"ran out of the program"};
    const EbpfInstruction& it = program[next_++];
    if (it.opcode == ebpf::exit) return static_cast<std::int32_t>(registers_[0]);
    step(it);
  }
  throw std::runtime_error{"no end"};
}

}  // namespace weir::test
