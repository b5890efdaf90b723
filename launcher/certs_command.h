#pragma once

#include <span>
#include <string>

namespace launcher {

/// `esboot certs`: `arguments` is what follows that word. Returns the exit code of the process:
/// 0 fine; for check also 1 where a certificate is near its end and 2 where one has expired; else
/// as exit_code.h has it.
[[nodiscard]] int run_certs_command(const std::string& invoked_as,
                                    std::span<char* const> arguments);

}  // namespace launcher
