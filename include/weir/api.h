// What every header needs to be compiled: C++23, and what the libraries export.
#pragma once

// g++ 12 calls C++23 202100, before the standard had its number.
#if !defined(__cplusplus) || __cplusplus < 202100L
#error "weir needs C++23: compile with -std=c++23, or set CMAKE_CXX_STANDARD to 23"
#endif

/// Exported; everything else is hidden.
#define WEIR_API __attribute__((visibility("default")))
/// Of a class that is exported: not for its users.
#define WEIR_PRIVATE __attribute__((visibility("hidden")))
