#pragma once

#include <span>
#include <string>

namespace launcher {

/// `esboot configure`: the configuration alone, without a start, for package scripts and init
/// containers; root may run it. Exit codes: 0 configured now, 3 configured already, 4 skipped, else
/// those of a start that fails.
[[nodiscard]] int run_configure_command(const std::string& invoked_as,
                                        std::span<char* const> arguments);

}  // namespace launcher
