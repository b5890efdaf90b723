#pragma once

#include <cstdlib>

namespace test_support {

/// Whether this is `./dev test --full`, which has the time for everything.
[[nodiscard]] inline bool is_full_run() {
  return std::getenv("ESBOOT_FULL") != nullptr;
}

}  // namespace test_support
