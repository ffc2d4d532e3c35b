// Fuzzes filter expressions: any text, compiled for any link type, and its program on every engine
// at several captured lengths; then which term decided. Input: the LINKTYPE number (16 bits,
// little-endian), an octet with the length of the packet, the packet, and the expression, of which
// 4 KiB count. Names are not allowed; one that is looked up all the same fails.
#include <dlfcn.h>
#include <netdb.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "filter/pcap_compiler.h"
#include "support/guarded_bytes.h"
#include "support/libpcap_bpf.h"
#include "weir/bpf/interpreter.h"
#include "weir/bpf/jit.h"
#include "weir/bpf/verify.h"
#include "weir/error.h"
#include "weir/filter/compile.h"
#include "weir/filter/explain.h"

namespace {

namespace bpf = weir::bpf;
namespace filter = weir::filter;

constexpr std::size_t max_text = 4096;
/// So long that expressions are compiled in pieces, and so short that libpcap can take them whole.
constexpr std::size_t least_in_pieces = 100;
constexpr std::size_t most_whole = 1024;

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

/// libpcap frees so many small blocks that those the sanitizer keeps back would by themselves take
/// the memory a run may have.
extern "C" const char* __asan_default_options() { return "quarantine_size_mb=64"; }

/// libpcap calls this one: it knows addresses only.
extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints,
                           addrinfo** result) {
  static const auto next = reinterpret_cast<decltype(&getaddrinfo)>(dlsym(RTLD_NEXT, __func__));
  addrinfo addresses = *hints;
  addresses.ai_flags |= AI_NUMERICHOST;
  const int error = next(node, service, &addresses, result);
  require(error != EAI_NONAME);
  return error;
}

namespace {

/// Whether libpcap has not been asked: for the sake of names, NUL octets or time.
bool is_refused_unasked(const weir::FilterError& error) {
  const std::string_view words = error.what();
  return words.find("not looked up") != words.npos || words.find("NUL") != words.npos ||
         words.find("over 100") != words.npos;
}

/// Nothing where the expression is refused.
std::optional<filter::Compiled> compiled(const std::string& text, weir::LinkType link_type) {
  try {
    return filter::compile(text, link_type);
  } catch (const weir::FilterError& error) {
    require(error.position().value_or(0) <= text.size());
    require(text.size() > most_whole || is_refused_unasked(error) ||
            !filter::compile_with_libpcap(text, link_type));
    return std::nullopt;
  }
}

void check_engines(const bpf::Program& program, const weir::Packet& packet, const bpf::Jit* jit) {
  const std::uint32_t answer = bpf::run(program, packet.data, packet.wire_length);
  require(!jit || jit->run(packet.data, packet.wire_length) == answer);
  require(weir::test::libpcap::run(program, packet.data, packet.wire_length) == answer);
}

/// What was compiled in pieces has the answer of the whole. libpcap may refuse the whole: behind an
/// identifier without qualifiers it takes no comparison that begins with a number.
void check_pieces(const std::string& text, const weir::Packet& packet, bool matches) {
  if (text.size() < least_in_pieces || text.size() > most_whole) return;
  const auto whole = filter::compile_with_libpcap(text, packet.link_type);
  require(!whole || (bpf::run(whole->program, packet.data, packet.wire_length) != 0) == matches);
}

void check_explanation(const std::string& text, const weir::Packet& packet, bool matches) {
  filter::Explanation explanation;
  try {
    explanation = filter::explain(text, packet);
  } catch (const weir::FilterError&) {
    // More encapsulations than are explained.
    return;
  }
  require(explanation.matches == matches);
  for (const filter::Term& term : explanation.terms) {
    require(term.position <= text.size() && term.length <= text.size() - term.position);
  }
  if (!explanation.decided) return;
  const auto& terms = explanation.terms;
  require(*explanation.decided < terms.size());
  const filter::TermValue value = terms[*explanation.decided].value;
  require(value != filter::TermValue::not_evaluated);
  require(value != filter::TermValue::refused || !matches);
  for (std::size_t i = *explanation.decided + 1; i < terms.size(); ++i) {
    require(terms[i].value == filter::TermValue::not_evaluated);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  const weir::Bytes input{data + 3, size - 3};
  const weir::Bytes whole = input.first(std::min<std::size_t>(data[2], input.size()));
  const weir::Bytes rest = input.subspan(whole.size());
  const weir::Bytes kept = rest.first(std::min(rest.size(), max_text));
  const std::string text{kept.begin(), kept.end()};

  weir::Packet packet;
  packet.link_type = static_cast<weir::LinkType>(data[0] | data[1] << 8);
  packet.wire_length = static_cast<std::uint32_t>(whole.size());
  const auto program = compiled(text, packet.link_type);
  if (!program) return 0;
  require(bpf::verify(program->program).has_value());
  const auto jit = bpf::Jit::compile(program->program);
  require(jit.has_value() || !bpf::Jit::supported() || jit.error() == bpf::JitRefusal::too_long);

  static const weir::test::GuardedBytes guarded;
  for (const std::size_t missing : {0U, 1U, 20U, 60U, 255U}) {
    packet.data = guarded.hold(whole.first(whole.size() - std::min(missing, whole.size())));
    check_engines(program->program, packet, jit ? &*jit : nullptr);
  }
  const std::size_t missing = size % 4 == 0 ? 20 : 0;
  packet.data = guarded.hold(whole.first(whole.size() - std::min(missing, whole.size())));
  const bool matches = bpf::run(program->program, packet.data, packet.wire_length) != 0;
  check_pieces(text, packet, matches);
  // Every term is compiled twice: too many for a second, under sanitizers.
  if (text.size() <= most_whole) check_explanation(text, packet, matches);
  return 0;
}
