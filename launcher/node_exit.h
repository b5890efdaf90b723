#pragma once

#include <string_view>

namespace launcher {

/// The exit code for a raw wait status: the program's own, or 128+n for a signal, as a shell says
/// it.
[[nodiscard]] int exit_code_of_status(int wait_status);

/// What an exit code of a node that was started means to its operator; empty for one that says
/// nothing beyond itself.
[[nodiscard]] std::string_view meaning_of_node_exit(int exit_code);

/// Whether this is how a node ends that was asked to: 0, or SIGTERM, SIGINT or SIGHUP.
[[nodiscard]] bool is_asked_for(int exit_code);

}  // namespace launcher
