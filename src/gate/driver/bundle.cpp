// Reading takes what it finds, within the bytes there are, and then sees whether that would have
// been written so: this holds for the checksum too.
#include "gate/driver/bundle.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "weir/error.h"

namespace weir::gate {
namespace {

constexpr std::string_view magic = "weir driver bundle ";
constexpr std::string_view format = "1";
constexpr std::size_t instruction_size = sizeof(bpf::EbpfInstruction);

constexpr std::array of_dispatchers{Symbol::programs};
constexpr std::array of_adopting{Symbol::owner, Symbol::task_acquire, Symbol::task_release};

std::string_view text_of(Bytes bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Bytes bytes_of(const RelocatableProgram& program) noexcept {
  const auto bytes = std::as_bytes(std::span{program.code});
  return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

std::string line_of(const char* name, Bytes section, std::span<const Symbol> symbols = {}) {
  std::string line = std::string{name} + " " + std::to_string(section.size());
  for (const Symbol symbol : symbols) line.append(" ").append(name_of(symbol));
  return line + "\n";
}

std::string line_of(const char* name, const RelocatableProgram& program) {
  return line_of(name, bytes_of(program), program.symbols);
}

/// Eight digits.
std::string checksum(std::string_view before, std::string_view behind) {
  uLong sum = crc32(0, nullptr, 0);
  for (const std::string_view part : {before, behind}) {
    sum = crc32_z(sum, reinterpret_cast<const Bytef*>(part.data()), part.size());
  }
  std::string digits(8, '0');
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, sum >>= 4) {
    *digit = "0123456789abcdef"[sum & 0xf];
  }
  return digits;
}

class Parser {
 public:
  Parser(Bytes bytes, const std::string& path) : whole_{text_of(bytes)}, path_{path} {}

  [[nodiscard]] Bundle parse();

 private:
  struct Section {
    std::size_t size = 0;
    std::size_t offset = 0;
    std::vector<Symbol> symbols{};
  };

  [[noreturn]] void fail(ErrorCode code, std::size_t offset, const std::string& why) const {
    throw FormatError{code, offset, path_ + ": " + why};
  }
  [[noreturn]] void damaged(std::size_t offset) const {
    fail(ErrorCode::damaged, offset,
         "the driver bundle is damaged, at byte " + std::to_string(offset));
  }
  void check_format();
  /// The line that is next, without its end.
  std::string_view take_line();
  /// Behind its first word.
  std::string_view take_value();
  template <class Number>
  Number number(std::string_view text) const;
  Section take_section_line(std::span<const Symbol> allowed = {});
  std::string_view take(Section& section);
  RelocatableProgram take_program(Section& section);
  void check(const char* name, const RelocatableProgram& program,
             std::span<const std::int32_t> functions, const Section& section) const;

  std::string_view whole_;
  const std::string& path_;
  std::size_t next_ = 0;
};

std::string_view Parser::take_line() {
  const std::size_t end = whole_.find('\n', next_);
  if (end == std::string_view::npos) damaged(whole_.size());
  const std::string_view line = whole_.substr(next_, end - next_);
  next_ = end + 1;
  return line;
}

std::string_view Parser::take_value() {
  const std::string_view line = take_line();
  return line.substr(std::min(line.find(' '), line.size() - 1) + 1);
}

template <class Number>
Number Parser::number(std::string_view text) const {
  Number value = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc{}) {
    damaged(static_cast<std::size_t>(text.data() - whole_.data()));
  }
  return value;
}

Parser::Section Parser::take_section_line(std::span<const Symbol> allowed) {
  std::string_view rest = take_value();
  Section section{.size = number<std::size_t>(rest)};
  for (std::size_t blank = 0; (blank = rest.find(' ')) != std::string_view::npos;) {
    rest.remove_prefix(blank + 1);
    const auto symbol = std::ranges::find(allowed, rest.substr(0, rest.find(' ')), &name_of);
    if (symbol == allowed.end()) damaged(static_cast<std::size_t>(rest.data() - whole_.data()));
    section.symbols.push_back(*symbol);
  }
  return section;
}

std::string_view Parser::take(Section& section) {
  if (section.size > whole_.size() - next_) damaged(whole_.size());
  section.offset = next_;
  next_ += section.size;
  return whole_.substr(section.offset, section.size);
}

RelocatableProgram Parser::take_program(Section& section) {
  const std::string_view bytes = take(section);
  RelocatableProgram program{.code = bpf::EbpfProgram(bytes.size() / instruction_size),
                             .symbols = section.symbols};
  if (!program.code.empty()) {
    std::memcpy(program.code.data(), bytes.data(), program.code.size() * instruction_size);
  }
  return program;
}

void Parser::check_format() {
  if (!whole_.starts_with(magic)) {
    fail(ErrorCode::unsupported_format, 0, "not a driver bundle");
  }
  if (take_line().substr(magic.size()) != format) {
    fail(ErrorCode::unsupported_format, magic.size(),
         "a driver bundle of another format than this library's");
  }
  if (whole_.size() > most_bundle_bytes) {
    fail(ErrorCode::damaged, most_bundle_bytes,
         "the driver bundle is damaged: it has more than " + std::to_string(most_bundle_bytes) +
             " bytes");
  }
}

void Parser::check(const char* name, const RelocatableProgram& program,
                   std::span<const std::int32_t> functions, const Section& section) const {
  if (const auto stranger = stranger_in(program, functions)) {
    const std::size_t offset = section.offset + *stranger * instruction_size;
    fail(ErrorCode::damaged, offset,
         "no driver of a gate: its program \"" + std::string{name} +
             "\" names what no gate's does, at byte " + std::to_string(offset));
  }
}

Bundle Parser::parse() {
  check_format();
  Bundle bundle;
  const std::size_t version_line = next_;
  const auto version = parse_driver_version(take_value());
  if (!version) damaged(version_line);
  bundle.version = *version;
  bundle.interface = number<std::uint32_t>(take_value());
  Section ingress = take_section_line(of_dispatchers);
  Section egress = take_section_line(of_dispatchers);
  Section adopting = take_section_line(of_adopting);
  Section types = take_section_line();
  take_line();
  take_line();
  bundle.programs.ingress = take_program(ingress);
  bundle.programs.egress = take_program(egress);
  bundle.programs.adoption.program = take_program(adopting);
  const std::string_view type_bytes = take(types);
  bundle.programs.adoption.types.assign(type_bytes.begin(), type_bytes.end());
  const std::string written = octets_of(bundle);
  if (written != whole_) {
    damaged(static_cast<std::size_t>(std::ranges::mismatch(written, whole_).in2 - whole_.begin()));
  }
  // Those of another interface are not used.
  if (bundle.interface == driver_interface) {
    check("ingress", bundle.programs.ingress, packet_functions(), ingress);
    check("egress", bundle.programs.egress, packet_functions(), egress);
    check("adopting", bundle.programs.adoption.program, adopting_functions(), adopting);
  }
  return bundle;
}

}  // namespace

std::string octets_of(const Bundle& bundle) {
  const DriverPrograms& programs = bundle.programs;
  const std::string manifest =
      std::string{magic}.append(format) + "\nversion " + gate::text_of(bundle.version) +
      "\ninterface " + std::to_string(bundle.interface) + "\n" +
      line_of("ingress", programs.ingress) + line_of("egress", programs.egress) +
      line_of("adopting", programs.adoption.program) + line_of("types", programs.adoption.types);
  std::string rest = "\n";
  for (const Bytes section :
       {bytes_of(programs.ingress), bytes_of(programs.egress), bytes_of(programs.adoption.program),
        Bytes{programs.adoption.types}}) {
    rest += text_of(section);
  }
  return manifest + "checksum " + checksum(manifest, rest) + "\n" + rest;
}

Bundle parse_bundle(Bytes bytes, const std::string& path) { return Parser{bytes, path}.parse(); }

}  // namespace weir::gate
