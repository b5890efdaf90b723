#pragma once

#include <span>
#include <string>

namespace launcher {

/// `esboot version [--json]`: the version of this program and of the libraries it was built with.
/// Not the stock line about Elasticsearch, which is that of `esboot --version`. Exit codes: 0, 64.
[[nodiscard]] int run_version_command(const std::string& invoked_as,
                                      std::span<char* const> arguments);

}  // namespace launcher
