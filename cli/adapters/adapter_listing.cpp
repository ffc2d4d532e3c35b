// Orders adapters and prints them.
#include "cli/adapters/adapter_listing.h"

#include <algorithm>
#include <tuple>

#include "cli/adapters/adapter_json.h"
#include "cli/adapters/adapter_text.h"
#include "cli/output/standard_output.h"

namespace weir::cli {
namespace {

using capture::Adapter;
using capture::AdapterFlags;

/// What there is most to see on comes first.
std::vector<Adapter> ordered(std::vector<Adapter> adapters) {
  std::ranges::stable_sort(adapters, {}, [](const Adapter& adapter) {
    return std::tuple{!has(adapter.flags, AdapterFlags::running),
                      !has(adapter.flags, AdapterFlags::up),
                      has(adapter.flags, AdapterFlags::loopback), adapter.id == 0};
  });
  return adapters;
}

}  // namespace

void print_adapters(const std::vector<Adapter>& adapters, ListStyle style) {
  const Adapter* const chosen = capture::default_adapter(adapters);
  if (style == ListStyle::text) return write_standard_output(table_of(ordered(adapters), chosen));
  for (const Adapter& adapter : ordered(adapters)) {
    const bool is_chosen = chosen != nullptr && chosen->id == adapter.id;
    print_json(adapter, is_chosen ? IsDefault::yes : IsDefault::no);
  }
}

}  // namespace weir::cli
