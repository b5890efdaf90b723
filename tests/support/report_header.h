#pragma once

#include <string>

/// What a committed report says about its making.
namespace test_support {

/// The date in UTC, as 2026-01-31.
[[nodiscard]] std::string today();

/// The short name of the commit that is checked out, "unknown" where git cannot tell.
[[nodiscard]] std::string commit();

}  // namespace test_support
