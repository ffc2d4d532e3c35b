// How large the stack of a thread is.
#pragma once

#include <gtest/gtest.h>
#include <pthread.h>

#include <cstddef>

namespace weir::test {

/// Bytes; a sanitizer adds to it.
inline std::size_t stack_of_this_thread() {
  pthread_attr_t attributes;
  EXPECT_EQ(::pthread_getattr_np(::pthread_self(), &attributes), 0);
  std::size_t size = 0;
  void* begin = nullptr;
  EXPECT_EQ(::pthread_attr_getstack(&attributes, &begin, &size), 0);
  ::pthread_attr_destroy(&attributes);
  return size;
}

}  // namespace weir::test
