#pragma once

#include <span>
#include <string>

namespace launcher {

/// `esboot reconfigure --enrollment-token TOKEN [--yes]`, also as elasticsearch-reconfigure-node
/// (behaviour page 4.7): a node that was configured on its own, and holds no data yet, joins a
/// cluster instead. Everything is checked and fetched before anything is changed. Exit codes as
/// stock: 0 done, or the answer was no; 64 no token, or not auto-configured; 65 and 69 as a join;
/// 74 the keystore lacks an entry; 78 and 80 as the first-start checks.
[[nodiscard]] int run_reconfigure_command(const std::string& invoked_as,
                                          std::span<char* const> arguments);

}  // namespace launcher
