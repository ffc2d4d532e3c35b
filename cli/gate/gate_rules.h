// The rules of weir gate: from --rule or from a file, which may be read again.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "weir/gate/rule.h"

namespace weir::cli {

class GateRules {
 public:
  /// Either words of --rule, or a path ("-" is standard input).
  GateRules(std::vector<std::string> words, std::string path)
      : words_{std::move(words)}, path_{std::move(path)} {}

  [[nodiscard]] const std::string& path() const noexcept { return path_; }

  /// Has the file opened by somebody else from now on: returns a descriptor, throws SystemError.
  void open_by(std::function<int(const std::string&)> open) { open_ = std::move(open); }

  /// All of them, read anew. Ids are numbers, from 1, none of them given twice; one that is among
  /// those in force has the id it has there. Throws FilterError about a rule that is wrong, or
  /// whose filter can never match: of a file its message begins with "PATH:LINE: "; SystemError.
  [[nodiscard]] std::vector<gate::Rule> read(std::span<const gate::Rule> in_force = {});

 private:
  [[nodiscard]] std::vector<gate::Rule> read_words() const;
  [[nodiscard]] std::vector<gate::Rule> read_file() const;
  void number(std::vector<gate::Rule>& rules, std::span<const gate::Rule> in_force);

  std::vector<std::string> words_;
  std::string path_;
  std::function<int(const std::string&)> open_{};
  std::uint64_t last_id_ = 0;
};

}  // namespace weir::cli
