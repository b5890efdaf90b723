#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "launcher/jvm_flags.h"
#include "launcher/jvm_options.h"
#include "launcher/memory_limit.h"
#include "launcher/settings.h"
#include "launcher/version_table.h"

namespace launcher {

enum class NodeClass { kMasterOnly, kMlOnly, kData, kUnknown };

/// From node.roles; without it a node has every role. Error: kInternal for a role that does not
/// exist.
base::Result<NodeClass> node_class(const Settings& settings);

/// The same as 8.3 to 8.13 do it: from the text of elasticsearch.yml alone, in which a role that
/// does not exist counts as one that holds data. kUnknown where the text cannot be read.
[[nodiscard]] NodeClass node_class_of_yml(const std::optional<std::string>& yml);

/// The heap in MiB that the stock rules give this class of node (behaviour page 3.6), out of
/// `memory_bytes`.
[[nodiscard]] std::uint64_t heap_mib(NodeClass node, std::uint64_t memory_bytes);

/// The last -Des.total_memory_bytes among the options, with the place of that option as its
/// source. Error: kInternal for a bad number.
base::Result<std::optional<MemoryLimit>> stated_memory(const std::vector<JvmOption>& options);

/// `memory` less what -Des.total_memory_overhead_bytes says, for the versions that know it. Error:
/// kInternal for a bad number.
base::Result<MemoryLimit> without_overhead(MemoryLimit memory,
                                           const std::vector<JvmOption>& options);

/// One sentence for people. `memory` is what the heap was computed from, and where that stood.
[[nodiscard]] std::string explain_heap(NodeClass node, const MemoryLimit& memory,
                                       std::uint64_t heap_mib);

/// The options that follow from heap, collector and roles (behaviour page 3.8). `heap_bytes` is the
/// final MaxHeapSize; `direct_heap_bytes` is what the direct memory is half of.
[[nodiscard]] std::vector<std::string> ergonomic_options(const JvmFlags& flags,
                                                         std::uint64_t heap_bytes,
                                                         std::uint64_t direct_heap_bytes,
                                                         const Settings& settings,
                                                         const VersionFacts& facts);

/// The number for -XX:ActiveProcessorCount, or nullopt without node.processors. Error: kInternal
/// unless 0 < node.processors <= `available`.
base::Result<std::optional<int>> processor_count(const Settings& settings, int available);

}  // namespace launcher
