// The consumer's side of BPF_MAP_TYPE_RINGBUF.
#include "sys/ring_buffer.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "sys/bpf_call.h"
#include "weir/error.h"

namespace weir::sys {
namespace {

/// Before each record: its length with two flags, and an offset of the kernel's.
constexpr std::size_t header_size = BPF_RINGBUF_HDR_SZ;
constexpr std::uint32_t flags = BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT;

/// What the kernel writes while we read; what it wrote before is visible then.
template <class T>
T acquire(const std::uint8_t* from) noexcept {
  return __atomic_load_n(reinterpret_cast<const T*>(from), __ATOMIC_ACQUIRE);
}

}  // namespace

RingBuffer::RingBuffer(std::uint32_t size)
    : BpfMap{{.type = BPF_MAP_TYPE_RINGBUF, .key_size = 0, .entries = size}},
      size_{size},
      page_size_{static_cast<std::size_t>(::sysconf(_SC_PAGESIZE))} {
  const int map = descriptor_.number();
  void* const consumer = ::mmap(nullptr, page_size_, PROT_READ | PROT_WRITE, MAP_SHARED, map, 0);
  if (consumer == MAP_FAILED) throw SystemError{errno, "map a BPF ring"};
  void* const producer = ::mmap(nullptr, page_size_ + 2 * std::size_t{size}, PROT_READ, MAP_SHARED,
                                map, static_cast<off_t>(page_size_));
  if (producer == MAP_FAILED) {
    const int number = errno;
    ::munmap(consumer, page_size_);
    throw SystemError{number, "map a BPF ring"};
  }
  consumer_page_ = static_cast<std::uint8_t*>(consumer);
  producer_pages_ = static_cast<const std::uint8_t*>(producer);
}

RingBuffer::~RingBuffer() {
  ::munmap(consumer_page_, page_size_);
  ::munmap(const_cast<std::uint8_t*>(producer_pages_), page_size_ + 2 * std::size_t{size_});
}

Bytes RingBuffer::next() noexcept {
  const std::uint8_t* const data = producer_pages_ + page_size_;
  while (position_ < acquire<std::uint64_t>(producer_pages_)) {
    const std::uint8_t* const record = data + (position_ & (size_ - 1));
    const auto header = acquire<std::uint32_t>(record);
    if ((header & BPF_RINGBUF_BUSY_BIT) != 0) return {};
    const std::uint32_t length = header & ~flags;
    const std::uint64_t begin = position_;
    position_ += (length + header_size + 7) & ~std::uint64_t{7};
    if ((header & BPF_RINGBUF_DISCARD_BIT) != 0) continue;
    last_ = begin;
    return {record + header_size, length};
  }
  return {};
}

void RingBuffer::release(std::uint64_t position) noexcept {
  // Only after this may the kernel write there.
  __atomic_store_n(reinterpret_cast<std::uint64_t*>(consumer_page_), position, __ATOMIC_RELEASE);
}

}  // namespace weir::sys
