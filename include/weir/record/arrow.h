// Columns for whoever takes Apache Arrow, by its C data and stream interfaces: no library of theirs
// is needed on either side.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "weir/api.h"
#include "weir/record/column_data.h"

// As the specification has them (arrow.apache.org/docs/format/CDataInterface.html), with its
// guards.
extern "C" {
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
  const char* format;
  const char* name;
  const char* metadata;
  std::int64_t flags;
  std::int64_t n_children;
  struct ArrowSchema** children;
  struct ArrowSchema* dictionary;
  void (*release)(struct ArrowSchema*);
  void* private_data;
};

struct ArrowArray {
  std::int64_t length;
  std::int64_t null_count;
  std::int64_t offset;
  std::int64_t n_buffers;
  std::int64_t n_children;
  const void** buffers;
  struct ArrowArray** children;
  struct ArrowArray* dictionary;
  void (*release)(struct ArrowArray*);
  void* private_data;
};

#endif

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE

struct ArrowArrayStream {
  int (*get_schema)(struct ArrowArrayStream*, struct ArrowSchema* out);
  int (*get_next)(struct ArrowArrayStream*, struct ArrowArray* out);
  const char* (*get_last_error)(struct ArrowArrayStream*);
  void (*release)(struct ArrowArrayStream*);
  void* private_data;
};

#endif
}

namespace weir::record {

/// Describes the columns of a batch as the fields of a struct: `out` is filled anew and its taker
/// releases it. Throws std::bad_alloc.
WEIR_API void export_schema(ArrowSchema& out, const ColumnBatch& batch);

/// Hands the columns themselves over, without copying: the batch lives until they are released.
/// Booleans alone, of which Arrow has eight in an octet, and words are made anew. Throws
/// std::bad_alloc.
WEIR_API void export_array(ArrowArray& out, const std::shared_ptr<const ColumnBatch>& batch);

/// The next batch of a stream; null at its end.
using NextColumns = std::function<std::shared_ptr<const ColumnBatch>()>;

/// Makes `out` a stream of batches that all have the columns of `first`, which comes first; null in
/// place of `next` is that batch alone. What `next` throws becomes the stream's last error. Throws
/// std::bad_alloc.
WEIR_API void export_stream(ArrowArrayStream& out, std::shared_ptr<const ColumnBatch> first,
                            NextColumns next = {});

}  // namespace weir::record
