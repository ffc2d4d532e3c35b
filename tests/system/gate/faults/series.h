// A figure measured several times.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

namespace weir::test {

/// Repetitions are for WEIR_LONG_TESTS only.
[[nodiscard]] inline bool is_long() { return std::getenv("WEIR_LONG_TESTS") != nullptr; }

class Series {
 public:
  explicit Series(std::string name) : name_{std::move(name)} {}
  Series(const Series&) = delete;
  Series& operator=(const Series&) = delete;
  /// Prints it: median, least, most, how often.
  ~Series() {
    if (values_.empty()) return;
    std::cout << "[  FIGURES ] " << name_ << ": " << median() << " (" << values_.front() << " to "
              << values_.back() << "), " << values_.size() << " runs\n";
  }

  void add(double value) { values_.insert(std::ranges::upper_bound(values_, value), value); }
  [[nodiscard]] double median() const { return values_.at(values_.size() / 2); }
  [[nodiscard]] double most() const { return values_.back(); }

 private:
  std::string name_;
  std::vector<double> values_{};
};

}  // namespace weir::test
