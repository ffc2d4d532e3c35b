// WEIR_SANITIZED: the tests are built with the address sanitizer.
#pragma once

// gcc and clang each have their own way to say it.
#if defined(__SANITIZE_ADDRESS__)
#define WEIR_SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WEIR_SANITIZED
#endif
#endif
