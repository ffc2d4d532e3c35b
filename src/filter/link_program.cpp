// Verifies a program, makes machine code of it, and runs it on batches.
#include "filter/link_program.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "weir/bpf/interpreter.h"
#include "weir/bpf/verify.h"
#include "weir/error.h"

namespace weir::filter {
namespace {

const char* words(bpf::JitRefusal refusal) noexcept {
  switch (refusal) {
    case bpf::JitRefusal::unsupported:
      return "not on this processor, or left out of this build";
    case bpf::JitRefusal::too_long:
      return "the program is too long";
    case bpf::JitRefusal::no_memory:
      return "the kernel gives no executable memory";
  }
  return "";
}

}  // namespace

LinkProgram::LinkProgram(bpf::ProgramView program, Engine engine, Interpreter interpreter)
    : program_{program}, interpreter_{interpreter} {
  if (const auto verified = bpf::verify(program); !verified) {
    throw Error{ErrorCode::invalid_argument,
                "the filter program is not valid: " + bpf::describe(verified.error())};
  }
  if (engine == Engine::interpreter) return;
  if (auto machine_code = bpf::Jit::compile(program)) {
    machine_code_.emplace(std::move(*machine_code));
  } else if (engine == Engine::jit) {
    throw Error{ErrorCode::invalid_argument, std::string{"the filter engine jit cannot be used: "} +
                                                 words(machine_code.error())};
  }
}

bool LinkProgram::matches(const Packet& packet) const noexcept {
  if (machine_code_) return machine_code_->run(packet.data, packet.wire_length) != 0;
  if (interpreter_ != nullptr) {
    return interpreter_(program_, packet.data, packet.wire_length) != 0;
  }
  return bpf::run(program_, packet.data, packet.wire_length) != 0;
}

template <class Take>
void LinkProgram::for_matches(std::span<const Packet> packets, Take take) const {
  std::array<std::uint32_t, 256> indexes;  // NOLINT: written before it is read
  while (!packets.empty()) {
    const auto some = packets.first(std::min(packets.size(), indexes.size()));
    std::size_t count = 0;
    if (machine_code_) {
      count = machine_code_->select(some, indexes);
    } else {
      for (std::uint32_t i = 0; i < some.size(); ++i) {
        if (matches(some[i])) indexes[count++] = i;
      }
    }
    take(some, std::span{indexes}.first(count));
    packets = packets.subspan(some.size());
  }
}

void LinkProgram::select(std::span<const Packet> packets, std::vector<Packet>& out) const {
  for_matches(packets, [&out](auto some, auto indexes) {
    for (const std::uint32_t index : indexes) out.push_back(some[index]);
  });
}

std::size_t LinkProgram::count(std::span<const Packet> packets) const noexcept {
  std::size_t count = 0;
  for_matches(packets, [&count](auto, auto indexes) { count += indexes.size(); });
  return count;
}

}  // namespace weir::filter
