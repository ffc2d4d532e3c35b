// Compiles; writes programs and refusals as octets and reads them back.
#include "filter/compilation.h"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace weir::filter {
namespace {

/// What stands before the program, or before the words of the compiler.
struct Header {
  ErrorCode refusal;  // with `is_refused`
  bool is_refused;
  bool rejects_all;
  bool has_position;
  std::uint64_t position;
};

}  // namespace

Compilation compilation(const std::string& text, LinkType link_type, CompileOptions options) {
  try {
    return compile(text, link_type, options);
  } catch (const FilterError& refusal) {
    return std::unexpected{refusal};
  }
}

std::string octets_of(const Compilation& compilation) {
  Header header{};
  std::string rest;
  if (compilation) {
    const bpf::Program& program = compilation->program;
    header.rejects_all = compilation->rejects_all;
    rest.assign(reinterpret_cast<const char*>(program.data()),
                program.size() * sizeof(bpf::Instruction));
  } else {
    const FilterError& refusal = compilation.error();
    header = {.refusal = refusal.code(),
              .is_refused = true,
              .rejects_all = false,
              .has_position = refusal.position().has_value(),
              .position = refusal.position().value_or(0)};
    rest = refusal.what();
  }
  return std::string{reinterpret_cast<const char*>(&header), sizeof header} + rest;
}

Compilation from_octets(const std::string& octets, const std::string& text) {
  Header header{};
  if (octets.size() < sizeof header) throw SystemError{EIO, "compile the filter"};
  std::memcpy(&header, octets.data(), sizeof header);
  const std::string_view rest = std::string_view{octets}.substr(sizeof header);
  if (header.is_refused) {
    const auto place = static_cast<std::size_t>(header.position);
    return std::unexpected{FilterError{header.refusal, text, std::string{rest},
                                       header.has_position ? std::optional{place} : std::nullopt}};
  }
  Compiled compiled{.program = bpf::Program(rest.size() / sizeof(bpf::Instruction)),
                    .rejects_all = header.rejects_all};
  std::memcpy(compiled.program.data(), rest.data(),
              compiled.program.size() * sizeof(bpf::Instruction));
  return compiled;
}

}  // namespace weir::filter
