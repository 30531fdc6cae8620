#pragma once
#include <cstdio>
#include <cstdlib>

// HSM_ASSERT ends the process on a programmer's error, in release builds too. Never for what a caller can cause.
#define HSM_ASSERT(condition)                                                                \
  do {                                                                                       \
    if (!(condition)) {                                                                      \
      std::fprintf(stderr, "%s:%d: assertion failed: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                          \
    }                                                                                        \
  } while (false)
