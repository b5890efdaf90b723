#pragma once

#include <span>
#include <string>

namespace launcher {

/// `esboot doctor [--repair]`: finds nodes that are half configured, says exactly what is missing,
/// and with --repair mends what can be mended, behind a backup. Exit codes: 0 sound, 1 something
/// was found (and, with --repair, is still there), 2 all that was found is repaired; else as a
/// start that fails.
[[nodiscard]] int run_doctor_command(const std::string& invoked_as,
                                     std::span<char* const> arguments);

}  // namespace launcher
