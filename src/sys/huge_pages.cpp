// Maps and moves memory where huge pages begin.
#include "sys/huge_pages.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>

namespace weir::sys {
namespace {

constexpr std::size_t huge_page = std::size_t{2} << 20U;
/// A multiple of the pages of every machine.
constexpr std::size_t step = std::size_t{64} << 10U;

bool is_mapped(std::size_t size) noexcept { return size >= huge_page / 2; }

std::size_t length_of(std::size_t size) {
  if (size > std::numeric_limits<std::ptrdiff_t>::max() - 2 * huge_page) throw std::bad_alloc{};
  return (size + step - 1) / step * step;
}

/// Addresses that nothing may be written to yet, from the begin of a huge page on.
std::uint8_t* reserve(std::size_t length) {
  constexpr int flags = MAP_PRIVATE | MAP_ANONYMOUS;
  void* const mapped = ::mmap(nullptr, length + huge_page, PROT_NONE, flags, -1, 0);
  if (mapped == MAP_FAILED) throw std::bad_alloc{};
  auto* const begin = static_cast<std::uint8_t*>(mapped);
  const std::size_t behind = reinterpret_cast<std::uintptr_t>(begin) % huge_page;
  const std::size_t skipped = behind == 0 ? 0 : huge_page - behind;
  if (skipped != 0) ::munmap(begin, skipped);
  ::munmap(begin + skipped + length, huge_page - skipped);
  return begin + skipped;
}

std::uint8_t* map(std::size_t length) {
  std::uint8_t* const begin = reserve(length);
  if (::mprotect(begin, length, PROT_READ | PROT_WRITE) != 0) {
    ::munmap(begin, length);
    throw std::bad_alloc{};
  }
  ::madvise(begin, length, MADV_HUGEPAGE);  // a kernel without them has small pages
  return begin;
}

std::uint8_t* move(std::uint8_t* data, std::size_t old_length, std::size_t length) {
  if (length <= old_length) {
    if (length < old_length) ::munmap(data + length, old_length - length);
    return data;
  }
  std::uint8_t* const begin = reserve(length);
  if (::mremap(data, old_length, length, MREMAP_MAYMOVE | MREMAP_FIXED, begin) == MAP_FAILED) {
    ::munmap(begin, length);
    throw std::bad_alloc{};
  }
  return begin;
}

}  // namespace

std::uint8_t* HugePages::resize(std::uint8_t* data, std::size_t old_size, std::size_t size) {
  if (!is_mapped(old_size) && !is_mapped(size)) return heap().resize(data, old_size, size);
  if (is_mapped(old_size) && is_mapped(size)) {
    return move(data, length_of(old_size), length_of(size));
  }
  std::uint8_t* const other =
      is_mapped(size) ? map(length_of(size)) : heap().resize(nullptr, 0, size);
  if (data == nullptr) return other;
  std::memcpy(other, data, std::min(old_size, size));
  free(data, old_size);
  return other;
}

void HugePages::free(std::uint8_t* data, std::size_t size) noexcept {
  if (!is_mapped(size)) return heap().free(data, size);
  ::munmap(data, length_of(size));
}

}  // namespace weir::sys
