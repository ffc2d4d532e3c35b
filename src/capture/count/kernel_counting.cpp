// Attaches counting programs and reads the slots of all processors.
#include "capture/count/kernel_counting.h"

#include <thread>

#include "capture/count/counting_program.h"
#include "sys/grace_period.h"

namespace weir::capture {
namespace {

// LINUX_SLL2.
constexpr std::uint32_t cooked_header = 20;

std::uint64_t load(const std::uint64_t& word, int order) noexcept {
  return __atomic_load_n(&word, order);
}

/// Adds what a processor has counted, once it is between two packets.
void add(std::span<const std::uint64_t> of_one, Counts& to) noexcept {
  for (;;) {
    const std::uint64_t before = load(of_one[slot::sequence], __ATOMIC_ACQUIRE);
    const std::uint64_t packets = load(of_one[slot::packets], __ATOMIC_RELAXED);
    const std::uint64_t bytes = load(of_one[slot::bytes], __ATOMIC_RELAXED);
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    if (before % 2 == 0 && load(of_one[slot::sequence], __ATOMIC_RELAXED) == before) {
      to.packets += packets;
      to.bytes += bytes;
      return;
    }
    std::this_thread::yield();
  }
}

}  // namespace

KernelCounting::KernelCounting(const CountedAdapter& adapter, Traffic traffic,
                               bpf::ProgramView filter)
    : adapter_{adapter},
      slots_{slot::words, sys::processor_numbers()},
      scratch_{bpf::ebpf_scratch_size, 1} {
  attach(filter, traffic);
}

void KernelCounting::attach(bpf::ProgramView filter, Traffic traffic) const {
  if (adapter_.is_cooked() && !filter.empty()) {
    throw Error{ErrorCode::invalid_argument,
                "the kernel has no cooked headers for the filter to look at"};
  }
  const auto program =
      counting_program(filter, {.traffic = traffic,
                                .loopback = adapter_.loopback(),
                                .header_size = adapter_.is_cooked() ? cooked_header : 0,
                                .slots = slots_.descriptor().number(),
                                .scratch_map = scratch_.descriptor().number()});
  if (!program) {
    throw Error{ErrorCode::invalid_argument,
                std::string{"the filter "} + bpf::describe(program.error().problem)};
  }
  const sys::SocketFilterProgram loaded{std::as_bytes(std::span{*program})};
  if (const int error = adapter_.socket().attach(loaded.descriptor())) {
    throw adapter_.failure(error);
  }
}

Counts KernelCounting::read(bool adapter_here) {
  if (!adapter_here) static_cast<void>(sys::wait_for_grace_period());
  Counts counts{.gone = !adapter_here};
  const auto words = slots_.words();
  for (std::size_t at = 0; at < words.size(); at += slot::words) {
    add(words.subspan(at, slot::words), counts);
  }
  return counts;
}

void KernelCounting::change(const filter::Filter& filter, Traffic traffic) {
  attach(filter.program(adapter_.link_type()), traffic);
  // A processor may still be running the old program.
  static_cast<void>(sys::wait_for_grace_period());
}

}  // namespace weir::capture
