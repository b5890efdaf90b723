#pragma once

#include <string>
#include <vector>

#include "certgen/tls_material.h"
#include "launcher/settings.h"

namespace launcher {

/// Every address of every interface that is up, as text without a scope id.
[[nodiscard]] std::vector<std::string> interface_addresses();

/// The addresses of a host name, or the address itself, as text; empty for an unknown name.
[[nodiscard]] std::vector<std::string> resolve_host(const std::string& host);

/// The names for the HTTP certificate (behaviour page 4.3): all addresses, localhost, the host's
/// name, and what network.publish_host and http.publish_host say. Sorted, each once.
[[nodiscard]] std::vector<certgen::SubjectAltName> http_certificate_names(
    const std::vector<std::string>& addresses, const std::string& host_name,
    const Settings& settings);

}  // namespace launcher
