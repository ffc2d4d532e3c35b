// Streams of columns as their takers see them.
#include "weir/record/arrow.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>

namespace weir::record {
namespace {

std::shared_ptr<const ColumnBatch> batch_of(std::uint16_t first, std::size_t rows) {
  auto batch = std::make_shared<ColumnBatch>();
  batch->rows = rows;
  ColumnData& ports = batch->columns.emplace_back();
  ports.name = "dst_port";
  ports.type = ColumnType::uint16;
  ports.rows = rows;
  for (std::size_t i = 0; i < rows; ++i, ++first) {
    std::memcpy(ports.values.extend(sizeof first), &first, sizeof first);
  }
  return batch;
}

TEST(Arrow, StreamsBatchAfterBatchUntilThereIsNone) {
  ArrowArrayStream stream;
  int left = 1;
  export_stream(stream, batch_of(1, 2), [&left]() -> std::shared_ptr<const ColumnBatch> {
    return left-- > 0 ? batch_of(8, 1) : nullptr;
  });
  ArrowSchema schema;
  ASSERT_EQ(stream.get_schema(&stream, &schema), 0);
  EXPECT_STREQ(schema.format, "+s");
  ASSERT_EQ(schema.n_children, 1);
  EXPECT_STREQ(schema.children[0]->format, "S");
  EXPECT_STREQ(schema.children[0]->name, "dst_port");
  schema.release(&schema);
  EXPECT_EQ(schema.release, nullptr);

  ArrowArray array;
  ASSERT_EQ(stream.get_next(&stream, &array), 0);
  EXPECT_EQ(array.length, 2);
  array.release(&array);
  ASSERT_EQ(stream.get_next(&stream, &array), 0);
  EXPECT_EQ(array.length, 1);
  stream.release(&stream);
  EXPECT_EQ(stream.release, nullptr);
  EXPECT_EQ(*static_cast<const std::uint16_t*>(array.children[0]->buffers[1]), 8)
      << "arrays outlive their stream";
  array.release(&array);
}

TEST(Arrow, LetsAChildBeTakenOutOfItsArray) {
  ArrowArray array;
  export_array(array, batch_of(5, 1));
  ArrowArray child = *array.children[0];
  array.children[0]->release = nullptr;
  array.release(&array);
  EXPECT_EQ(*static_cast<const std::uint16_t*>(child.buffers[1]), 5);
  child.release(&child);
}

TEST(Arrow, EndsWithWhatTheNextBatchThrew) {
  ArrowArrayStream stream;
  export_stream(stream, batch_of(1, 1), []() -> std::shared_ptr<const ColumnBatch> {
    throw std::runtime_error{"the file is damaged"};
  });
  ArrowArray array;
  ASSERT_EQ(stream.get_next(&stream, &array), 0);
  array.release(&array);
  EXPECT_EQ(stream.get_last_error(&stream), nullptr);
  EXPECT_EQ(stream.get_next(&stream, &array), EIO);
  EXPECT_STREQ(stream.get_last_error(&stream), "the file is damaged");
  stream.release(&stream);
}

}  // namespace
}  // namespace weir::record
