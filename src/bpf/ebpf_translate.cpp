// Translates classic BPF, one instruction after the other: A is r7, X is r8.
#include <optional>
#include <span>

#include "bpf/ebpf_assembler.h"
#include "bpf/ebpf_frame.h"
#include "bpf/flow_graph.h"
#include "weir/bpf/verify.h"

namespace weir::bpf {

namespace {

using namespace ebpf;
using enum ebpf::Register;

constexpr Register a = r7, x = r8;

constexpr std::int32_t bytes_of(std::uint16_t size) noexcept {
  return size == code::w ? 4 : size == code::h ? 2 : 1;
}

/// The lowest of the negative offsets Linux gives a meaning of its own (SKF_LL_OFF).
constexpr std::int32_t lowest_ancillary = -0x200000;

constexpr bool reads_ancillary(const Instruction& it) noexcept {
  const auto offset = static_cast<std::int32_t>(it.k);
  return (it.code & 0xe7) == (code::ld | code::abs) && offset < 0 && offset >= lowest_ancillary;
}

constexpr bool jumps_back(const Instruction& it) noexcept {
  return it.code == (code::jmp | code::ja) && static_cast<std::int32_t>(it.k) < 0;
}

std::optional<TranslationError> first_problem(ProgramView program, std::span<const Entry> entries,
                                              bool may_goto) {
  for (std::size_t i = 0; i < program.size(); ++i) {
    if (!entries[i].reachable) continue;
    if (reads_ancillary(program[i])) return TranslationError{TranslationProblem::ancillary, i};
    if (!may_goto && jumps_back(program[i])) return TranslationError{TranslationProblem::loop, i};
  }
  return std::nullopt;
}

constexpr int cell(std::uint32_t k) noexcept { return stack::cells + 4 * static_cast<int>(k); }

/// The comparison that holds where this one does not; 0 for jset, which has none.
constexpr std::uint16_t opposite(std::uint16_t comparison) noexcept {
  switch (comparison) {
    case code::jeq:
      return jne;
    case code::jgt:
      return jle;
    case code::jge:
      return jlt;
    default:
      return 0;
  }
}

class Translator {
 public:
  Translator(ProgramView program, std::span<const Entry> entries)
      : program_{program}, entries_{entries} {
    for (std::size_t i = 0; i < program.size(); ++i) labels_.push_back(to_.new_label());
  }

  [[nodiscard]] std::expected<EbpfProgram, TranslationError> run(
      const TranslationOptions& options) {
    clear_state();
    for (index_ = 0; index_ < program_.size(); ++index_) {
      if (!entries_[index_].reachable) continue;
      to_.bind(labels_[index_]);
      translate(program_[index_]);
    }
    finish(options);
    if (!to_.link()) {
      return std::unexpected{TranslationError{TranslationProblem::jump_too_far, 0}};
    }
    return to_.take();
  }

 private:
  /// A and X are 0 at the start, and so are the cells that are read at all.
  void clear_state() {
    to_.move(a, 0);
    to_.move(x, 0);
    std::uint32_t cleared = 0;
    for (std::size_t i = 0; i < program_.size(); ++i) {
      const Instruction& it = program_[i];
      const bool reads = it.code == (code::ld | code::mem) || it.code == (code::ldx | code::mem);
      if (!entries_[i].reachable || !reads || (cleared >> it.k & 1) != 0) continue;
      to_.store_zero(code::w, r10, cell(it.k));
      cleared |= 1U << it.k;
    }
  }

  void translate(const Instruction& it) {
    switch (it.code & 7) {
      case code::ld:
        return load(it, a);
      case code::ldx:
        return load(it, x);
      case code::st:
        return to_.store(code::w, r10, cell(it.k), a);
      case code::stx:
        return to_.store(code::w, r10, cell(it.k), x);
      case code::alu:
        return arithmetic(it);
      case code::jmp:
        return it.code == (code::jmp | code::ja) ? jump(it) : branch(it);
      case code::ret:
        return give_back(it);
      default:
        return it.code == (code::misc | code::tax) ? to_.alu32(mov, x, a) : to_.alu32(mov, a, x);
    }
  }

