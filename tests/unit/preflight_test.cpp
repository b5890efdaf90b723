// Every finding of the preflight: which machine gives rise to it, and which does not.
#include "launcher/preflight.h"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

#include "tests/support/file_content.h"

namespace {

using launcher::HostFacts;
using test_support::contains;

constexpr std::uint64_t kGiB = std::uint64_t{1} << 30U;

/// A machine that just has what the server's bootstrap checks ask for.
HostFacts sound() {
  HostFacts host;
  host.now = base::now();
  host.max_map_count = 262144;
  host.open_files = 65535;
  host.processes = 4096;
  host.locked_memory_bytes = 65536;
  host.temp_directory = "/t";
  host.memory = {4 * kGiB, "/sys/fs/cgroup/memory.max"};
  host.heap_bytes = 2 * kGiB;
  host.writable_paths = {{"/d", true}};
  return host;
}

/// Name of the check and what it found.
std::map<std::string, launcher::Finding> findings(const HostFacts& host) {
  std::map<std::string, launcher::Finding> found;
  for (const launcher::PreflightCheck& check : launcher::preflight_checks())
    if (auto finding = check.run(host)) found.emplace(check.name, *finding);
  return found;
}

struct Fault {
  std::string check;
  void (*make)(HostFacts& host);
  std::string said;
  std::string hint;
};

std::vector<Fault> faults() {
  return {
      {"clock", [](HostFacts& host) { host.now = 0; }, "1970-01-01", "set it"},
      {"map-count", [](HostFacts& host) { host.max_map_count = 262143; }, "262143",
       "sysctl -w vm.max_map_count=262144"},
      {"open-files", [](HostFacts& host) { host.open_files = 65534; }, "65534", "LimitNOFILE="},
      {"processes", [](HostFacts& host) { host.processes = 4095; }, "4095", "LimitNPROC="},
      {"locked-memory", [](HostFacts& host) { host.locks_memory = true; }, "65536 bytes",
       "LimitMEMLOCK=infinity"},
      {"temp-directory", [](HostFacts& host) { host.temp_noexec = true; }, "/t ", "ES_TMPDIR"},
      {"heap", [](HostFacts& host) { host.heap_bytes = 4 * kGiB; },
       "4096 MiB that /sys/fs/cgroup/memory.max allows", "-Xmx"},
      {"writable-paths", [](HostFacts& host) { host.writable_paths.push_back({"/ro", false}); },
       "write to /ro", "mount a volume"},
      {"ports", [](HostFacts& host) { host.ports_in_use = {"127.0.0.1:9200"}; }, "127.0.0.1:9200",
       "http.port"},
      {"public-address", [](HostFacts& host) { host.public_addresses = {"8.8.8.8"}; }, "8.8.8.8",
       "network.host"},
      {"certificates", [](HostFacts& host) { host.certificate_complaints = {"ends soon"}; },
       "ends soon", "esboot certs renew"},
  };
}

}  // namespace

TEST_CASE("preflight: each fault of the machine is found by its check alone, with what to do") {
  CHECK(findings(sound()).empty());
  const auto all = faults();
  CHECK(all.size() == launcher::preflight_checks().size());
  for (const Fault& fault : all) {
    CAPTURE(fault.check);
    HostFacts host = sound();
    fault.make(host);
    const auto found = findings(host);
    CHECK(found.size() == 1);
    REQUIRE(found.contains(fault.check));
    CHECK(contains(found.at(fault.check).reason, fault.said));
    CHECK(contains(found.at(fault.check).hint, fault.hint));
  }
}

TEST_CASE("preflight: no limit is no fault") {
  HostFacts host = sound();
  host.max_map_count.reset();
  host.open_files = host.processes = host.locked_memory_bytes = std::nullopt;
  host.locks_memory = true;
  CHECK(findings(host).empty());
}
