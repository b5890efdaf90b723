#include "launcher/memory_limit.h"

#include <charconv>

#include "base/files.h"
#include "base/text.h"

namespace launcher {
namespace {

constexpr std::size_t kMaxProcFileBytes = std::size_t{4} << 20U;

/// Where a cgroup hierarchy with memory limits is mounted.
struct CgroupMount {
  std::string root;   ///< the group that the mount point shows
  std::string point;  ///< its path here
  bool version_2 = false;
};

/// mountinfo (proc_pid_mountinfo(5)): "id parent maj:min root point options [tags] - type src
/// super".
std::optional<CgroupMount> memory_mount(const std::string& mountinfo) {
  std::optional<CgroupMount> found;
  for (const std::string& line : base::split(mountinfo, '\n')) {
    const std::size_t dash = line.find(" - ");
    if (dash == std::string::npos) continue;
    const auto before = base::split(line.substr(0, dash), ' ');
    const auto after = base::split(line.substr(dash + 3), ' ');
    if (before.size() < 5 || after.size() < 3) continue;
    const bool v1 =
        after[0] == "cgroup" && ("," + after[2] + ",").find(",memory,") != std::string::npos;
    if (v1) return CgroupMount{before[3], before[4], false};
    if (after[0] == "cgroup2" && !found) found = CgroupMount{before[3], before[4], true};
  }
  return found;
}

/// The group's path in the hierarchy of that mount; empty where the process is in none.
std::string group_of(const std::string& self_cgroup, bool version_2) {
  for (const std::string& line : base::split(self_cgroup, '\n')) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const bool matches = version_2
                             ? line.starts_with("0:") && controllers.empty()
                             : ("," + controllers + ",").find(",memory,") != std::string::npos;
    if (matches) return line.substr(second + 1);
  }
  return {};
}

}  // namespace

std::optional<std::uint64_t> parse_limit(std::string_view text) {
  const std::string_view digits = base::trim(text);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

std::optional<std::uint64_t> parse_total_memory(std::string_view meminfo) {
  constexpr std::string_view kKey = "MemTotal:";
  if (!meminfo.starts_with(kKey)) return std::nullopt;
  const std::string_view rest = base::trim(meminfo.substr(kKey.size(), 40));
  std::uint64_t kib = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), kib);
  if (error != std::errc() || kib > UINT64_MAX / 1024) return std::nullopt;
  return kib * 1024;
}

MemoryLimit smallest(const MemoryLimits& limits) {
  MemoryLimit least;
  for (const MemoryLimit& limit : limits)
    if (least.source.empty() || limit.bytes < least.bytes) least = limit;
  return least;
}

std::vector<std::string> memory_limit_files(const std::string& self_cgroup,
                                            const std::string& mountinfo) {
  const auto mount = memory_mount(mountinfo);
  if (!mount) return {};
  std::string group = group_of(self_cgroup, mount->version_2);
  // A container may see its own group as the mount's root; what lies above is not visible then.
  if (mount->root != "/" && (group + "/").starts_with(mount->root + "/"))
    group.erase(0, mount->root.size());
  if (!group.starts_with('/') || group.find("/..") != std::string::npos) group.clear();
  const std::string name = mount->version_2 ? "/memory.max" : "/memory.limit_in_bytes";
  std::vector<std::string> files;
  while (!group.empty() && group != "/") {
    files.push_back(mount->point + group + name);
    group.erase(group.rfind('/'));
  }
  files.push_back(mount->point + name);
  return files;
}

MemoryLimit observe_memory_limit() {
  MemoryLimits limits;
  if (const auto meminfo = base::read_file("/proc/meminfo", kMaxProcFileBytes))
    if (const auto total = parse_total_memory(meminfo.value()))
      limits.push_back({*total, "/proc/meminfo"});
  const auto cgroup = base::read_file("/proc/self/cgroup", kMaxProcFileBytes);
  const auto mountinfo = base::read_file("/proc/self/mountinfo", kMaxProcFileBytes);
  if (cgroup && mountinfo)
    for (const std::string& file : memory_limit_files(cgroup.value(), mountinfo.value()))
      if (const auto text = base::read_file(file, kMaxProcFileBytes))
        if (const auto limit = parse_limit(text.value())) limits.push_back({*limit, file});
  return smallest(limits);
}

}  // namespace launcher
