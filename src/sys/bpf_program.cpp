// bpf(2): maps, program load with the verifier's words, test runs.
#include "sys/bpf_program.h"

#include <fcntl.h>
#include <linux/bpf.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <vector>

#include "weir/error.h"

namespace weir::sys {

namespace {

// GPL-compatible, which some of the kernel's functions ask for.
constexpr char licence[] = "Dual BSD/GPL";
// The kernel writes the end of a log that does not fit (Linux 6.4 on), or nothing.
constexpr std::size_t log_size = 1U << 20;

long bpf(bpf_cmd command, bpf_attr& attributes) noexcept {
  return ::syscall(SYS_bpf, command, &attributes, sizeof attributes);
}

std::uint64_t address_of(const void* object) noexcept {
  return reinterpret_cast<std::uintptr_t>(object);
}

bpf_attr load_attributes(bpf_prog_type type, std::span<const std::byte> instructions) noexcept {
  bpf_attr attributes;
  std::memset(&attributes, 0, sizeof attributes);
  attributes.prog_type = type;
  attributes.insns = address_of(instructions.data());
  attributes.insn_cnt = static_cast<std::uint32_t>(instructions.size() / sizeof(bpf_insn));
  attributes.license = address_of(licence);
  std::memcpy(attributes.prog_name, "weir", sizeof "weir");
  return attributes;
}

/// The last line before the verifier's statistics.
std::string last_words(const std::string& log) {
  const std::size_t statistics = log.find("\nprocessed ");
  const std::string text = log.substr(0, statistics);
  const std::size_t end = text.find_last_not_of('\n');
  if (end == std::string::npos) return {};
  const std::size_t before = text.rfind('\n', end);
  const std::size_t begin = before == std::string::npos ? 0 : before + 1;
  return text.substr(begin, end + 1 - begin);
}

/// `level` 1 is about the last path the verifier took, 2 about all of them.
std::string log_of(bpf_prog_type type, std::span<const std::byte> instructions,
                   std::uint32_t level) {
  std::vector<char> log(log_size);
  bpf_attr attributes = load_attributes(type, instructions);
  attributes.log_buf = address_of(log.data());
  attributes.log_size = static_cast<std::uint32_t>(log.size());
  attributes.log_level = level;
  // Loaded or refused, what matters is the log.
  const FileDescriptor loaded{static_cast<int>(bpf(BPF_PROG_LOAD, attributes))};
  log.back() = '\0';
  return log.data();
}

FileDescriptor load(bpf_prog_type type, std::span<const std::byte> instructions) {
  bpf_attr attributes = load_attributes(type, instructions);
  FileDescriptor program{static_cast<int>(bpf(BPF_PROG_LOAD, attributes))};
  if (program.is_open()) return program;
  const int number = errno;
  const std::string words = last_words(log_of(type, instructions, 1));
  throw SystemError{number, "load a BPF program" + (words.empty() ? words : " (" + words + ")")};
}

struct MapShape {
  bpf_map_type type;
  std::uint32_t value_size;
  std::uint32_t entries;
  std::uint32_t flags = 0;
};

FileDescriptor create_map(const MapShape& shape) {
  bpf_attr attributes;
  std::memset(&attributes, 0, sizeof attributes);
  attributes.map_type = shape.type;
  attributes.key_size = sizeof(std::uint32_t);
  attributes.value_size = shape.value_size;
  attributes.max_entries = shape.entries;
  attributes.map_flags = shape.flags;
  FileDescriptor map{static_cast<int>(bpf(BPF_MAP_CREATE, attributes))};
  if (!map.is_open()) throw SystemError{errno, "create a BPF map"};
  return map;
}

}  // namespace

std::string why_no_bpf() {
  try {
    const PerCpuArray probe{8, 1};
  } catch (const SystemError& error) {
    return error.what();
  }
  return {};
}

PerCpuArray::PerCpuArray(std::uint32_t value_size, std::uint32_t entries)
    : descriptor_{create_map(
          {.type = BPF_MAP_TYPE_PERCPU_ARRAY, .value_size = value_size, .entries = entries})} {}

std::uint32_t processor_numbers() noexcept {
  // "0-7", or "0-3,8-11": the last number is the largest.
  const FileDescriptor list{::open("/sys/devices/system/cpu/possible", O_RDONLY | O_CLOEXEC)};
  std::array<char, 256> text{};
  const ssize_t size = list.is_open() ? ::read(list.number(), text.data(), text.size()) : 0;
  std::uint32_t last = 0;
  std::uint32_t number = 0;
  for (const char c :
       std::string_view{text.data(), size > 0 ? static_cast<std::size_t>(size) : 0}) {
    number = c >= '0' && c <= '9' ? number * 10 + static_cast<std::uint32_t>(c - '0') : 0;
    if (number != 0) last = number;
  }
  const long configured = ::sysconf(_SC_NPROCESSORS_CONF);
  return std::max({last + 1, static_cast<std::uint32_t>(std::max(configured, 1L))});
}

MappedArray::MappedArray(std::uint32_t value_words, std::uint32_t entries)
    : descriptor_{create_map({.type = BPF_MAP_TYPE_ARRAY,
                              .value_size = value_words * 8,
                              .entries = entries,
                              .flags = BPF_F_MMAPABLE})} {
  const std::size_t size = std::size_t{8} * value_words * entries;
  void* const memory = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, descriptor_.number(), 0);
  if (memory == MAP_FAILED) throw SystemError{errno, "map a BPF map"};
  words_ = {static_cast<const std::uint64_t*>(memory), size / 8};
}

MappedArray::~MappedArray() {
  ::munmap(const_cast<std::uint64_t*>(words_.data()), words_.size_bytes());
}

SocketFilterProgram::SocketFilterProgram(std::span<const std::byte> instructions)
    : descriptor_{load(BPF_PROG_TYPE_SOCKET_FILTER, instructions)} {}

TrafficControlProgram::TrafficControlProgram(std::span<const std::byte> instructions)
    : descriptor_{load(BPF_PROG_TYPE_SCHED_CLS, instructions)} {}

std::uint32_t TrafficControlProgram::test_run(Bytes frame, const TestContext& context) const {
  __sk_buff buffer;
  std::memset(&buffer, 0, sizeof buffer);
  buffer.mark = context.mark;
  buffer.priority = context.priority;
  bpf_attr attributes;
  std::memset(&attributes, 0, sizeof attributes);
  attributes.test.prog_fd = static_cast<std::uint32_t>(descriptor_.number());
  attributes.test.data_in = address_of(frame.data());
  attributes.test.data_size_in = static_cast<std::uint32_t>(frame.size());
  attributes.test.ctx_in = address_of(&buffer);
  attributes.test.ctx_size_in = sizeof buffer;
  attributes.test.repeat = 1;
  if (bpf(BPF_PROG_TEST_RUN, attributes) != 0) throw SystemError{errno, "run a BPF program"};
  return attributes.test.retval;
}

std::string verifier_log(std::span<const std::byte> instructions) {
  return log_of(BPF_PROG_TYPE_SCHED_CLS, instructions, 2);
}

}  // namespace weir::sys
