// Filter: a program and the engine that runs it.
#include "weir/filter/filter.h"

#include <algorithm>
#include <array>
#include <optional>

#include "filter/pcap_compiler.h"
#include "weir/bpf/interpreter.h"
#include "weir/bpf/jit.h"
#include "weir/bpf/verify.h"
#include "weir/error.h"

namespace weir::filter {
namespace {

[[noreturn]] void refuse_engine(Engine engine, const std::string& why) {
  throw Error{ErrorCode::invalid_argument,
              std::string{"the filter engine "} + name(engine) + " cannot be used: " + why};
}

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

const char* name(Engine engine) noexcept {
  switch (engine) {
    case Engine::best:
      return "best";
    case Engine::jit:
      return "jit";
    case Engine::interpreter:
      return "interpreter";
    case Engine::libpcap:
      return "libpcap";
  }
  return "";
}

struct Filter::State {
  State(Compiled compiled, LinkType link_type_in, Engine engine_in)
      : link_type{link_type_in},
        program{std::move(compiled.program)},
        rejects_all{compiled.rejects_all},
        engine{engine_in} {
    if (const auto verified = bpf::verify(program); !verified) {
      throw Error{ErrorCode::invalid_argument,
                  "the filter program is not valid: " + bpf::describe(verified.error())};
    }
    if (engine != Engine::best && engine != Engine::jit) return;
    if (auto compiled_code = bpf::Jit::compile(program)) {
      jit.emplace(std::move(*compiled_code));
      engine = Engine::jit;
    } else {
      if (engine == Engine::jit) refuse_engine(engine, words(compiled_code.error()));
      engine = Engine::interpreter;
    }
  }

  [[nodiscard]] std::uint32_t run(const Packet& packet) const noexcept {
    if (jit) return jit->run(packet.data, packet.wire_length);
    if (engine == Engine::libpcap) {
      return run_with_libpcap(program, packet.data, packet.wire_length);
    }
    return bpf::run(program, packet.data, packet.wire_length);
  }

  /// Calls `take` with the indexes of matching packets, some at a time, in order.
  template <class Take>
  void for_matches(std::span<const Packet> packets, Take take) const {
    std::array<std::uint32_t, 256> indexes;  // NOLINT: written before it is read
    while (!packets.empty()) {
      const auto some = packets.first(std::min(packets.size(), indexes.size()));
      std::size_t count = 0;
      if (jit) {
        count = jit->select(some, indexes);
      } else {
        for (std::uint32_t i = 0; i < some.size(); ++i) {
          if (run(some[i]) != 0) indexes[count++] = i;
        }
      }
      take(some, std::span{indexes}.first(count));
      packets = packets.subspan(some.size());
    }
  }

  LinkType link_type;
  bpf::Program program;
  bool rejects_all;
  Engine engine;
  std::optional<bpf::Jit> jit{};
};

Filter::Filter(const std::string& expression, LinkType link_type, FilterOptions options)
    : state_{std::make_unique<State>(
          compile(expression, link_type, {.allow_names = options.allow_names}), link_type,
          options.engine)} {}

Filter::Filter(Compiled compiled, LinkType link_type, Engine engine)
    : state_{std::make_unique<State>(std::move(compiled), link_type, engine)} {}

Filter::Filter(bpf::Program program, LinkType link_type, Engine engine) {
  // bpf_filter() has no bound on backward jumps.
  if (engine == Engine::libpcap) refuse_engine(engine, "it runs only what libpcap compiled");
  state_ = std::make_unique<State>(Compiled{std::move(program)}, link_type, engine);
}

Filter::Filter(Filter&&) noexcept = default;
Filter& Filter::operator=(Filter&&) noexcept = default;
Filter::~Filter() = default;

LinkType Filter::link_type() const noexcept { return state_->link_type; }
bool Filter::rejects_all() const noexcept { return state_->rejects_all; }
bpf::ProgramView Filter::program() const noexcept { return state_->program; }
Engine Filter::engine() const noexcept { return state_->engine; }
bool Filter::matches(const Packet& packet) const noexcept { return state_->run(packet) != 0; }

void Filter::select(std::span<const Packet> packets, std::vector<Packet>& out) const {
  state_->for_matches(packets, [&out](auto some, auto indexes) {
    for (const std::uint32_t index : indexes) out.push_back(some[index]);
  });
}

std::size_t Filter::count(std::span<const Packet> packets) const noexcept {
  std::size_t count = 0;
  state_->for_matches(packets, [&count](auto, auto indexes) { count += indexes.size(); });
  return count;
}

}  // namespace weir::filter
