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

/// An IP address where `text` is one, else a DNS name.
[[nodiscard]] certgen::SubjectAltName to_alt_name(const std::string& text);

/// The same for a name that somebody typed. Error: kUsage where it is neither an IP address nor a
/// DNS name (RFC 1123 section 2.1, with "_" and a leading "*." as certificates have them).
base::Result<certgen::SubjectAltName> parse_alt_name(const std::string& text);

/// The names for the HTTP certificate (behaviour page 4.3): all addresses, localhost, the host's
/// name, what network.publish_host and http.publish_host say, and `extra`. Sorted, each once.
[[nodiscard]] std::vector<certgen::SubjectAltName> http_certificate_names(
    const std::vector<std::string>& addresses, const std::string& host_name,
    const Settings& settings, const std::vector<certgen::SubjectAltName>& extra);

}  // namespace launcher
