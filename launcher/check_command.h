#pragma once

#include <span>
#include <string>

namespace launcher {

/// `esboot check [--json]`: every first-start check and the preflight, without changing anything.
/// Takes the options of start. Exit codes: 0 a start would configure, 3 configured already, 4 a
/// start would skip, 5 a start would fail.
[[nodiscard]] int run_check_command(const std::string& invoked_as,
                                    std::span<char* const> arguments);

}  // namespace launcher
