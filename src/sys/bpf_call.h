// bpf(2) itself, and what it knows that older headers do not. For the sources of sys/ alone.
#pragma once

#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace weir::sys {

// The numbers are those of the kernel's interface; their names here are not, so that newer headers
// do not collide.
namespace bpf_since {
/// Linux 6.6.
inline constexpr std::uint32_t tcx_ingress = 46;
inline constexpr std::uint32_t tcx_egress = 47;
inline constexpr std::uint32_t flag_before = 1U << 3;
inline constexpr std::uint32_t flag_after = 1U << 4;
inline constexpr std::uint32_t flag_id = 1U << 5;

/// The arguments of BPF_LINK_CREATE for tcx.
struct LinkCreate {
  std::uint32_t program = 0;
  std::uint32_t adapter = 0;
  std::uint32_t attach_type = 0;
  std::uint32_t flags = 0;
  std::uint32_t relative = 0;
  std::uint32_t unused = 0;
  std::uint64_t expected_revision = 0;
};
static_assert(sizeof(LinkCreate) == 32);

/// The arguments of BPF_PROG_QUERY; count and revision are answers too.
struct Query {
  std::uint32_t adapter = 0;
  std::uint32_t attach_type = 0;
  std::uint32_t query_flags = 0;
  std::uint32_t attach_flags = 0;
  std::uint64_t programs = 0;
  std::uint32_t count = 0;
  std::uint32_t unused = 0;
  std::uint64_t program_flags = 0;
  std::uint64_t links = 0;
  std::uint64_t link_flags = 0;
  std::uint64_t revision = 0;
};
static_assert(sizeof(Query) == 64);

/// What BPF_OBJ_GET_INFO_BY_FD tells of a tcx link.
struct LinkFacts {
  std::uint32_t type = 0;
  std::uint32_t id = 0;
  std::uint32_t program = 0;
  std::uint32_t unused = 0;
  std::uint32_t adapter = 0;
  std::uint32_t attach_type = 0;
};
static_assert(sizeof(LinkFacts) == 24);
}  // namespace bpf_since

template <class Attributes>
long call_bpf(bpf_cmd command, Attributes& attributes) noexcept {
  return ::syscall(SYS_bpf, command, &attributes, sizeof attributes);
}

/// All zeros, the bytes between its members too: the kernel refuses others.
inline bpf_attr no_attributes() noexcept {
  bpf_attr attributes;
  std::memset(&attributes, 0, sizeof attributes);
  return attributes;
}

inline std::uint64_t address_of(const void* object) noexcept {
  return reinterpret_cast<std::uintptr_t>(object);
}

}  // namespace weir::sys
