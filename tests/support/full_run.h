#pragma once

#include <cstdlib>

namespace test_support {

/// Whether this is `./dev test --full`, which has the time for everything.
[[nodiscard]] inline bool is_full_run() {
  return std::getenv("ESBOOT_FULL") != nullptr;
}

/// Whether the program under test is one with sanitizers, which takes some ten times as long: what
/// is repeated for its chances is repeated less often.
[[nodiscard]] inline bool is_slow_program() {
  return std::getenv("ESBOOT_PROGRAM") != nullptr;
}

}  // namespace test_support
