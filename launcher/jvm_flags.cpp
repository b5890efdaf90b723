#include "launcher/jvm_flags.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <string_view>

#include "base/text.h"

namespace launcher {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20U;

/// Options that have no bearing on any flag of JvmFlags, whatever their value.
constexpr std::array<std::string_view, 12> kIndifferentPrefixes{"-D",
                                                                "--add-modules=",
                                                                "--add-opens=",
                                                                "--add-exports=",
                                                                "--add-reads=",
                                                                "--enable-native-access=",
                                                                "-Xlog:",
                                                                "-XX:HeapDumpPath=",
                                                                "-XX:ErrorFile=",
                                                                "-XX:CompileCommand=",
                                                                "-XX:ReplayDataFile=",
                                                                "--illegal-native-access="};

/// Boolean flags that have no bearing either.
constexpr std::array<std::string_view, 8> kIndifferentFlags{
    "HeapDumpOnOutOfMemoryError", "ExitOnOutOfMemoryError",
    "CrashOnOutOfMemoryError",    "AlwaysPreTouch",
    "OmitStackTraceInFastThrow",  "DisableExplicitGC",
    "UseStringDeduplication",     "PerfDisableSharedMem"};

/// A flag with a size or number, and where it goes.
struct NumericFlag {
  std::string_view prefix;
  bool JvmFlags::* set;
  std::uint64_t JvmFlags::* value;  ///< nullptr: only that it is set matters
  std::uint64_t JvmFlags::* other_value = nullptr;
};
constexpr std::array kNumericFlags{
    NumericFlag{"-Xmx", &JvmFlags::heap_set, &JvmFlags::max_heap_bytes},
    NumericFlag{"-XX:MaxHeapSize=", &JvmFlags::heap_set, &JvmFlags::max_heap_bytes},
    NumericFlag{"-Xms", &JvmFlags::heap_set, &JvmFlags::initial_heap_bytes,
                &JvmFlags::least_heap_bytes},
    NumericFlag{"-XX:InitialHeapSize=", &JvmFlags::heap_set, &JvmFlags::initial_heap_bytes},
    NumericFlag{"-XX:MinHeapSize=", &JvmFlags::heap_set, &JvmFlags::least_heap_bytes},
    NumericFlag{"-XX:MaxDirectMemorySize=", nullptr, &JvmFlags::direct_memory_bytes},
    NumericFlag{"-XX:G1HeapRegionSize=", &JvmFlags::region_size_set, &JvmFlags::region_size_bytes},
    NumericFlag{"-XX:InitiatingHeapOccupancyPercent=", &JvmFlags::occupancy_set, nullptr},
    NumericFlag{"-XX:G1ReservePercent=", &JvmFlags::reserve_set, nullptr}};

bool is_indifferent(std::string_view option) {
  if (std::any_of(kIndifferentPrefixes.begin(), kIndifferentPrefixes.end(),
                  [&](std::string_view prefix) { return option.starts_with(prefix); }))
    return true;
  if (option.starts_with("-Xss")) return parse_jvm_size(std::string(option.substr(4))).has_value();
  if (!option.starts_with("-XX:+") && !option.starts_with("-XX:-")) return false;
  return std::find(kIndifferentFlags.begin(), kIndifferentFlags.end(), option.substr(5)) !=
         kIndifferentFlags.end();
}

/// Applies a numeric flag. False: it is none, or its value is malformed.
bool apply_numeric(const std::string& option, JvmFlags* flags) {
  for (const NumericFlag& flag : kNumericFlags) {
    if (!option.starts_with(flag.prefix)) continue;
    const auto value = parse_jvm_size(option.substr(flag.prefix.size()));
    if (!value) return false;
    if (flag.set != nullptr) flags->*flag.set = true;
    if (flag.value != nullptr) flags->*flag.value = *value;
    if (flag.other_value != nullptr) flags->*flag.other_value = *value;
    return true;
  }
  return false;
}

/// The values that a JVM accepts without a word; others it refuses or adjusts in its own way.
bool is_ordinary(const JvmFlags& flags) {
  const std::uint64_t initial =
      flags.initial_heap_bytes != 0 ? flags.initial_heap_bytes : flags.max_heap_bytes;
  // With fewer regions a JVM may not come up at all.
  const std::uint64_t least = 8 * std::max(flags.region_size_bytes, kMiB);
  const bool heap_known =
      !flags.heap_set || (flags.max_heap_bytes >= least && flags.least_heap_bytes <= initial &&
                          initial <= flags.max_heap_bytes);
  const bool region_known =
      !flags.region_size_set ||
      (std::has_single_bit(flags.region_size_bytes) && flags.region_size_bytes >= kMiB &&
       flags.region_size_bytes <= 32 * kMiB);
  return heap_known && region_known;
}

}  // namespace

