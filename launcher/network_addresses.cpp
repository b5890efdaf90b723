#include "launcher/network_addresses.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>

#include <algorithm>
#include <array>
#include <memory>
#include <set>

#include "base/text.h"

namespace launcher {
namespace {

struct FreeAddresses {
  void operator()(ifaddrs* list) const { freeifaddrs(list); }
};

struct FreeResolved {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};

std::string text_of(const sockaddr* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* raw = nullptr;
  if (address->sa_family == AF_INET)
    raw = &reinterpret_cast<const sockaddr_in*>(address)->sin_addr;
  else if (address->sa_family == AF_INET6)
    raw = &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr;
  if (raw == nullptr) return {};
  return inet_ntop(address->sa_family, raw, text.data(), text.size()) != nullptr ? text.data() : "";
}

enum class Reach { kLoopback, kLink, kSite, kGlobal };

/// RFC 1122 section 3.2.1.3, RFC 3927, RFC 1918; RFC 4291 sections 2.5.3, 2.5.6 and 2.5.7.
Reach reach_of(const std::string& address) {
  std::array<unsigned char, sizeof(in6_addr)> raw{};
  if (inet_pton(AF_INET, address.c_str(), raw.data()) == 1) {
    if (raw[0] == 127) return Reach::kLoopback;
    if (raw[0] == 169 && raw[1] == 254) return Reach::kLink;
    const bool site = raw[0] == 10 || (raw[0] == 172 && (raw[1] & 0xF0U) == 16) ||
                      (raw[0] == 192 && raw[1] == 168);
    return site ? Reach::kSite : Reach::kGlobal;
  }
  if (address == "::1") return Reach::kLoopback;
  inet_pton(AF_INET6, address.c_str(), raw.data());
  if (raw[0] == 0xFE && (raw[1] & 0xC0U) == 0x80) return Reach::kLink;
  return raw[0] == 0xFE && (raw[1] & 0xC0U) == 0xC0 ? Reach::kSite : Reach::kGlobal;
}

/// Whether a node that is bound to this answers on a loopback address.
bool takes_loopback(const std::string& host) {
  return host.empty() || host == "_local_" || host == "0.0.0.0" || host == "::" || host == "[::]" ||
         host == "127.0.0.1" || host == "localhost";
}

/// The first address that "_local_", "_site_", "_global_" or "_<interface>_" stands for, each with
/// ":ipv4" or ":ipv6" before the last "_". Those of a link need a scope, so they are left out.
std::string special_address(const std::string& host,
                            const std::vector<InterfaceAddress>& interfaces) {
  const auto words = base::split(host.substr(1, host.size() - 2), ':');
  const std::string family = words.size() > 1 ? words.back() : "";
  for (const InterfaceAddress& each : interfaces) {
    const bool is_v6 = each.address.find(':') != std::string::npos;
    const Reach reach = reach_of(each.address);
    if (family == (is_v6 ? "ipv4" : "ipv6") || reach == Reach::kLink) continue;
    const bool meant = words.front() == "local"    ? reach == Reach::kLoopback
                       : words.front() == "site"   ? reach == Reach::kSite
                       : words.front() == "global" ? reach == Reach::kGlobal
                                                   : each.interface == words.front();
    if (meant) return each.address;
  }
  return {};
}

bool is_ip_address(const std::string& text) {
  std::array<unsigned char, sizeof(in6_addr)> raw{};
  return inet_pton(AF_INET, text.c_str(), raw.data()) == 1 ||
         inet_pton(AF_INET6, text.c_str(), raw.data()) == 1;
}

/// RFC 1123 section 2.1 and RFC 1035 section 2.3.4, with the "_" that networks of containers use.
bool is_dns_label(const std::string& label) {
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_';
         });
}

bool is_dns_name(const std::string& text) {
  const auto labels = base::split(text.starts_with("*.") ? text.substr(2) : text, '.');
  // A last label of digits means a mistyped IPv4 address: there is no such top-level domain.
  return text.size() <= 253 && !labels.empty() &&
         std::all_of(labels.begin(), labels.end(), is_dns_label) &&
         labels.back().find_first_not_of("0123456789") != std::string::npos;
}

}  // namespace

certgen::SubjectAltName to_alt_name(const std::string& text) {
  using Kind = certgen::SubjectAltName::Kind;
  return {is_ip_address(text) ? Kind::kIp : Kind::kDns, text};
}

base::Result<certgen::SubjectAltName> parse_alt_name(const std::string& text) {
  if (is_ip_address(text) || is_dns_name(text)) return to_alt_name(text);
  return base::Error{base::ErrorKind::kUsage,
                     "'" + text + "' is neither an IP address nor a DNS name",
                     "international names are written in their xn-- form, addresses without port "
                     "and scope",
                     0};
}

std::vector<InterfaceAddress> interfaces_with_addresses() {
  ifaddrs* first = nullptr;
  if (getifaddrs(&first) != 0) return {};
  const std::unique_ptr<ifaddrs, FreeAddresses> list(first);
  std::vector<InterfaceAddress> found;
  for (const ifaddrs* each = list.get(); each != nullptr; each = each->ifa_next) {
    if (each->ifa_addr == nullptr || (each->ifa_flags & IFF_UP) == 0) continue;
    if (std::string text = text_of(each->ifa_addr); !text.empty())
      found.push_back({each->ifa_name, std::move(text)});
  }
  return found;
}

std::vector<std::string> interface_addresses() {
  std::set<std::string> addresses;
  for (InterfaceAddress& each : interfaces_with_addresses())
    addresses.insert(std::move(each.address));
  return {addresses.begin(), addresses.end()};
}

std::string own_http_host(const Settings& settings,
                          const std::vector<InterfaceAddress>& interfaces) {
  for (const char* const key :
       {"http.bind_host", "http.host", "network.bind_host", "network.host"}) {
    const std::vector<std::string> hosts = list_setting(settings, key);
    if (hosts.empty()) continue;
    if (std::any_of(hosts.begin(), hosts.end(), takes_loopback)) return {};
    const std::string& host = hosts.front();
    if (host.front() == '_') return special_address(host, interfaces);
    return host.front() == '[' ? host.substr(1, host.size() - 2) : host;
  }
  return {};
}

std::vector<std::string> resolve_host(const std::string& host) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* first = nullptr;
  if (getaddrinfo(host.c_str(), nullptr, &wanted, &first) != 0) return {};
  const std::unique_ptr<addrinfo, FreeResolved> list(first);
  std::vector<std::string> addresses;
  for (const addrinfo* each = list.get(); each != nullptr; each = each->ai_next)
    if (std::string text = text_of(each->ai_addr); !text.empty())
      addresses.push_back(std::move(text));
  return addresses;
}

std::vector<certgen::SubjectAltName> http_certificate_names(
    const std::vector<std::string>& addresses, const std::string& host_name,
    const Settings& settings, const std::vector<certgen::SubjectAltName>& extra) {
  using Kind = certgen::SubjectAltName::Kind;
  std::set<certgen::SubjectAltName> names{{Kind::kDns, "localhost"}};
  if (!host_name.empty()) names.insert({Kind::kDns, host_name});
  for (const std::string& address : addresses) names.insert({Kind::kIp, address});
  for (const char* const key : {"network.publish_host", "http.publish_host"})
    for (const std::string& host : list_setting(settings, key)) names.insert(to_alt_name(host));
  names.insert(extra.begin(), extra.end());
  return {names.begin(), names.end()};
}

}  // namespace launcher
