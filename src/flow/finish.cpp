// The end of a table: every flow, oldest last use first.
#include <algorithm>
#include <bit>
#include <span>
#include <utility>
#include <vector>

#include "release.h"
#include "table.h"

namespace weir::flow {
namespace {

/// Live records in the order of their last use, by a distribution over equal spans of time and a
/// sort of each span: four bytes a flow, and each record is read when it is about to be reported.
class UseOrder {
 public:
  UseOrder(const RecordSlab& records, std::size_t live) : records_{records}, order_(live) {
    Ticks last = 0;
    for_each_live([&](std::uint32_t, Ticks use) {
      first_ = std::min(first_, use);
      last = std::max(last, use);
    });
    if (live == 0) return;
    shift_ = static_cast<unsigned>(
        std::max(0, static_cast<int>(std::bit_width(last - first_)) - span_bits));
    ends_.assign((std::size_t{1} << span_bits) + 1, 0);
    for_each_live([&](std::uint32_t, Ticks use) { ++ends_[span(use) + 1]; });
    for (std::size_t i = 1; i < ends_.size(); ++i) ends_[i] += ends_[i - 1];
    // Filling moves each span's begin to its end.
    for_each_live([&](std::uint32_t index, Ticks use) { order_[ends_[span(use)]++] = index; });
  }

  /// Calls `visit(index)` for each, and before that `ask(index)` and, some flows later,
  /// `ask_again(index)`.
  template <class Visit, class Ask, class AskAgain>
  void walk(Visit visit, Ask ask, AskAgain ask_again) {
    std::size_t begin = 0;
    for (const std::uint32_t end : ends_) {
      sort(begin, end);
      for (; begin < end; ++begin) {
        if (begin + ahead < order_.size()) ask(order_[begin + ahead]);
        if (begin + ahead / 2 < order_.size()) ask_again(order_[begin + ahead / 2]);
        visit(order_[begin]);
      }
    }
  }

  /// The first `count` in the order; those walk() has not come to may stand in any order.
  [[nodiscard]] std::span<const std::uint32_t> first(std::size_t count) const noexcept {
    return std::span{order_}.first(count);
  }

 private:
  static constexpr int span_bits = 16;
  static constexpr std::size_t ahead = 24;

  template <class Visit>
  void for_each_live(Visit visit) const {
    for (std::uint32_t i = 0; i < records_.high_water(); ++i) {
      if (records_[i].key().shape != 0) visit(i, records_[i].last_use());
    }
  }
  [[nodiscard]] std::size_t span(Ticks use) const noexcept { return (use - first_) >> shift_; }

  void sort(std::size_t begin, std::size_t end) {
    if (end - begin < 2) return;
    uses_.clear();
    for (std::size_t i = begin; i < end; ++i) {
      uses_.emplace_back(records_[order_[i]].last_use(), order_[i]);
    }
    std::ranges::sort(uses_);
    for (std::size_t i = begin; i < end; ++i) order_[i] = uses_[i - begin].second;
  }

  const RecordSlab& records_;
  Ticks first_ = never;
  unsigned shift_ = 0;
  std::vector<std::uint32_t> ends_;
  std::vector<std::uint32_t> order_;
  std::vector<std::pair<Ticks, std::uint32_t>> uses_;
};

}  // namespace

/// Flows on their way out. When all are out, everything is emptied at once; if the observer throws
/// before that, those it has seen are taken out one by one.
class Table::Finish {
 public:
  explicit Finish(Table& table) : table_{table}, order_{table.records_, table.slots_.size()} {}
  Finish(const Finish&) = delete;
  Finish& operator=(const Finish&) = delete;
  ~Finish() {
    if (seen_ == table_.slots_.size()) {
      empty_table();
    } else {
      take_out_seen();
    }
  }

  void run() {
    const auto tell = [this](std::uint32_t index) {
      ++seen_;
      if (table_.records_[index].is_resting()) return;
      ++told_;
      table_.ended_record_ = index;
      table_.observers_.on_end(table_.records_[index], EndReason::end);
    };
    const HistoryStore* const history = table_.history_.get();
    const auto ask = [this, history](std::uint32_t index) {
      table_.records_.prefetch_all(index);
      if (table_.rates_.are_kept()) table_.rates_.prefetch(index);
      if (history != nullptr) history->prefetch_head(index);
    };
    order_.walk(tell, ask, [history](std::uint32_t index) {
      if (history != nullptr) history->prefetch_writer(index);
    });
  }

 private:
  void empty_table() noexcept {
    table_.ended_ += told_;
    table_.live_.fill(0);
    table_.slots_.clear();
    table_.young_.clear();
    table_.kept_.clear();
    table_.kept_count_ = 0;
    table_.over_.clear();
    table_.by_age_.clear();
    table_.records_.clear();
    if (table_.history_) table_.history_->clear();
    table_.next_due_ = table_.seconds_.next();
  }

  void take_out_seen() noexcept {
    for (const std::uint32_t index : order_.first(seen_)) {
      table_.take_out(index);
      const Release release{table_.records_, table_.history_.get(), index};
    }
  }

  Table& table_;
  UseOrder order_;
  std::size_t seen_ = 0;
  std::size_t told_ = 0;
};

void Table::finish() {
  decide_all();
  Finish{*this}.run();
}

}  // namespace weir::flow