std::optional<std::uint64_t> parse_jvm_size(const std::string& text) {
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc()) return std::nullopt;
  if (rest == end) return value;
  static constexpr std::string_view kUnits = "kmgt";
  const char unit = static_cast<char>(*rest | 0x20);
  const std::size_t power = kUnits.find(unit);
  if (rest + 1 != end || power == std::string_view::npos) return std::nullopt;
  const unsigned shift = 10 * (static_cast<unsigned>(power) + 1);
  if (value > (UINT64_MAX >> shift)) return std::nullopt;
  return value << shift;
}

std::uint64_t align_g1_heap(std::uint64_t heap_bytes, std::uint64_t region_size_bytes) {
  std::uint64_t region = region_size_bytes;
  if (region == 0)
    region =
        std::clamp(std::bit_ceil(std::max<std::uint64_t>(heap_bytes / 2048, 1)), kMiB, 32 * kMiB);
  const std::uint64_t unit = std::max(region, 2 * kMiB);
  return (heap_bytes + unit - 1) / unit * unit;
}

std::optional<JvmFlags> derive_jvm_flags(const std::vector<JvmOption>& options) {
  JvmFlags flags;
  for (const JvmOption& option : options) {
    if (option.text == "-XX:+UseG1GC") {
      flags.use_g1 = true;
    } else if (!is_indifferent(option.text) && !apply_numeric(option.text, &flags)) {
      return std::nullopt;
    }
  }
  if (!flags.use_g1 || !is_ordinary(flags)) return std::nullopt;
  if (flags.max_heap_bytes != 0)
    flags.max_heap_bytes = align_g1_heap(flags.max_heap_bytes, flags.region_size_bytes);
  return flags;
}

JvmFlags parse_flags_final(const std::string& output) {
  JvmFlags flags;
  for (const std::string& line : base::split(output, '\n')) {
    // "   size_t MaxHeapSize   = 536870912   {product} {command line}"
    std::vector<std::string> words;
    for (std::string& word : base::split(line, ' '))
      if (!word.empty()) words.push_back(std::move(word));
    if (words.size() < 5 || (words[2] != "=" && words[2] != ":=")) continue;
    const bool on_command_line = line.find("{command line") != std::string::npos;
    const std::string& name = words[1];
    const std::uint64_t value = parse_jvm_size(words[3]).value_or(0);
    if (name == "UseG1GC") flags.use_g1 = words[3] == "true";
    if (name == "MaxDirectMemorySize") flags.direct_memory_bytes = value;
    if (name == "MaxHeapSize") flags.max_heap_bytes = value;
    if (name == "MaxHeapSize" || name == "MinHeapSize" || name == "InitialHeapSize")
      flags.heap_set = flags.heap_set || on_command_line;
    if (name == "G1HeapRegionSize") flags.region_size_set = on_command_line;
    if (name == "G1HeapRegionSize" && on_command_line) flags.region_size_bytes = value;
    if (name == "InitiatingHeapOccupancyPercent") flags.occupancy_set = on_command_line;
    if (name == "G1ReservePercent") flags.reserve_set = on_command_line;
  }
  return flags;
}

}  // namespace launcher
