#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "launcher/jvm_options.h"

namespace launcher {

/// The final flags of a JVM that the heap size and the ergonomics depend on (behaviour page 3.5 to
/// 3.8).
struct JvmFlags {
  bool heap_set = false;  ///< MaxHeapSize, MinHeapSize or InitialHeapSize is on the command line
  std::uint64_t max_heap_bytes = 0;       ///< MaxHeapSize after alignment; 0 where it is not set
  std::uint64_t initial_heap_bytes = 0;   ///< InitialHeapSize as given, also by -Xms
  std::uint64_t least_heap_bytes = 0;     ///< MinHeapSize as given, also by -Xms
  std::uint64_t direct_memory_bytes = 0;  ///< MaxDirectMemorySize; 0 is unset
  bool use_g1 = false;
  bool region_size_set = false;  ///< G1HeapRegionSize is on the command line, and so on
  std::uint64_t region_size_bytes = 0;
  bool occupancy_set = false;
  bool reserve_set = false;
};

/// A number with a unit as the JVM reads it: 512, 64k, 1g, 2T; nullopt for anything else.
[[nodiscard]] std::optional<std::uint64_t> parse_jvm_size(const std::string& text);

/// The heap as G1 rounds it: up to a multiple of its region size (heap/2048 rounded up to a power
/// of two, 1 to 32 MiB) or of 2 MiB, which the card table needs (seen with JDK 17 and 25).
[[nodiscard]] std::uint64_t align_g1_heap(std::uint64_t heap_bytes,
                                          std::uint64_t region_size_bytes);

/// Derives the flags from the options alone. nullopt where an option is not in the list of those
/// that are understood, has a malformed value, or no collector is chosen: then only the JVM knows.
[[nodiscard]] std::optional<JvmFlags> derive_jvm_flags(const std::vector<JvmOption>& options);

/// Reads the output of -XX:+PrintFlagsFinal.
[[nodiscard]] JvmFlags parse_flags_final(const std::string& output);

/// Asks a JVM: one child that prints its final flags, in `directory`, or where that is empty in a
/// new one that is removed. Error: kInternal with what the JVM said and where its options came
/// from.
base::Result<JvmFlags> ask_jvm_flags(const std::string& java, const std::vector<JvmOption>& options,
                                     const std::string& directory);

}  // namespace launcher
