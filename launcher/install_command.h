#pragma once

#include <span>
#include <string>

namespace launcher {

/// `esboot install --into ES_HOME`: puts this program in place of bin/elasticsearch and its like,
/// and keeps the stock scripts beside them. At every instant each of the names is one or the other.
[[nodiscard]] int run_install_command(const std::string& invoked_as,
                                      std::span<char* const> arguments);

/// `esboot uninstall --from ES_HOME`: puts the stock scripts back.
[[nodiscard]] int run_uninstall_command(const std::string& invoked_as,
                                        std::span<char* const> arguments);

}  // namespace launcher
