#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "base/clock.h"
#include "base/files.h"
#include "base/paths.h"
#include "base/text.h"
#include "base/unique_fd.h"
#include "launcher/certs_upkeep.h"
#include "launcher/heap.h"
#include "launcher/network_addresses.h"
#include "launcher/preflight.h"

namespace launcher {
namespace {

Limit limit_of(__rlimit_resource resource) {
  rlimit limit{};
  if (getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return std::nullopt;
  return limit.rlim_cur;
}

std::optional<std::uint64_t> number_in(const std::string& path) {
  const auto text = base::read_file(path, 64);
  if (!text) return std::nullopt;
  const std::string_view digits = base::trim(text.value());
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc()) return std::nullopt;
  return value;
}

/// Whether the path, or the nearest directory above it that exists, can be written.
bool can_write(std::string path) {
  while (path.size() > 1 && !base::path_exists(path)) path = base::parent_of(path);
  return base::facts_of(path).writable;
}

bool port_is_taken(std::uint16_t port) {
  const base::UniqueFd fd(socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd.valid()) return false;
  const int yes = 1;
  setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in6 any{};
  any.sin6_family = AF_INET6;
  any.sin6_port = htons(port);
  return bind(fd.get(), reinterpret_cast<const sockaddr*>(&any), sizeof any) != 0 &&
         errno == EADDRINUSE;
}

/// The ports that are set to one number and taken; a range finds itself a free one.
std::vector<std::string> taken_ports(const Settings& settings) {
  std::vector<std::string> taken;
  for (const char* const key : {"http.port", "transport.port"}) {
    const std::string text = text_setting(settings, key).value_or("");
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error == std::errc() && end == text.data() + text.size() && port != 0 &&
        port_is_taken(port))
      taken.push_back("port " + text + " (" + key + ")");
  }
  return taken;
}

/// The addresses that a setting lets the node listen on, as far as they are literal or "all".
std::vector<std::string> public_bind_addresses(const NodeState& node) {
  std::vector<std::string> found;
  const Settings& settings = node.settings.settings;
  // Without any of these, the configuration binds http to every address.
  bool everywhere = node.verdict.configure && !has_prefix(settings, "http.host") &&
                    !has_prefix(settings, "network.");
  for (const char* const key : {"network.host", "network.bind_host", "http.host", "http.bind_host",
                                "transport.host", "transport.bind_host"})
    for (const std::string& host : list_setting(settings, key)) {
      everywhere = everywhere || host == "0.0.0.0" || host == "::" || host == "_global_";
      if (is_public_address(host)) found.push_back(host);
    }
  if (everywhere)
    for (std::string& address : interface_addresses())
      if (is_public_address(address)) found.push_back(std::move(address));
  return found;
}

std::vector<WritablePath> paths_to_write(const NodeState& node, const std::string& temp) {
  std::vector<std::string> paths =
      data_directories(node.settings.settings, node.site.installation.home);
  paths.push_back(text_setting(node.settings.settings, "path.logs").value_or(""));
  paths.push_back(temp);
  if (node.verdict.configure) paths.push_back(node.site.config_directory);
  std::vector<WritablePath> checked;
  for (std::string& path : paths) {
    const bool writable = can_write(path);
    checked.push_back({std::move(path), writable});
  }
  return checked;
}

}  // namespace

HostFacts observe_host(const NodeState& node, const Environment& environment) {
  HostFacts host;
  host.now = base::now();
  host.max_map_count = number_in("/proc/sys/vm/max_map_count");
  host.open_files = limit_of(RLIMIT_NOFILE);
  host.processes = limit_of(RLIMIT_NPROC);
  host.locked_memory_bytes = limit_of(RLIMIT_MEMLOCK);
  host.locks_memory = text_setting(node.settings.settings, "bootstrap.memory_lock") == "true";
  const std::string chosen = environment.get("ES_TMPDIR");
  host.temp_directory = chosen.empty() ? "/tmp" : chosen;
  struct statvfs mounted{};
  host.temp_noexec =
      statvfs(host.temp_directory.c_str(), &mounted) == 0 && (mounted.f_flag & ST_NOEXEC) != 0;
  host.memory = observe_memory_limit();
  if (const auto kind = node_class(node.settings.settings))
    host.heap_bytes = heap_mib(kind.value(), host.memory.bytes) << 20U;
  host.writable_paths = paths_to_write(node, host.temp_directory);
  host.ports_in_use = taken_ports(node.settings.settings);
  host.public_addresses = public_bind_addresses(node);
  host.certificate_complaints = look_after_certificates(
      node.site.config_directory, node.settings.settings, node.keystore.entries, {0, host.now});
  return host;
}

}  // namespace launcher
