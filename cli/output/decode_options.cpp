// Declares and reads -d.
#include "cli/output/decode_options.h"

#include <CLI/CLI.hpp>

#include "cli/exit_code.h"
#include "weir/error.h"

namespace weir::cli {

void DecodeOptions::declare(CLI::App& app) {
  app.add_option("-d,--decode-as", assignments_,
                 "what a number names: udp.port==4790,vxlan (also tcp.port, ethertype, ip.proto; "
                 "none: nothing), as often as wanted")
      ->type_name("NUMBER,PROTOCOL")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false)
      ->group("Decoding");
}

wire::Decoders DecodeOptions::decoders() const {
  wire::Decoders decoders;
  try {
    for (const std::string& assignment : assignments_) decoders.assign(assignment);
  } catch (const Error& error) {
    throw UsageError{std::string{"-d: "} + error.what()};
  }
  return decoders;
}

std::string DecodeOptions::text() const {
  std::string text;
  for (const std::string& assignment : assignments_) text += " decode-as=" + assignment;
  return text;
}

}  // namespace weir::cli
