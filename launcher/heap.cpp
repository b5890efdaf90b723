#include "launcher/heap.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

#include "base/text.h"

namespace launcher {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20U;
constexpr std::uint64_t kGiB = std::uint64_t{1} << 30U;
constexpr std::uint64_t kMaxHeap = 31 * kGiB;
constexpr std::uint64_t kHeapOfUnknown = kGiB;

constexpr std::array<std::string_view, 14> kRoles{
    "master",    "voting_only", "data",   "data_content", "data_hot",  "data_warm",
    "data_cold", "data_frozen", "ingest", "ml",           "transform", "remote_cluster_client",
    "search",    "index"};

std::uint64_t share_of(std::uint64_t memory_bytes, double share) {
  return static_cast<std::uint64_t>(static_cast<double>(memory_bytes) * share);
}

bool has_role(const std::vector<std::string>& roles, std::string_view role) {
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

NodeClass class_of(const std::vector<std::string>& roles) {
  if (roles.empty()) return NodeClass::kData;
  const auto all_in = [&](std::initializer_list<std::string_view> allowed) {
    return std::all_of(roles.begin(), roles.end(), [&](const std::string& role) {
      return std::find(allowed.begin(), allowed.end(), role) != allowed.end();
    });
  };
  if (all_in({"master"})) return NodeClass::kMasterOnly;
  if (has_role(roles, "ml") && all_in({"ml", "remote_cluster_client"})) return NodeClass::kMlOnly;
  return NodeClass::kData;
}

base::Error bad_setting(const std::string& key, const std::string& value, const std::string& why) {
  return {base::ErrorKind::kInternal, "the value '" + value + "' of " + key + " " + why,
          "correct it in elasticsearch.yml or on the command line", 0};
}

}  // namespace

base::Result<NodeClass> node_class(const Settings& settings) {
  if (!settings.contains("node.roles")) return NodeClass::kData;
  const auto roles = list_setting(settings, "node.roles");
  for (const std::string& role : roles)
    if (std::find(kRoles.begin(), kRoles.end(), role) == kRoles.end())
      return bad_setting("node.roles", role, "is not a role of a node");
  return class_of(roles);
}

NodeClass node_class_of_yml(const std::optional<std::string>& yml) {
  if (!yml) return NodeClass::kData;
  const auto settings = parse_yaml_settings(*yml, "elasticsearch.yml");
  if (!settings) return NodeClass::kUnknown;
  return class_of(list_setting(settings.value(), "node.roles"));
}

std::uint64_t heap_mib(NodeClass node, std::uint64_t memory_bytes) {
  switch (node) {
    case NodeClass::kMasterOnly:
      return std::min(share_of(memory_bytes, 0.6), kMaxHeap) / kMiB;
    case NodeClass::kMlOnly: {
      if (memory_bytes <= 16 * kGiB) return share_of(memory_bytes, 0.4) / kMiB / 4 * 4;
      const double above = static_cast<double>(memory_bytes - 16 * kGiB) * 0.1;
      const double heap = 0.4 * static_cast<double>(16 * kGiB) + above;
      return std::min(static_cast<std::uint64_t>(heap), kMaxHeap) / kMiB / 4 * 4;
    }
    case NodeClass::kUnknown:
      return kHeapOfUnknown / kMiB;
    case NodeClass::kData:
      break;
  }
  if (memory_bytes < kGiB) return std::max(share_of(memory_bytes, 0.4), 128 * kMiB) / kMiB;
  return std::min(share_of(memory_bytes, 0.5), kMaxHeap) / kMiB;
}

namespace {

/// The last option that begins with `key` and what number of bytes stands behind it.
base::Result<std::optional<MemoryLimit>> stated_bytes(const std::vector<JvmOption>& options,
                                                      std::string_view key) {
  std::optional<MemoryLimit> stated;
  for (const JvmOption& option : options) {
    if (!option.text.starts_with(key)) continue;
    const std::string_view digits = std::string_view(option.text).substr(key.size());
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size())
      return base::Error{base::ErrorKind::kInternal,
                         option.source + ": " + option.text + " is not a number of bytes",
                         "write a whole number, not negative", 0};
    stated = MemoryLimit{
        value, std::string(key.substr(0, key.size() - 1)).append(" in ").append(option.source)};
  }
  return stated;
}

}  // namespace

base::Result<std::optional<MemoryLimit>> stated_memory(const std::vector<JvmOption>& options) {
  return stated_bytes(options, "-Des.total_memory_bytes=");
}

base::Result<MemoryLimit> without_overhead(MemoryLimit memory,
                                           const std::vector<JvmOption>& options) {
  BASE_TRY(const auto overhead, stated_bytes(options, "-Des.total_memory_overhead_bytes="));
  if (!overhead || overhead->bytes == 0) return memory;
  memory.bytes -= std::min(memory.bytes, overhead->bytes);
  memory.source += " without " + overhead->source;
  return memory;
}

std::string explain_heap(NodeClass node, const MemoryLimit& memory, std::uint64_t heap_mib) {
  const std::string kind = node == NodeClass::kMasterOnly ? "a node that is master only"
                           : node == NodeClass::kMlOnly   ? "a node for machine learning only"
                           : node == NodeClass::kUnknown  ? "a node of unknown roles"
                                                          : "a node that can hold data";
  return "heap: " + std::to_string(heap_mib) + " MiB of " + std::to_string(memory.bytes / kMiB) +
         " MiB of memory (" + memory.source + "), for " + kind;
}

std::vector<std::string> ergonomic_options(const JvmFlags& flags, std::uint64_t heap_bytes,
                                           std::uint64_t direct_heap_bytes,
                                           const Settings& settings, const VersionFacts& facts) {
  std::vector<std::string> options;
  if (flags.direct_memory_bytes == 0)
    options.push_back("-XX:MaxDirectMemorySize=" + std::to_string(direct_heap_bytes / 2));
  const bool small = heap_bytes < 8 * kGiB;
  if (flags.use_g1) {
    if (small && !flags.region_size_set) options.emplace_back("-XX:G1HeapRegionSize=4m");
    if (!flags.occupancy_set) options.emplace_back("-XX:InitiatingHeapOccupancyPercent=30");
    if (!flags.reserve_set)
      options.emplace_back(small ? "-XX:G1ReservePercent=15" : "-XX:G1ReservePercent=25");
  }
  if (!facts.search_role_ergonomics || !has_role(list_setting(settings, "node.roles"), "search"))
    return options;
  if (heap_bytes < 5 * kGiB) {
    options.emplace_back("-XX:+UnlockExperimentalVMOptions");
    options.emplace_back("-XX:G1NewSizePercent=10");
  }
  const double processors =
      std::strtod(text_setting(settings, "node.processors").value_or("0").c_str(), nullptr);
  if (std::ceil(processors) >= 4 && std::ceil(processors) <= 5)
    options.emplace_back("-XX:ConcGCThreads=2");
  return options;
}

base::Result<std::optional<int>> processor_count(const Settings& settings, int available) {
  const auto text = text_setting(settings, "node.processors");
  if (!text) return std::optional<int>();
  char* end = nullptr;
  const double value = std::strtod(text->c_str(), &end);
  if (text->empty() || *end != '\0' || !(value > 0))
    return bad_setting("node.processors", *text, "is not a number above 0");
  if (value > available)
    return bad_setting("node.processors", *text,
                       "is more than the " + std::to_string(available) + " processors here");
  return std::optional<int>(static_cast<int>(std::ceil(value)));
}

}  // namespace launcher
