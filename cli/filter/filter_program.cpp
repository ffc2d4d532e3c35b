// Compiles a filter and prints the program in one of its forms.
#include "cli/filter/filter_program.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "cli/exit_code.h"
#include "cli/filter/input_filter.h"
#include "cli/json_line.h"
#include "cli/note.h"
#include "cli/output/standard_output.h"
#include "weir/bpf/disassemble.h"
#include "weir/bpf/ebpf.h"
#include "weir/bpf/jit.h"
#include "weir/bpf/verify.h"
#include "weir/filter/compile.h"
#include "weir/filter/filter.h"

namespace weir::cli {
namespace {

/// A form programs are shown in. Throws UsageError or Error where a program has no such form.
struct ProgramForm {
  const char* name;
  std::string (*text)(const bpf::Program& program);
};

std::string tcpdump_text(const bpf::Program& program) { return bpf::disassemble(program); }
std::string decimal_text(const bpf::Program& program) { return bpf::decimal(program); }
std::string c_text(const bpf::Program& program) { return bpf::c_initializers(program); }

std::string ebpf_text(const bpf::Program& program) {
  const auto translated = bpf::translate(program, {.may_goto = true});
  if (translated) return bpf::listing(*translated);
  const auto& [problem, index] = translated.error();
  std::string words = std::string{"--emit ebpf: the program "} + bpf::describe(problem);
  if (problem != bpf::TranslationProblem::jump_too_far) {
    words += " (instruction " + std::to_string(index) + ')';
  }
  throw UsageError{words};
}

std::string assembly_text(const bpf::Program& program) {
  std::string text = bpf::assembly(program);
  // The engine says why there is none.
  if (text.empty()) {
    const filter::Filter refused{program, LinkType::ethernet, {.engine = filter::Engine::jit}};
  }
  return text;
}

constexpr std::array forms{ProgramForm{"bpf", tcpdump_text}, ProgramForm{"bytes", decimal_text},
                           ProgramForm{"c", c_text}, ProgramForm{"ebpf", ebpf_text},
                           ProgramForm{"asm", assembly_text}};

const ProgramForm& form_by_name(const std::string& name) {
  const auto* form = std::ranges::find(forms, name, &ProgramForm::name);
  if (form != forms.end()) return *form;
  throw UsageError{"--emit: bpf, bytes, c, ebpf or asm, not " + name};
}

std::string refusal_of(const bpf::Program& program, const bpf::VerifyError& error) {
  if (error.fault != bpf::Fault::too_long) return bpf::describe(error);
  return std::to_string(program.size()) + " instructions, at most " +
         std::to_string(bpf::kernel_max_instructions);
}

LinkType link_type_of(const std::string& text) {
  if (const auto type = link_type_by_name(text)) return *type;
  throw UsageError{"--link: neither the name nor the number of a link type: " + text};
}

}  // namespace

void print_program(const ProgramOptions& options) {
  const ProgramForm& form = form_by_name(options.form);
  const LinkType link_type = link_type_of(options.link_type);
  const filter::Compiled compiled =
      filter::compile(options.filter, link_type, {.allow_names = options.allow_names});
  if (compiled.rejects_all) throw never_matches(options.filter);
  const std::string text = form.text(compiled.program);
  const auto kernel = bpf::verify(compiled.program, bpf::Level::kernel);
  if (!kernel) {
    tell({.kind = "kernel_refusal",
          .message = "the kernel takes no such program as a socket filter: " +
                     refusal_of(compiled.program, kernel.error())},
         options.json ? ErrorStyle::json : ErrorStyle::text);
  }
  if (!options.json) {
    write_standard_output(text);
    return;
  }
  nlohmann::ordered_json line{{"type", "filter"},
                              {"filter", options.filter},
                              {"link_type", static_cast<int>(link_type)},
                              {"instructions", compiled.program.size()},
                              {"kernel", kernel.has_value()}};
  if (!kernel) line["kernel_refusal"] = refusal_of(compiled.program, kernel.error());
  line["emit"] = form.name;
  line["program"] = text;
  print_json_line(line);
}

}  // namespace weir::cli
