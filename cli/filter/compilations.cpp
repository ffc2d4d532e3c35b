// Compiles here, or has it done by a process that may look names up.
#include "cli/filter/compilations.h"

#include <cerrno>
#include <cstring>

namespace weir::cli {
namespace {

constexpr LinkType link_types[] = {
    LinkType::ethernet,
    LinkType::linux_sll,
    LinkType::linux_sll2,
    LinkType::raw,
    LinkType::null,
    LinkType::ieee802_11,
    LinkType::ppp,
    LinkType::ieee802_11_radiotap,
    LinkType::ipv4,
    LinkType::ipv6,
    LinkType::loop,
    LinkType::ppi,
    LinkType::token_ring,
    LinkType::arcnet,
    LinkType::slip,
    LinkType::fddi,
    LinkType::ppp_hdlc,
    LinkType::ppp_ether,
    LinkType{99},
    LinkType{100},
    LinkType{102},
    LinkType{103},
    LinkType::c_hdlc,
    LinkType{106},
    LinkType::frame_relay,
    LinkType{109},
    LinkType{114},
    LinkType{117},
    LinkType::ieee802_11_prism,
    LinkType{122},
    LinkType{123},
    LinkType::arcnet_linux,
    LinkType{138},
    LinkType::ieee802_11_avs,
    LinkType{164},
    LinkType{165},
    LinkType::ppp_with_direction,
    LinkType::ipnet,
    LinkType{240},
    LinkType{241},
};

/// What stands before the program, or before the words of the compiler.
struct Header {
  ErrorCode refusal;  // with `is_refused`
  bool is_refused;
  bool rejects_all;
  bool has_position;
  std::uint64_t position;
};

}  // namespace

std::span<const LinkType> usual_link_types() noexcept { return link_types; }

const filter::Compiled& Compilations::of(LinkType type) {
  const Result& found = result(type);
  if (!found) throw FilterError{found.error()};
  return *found;
}

const Compilations::Result& Compilations::result(LinkType type) {
  auto entry = compiled_.find(type);
  if (entry == compiled_.end()) {
    entry = compiled_.emplace(type, elsewhere_ ? read(elsewhere_(type)) : compile(type)).first;
  }
  return entry->second;
}

Compilations::Result Compilations::compile(LinkType type) const {
  try {
    return filter::compile(expression_, type, options_);
  } catch (const FilterError& refusal) {
    return std::unexpected{refusal};
  }
}

std::string Compilations::written(LinkType type) {
  const Result& found = result(type);
  Header header{};
  std::string rest;
  if (found) {
    header.rejects_all = found->rejects_all;
    rest.assign(reinterpret_cast<const char*>(found->program.data()),
                found->program.size() * sizeof(bpf::Instruction));
  } else {
    const FilterError& refusal = found.error();
    header = {.refusal = refusal.code(),
              .is_refused = true,
              .rejects_all = false,
              .has_position = refusal.position().has_value(),
              .position = refusal.position().value_or(0)};
    rest = refusal.what();
  }
  return std::string{reinterpret_cast<const char*>(&header), sizeof header} + rest;
}

Compilations::Result Compilations::read(const std::string& bytes) const {
  Header header{};
  if (bytes.size() < sizeof header) throw SystemError{EIO, "compile the filter"};
  std::memcpy(&header, bytes.data(), sizeof header);
  const std::string_view rest = std::string_view{bytes}.substr(sizeof header);
  if (header.is_refused) {
    const auto place = static_cast<std::size_t>(header.position);
    return std::unexpected{FilterError{header.refusal, expression_, std::string{rest},
                                       header.has_position ? std::optional{place} : std::nullopt}};
  }
  filter::Compiled compiled{.program = bpf::Program(rest.size() / sizeof(bpf::Instruction)),
                            .rejects_all = header.rejects_all};
  std::memcpy(compiled.program.data(), rest.data(),
              compiled.program.size() * sizeof(bpf::Instruction));
  return compiled;
}

}  // namespace weir::cli
