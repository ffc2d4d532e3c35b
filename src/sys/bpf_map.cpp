// bpf(2) for maps.
#include "sys/bpf_map.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

#include "sys/bpf_call.h"
#include "sys/bytes_of.h"
#include "weir/error.h"

namespace weir::sys {
namespace {

// A process's table of descriptors has room for the highest of them: this one makes it 512 KiB.
constexpr int highest_wanted = 65'535;

bpf_attr element(const FileDescriptor& map, Bytes key, const void* value) noexcept {
  bpf_attr attributes = no_attributes();
  attributes.map_fd = static_cast<std::uint32_t>(map.number());
  attributes.key = address_of(key.data());
  attributes.value = address_of(value);
  return attributes;
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

bool is_plain_map(const FileDescriptor& map) noexcept {
  constexpr std::array<std::uint32_t, 6> kinds{BPF_MAP_TYPE_HASH,       BPF_MAP_TYPE_ARRAY,
                                               BPF_MAP_TYPE_PROG_ARRAY, BPF_MAP_TYPE_PERCPU_ARRAY,
                                               BPF_MAP_TYPE_LRU_HASH,   BPF_MAP_TYPE_RINGBUF};
  bpf_map_info facts;
  std::memset(&facts, 0, sizeof facts);
  bpf_attr attributes = no_attributes();
  attributes.info.bpf_fd = static_cast<std::uint32_t>(map.number());
  attributes.info.info = address_of(&facts);
  attributes.info.info_len = sizeof facts;
  if (call_bpf(BPF_OBJ_GET_INFO_BY_FD, attributes) != 0) return false;
  return facts.btf_id == 0 && std::ranges::find(kinds, facts.type) != kinds.end();
}

BpfMap::BpfMap(const Shape& shape) {
  bpf_attr attributes = no_attributes();
  attributes.map_type = shape.type;
  attributes.key_size = shape.key_size;
  attributes.value_size = shape.value_size;
  attributes.max_entries = shape.entries;
  attributes.map_flags = shape.flags;
  descriptor_ = FileDescriptor{static_cast<int>(call_bpf(BPF_MAP_CREATE, attributes))};
  if (!descriptor_.is_open()) throw SystemError{errno, "create a BPF map"};
}

int BpfMap::update(Bytes key, Bytes value) const noexcept {
  bpf_attr attributes = element(descriptor_, key, value.data());
  return call_bpf(BPF_MAP_UPDATE_ELEM, attributes) == 0 ? 0 : errno;
}

int BpfMap::look_up(Bytes key, MutableBytes value) const noexcept {
  bpf_attr attributes = element(descriptor_, key, value.data());
  return call_bpf(BPF_MAP_LOOKUP_ELEM, attributes) == 0 ? 0 : errno;
}

int BpfMap::next_key(Bytes key, MutableBytes next) const noexcept {
  bpf_attr attributes = no_attributes();
  attributes.map_fd = static_cast<std::uint32_t>(descriptor_.number());
  attributes.key = address_of(key.data());
  attributes.next_key = address_of(next.data());
  return call_bpf(BPF_MAP_GET_NEXT_KEY, attributes) == 0 ? 0 : errno;
}

int BpfMap::erase(Bytes key) const noexcept {
  bpf_attr attributes = element(descriptor_, key, nullptr);
  return call_bpf(BPF_MAP_DELETE_ELEM, attributes) == 0 ? 0 : errno;
}

PerCpuArray::PerCpuArray(std::uint32_t value_size, std::uint32_t entries)
    : BpfMap{{.type = BPF_MAP_TYPE_PERCPU_ARRAY, .value_size = value_size, .entries = entries}} {}

namespace {

std::uint32_t possible_processors() noexcept {
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

}  // namespace

std::uint32_t processor_numbers() noexcept {
  static const std::uint32_t numbers = possible_processors();  // which the kernel never changes
  return numbers;
}

Array::Array(std::uint32_t value_size, std::uint32_t entries)
    : BpfMap{{.type = BPF_MAP_TYPE_ARRAY, .value_size = value_size, .entries = entries}} {}

Hash::Hash(const Sizes& sizes, WhenFull when_full)
    : BpfMap{{.type = when_full == WhenFull::refuse ? BPF_MAP_TYPE_HASH : BPF_MAP_TYPE_LRU_HASH,
              .key_size = sizes.key,
              .value_size = sizes.value,
              .entries = sizes.entries}} {}

ProgramArray::ProgramArray(std::uint32_t entries)
    : BpfMap{{.type = BPF_MAP_TYPE_PROG_ARRAY,
              .value_size = sizeof(std::uint32_t),
              .entries = entries}} {}

int ProgramArray::set(std::uint32_t slot, const FileDescriptor& program) const noexcept {
  return update(bytes_of(slot), bytes_of(program.number()));
}

int ProgramArray::clear(std::uint32_t slot) const noexcept { return erase(bytes_of(slot)); }

void ProgramArray::lift() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  int at_least = static_cast<int>(std::min<rlim_t>(limit.rlim_cur, highest_wanted + 1)) - 1;
  FileDescriptor lifted;
  for (; at_least > descriptor_.number() && !lifted.is_open(); --at_least) {
    // The lowest free number from there on.
    lifted = FileDescriptor{::fcntl(descriptor_.number(), F_DUPFD_CLOEXEC, at_least)};
    if (!lifted.is_open() && errno != EMFILE) throw SystemError{errno, "move a descriptor"};
  }
  if (lifted.is_open()) descriptor_ = std::move(lifted);
}

MappedArray::MappedArray(std::uint32_t value_words, std::uint32_t entries, Access access)
    : BpfMap{{.type = BPF_MAP_TYPE_ARRAY,
              .value_size = value_words * 8,
              .entries = entries,
              .flags = BPF_F_MMAPABLE}} {
  const std::size_t size = std::size_t{8} * value_words * entries;
  const int protection = access == Access::write ? PROT_READ | PROT_WRITE : PROT_READ;
  void* const memory = ::mmap(nullptr, size, protection, MAP_SHARED, descriptor_.number(), 0);
  if (memory == MAP_FAILED) throw SystemError{errno, "map a BPF map"};
  words_ = {static_cast<std::uint64_t*>(memory), size / 8};
}

MappedArray::~MappedArray() { ::munmap(words_.data(), words_.size_bytes()); }

}  // namespace weir::sys
