// The print group of options, and packets on standard output as they say.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "cli/files/files_run.h"
#include "weir/capture/adapter_names.h"
#include "weir/print/packet_text.h"
#include "weir/record/packet_json.h"

namespace CLI {
class App;
}

namespace weir::cli {

/// tcpdump's letters keep their meaning.
class PrintOptions {
 public:
  void declare(CLI::App& app);

  [[nodiscard]] print::PacketTextOptions text(const wire::Decoders& decoders) const;
  [[nodiscard]] bool json() const noexcept { return json_; }
  [[nodiscard]] bool layers() const noexcept { return layers_; }
  [[nodiscard]] bool line_buffered() const noexcept { return line_buffered_; }

 private:
  int no_time_ = 0;
  int verbose_ = 0;
  int hex_ = 0;
  int hex_text_ = 0;
  int characters_ = 0;
  int no_names_ = 0;
  bool link_header_ = false;
  bool quick_ = false;
  bool number_ = false;
  bool absolute_ = false;
  bool nanoseconds_ = false;
  bool json_ = false;
  bool layers_ = false;
  bool line_buffered_ = false;
};

/// Prints batches in blocks.
class PacketPrinter {
 public:
  PacketPrinter(const PrintOptions& options, const wire::Decoders& decoders);

  /// Before packets of adapters, while sockets can still be opened: where several are captured, or
  /// "any", each packet is told with its adapter.
  void begin(std::span<const Interface> interfaces);

  /// `packets` are among the batch's, in the same order.
  void print(const CommandBatch& batch, std::span<const Packet> packets);
  void flush();

 private:
  static constexpr std::size_t block = std::size_t{1} << 16;

  void learn_names();

  wire::Decoders decoders_;
  print::PacketText text_;
  std::optional<record::PacketJson> json_;
  /// Where packets carry the number of their adapter.
  std::optional<capture::AdapterNames> names_;
  bool has_several_ = false;
  bool line_buffered_;
  std::string buffer_;
};

}  // namespace weir::cli
