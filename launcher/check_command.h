#pragma once

#include <span>
#include <string>

namespace launcher {

/// `esboot check [--json]`: every first-start check and the preflight, without changing anything.
/// Takes the options of start. Exit codes: 0 a start would configure, 3 configured already, 4 a
/// start would skip, 5 a start would fail.
[[nodiscard]] int run_check_command(const std::string& invoked_as,
                                    std::span<char* const> arguments);

/// `esboot configure`: the configuration alone, without a start, for package scripts and init
/// containers; root may run it. Exit codes: 0 configured now, 3 configured already, 4 skipped, else
/// those of a start that fails.
[[nodiscard]] int run_configure_command(const std::string& invoked_as,
                                        std::span<char* const> arguments);

}  // namespace launcher
