#pragma once

#include <span>
#include <string>

#include "launcher/environment.h"
#include "launcher/http_client.h"
#include "launcher/settings.h"

namespace launcher {

/// `esboot ready`: whether the node of this configuration answers HTTP, for health checks. Any
/// answer counts, 401 included; over TLS the certificate has to be the right one. Exit codes: 0 it
/// answers, 69 it does not, 64 and 78 where it cannot be asked.
[[nodiscard]] int run_ready_command(const std::string& invoked_as,
                                    std::span<char* const> arguments);

/// Where a node with these settings answers, and whom to trust: GET / on its first HTTP address and
/// port. `ca_file` (empty: none) overrides the certificates that the settings name. Errors: kConfig
/// where TLS is on and no certificate in PEM is known; kIo for one that cannot be read.
base::Result<HttpRequest> probe_of(const Settings& settings, const std::string& config_directory,
                                   const std::string& ca_file);

}  // namespace launcher
