#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace test_support {

/// The bytes of a file; empty for one that cannot be read.
[[nodiscard]] inline std::string content(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

[[nodiscard]] inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// The permission bits of what is there itself, not of what a link names; 07777 where nothing is.
[[nodiscard]] inline mode_t mode_of(const std::filesystem::path& path) {
  struct stat status{};
  return (lstat(path.c_str(), &status) == 0 ? status.st_mode : ~mode_t{0}) & 07777U;
}

}  // namespace test_support
