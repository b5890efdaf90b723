#include "launcher/preflight.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "base/text.h"

namespace launcher {
namespace {

using Outcome = std::optional<Finding>;
constexpr std::nullopt_t kAsItShouldBe = std::nullopt;

// The server's own bootstrap checks ask for these numbers.
constexpr std::uint64_t kMapCount = 262144;
constexpr std::uint64_t kOpenFiles = 65535;
constexpr std::uint64_t kProcesses = 4096;

std::string number(const Limit& limit) {
  return limit ? std::to_string(*limit) : "unlimited";
}

Outcome clock(const HostFacts& host) {
  if (!base::is_before_this_program(host.now)) return kAsItShouldBe;
  return Finding{
      "the clock says " + base::format_utc(host.now, "%Y-%m-%d") + ", so it is not set",
      "set it (timedatectl, chronyc makestep): certificates are valid from the time it says"};
}

Outcome map_count(const HostFacts& host) {
  if (!host.max_map_count || *host.max_map_count >= kMapCount) return kAsItShouldBe;
  return Finding{"vm.max_map_count is " + std::to_string(*host.max_map_count) + ", below " +
                     std::to_string(kMapCount),
                 "sysctl -w vm.max_map_count=" + std::to_string(kMapCount)};
}

Outcome open_files(const HostFacts& host) {
  if (!host.open_files || *host.open_files >= kOpenFiles) return kAsItShouldBe;
  return Finding{"the limit of open files is " + number(host.open_files),
                 "raise it to " + std::to_string(kOpenFiles) +
                     " (ulimit -n, LimitNOFILE= of a unit, --ulimit nofile of a container)"};
}

Outcome processes(const HostFacts& host) {
  if (!host.processes || *host.processes >= kProcesses) return kAsItShouldBe;
  return Finding{"the limit of processes is " + number(host.processes),
                 "raise it to " + std::to_string(kProcesses) + " (ulimit -u, LimitNPROC=)"};
}

Outcome locked_memory(const HostFacts& host) {
  if (!host.locks_memory || !host.locked_memory_bytes) return kAsItShouldBe;
  return Finding{"bootstrap.memory_lock is set, but only " + number(host.locked_memory_bytes) +
                     " bytes may be locked",
                 "lift the limit (ulimit -l unlimited, LimitMEMLOCK=infinity)"};
}

Outcome temp_directory(const HostFacts& host) {
  if (!host.temp_noexec) return kAsItShouldBe;
  return Finding{
      "the temp directory " + host.temp_directory + " is on a file system mounted noexec",
      "set ES_TMPDIR to a directory from which libraries can be loaded"};
}

Outcome heap(const HostFacts& host) {
  if (host.heap_bytes == 0 || host.heap_bytes <= host.memory.bytes / 4 * 3) return kAsItShouldBe;
  return Finding{"a heap of " + std::to_string(host.heap_bytes >> 20U) +
                     " MiB leaves little of the " + std::to_string(host.memory.bytes >> 20U) +
                     " MiB that " + host.memory.source + " allows",
                 "give the node more memory, or set -Xmx to half of it"};
}

Outcome writable_paths(const HostFacts& host) {
  std::string missing;
  for (const WritablePath& each : host.writable_paths)
    if (!each.writable) missing += (missing.empty() ? "" : ", ") + each.path;
  if (missing.empty()) return kAsItShouldBe;
  return Finding{"the node has to write to " + missing,
                 "make it writable for the user who starts the node, or mount a volume there"};
}

Outcome ports(const HostFacts& host) {
  if (host.ports_in_use.empty()) return kAsItShouldBe;
  std::string list;
  for (const std::string& port : host.ports_in_use) list += (list.empty() ? "" : ", ") + port;
  return Finding{"another program listens on " + list, "stop it, or set http.port, transport.port"};
}

Outcome public_address(const HostFacts& host) {
  if (host.public_addresses.empty()) return kAsItShouldBe;
  return Finding{"the node would listen on the public address " + host.public_addresses.front(),
                 "never expose Elasticsearch to the internet: set network.host to a private "
                 "address, or keep a firewall before it"};
}

Outcome certificates(const HostFacts& host) {
  if (host.certificate_complaints.empty()) return kAsItShouldBe;
  return Finding{host.certificate_complaints.front(), "'esboot certs renew' makes a new one"};
}

constexpr std::array kChecks{
    PreflightCheck{"clock", "time of the system", clock},
    PreflightCheck{"map-count", "vm.max_map_count", map_count},
    PreflightCheck{"open-files", "RLIMIT_NOFILE", open_files},
    PreflightCheck{"processes", "RLIMIT_NPROC", processes},
    PreflightCheck{"locked-memory", "RLIMIT_MEMLOCK", locked_memory},
    PreflightCheck{"temp-directory", "ES_TMPDIR", temp_directory},
    PreflightCheck{"heap", "heap and memory limit", heap},
    PreflightCheck{"writable-paths", "data, logs, temp", writable_paths},
    PreflightCheck{"ports", "http.port, transport.port", ports},
    PreflightCheck{"public-address", "network.host, http.host, transport.host", public_address},
    PreflightCheck{"certificates", "certs/http.p12", certificates},
};

/// A range of IPv4 addresses that is not public.
struct Ipv4Range {
  std::uint32_t network;
  unsigned bits;
};
constexpr std::array kReserved{
    Ipv4Range{0x00000000, 8},  Ipv4Range{0x0A000000, 8},  Ipv4Range{0x64400000, 10},
    Ipv4Range{0x7F000000, 8},  Ipv4Range{0xA9FE0000, 16}, Ipv4Range{0xAC100000, 12},
    Ipv4Range{0xC0000000, 24}, Ipv4Range{0xC0000200, 24}, Ipv4Range{0xC0A80000, 16},
    Ipv4Range{0xC6120000, 15}, Ipv4Range{0xC6336400, 24}, Ipv4Range{0xCB007100, 24},
    Ipv4Range{0xE0000000, 3}};

bool is_public_ipv4(std::uint32_t address) {
  return std::none_of(kReserved.begin(), kReserved.end(), [&](const Ipv4Range& range) {
    return (address >> (32U - range.bits)) == (range.network >> (32U - range.bits));
  });
}

}  // namespace

std::span<const PreflightCheck> preflight_checks() {
  return kChecks;
}

bool is_public_address(const std::string& address) {
  in_addr v4{};
  if (inet_pton(AF_INET, address.c_str(), &v4) == 1) return is_public_ipv4(ntohl(v4.s_addr));
  in6_addr v6{};
  if (inet_pton(AF_INET6, address.c_str(), &v6) != 1) return false;
  if (IN6_IS_ADDR_V4MAPPED(&v6)) {
    const auto* const last = v6.s6_addr + 12;
    return is_public_ipv4((std::uint32_t{last[0]} << 24U) | (std::uint32_t{last[1]} << 16U) |
                          (std::uint32_t{last[2]} << 8U) | last[3]);
  }
  // 2000::/3 is what is handed out; 2001:db8::/32 in it is for documentation.
  const bool documentation = v6.s6_addr[0] == 0x20 && v6.s6_addr[1] == 0x01 &&
                             v6.s6_addr[2] == 0x0d && v6.s6_addr[3] == 0xb8;
  return (v6.s6_addr[0] & 0xE0U) == 0x20U && !documentation;
}

}  // namespace launcher
