#pragma once

#include <string>
#include <vector>

#include "certgen/tls_material.h"
#include "launcher/settings.h"

namespace launcher {

/// An address, as text without a scope id, and the interface that has it.
struct InterfaceAddress {
  std::string interface;
  std::string address;
};

/// Every address of every interface that is up, in the order of the kernel.
[[nodiscard]] std::vector<InterfaceAddress> interfaces_with_addresses();

/// The same without the interfaces, sorted, each once.
[[nodiscard]] std::vector<std::string> interface_addresses();

/// The addresses of a host name, or the address itself, as text; empty for an unknown name.
[[nodiscard]] std::vector<std::string> resolve_host(const std::string& host);

/// Where a node of this host with these settings takes HTTP: an address of `interfaces` for special
/// values such as _site_ or _eth0:ipv4_, a name or an address as it was written. Empty: on a
/// loopback address, or nowhere that could be told.
[[nodiscard]] std::string own_http_host(const Settings& settings,
                                        const std::vector<InterfaceAddress>& interfaces);

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
