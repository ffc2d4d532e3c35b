// Numbers words in the order they first come: the dictionary of a column.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "record/column/text_hash.h"
#include "weir/error.h"

namespace weir::record {

/// One thread at a time.
class WordIndex {
 public:
  /// Throws Error (invalid_argument) beyond 2^31 words.
  [[nodiscard]] std::int32_t of(std::string_view word) {
    if (last_ < words_.size() && words_[last_] == word) return static_cast<std::int32_t>(last_);
    const auto known = numbers_.find(word);
    if (known != numbers_.end()) {
      last_ = static_cast<std::size_t>(known->second);
      return known->second;
    }
    if (words_.size() > std::numeric_limits<std::int32_t>::max()) {
      throw Error{ErrorCode::invalid_argument, "a column has more than 2^31 different words"};
    }
    last_ = words_.size();
    words_.emplace_back(word);
    return numbers_.try_emplace(std::string{word}, static_cast<std::int32_t>(last_)).first->second;
  }
  /// Of a word that stays where it is: most are found by that.
  [[nodiscard]] std::int32_t of_constant(std::string_view word) {
    Place& place = places_[reinterpret_cast<std::uintptr_t>(word.data()) % places_.size()];
    if (place.at != word.data() || place.size != word.size()) {
      place = {word.data(), word.size(), of(word)};
    }
    return place.number;
  }

  [[nodiscard]] const std::vector<std::string>& words() const noexcept { return words_; }

 private:
  struct Place {
    const char* at = nullptr;
    std::size_t size = 0;
    std::int32_t number = 0;
  };
  std::vector<std::string> words_;
  std::unordered_map<std::string, std::int32_t, TextHash, std::equal_to<>> numbers_;
  std::size_t last_ = 0;
  std::array<Place, 64> places_{};
};

}  // namespace weir::record
