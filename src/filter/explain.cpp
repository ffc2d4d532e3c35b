// explain(): each term of an expression by itself, in the place where it stands.
#include "weir/filter/explain.h"

#include <algorithm>
#include <utility>

#include "filter/expression.h"
#include "filter/pcap_compiler.h"
#include "filter/token.h"
#include "weir/bpf/interpreter.h"
#include "weir/error.h"
#include "weir/filter/combine.h"

namespace weir::filter {
namespace {

bool divides_by_x(bpf::ProgramView program) noexcept {
  return std::ranges::any_of(program, [](const bpf::Instruction& i) {
    namespace code = bpf::code;
    return i.code == (code::alu | code::div | code::x) ||
           i.code == (code::alu | code::mod | code::x);
  });
}

/// The terms of the expression in their order; of one that is not understood, the whole.
std::vector<Term> terms_of(const std::string& expression, const std::optional<Expression>& tree) {
  std::vector<Term> terms;
  if (!tree) {
    terms.push_back({.length = expression.size(), .text = expression});
    return terms;
  }
  for (const Part& part : tree->parts()) {
    if (part.kind != PartKind::term) continue;
    terms.push_back({.position = part.begin, .length = part.end - part.begin, .text = part.text});
  }
  return terms;
}

/// Decides about one packet term by term.
class Evaluation {
 public:
  Evaluation(std::vector<Term>& terms, const Packet& packet) : terms_{terms}, packet_{packet} {
    for (std::size_t i = 0; i < terms.size(); ++i) {
      terms[i].moved_by = encapsulations_;
      if (moves_offsets_within(terms[i].text)) encapsulations_.push_back(i);
    }
  }

  /// The answer of one term; sets its values. Nothing if it refuses the packet.
  std::optional<bool> evaluate(std::size_t index) {
    last_ = index;
    Term& term = terms_[index];
    term.value = value_of(in_place(index), term.divides);
    if (term.value == TermValue::not_evaluated) has_failed_ = true;
    bool divides = false;
    if (!term.moved_by.empty()) term.unmoved_value = value_of(term.text, divides);
    if (term.value == TermValue::matched) return true;
    if (term.value == TermValue::not_matched) return false;
    return std::nullopt;
  }

  /// The answer of the tree. A stack of its own: parentheses nest as deep as the text is long.
  std::optional<bool> evaluate(const Expression& tree) {
    const std::vector<std::size_t> indexes = term_indexes(tree);
    std::vector<Frame> open{{tree.root()}};
    bool answer = false;
    while (!open.empty()) {
      Frame& frame = open.back();
      const Part& part = tree[frame.part];
      if (part.kind == PartKind::term) {
        const auto value = evaluate(indexes[frame.part]);
        if (!value) return std::nullopt;
        answer = *value;
        open.pop_back();
        continue;
      }
      const bool is_first = frame.next == 0;
      if (!is_first && part.kind == PartKind::negation) answer = !answer;
      const bool is_decided =
          !is_first && (frame.next == part.parts.size() || answer == (part.kind == PartKind::any));
      if (is_decided) {
        open.pop_back();
      } else {
        open.push_back({part.parts[frame.next++]});
      }
    }
    return answer;
  }

  [[nodiscard]] std::size_t last() const noexcept { return last_; }
  /// A term could not be compiled by itself.
  [[nodiscard]] bool has_failed() const noexcept { return has_failed_; }

 private:
  struct Frame {
    std::uint32_t part;
    /// Which of its parts comes next.
    std::size_t next = 0;
  };

  /// What a text is by itself; TermValue::not_evaluated if it cannot be compiled so.
  [[nodiscard]] TermValue value_of(const std::string& text, bool& divides) const {
    auto compiled = compile_with_libpcap(text, packet_.link_type);
    if (!compiled) return TermValue::not_evaluated;
    bpf::Program& program = compiled->program;
    if (matches(program)) return TermValue::matched;
    divides = divides_by_x(program);
    // What refuses the packet also refuses it for the opposite.
    return matches(negation(std::move(program))) ? TermValue::not_matched : TermValue::refused;
  }

  [[nodiscard]] bool matches(const bpf::Program& program) const noexcept {
    return bpf::run(program, packet_.data, packet_.wire_length) != 0;
  }

  /// For each part that is a term, its place among the terms.
  static std::vector<std::size_t> term_indexes(const Expression& tree) {
    std::vector<std::size_t> indexes;
    std::size_t count = 0;
    for (const Part& part : tree.parts()) {
      indexes.push_back(count);
      if (part.kind == PartKind::term) ++count;
    }
    return indexes;
  }

  /// The term as text, behind the encapsulations before it: libpcap moves offsets as it reads the
  /// words, whether or not they match. One that was not evaluated must not be now: it could refuse
  /// the packet.
  [[nodiscard]] std::string in_place(std::size_t index) const {
    std::string text;
    for (const std::size_t i : terms_[index].moved_by) {
      const bool was_evaluated = terms_[i].value != TermValue::not_evaluated;
      text += was_evaluated ? "((" + terms_[i].text + ") or len >= 0) and "
                            : "(len >= 0 or (" + terms_[i].text + ")) and ";
    }
    return text.empty() ? terms_[index].text : text + '(' + terms_[index].text + ')';
  }

  std::vector<Term>& terms_;
  const Packet& packet_;
  std::vector<std::size_t> encapsulations_;
  std::size_t last_ = 0;
  bool has_failed_ = false;
};

void check_encapsulations(const std::string& expression, const std::vector<Term>& terms) {
  const auto count = std::ranges::count_if(
      terms, [](const Term& term) { return moves_offsets_within(term.text); });
  if (std::cmp_less_equal(count, max_explained_encapsulations)) return;
  throw FilterError{
      ErrorCode::filter_syntax, expression,
      "more than 32 terms of geneve, lane, mpls, pppoes, vlan or vxlan: not explained"};
}

}  // namespace

const char* name(TermValue value) noexcept {
  switch (value) {
    case TermValue::not_evaluated:
      return "not evaluated";
    case TermValue::not_matched:
      return "not matched";
    case TermValue::matched:
      return "matched";
    case TermValue::refused:
      return "refused";
  }
  return "";
}

Explanation explain(const std::string& expression, const Packet& packet, CompileOptions options) {
  const Compiled whole = compile(expression, packet.link_type, options);
  const std::optional<Expression> tree = Expression::parse(expression);
  Explanation explanation{.matches = bpf::run(whole.program, packet.data, packet.wire_length) != 0,
                          .terms = terms_of(expression, tree)};
  check_encapsulations(expression, explanation.terms);
  Evaluation evaluation{explanation.terms, packet};
  const std::optional<bool> answer = tree ? evaluation.evaluate(*tree) : evaluation.evaluate(0);
  const bool adds_up = !evaluation.has_failed() && answer.value_or(false) == explanation.matches;
  if (adds_up) explanation.decided = evaluation.last();
  return explanation;
}

}  // namespace weir::filter
