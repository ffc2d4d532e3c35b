// Translates, loads, runs.
#include "system/kernel_filter.h"

#include <algorithm>
#include <stdexcept>

#include "bpf/ebpf_assembler.h"

namespace weir::test {

namespace {

using namespace bpf::ebpf;
using enum bpf::ebpf::Register;

constexpr std::int32_t matched = 7, unmatched = 5, broken = 9;
constexpr std::int32_t skb_vlan_push = 18, skb_change_tail = 38;
constexpr int mark_offset = 8, priority_offset = 32;
// Enough for the header of every EtherType.
constexpr std::size_t least_frame = 54;

bpf::EbpfProgram translated(bpf::ProgramView program, bool may_goto, int scratch_map) {
  const bpf::TranslationOptions options{
      .scratch_map = scratch_map, .match = matched, .no_match = unmatched, .may_goto = may_goto};
  const auto body = bpf::translate(program, options);
  if (!body) throw std::invalid_argument{describe(body.error().problem)};
  bpf::EbpfProgram whole = prepare_frame();
  whole.insert(whole.end(), body->begin(), body->end());
  return whole;
}

sys::TrafficControlProgram loaded(const bpf::EbpfProgram& program) {
  return sys::TrafficControlProgram{std::as_bytes(std::span{program})};
}

}  // namespace

bpf::EbpfProgram prepare_frame() {
  Assembler to;
  const auto failed = to.new_label();
  const auto go_on = to.new_label();
  to.move(r6, r1);
  to.load(bpf::code::w, r2, r6, priority_offset);
  to.move(r3, 0);
  to.call(skb_change_tail);
  to.jump_if(jne, r0, 0, failed);
  to.move(r1, r6);
  to.load(bpf::code::w, r2, r6, mark_offset);
  to.jump_if(bpf::code::jeq, r2, 0, go_on);
  to.move(r3, r2);
  to.alu32(bpf::code::and_, r3, 0xffffU);
  to.alu32(bpf::code::rsh, r2, 16U);
  to.swap_from_network(bpf::code::h, r2);
  to.call(skb_vlan_push);
  to.jump_if(bpf::code::jeq, r0, 0, go_on);
  to.bind(failed);
  to.move(r0, broken);
  to.exit();
  to.bind(go_on);
  to.move(r1, r6);
  if (!to.link()) throw std::logic_error{"a jump is too far"};
  return to.take();
}

KernelFilter::KernelFilter(bpf::ProgramView program, bool may_goto)
    : program_{loaded(translated(program, may_goto, scratch_.descriptor().number()))} {}

bool KernelFilter::run(Bytes frame, std::uint32_t tag) const {
  std::vector<std::uint8_t> padded(frame.begin(), frame.end());
  padded.resize(std::max(padded.size(), least_frame));
  const sys::TestContext context{.mark = tag, .priority = static_cast<std::uint32_t>(frame.size())};
  const auto result = static_cast<std::int32_t>(program_.test_run(padded, context));
  if (result != matched && result != unmatched) throw std::runtime_error{"the set-up failed"};
  return result == matched;
}

bool KernelFilter::matches_with_tag_beside(Bytes frame) const {
  const auto tag = load_be<std::uint32_t>(frame.data() + 12);
  std::vector<std::uint8_t> rest(frame.begin(), frame.begin() + 12);
  rest.insert(rest.end(), frame.begin() + 16, frame.end());
  return run(rest, tag);
}

}  // namespace weir::test
