// The output and rotation groups of options: which capture file is written, how, and when the next.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "weir/savefile/pcap_header.h"
#include "weir/savefile/rotating_writer.h"

namespace CLI {
class App;
}

namespace weir::cli {

class OutputOptions {
 public:
  void declare(CLI::App& app);

  /// Whether -w was given.
  [[nodiscard]] bool is_wanted() const noexcept { return !path_.empty(); }
  /// "-" is standard output.
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  /// Whether somebody may take each packet as it is written: from standard output, or with -U.
  [[nodiscard]] bool is_watched() const noexcept { return each_packet_ || path_ == "-"; }
  /// The command to run for each finished file; empty if none.
  [[nodiscard]] const std::string& on_file() const noexcept { return on_file_; }

  /// From here on the files belong to this user, whoever called.
  void give_to(const savefile::FileOwner& user) { user_ = user; }
  [[nodiscard]] const std::optional<savefile::FileOwner>& user() const noexcept { return user_; }

  /// The one file is opened by this: WriterOptions::open.
  void open_through(std::function<int(const std::string&)> open) { open_ = std::move(open); }

  /// Whether files follow one another. Throws UsageError.
  [[nodiscard]] bool is_series() const { return is_wanted() && rotation(); }
  /// Where a series of files comes into being; empty where one file is opened once.
  [[nodiscard]] std::string series_directory() const;
  /// The directory of one file where --sync waits for its name too; otherwise none.
  [[nodiscard]] std::vector<std::string> name_directory() const;

  /// Checks that the options agree. Throws UsageError.
  void check() const;
  /// Format and compression by --format, else by name, else pcap; a pcap says what `header` does,
  /// but for the fineness of its clock where --format names that. Throws UsageError, also for a
  /// name that promises something else.
  [[nodiscard]] savefile::WriterOptions writer(const savefile::PcapHeader& header = {}) const;
  /// None if one file is written. Throws UsageError.
  [[nodiscard]] std::optional<savefile::Rotation> rotation() const;

 private:
  void declare_rotation(CLI::App& app);
  void apply_split(savefile::Rotation& rotation) const;

  std::string path_;
  std::string format_;
  std::optional<int> level_;
  std::string flush_;
  bool each_packet_ = false;
  bool sync_ = false;
  std::string millions_;  // -C
  std::string size_;
  std::string seconds_;
  std::string packets_;
  std::string ring_;  // -W
  std::string files_;
  std::string total_size_;
  std::string split_;
  std::string on_file_;
  std::string on_full_ = "stop";
  std::optional<savefile::FileOwner> user_;
  std::function<int(const std::string&)> open_;
};

}  // namespace weir::cli