  void load(const Instruction& it, Register target) {
    switch (it.code & 0xe0) {
      case code::imm:
        return to_.alu32(mov, target, it.k);
      case code::mem:
        return to_.load(code::w, target, r10, cell(it.k));
      case code::len:
        return to_.load(dw, target, r10, stack::length);
      case code::msh:
        load_at(code::b, target, it.k);
        to_.alu32(code::and_, target, 0xf);
        return to_.alu32(code::lsh, target, 2);
      case code::abs:
        return load_at(it.code & 0x18, target, it.k);
      default:
        return load_behind_x(it.code & 0x18, target, it.k);
    }
  }

  void load_at(std::uint16_t size, Register target, std::uint32_t k) {
    if (k <= static_cast<std::uint32_t>(ebpf_frame_copy - bytes_of(size))) {
      to_.jump_if(jlt, copied, static_cast<std::int32_t>(k) + bytes_of(size), no_match_);
      to_.load(size, target, frame, static_cast<int>(k));
    } else {
      to_.alu32(mov, r1, k);
      check_end(size);
      load_beyond(size, target);
    }
    to_.swap_from_network(size, target);
  }

  /// The sum of X and k is taken in 64 bits: it never wraps around, as in libpcap.
  void load_behind_x(std::uint16_t size, Register target, std::uint32_t k) {
    const auto beyond = to_.new_label();
    const auto done = to_.new_label();
    to_.alu32(mov, r1, k);
    to_.alu(code::add, r1, x);
    check_end(size);
    forget(r1);
    to_.jump_if(code::jgt, r1, ebpf_frame_copy - bytes_of(size), beyond);
    to_.alu(code::add, r1, frame);
    to_.load(size, target, r1, 0);
    to_.jump(done);
    to_.bind(beyond);
    load_beyond(size, target);
    to_.bind(done);
    to_.swap_from_network(size, target);
  }

  /// No match if the bytes at r1 do not lie within the frame.
  void check_end(std::uint16_t size) {
    to_.move(r2, r1);
    to_.alu(code::add, r2, bytes_of(size));
    to_.load(dw, r3, r10, stack::length);
    to_.jump_if(code::jgt, r2, r3, no_match_);
  }

  /// From r1, behind the copy and so behind a tag that was put back.
  void load_beyond(std::uint16_t size, Register target) {
    to_.move(r2, r1);
    to_.load(dw, r1, r10, stack::tag_size);
    to_.alu(code::sub, r2, r1);
    to_.load(dw, r1, r10, stack::skb);
    to_.move(r3, r10);
    to_.alu(code::add, r3, stack::loaded);
    to_.move(r4, bytes_of(size));
    to_.call(function::skb_load_bytes);
    to_.jump_if(jne, r0, 0, no_match_);
    to_.load(size, target, r10, stack::loaded);
  }

  void arithmetic(const Instruction& it) {
    const std::uint16_t operation = it.code & 0xf0;
    const bool divides = operation == code::div || operation == code::mod;
    const bool shifts = operation == code::lsh || operation == code::rsh;
    if (operation == code::neg) return to_.alu32(code::neg, a, 0U);
    if ((it.code & code::x) == 0) return to_.alu32(operation, a, it.k);
    if (divides) to_.jump_if32(code::jeq, x, 0U, no_match_);
    if (!shifts) return to_.alu32(operation, a, x);
    const auto in_range = to_.new_label();
    const auto done = to_.new_label();
    to_.jump_if32(jle, x, 31U, in_range);
    to_.move(a, 0);
    to_.jump(done);
    to_.bind(in_range);
    to_.alu32(operation, a, x);
    to_.bind(done);
  }

