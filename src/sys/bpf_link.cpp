// BPF_LINK_CREATE and BPF_PROG_QUERY for tcx.
#include "sys/bpf_link.h"

#include <cerrno>

#include "sys/bpf_call.h"
#include "weir/error.h"

namespace weir::sys {
namespace {

std::uint32_t attach_type(Hook hook) noexcept {
  return hook == Hook::ingress ? bpf_since::tcx_ingress : bpf_since::tcx_egress;
}

std::uint32_t flags_of(HookPlace::Where where) noexcept {
  switch (where) {
    case HookPlace::Where::last:
      return bpf_since::flag_after;
    case HookPlace::Where::first:
      return bpf_since::flag_before;
    case HookPlace::Where::before:
      return bpf_since::flag_before | bpf_since::flag_id;
    case HookPlace::Where::after:
      return bpf_since::flag_after | bpf_since::flag_id;
  }
  return 0;
}

}  // namespace

TcxLink::TcxLink(const TrafficControlProgram& program, std::uint32_t adapter, Hook hook,
                 const HookPlace& place) {
  bpf_since::LinkCreate attributes{
      .program = static_cast<std::uint32_t>(program.descriptor().number()),
      .adapter = adapter,
      .attach_type = attach_type(hook),
      .flags = flags_of(place.where),
      .relative = place.program_id,
      .expected_revision = place.revision};
  descriptor_ = FileDescriptor{static_cast<int>(call_bpf(BPF_LINK_CREATE, attributes))};
  if (!descriptor_.is_open()) throw SystemError{errno, "attach a BPF program to an adapter"};
}

TcxLink::~TcxLink() {
  if (!descriptor_.is_open()) return;
  bpf_attr attributes = no_attributes();
  attributes.link_detach.link_fd = static_cast<std::uint32_t>(descriptor_.number());
  // The adapter may have gone: it is detached then.
  static_cast<void>(call_bpf(BPF_LINK_DETACH, attributes));
}

std::uint32_t TcxLink::adapter() const noexcept {
  bpf_since::LinkFacts facts;
  bpf_attr attributes = no_attributes();
  attributes.info.bpf_fd = static_cast<std::uint32_t>(descriptor_.number());
  attributes.info.info = address_of(&facts);
  attributes.info.info_len = sizeof facts;
  return call_bpf(BPF_OBJ_GET_INFO_BY_FD, attributes) == 0 ? facts.adapter : 0;
}

std::optional<HookPrograms> programs_at(std::uint32_t adapter, Hook hook) {
  HookPrograms programs;
  // Asked with the room of the last answer, until that suffices.
  for (;;) {
    bpf_since::Query query{.adapter = adapter,
                           .attach_type = attach_type(hook),
                           .programs = address_of(programs.program_ids.data()),
                           .count = static_cast<std::uint32_t>(programs.program_ids.size())};
    const bool fits = call_bpf(BPF_PROG_QUERY, query) == 0;
    const int number = fits ? 0 : errno;
    if (number == EINVAL) return std::nullopt;
    if (number == ENOENT) return HookPrograms{.revision = query.revision};
    if (number != 0 && number != ENOSPC) throw SystemError{number, "ask what is attached"};
    const bool complete = query.count <= programs.program_ids.size();
    programs.program_ids.resize(query.count);
    programs.revision = query.revision;
    if (fits && complete) return programs;
  }
}

std::uint32_t program_id(const FileDescriptor& program) {
  bpf_prog_info facts;
  std::memset(&facts, 0, sizeof facts);
  bpf_attr attributes = no_attributes();
  attributes.info.bpf_fd = static_cast<std::uint32_t>(program.number());
  attributes.info.info = address_of(&facts);
  attributes.info.info_len = sizeof facts;
  if (call_bpf(BPF_OBJ_GET_INFO_BY_FD, attributes) != 0) {
    throw SystemError{errno, "ask for a BPF program"};
  }
  return facts.id;
}

}  // namespace weir::sys
