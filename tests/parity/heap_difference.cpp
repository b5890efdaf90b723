#include "tests/parity/heap_difference.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

namespace parity {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20U;
constexpr std::uint64_t kGiB = std::uint64_t{1} << 30U;
/// To the largest region of G1, a heap is rounded up before the direct memory is taken from it.
constexpr std::uint64_t kLargestRegion = 32 * kMiB;

using HeapOf = std::uint64_t (*)(double memory_bytes);

std::uint64_t whole_mib(double bytes) {
  return std::min(static_cast<std::uint64_t>(bytes), 31 * kGiB) / kMiB;
}

/// The heap in MiB of each class of node with a GiB of memory and more. Written from the behaviour
/// page once more, so that it is not esboot's own code that judges esboot.
constexpr std::array<HeapOf, 3> kHeaps{[](double memory) { return whole_mib(memory * 0.5); },
                                       [](double memory) { return whole_mib(memory * 0.6); },
                                       [](double memory) {
                                         const double lower = std::min(memory, 16.0 * kGiB);
                                         return whole_mib(lower * 0.4 + (memory - lower) * 0.1) /
                                                4 * 4;
                                       }};

bool has(const std::vector<std::string>& lines, const std::string& line) {
  return std::find(lines.begin(), lines.end(), line) != lines.end();
}

/// What differs in the options of one of the two, where its heap is that.
std::vector<std::string> heap_lines(const std::vector<std::string>& lines, const std::string& who,
                                    std::uint64_t heap_mib) {
  const std::string argv = "argv: " + who + " ";
  std::vector<std::string> own;
  for (const char* const flag : {"-Xms", "-Xmx"})
    own.push_back(argv + flag + std::to_string(heap_mib) + "m");
  const std::string direct = argv + "-XX:MaxDirectMemorySize=";
  for (const std::string& line : lines) {
    if (!line.starts_with(direct)) continue;
    std::uint64_t bytes = 0;
    std::from_chars(line.data() + direct.size(), line.data() + line.size(), bytes);
    const std::uint64_t heap = heap_mib * kMiB;
    if (2 * bytes >= heap && 2 * bytes < heap + kLargestRegion) own.push_back(line);
  }
  return own;
}

bool is_of_the_heap(const std::string& line) {
  for (const char* const flag : {" -Xms", " -Xmx", " -XX:MaxDirectMemorySize="})
    if (line.starts_with("argv: ") && line.find(flag) != std::string::npos) return true;
  return false;
}

}  // namespace

std::vector<std::string> without_put_aside(const std::vector<std::string>& lines,
                                           std::uint64_t memory_bytes,
                                           std::uint64_t put_aside_bytes) {
  std::vector<std::string> seen;
  std::vector<std::string> others;
  for (const std::string& line : lines) (is_of_the_heap(line) ? seen : others).push_back(line);
  for (const HeapOf heap_of : kHeaps) {
    std::vector<std::string> expected =
        heap_lines(seen, "stock", heap_of(static_cast<double>(memory_bytes - put_aside_bytes)));
    const auto ours = heap_lines(seen, "esboot", heap_of(static_cast<double>(memory_bytes)));
    if (expected.size() != ours.size()) continue;
    expected.insert(expected.end(), ours.begin(), ours.end());
    if (expected.size() == seen.size() &&
        std::all_of(expected.begin(), expected.end(),
                    [&](const std::string& line) { return has(seen, line); }))
      return others;
  }
  return lines;
}

}  // namespace parity
