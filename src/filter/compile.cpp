// compile(): checks of the text, long expressions in pieces, and whom to blame.
#include "weir/filter/compile.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "filter/complaint.h"
#include "filter/expression.h"
#include "filter/name_scan.h"
#include "filter/pcap_compiler.h"
#include "filter/refusal.h"
#include "filter/token.h"
#include "weir/error.h"
#include "weir/filter/combine.h"

namespace weir::filter {
namespace {

/// libpcap takes 50 ms for so many terms of the widest kind, "portrange 1-9".
constexpr std::size_t max_whole_terms = 32;
/// Terms it gets at a time where there are more.
constexpr std::size_t terms_at_once = 16;
/// Where an expression cannot be cut; libpcap takes up to 0.2 s for so many terms.
constexpr std::size_t max_uncut_terms = 100;

void check_text(const std::string& expression) {
  if (expression.size() > max_expression) {
    throw FilterError{ErrorCode::filter_syntax, expression, "the filter is longer than 16 KiB"};
  }
  if (const std::size_t nul = expression.find('\0'); nul != std::string::npos) {
    throw FilterError{ErrorCode::filter_syntax, expression, "the filter contains a NUL byte", nul};
  }
}

/// Before libpcap looks names up: it does so for what it then finds to be no expression, too.
void check_names(const std::string& expression, CompileOptions options) {
  const std::vector<Token> tokens = tokens_of(expression);
  const std::optional<std::size_t> host = find_host_name(tokens);
  if (!host) return;
  if (const auto misfit = find_misfit(tokens)) {
    const Complaint complaint = syntax_complaint(tokens, *misfit);
    throw FilterError{ErrorCode::filter_syntax, expression, complaint.words, complaint.position};
  }
  if (options.allow_names) return;
  const Token& name = tokens[*host];
  throw FilterError{
      ErrorCode::filter_syntax, expression,
      "host names are not looked up: " + std::string{name.text} + meant_keywords(tokens, *host),
      name.begin};
}

/// As many terms as the expression can have at most, whether or not it is understood.
std::size_t term_limit(const std::string& expression) {
  std::size_t terms = 1;
  for (Token token = token_at(expression, 0); token.symbol != Symbol::end;
       token = token_at(expression, token.end())) {
    if (is_join(token)) ++terms;
  }
  return terms;
}

[[noreturn]] void refuse_uncut(const std::string& expression, bool is_unclear) {
  throw FilterError{
      ErrorCode::filter_syntax, expression,
      is_unclear ? "syntax error, or terms that cannot be told apart, of which there are over 100"
                 : "over 100 terms together with geneve, lane, mpls, pppoes, vlan or vxlan"};
}

/// Compiles a tree piece by piece, from the leaves up.
class PieceCompiler {
 public:
  PieceCompiler(const Expression& tree, LinkType link_type)
      : tree_{tree}, link_type_{link_type}, pieces_(tree.parts().size()) {}

  /// Fails with the compiler's words.
  std::expected<Compiled, std::string> compile() {
    // Parts stand behind those they are made of.
    for (std::uint32_t i = 0; i < pieces_.size(); ++i) {
      if (!build(tree_[i], pieces_[i])) return std::unexpected{refusal_};
    }
    Piece& whole = pieces_[tree_.root()];
    if (!close(whole)) return std::unexpected{refusal_};
    return Compiled{std::move(whole.program), whole.rejects_all};
  }

 private:
  /// Part of the expression: text as long as that is short, then a program.
  struct Piece {
    std::string text{};
    std::size_t terms = 0;
    bpf::Program program{};
    /// The program can never match.
    bool rejects_all = false;
  };

  bool build(const Part& part, Piece& piece) {
    switch (part.kind) {
      case PartKind::term:
        piece = {.text = part.text, .terms = 1};
        return true;
      case PartKind::negation: {
        piece = std::move(pieces_[part.parts.front()]);
        if (piece.program.empty()) {
          piece.text = "not (" + piece.text + ')';
        } else {
          piece.program = negation(std::move(piece.program));
          piece.rejects_all = false;
        }
        return true;
      }
      case PartKind::all:
      case PartKind::any:
        break;
    }
    return build_chain(part, piece);
  }

  bool build_chain(const Part& part, Piece& piece) {
    Piece group;
    for (const std::uint32_t index : part.parts) {
      Piece& next = pieces_[index];
      const bool fits = next.program.empty() && group.terms + next.terms <= terms_at_once;
      if (!fits) {
        if (!append(part.kind, group, piece)) return false;
        group = {};
      }
      if (!next.program.empty()) {
        if (!append(part.kind, next, piece)) return false;
        continue;
      }
      if (group.terms != 0) group.text += part.kind == PartKind::all ? " and " : " or ";
      group.text += next.terms > 1 ? '(' + next.text + ')' : next.text;
      group.terms += next.terms;
      next = {};
    }
    if (!piece.program.empty()) return append(part.kind, group, piece);
    piece = std::move(group);
    return true;
  }

  /// Joins a piece to the end of the chain.
  bool append(PartKind kind, Piece& next, Piece& chain) {
    if (next.terms == 0 && next.program.empty()) return true;
    if (!close(next)) return false;
    if (chain.program.empty()) {
      chain.program = std::move(next.program);
      chain.rejects_all = next.rejects_all;
    } else {
      chain.rejects_all = kind == PartKind::all ? chain.rejects_all || next.rejects_all
                                                : chain.rejects_all && next.rejects_all;
      chain.program = kind == PartKind::all ? both(std::move(chain.program), next.program)
                                            : either(std::move(chain.program), next.program);
    }
    next = {};
    return true;
  }

  /// Makes a program of what is still text.
  bool close(Piece& piece) {
    if (!piece.program.empty()) return true;
    auto compiled = compile_with_libpcap(piece.text, link_type_);
    if (!compiled) {
      refusal_ = compiled.error();
      return false;
    }
    piece = {.program = std::move(compiled->program), .rejects_all = compiled->rejects_all};
    return true;
  }

  const Expression& tree_;
  LinkType link_type_;
  std::vector<Piece> pieces_;
  std::string refusal_;
};

}  // namespace

Compiled compile(const std::string& expression, LinkType link_type, CompileOptions options) {
  check_text(expression);
  check_names(expression, options);
  const std::optional<Expression> tree = Expression::parse(expression);
  const bool can_be_cut = tree && !moves_offsets_within(expression);
  if (!can_be_cut || tree->size() <= max_whole_terms) {
    if (!can_be_cut && term_limit(expression) > max_uncut_terms) refuse_uncut(expression, !tree);
    auto compiled = compile_with_libpcap(expression, link_type);
    if (!compiled) throw refusal(expression, tree, link_type, compiled.error());
    return std::move(*compiled);
  }
  auto program = PieceCompiler{*tree, link_type}.compile();
  if (!program) throw refusal(expression, tree, link_type, program.error());
  return std::move(*program);
}

}  // namespace weir::filter