  void jump(const Instruction& it) {
    const std::size_t target = *Successors{it, index_}.begin();
    if (jumps_back(it)) {
      to_.jump_if_too_long(no_match_);
      forget(a);
      forget(x);
    }
    to_.jump(labels_[target]);
  }

  /// Makes the verifier forget what it knows of a number, which keeps its lower 32 bits. What
  /// changes from round to round of a loop would be followed round by round, and what is a constant
  /// on one path and not on another is added to pointers with CAP_PERFMON only.
  void forget(Register number) {
    to_.store(code::w, frame, unknown, number);
    to_.load(code::w, number, frame, unknown);
  }

  void branch(const Instruction& it) {
    const std::size_t if_true = index_ + 1 + it.jump_true;
    const std::size_t if_false = index_ + 1 + it.jump_false;
    const std::uint16_t comparison = it.code & 0xf0;
    if (if_true == if_false) return to_.jump(labels_[if_true]);
    if (if_true == index_ + 1 && opposite(comparison) != 0) {
      return compare(opposite(comparison), it, labels_[if_false]);
    }
    compare(comparison, it, labels_[if_true]);
    to_.jump(labels_[if_false]);
  }

  void compare(std::uint16_t comparison, const Instruction& it, Assembler::Label target) {
    if ((it.code & code::x) != 0) return to_.jump_if32(comparison, a, x, target);
    to_.jump_if32(comparison, a, it.k, target);
  }

  void give_back(const Instruction& it) {
    if (it.code == (code::ret | code::k)) return to_.jump(it.k != 0 ? match_ : no_match_);
    to_.jump_if32(code::jeq, a, 0U, no_match_);
    to_.jump(match_);
  }

  void finish(const TranslationOptions& options) {
    const auto done = to_.new_label();
    // Bound first, so that a program that ends with "ret #0" needs no jump over it.
    if (to_.is_used(match_) && to_.is_used(no_match_)) {
      bind_result(no_match_, options.no_match);
      to_.jump(done);
      bind_result(match_, options.match);
    } else if (to_.is_used(match_)) {
      bind_result(match_, options.match);
    } else {
      bind_result(no_match_, options.no_match);
    }
    to_.bind(done);
  }

  void bind_result(Assembler::Label label, std::int32_t value) {
    to_.bind(label);
    to_.move(r0, value);
  }

  ProgramView program_;
  std::span<const Entry> entries_;
  Assembler to_;
  std::vector<Assembler::Label> labels_;
  Assembler::Label match_ = to_.new_label();
  Assembler::Label no_match_ = to_.new_label();
  std::size_t index_ = 0;
};

}  // namespace

const char* describe(TranslationProblem problem) noexcept {
  switch (problem) {
    case TranslationProblem::invalid:
      return "is not a valid program";
    case TranslationProblem::ancillary:
      return "reads the kernel's ancillary data: compile it for a file, not for an adapter";
    case TranslationProblem::loop:
      return "has a loop: run it in user space";
    case TranslationProblem::jump_too_far:
      return "is too long for the jumps of eBPF: run it in user space";
  }
  return "";
}

std::expected<EbpfProgram, TranslationError> translate_fragment(ProgramView program,
                                                                const TranslationOptions& options) {
  const auto verified = verify(program, Level::valid);
  if (!verified) {
    return std::unexpected{TranslationError{TranslationProblem::invalid, verified.error().index}};
  }
  const std::vector<Entry> found = entries(program);
  if (const auto problem = first_problem(program, found, options.may_goto)) {
    return std::unexpected{*problem};
  }
  return Translator{program, found}.run(options);
}

std::expected<EbpfProgram, TranslationError> translate(ProgramView program,
                                                       const TranslationOptions& options) {
  const auto fragment = translate_fragment(program, options);
  if (!fragment) return fragment;
  EbpfProgram whole = copy_frame(options.scratch_map, options.no_match);
  whole.insert(whole.end(), fragment->begin(), fragment->end());
  whole.push_back(instruction(ebpf::exit, r0));
  return whole;
}

}  // namespace weir::bpf
