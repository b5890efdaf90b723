#include "tests/support/process_memory.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/support/file_content.h"

namespace test_support {
namespace {

struct Mapping {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool readable = false;
  MemoryPlace place;
};

bool is_head(const std::string& line) {
  const std::size_t space = line.find(' ');
  return line.find('-') < space && line.find(':') > space;
}

Mapping head_of(const std::string& line) {
  Mapping mapping;
  std::istringstream words(line);
  std::string range;
  std::string rights;
  std::string skipped;
  words >> range >> rights >> skipped >> skipped >> skipped >> mapping.place.mapping;
  std::size_t dash = 0;
  mapping.begin = std::stoul(range, &dash, 16);
  mapping.end = std::stoul(range.substr(dash + 1), nullptr, 16);
  mapping.readable = rights.starts_with('r');
  return mapping;
}

std::vector<Mapping> mappings_of(pid_t pid) {
  std::ifstream smaps("/proc/" + std::to_string(pid) + "/smaps");
  std::vector<Mapping> mappings;
  for (std::string line; std::getline(smaps, line);) {
    if (is_head(line)) mappings.push_back(head_of(line));
    if (line.starts_with("VmFlags:"))
      mappings.back().place.locked = line.find(" lo") != std::string::npos;
  }
  return mappings;
}

}  // namespace

MemorySearch search_memory(pid_t pid, const std::string& text) {
  MemorySearch search;
  std::ifstream memory("/proc/" + std::to_string(pid) + "/mem", std::ios::binary);
  for (const Mapping& mapping : mappings_of(pid)) {
    if (!mapping.readable || mapping.place.mapping.starts_with("[v")) continue;
    std::string bytes(mapping.end - mapping.begin, '\0');
    memory.clear();
    memory.seekg(static_cast<std::streamoff>(mapping.begin));
    memory.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    search.bytes_seen += static_cast<std::size_t>(memory.gcount());
    for (std::size_t at = 0; (at = bytes.find(text, at)) != std::string::npos; ++at)
      search.found.push_back(mapping.place);
  }
  return search;
}

pid_t relay_of(pid_t jvm) {
  std::error_code gone;
  const auto stderr_of_jvm =
      std::filesystem::read_symlink("/proc/" + std::to_string(jvm) + "/fd/2", gone);
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    if (content(entry.path() / "comm") != "esboot-relay\n") continue;
    const auto pipe = std::filesystem::read_symlink(entry.path() / "fd/0", gone);
    if (!gone && pipe == stderr_of_jvm) return std::stoi(entry.path().filename().string());
  }
  return 0;
}

}  // namespace test_support
